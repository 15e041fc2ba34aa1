"""The register over HTTP: files are sent, seen and confirmed; it is shown as of any day, and two days are compared."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request

from api.parts import GivenParts
from api.problems import answers
from api.schemas.instants import Day
from api.schemas.lifecycle.register import RegisterChangeShape, RegisterItemShape, UploadShape
from lifecycle.importing import uploading
from lifecycle.importing.facts import SourceKind
from lifecycle.importing.history import compare_days, register_on
from plant.errors import Rejected
from storage.register import uploads

router = APIRouter(prefix="/register", tags=["register"])
Name = Annotated[str, Query(min_length=1, max_length=200, description="The file's name.")]
ClassTag = Annotated[str, Query(alias="class", max_length=200, description="Class of assets that have none there.")]
AssetTag = Annotated[str, Query(max_length=200, description="The asset that a maker's package is of.")]
SheetName = Annotated[str, Query(max_length=200, description="The sheet of a tag list, where a workbook has several.")]
RetireMissing = Annotated[bool, Query(description="Retire what an earlier version of the file put there.")]
Replaces = Annotated[str, Query(max_length=200, description="What that earlier version was called, if otherwise.")]
Mapping = Annotated[str, Query(max_length=100, description="The saved mapping by which a tag list is read.")]
_MOST_PIECES = uploading.MOST_BYTES


@router.post("/{site}/imports", status_code=201, responses=answers(400, 403, 404))
async def send_import(
    request: Request,
    parts: GivenParts,
    site: str,
    name: Name,
    *,
    kind: SourceKind | None = None,
    class_tag: ClassTag = "",
    asset: AssetTag = "",
    sheet: SheetName = "",
    retire_missing: RetireMissing = False,
    replaces: Replaces = "",
    mapping: Mapping = "",
) -> UploadShape:
    """Send a tag list, workbook or model as the body; answers what it would change, and takes nothing in."""
    from starlette.concurrency import run_in_threadpool

    choices = uploading.ImportChoices(
        kind=kind, class_tag=class_tag, asset=asset, sheet=sheet, retires_missing=retire_missing, replaces=replaces,
        mapping=mapping,
    )  # fmt: skip
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > _MOST_PIECES:
            raise Rejected("too_large", f"a file that is sent has at most {_MOST_PIECES // 1024**2} MiB")

    def tried() -> UploadShape:
        made = uploading.try_upload(
            parts.database,
            site=site,
            file=name,
            body=bytes(body),
            actor=parts.principal,
            clock=parts.clock,
            choices=choices,
        )
        return UploadShape.model_validate(made)

    return await run_in_threadpool(tried)


@router.get("/imports", responses=answers(403))
def list_imports(parts: GivenParts, most: Annotated[int, Query(ge=1, le=200)] = 20) -> list[UploadShape]:
    """List the newest files that were sent."""
    with parts.database.transaction() as tx:
        return [UploadShape.model_validate(one) for one in uploads.list_uploads(tx, most=most)]


@router.post("/imports/{upload_id}/confirm", responses=answers(403, 404, 409))
def confirm_import(parts: GivenParts, upload_id: UUID) -> UploadShape:
    """Let a worker take a file in."""
    done = uploading.confirm_upload(parts.database, upload_id, actor=parts.principal, clock=parts.clock)
    return UploadShape.model_validate(done)


@router.post("/imports/{upload_id}/dismiss", responses=answers(403, 404, 409))
def dismiss_import(parts: GivenParts, upload_id: UUID) -> UploadShape:
    """Let nothing come of a file."""
    done = uploading.dismiss_upload(parts.database, upload_id, actor=parts.principal, clock=parts.clock)
    return UploadShape.model_validate(done)


@router.get("/{site}/on/{day}", responses=answers(400, 403, 404))
def get_register_on(parts: GivenParts, site: str, day: Day) -> list[RegisterItemShape]:
    """Return every item of a site as it stood at the end of a day."""
    with parts.database.transaction() as tx:
        return [RegisterItemShape.model_validate(one) for one in register_on(tx, site, day)]


@router.get("/{site}/changes", responses=answers(400, 403, 404))
def get_changes(parts: GivenParts, site: str, first: Day, second: Day) -> list[RegisterChangeShape]:
    """Return what changed from the end of one day to the end of another, each with who, when and from which file."""
    with parts.database.transaction() as tx:
        return [RegisterChangeShape.of(one) for one in compare_days(tx, site, first, second)]
