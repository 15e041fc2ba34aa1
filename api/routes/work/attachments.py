"""Files of work orders over HTTP: taken in bounded, and given out so that a browser runs nothing in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, StreamingResponse
from starlette.concurrency import run_in_threadpool

from alerts.orders.attachments import attach, contents, find_attachment
from alerts.orders.incoming_file import IncomingFile, too_large
from api.parts import GivenParts
from api.problems import answers, problem
from api.schemas.work.contents import AttachmentShape
from plant.orders.attachment import Attachment
from storage.orders.attachments import attachments_of
from storage.work import orders

router = APIRouter(prefix="/work-orders/{number}/attachments", tags=["work orders"])
_BODY = {"requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {"type": "string"}}}}}
Name = Annotated[str, Query(min_length=1, max_length=500, description="The file's name, as bearing.jpg.")]
Words = Annotated[str, Query(max_length=4000, description="What there is to say of it.")]


@router.get("", responses=answers(404))
def list_attachments(parts: GivenParts, number: str) -> list[AttachmentShape]:
    """List its files, oldest first."""
    with parts.database.transaction() as tx:
        found = attachments_of(tx, orders.get_order(tx, number).order_id)
    return [AttachmentShape.model_validate(one) for one in found]


@router.post(
    "", status_code=201, responses=answers(400, 404, 409, 413), openapi_extra=_BODY, response_model=AttachmentShape
)
async def attach_file(
    parts: GivenParts, number: str, request: Request, name: Name, words: Words = ""
) -> AttachmentShape | JSONResponse:
    """Attach a file: the body is the file itself, whose content must be what its name says."""
    most = parts.attachments.most_bytes
    said = request.headers.get("content-length", "0")
    if said.isascii() and said.isdigit() and (len(said) > 18 or int(said) > most):
        return problem(413, "file_too_large", too_large(most).detail)
    with IncomingFile(name, most_bytes=most) as file:
        async for piece in request.stream():
            if file.bytes + len(piece) > most:
                return problem(413, "file_too_large", too_large(most).detail)
            file.add(piece)
        made = await run_in_threadpool(_attach, parts, number, file, words)
    return AttachmentShape.model_validate(made)


def _attach(parts: GivenParts, number: str, file: IncomingFile, words: str) -> Attachment:
    return attach(
        parts.database,
        number,
        file,
        store=parts.attachments,
        actor=parts.principal,
        clock=parts.clock,
        words=words,
    )


@router.get("/{attachment_id}", responses=answers(404), response_class=StreamingResponse)
def get_attachment(parts: GivenParts, number: str, attachment_id: UUID) -> StreamingResponse:
    """Give a file out, to be saved; no browser runs anything in it."""
    found = find_attachment(parts.database, number, attachment_id)
    return StreamingResponse(_begun(contents(parts.database, found, parts.attachments)), headers=_headers(found))


def _headers(found: Attachment) -> dict[str, str]:
    plain = "".join(one if one.isascii() and one not in '"\\%' else "_" for one in found.name)
    return {
        "Content-Type": found.media_type,
        "Content-Length": str(found.bytes),
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(found.name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, max-age=3600",
        "ETag": f'"{found.sha256}"',
    }


def _begun(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Read the first piece before the answer begins, so that a store that is away is said and no file ends early."""
    first = next(pieces, b"")

    def whole() -> Iterator[bytes]:
        yield first
        yield from pieces

    return whole()
