"""A failure that a person saw, with its photos, in one request: all of it is taken, or nothing is."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack

from fastapi import APIRouter, Request
from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from alerts.orders import commands
from alerts.orders.attachments import attach
from alerts.orders.incoming_file import PIECE_BYTES, IncomingFile
from api.parts import GivenParts, Parts
from api.problems import answers
from api.schemas.orders import NewReport, OrderShape
from api.schemas.work.contents import AttachmentShape
from plant.errors import Rejected
from plant.people.rights import Right
from plant.work_order import FailureReport

router = APIRouter(prefix="/work-orders/report", tags=["work orders"])
_MOST_FILES = 10
_PARTS = {
    "type": "object",
    "required": ["report"],
    "properties": {
        "report": {"type": "string", "description": "The report as JSON, as `POST /work-orders` takes it."},
        "files": {"type": "array", "items": {"type": "string", "format": "binary"}, "maxItems": _MOST_FILES},
    },
}
_BODY = {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _PARTS}}}}


class ReportedShape(BaseModel):
    """The order that was raised, and its files."""

    order: OrderShape
    attachments: list[AttachmentShape]


@router.post(
    "", status_code=201, responses=answers(400, 403, 404, 409, 413), openapi_extra=_BODY, response_model=ReportedShape
)
async def report_with_files(parts: GivenParts, request: Request) -> ReportedShape:
    """Raise an order for a failure that a person saw, with photos: a form of `report` and up to ten `files`."""
    async with request.form(max_files=_MOST_FILES, max_fields=1) as form:
        report = _report_of(form.get("report"))
        uploads = [one for one in form.getlist("files") if isinstance(one, UploadFile)]
        with ExitStack() as stack:
            files = [stack.enter_context(await _taken(one, parts)) for one in uploads]
            return await run_in_threadpool(_raise, parts, report, files)


def _report_of(said: object) -> NewReport:
    try:
        return NewReport.model_validate_json(said if isinstance(said, str) else "")
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in ("report", *first["loc"]))
        raise Rejected("malformed_request", f"{where}: {first['msg']}") from error


async def _taken(upload: UploadFile, parts: Parts) -> IncomingFile:
    file = IncomingFile(upload.filename or "", most_bytes=parts.attachments.most_bytes)
    while piece := await upload.read(PIECE_BYTES):
        file.add(piece)
    return file


def _raise(parts: Parts, report: NewReport, files: Sequence[IncomingFile]) -> ReportedShape:
    parts.principal.demand(Right.REPORT_FAILURES, report.site)
    for file in files:
        file.media_type()  # what is not what it is called is refused before anything is written
    if len({file.sha256 for file in files}) < len(files):
        raise Rejected("file_twice", "the same file is there twice; send it once")
    order = commands.report_failure(
        parts.database,
        report.site,
        report.asset,
        FailureReport(actor=parts.principal, **report.model_dump(exclude={"site", "asset"})),
        clock=parts.clock,
        console_url=parts.console_url,
    )
    made = [
        attach(
            parts.database,
            order.number,
            file,
            store=parts.attachments,
            actor=parts.principal,
            clock=parts.clock,
        )
        for file in files
    ]
    return ReportedShape(
        order=OrderShape.model_validate(order), attachments=[AttachmentShape.model_validate(one) for one in made]
    )
