"""Requirements of projects over HTTP: kept in versions, signed by both sides, checked asset by asset."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.parts import GivenParts
from api.problems import answers
from api.schemas.lifecycle.requirements import RequirementsShape, RequirementsSignWanted
from lifecycle.requirements.agreeing import keep_requirements, look_at_requirements, sign_requirements
from lifecycle.requirements.ids import write_ids
from lifecycle.requirements.requirement import RequirementsFile, requirements_of_document, requirements_of_file
from plant.errors import NotFound

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


@router.get("/ids", responses=answers(400, 403, 404), response_class=Response)
def get_ids(parts: GivenParts, project: str) -> Response:
    """Return what the newest version asks of parameters as an IDS 1.0 file."""
    view = look_at_requirements(parts.database, project)
    if not view.versions:
        raise NotFound(f"{project} has no requirements")
    newest = view.versions[0]
    body = write_ids(requirements_of_document(newest.document), f"{project}, version {newest.version}")
    return Response(body, media_type="application/xml")
