"""Punches as BCF over HTTP: out to a BIM tool, and their status back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.parts import GivenParts
from api.problems import answers
from api.routes.lifecycle.projects import get_project, whole_body
from api.schemas.lifecycle.projects import PunchShape
from lifecycle.handover.punch_exchange import export_punches, take_punches_back

router = APIRouter(prefix="/projects/{project}/punches", tags=["projects"])


@router.get("/bcf", response_class=Response, responses=answers(400, 403, 404))
def get_punches_as_bcf(parts: GivenParts, project: str) -> Response:
    """Return the punches of a project as a BCF 2.1 file, a topic each."""
    with parts.database.transaction() as tx:
        file = export_punches(tx, project)
    name = {"content-disposition": 'attachment; filename="punches.bcf"'}
    return Response(file, media_type="application/octet-stream", headers=name)


@router.post("/bcf", responses=answers(400, 403, 404))
async def take_punch_status_back(
    request: Request,
    parts: GivenParts,
    project: str,
    name: Annotated[str, Query(max_length=200, description="The file's name, for the record.")] = "",
) -> list[PunchShape]:
    """Read the status of punches back from a BCF file, which is the body; it is shown, and closes nothing."""
    from starlette.concurrency import run_in_threadpool

    body = await whole_body(request)

    def take() -> list[PunchShape]:
        take_punches_back(parts.database, project, body, file_name=name, actor=parts.principal, clock=parts.clock)
        return list(get_project(parts, project).punches)

    return await run_in_threadpool(take)
