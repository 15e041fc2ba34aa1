"""Requirements of projects over HTTP: kept in versions, signed by both sides, checked asset by asset."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.parts import GivenParts, Parts
from api.problems import answers
from api.routes.lifecycle.projects import FileName, whole_body
from api.schemas.lifecycle.requirements import RequirementsShape, RequirementsSignWanted, RequirementsTakenShape
from lifecycle.requirements.agreeing import (
    keep_requirements,
    look_at_requirements,
    sign_requirements,
    take_requirements,
)
from lifecycle.requirements.ids import write_ids
from lifecycle.requirements.requirement import (
    RequirementsFile,
    requirements_of_document,
    requirements_of_file,
)
from lifecycle.requirements.taking import read_requirements_file
from lifecycle.requirements.writing import as_toml
from plant.errors import NotFound
from storage.projects.requirements import KeptRequirements

router = APIRouter(prefix="/projects/{project}/requirements", tags=["projects"])


@router.get("", responses=answers(403, 404))
def get_requirements(parts: GivenParts, project: str) -> RequirementsShape:
    """Return what a project asks for, and what its assets lack of it."""
    return RequirementsShape.seen(look_at_requirements(parts.database, project))


@router.post("", status_code=201, responses=answers(400, 403, 404))
def add_requirements(parts: GivenParts, project: str, wanted: RequirementsFile) -> RequirementsShape:
    """Keep what a project asks for as its next version: the requirements file as JSON."""
    keep_requirements(parts.database, project, requirements_of_file(wanted), actor=parts.principal, clock=parts.clock)
    return RequirementsShape.seen(look_at_requirements(parts.database, project))


@router.post("/file", responses=answers(400, 403, 404))
async def take_requirements_file(
    request: Request,
    parts: GivenParts,
    project: str,
    file: FileName,
    classes: Annotated[
        str, Query(max_length=4000, description="In an IDS file: which class an entity is, as IFCPUMP=pump, by commas.")
    ] = "",
    dry_run: bool = False,
) -> RequirementsTakenShape:
    """Keep a TOML or IDS file, sent as the body, as the next version. `dry_run` says what it changes, no more."""
    from starlette.concurrency import run_in_threadpool

    body = await whole_body(request)

    def take() -> RequirementsTakenShape:
        wanted = read_requirements_file(body, file, [one for one in classes.split(",") if one.strip()])
        taken = take_requirements(
            parts.database, project, wanted, actor=parts.principal, clock=parts.clock, is_trial=dry_run
        )
        return RequirementsTakenShape.model_validate(taken)

    return await run_in_threadpool(take)


@router.post("/sign", responses=answers(400, 403, 404, 409))
def sign(parts: GivenParts, project: str, wanted: RequirementsSignWanted) -> RequirementsShape:
    """Sign a version for a side; wants a confirmation of `requirements.sign:PROJECT:VERSION:SIDE:SHA256`."""
    sign_requirements(
        parts.database,
        project,
        wanted.version,
        wanted.side,
        wanted.sha256,
        actor=parts.principal,
        clock=parts.clock,
    )
    return RequirementsShape.seen(look_at_requirements(parts.database, project))


@router.get("/toml", responses=answers(403, 404), response_class=Response)
def get_requirements_file(parts: GivenParts, project: str) -> Response:
    """Return the newest version as the TOML file that is read back without a difference."""
    body = as_toml(requirements_of_document(_newest(parts, project).document))
    name = {"Content-Disposition": 'attachment; filename="requirements.toml"'}
    return Response(body, media_type="application/toml", headers=name)


@router.get("/ids", responses=answers(400, 403, 404), response_class=Response)
def get_ids(parts: GivenParts, project: str) -> Response:
    """Return what the newest version asks of parameters as an IDS 1.0 file."""
    newest = _newest(parts, project)
    body = write_ids(requirements_of_document(newest.document), f"{project}, version {newest.version}")
    name = {"Content-Disposition": 'attachment; filename="requirements.ids"'}
    return Response(body, media_type="application/xml", headers=name)


def _newest(parts: Parts, project: str) -> KeptRequirements:
    view = look_at_requirements(parts.database, project)
    if not view.versions:
        raise NotFound(f"{project} has no requirements")
    return view.versions[0]
