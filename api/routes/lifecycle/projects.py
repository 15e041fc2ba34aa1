"""Projects over HTTP: schedule, documents, punches, gates in order, and signatures."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request

from api.parts import GivenParts
from api.problems import answers
from api.protocol.paging import Pages
from api.schemas.lifecycle.projects import (
    Carry,
    DutyWanted,
    GateNote,
    NewProject,
    NewPunch,
    NewTraining,
    ProjectLine,
    ProjectShape,
    PunchShape,
    SignWanted,
    SpareWanted,
)
from api.schemas.lifecycle.schedule import ScheduleShape
from api.schemas.shape import NOTHING, Nothing
from lifecycle.handover import looking, passing, projects, readiness, scheduling
from lifecycle.handover.gates import GateName
from lifecycle.handover.projects import DocumentWanted, ProjectWanted
from lifecycle.handover.readiness import TrainingHeld
from lifecycle.schedule.milestones import MOST_BYTES
from plant.errors import Rejected
from storage.projects import projects as rows

router = APIRouter(prefix="/projects", tags=["projects"])
FileName = Annotated[str, Query(min_length=1, max_length=200, description="The file's name, for the record.")]


@router.get("", responses=answers(403))
def list_projects(parts: GivenParts, pages: Pages) -> list[ProjectLine]:
    """List the projects of one's own sites."""
    with parts.database.transaction() as tx:
        found = rows.every(tx)
    listed = pages.through(found, lambda one: (one.tag,))
    return [ProjectLine(project=one.tag, site=one.site, name=one.name, assets=one.assets) for one in listed]


@router.post("", status_code=201, responses=answers(400, 403, 404, 409))
def add_project(parts: GivenParts, wanted: NewProject) -> ProjectShape:
    """Set a project up with its assets."""
    new = ProjectWanted(
        tag=wanted.project,
        site=wanted.site,
        name=wanted.name,
        assets=tuple(wanted.assets),
        completion_key=wanted.completion_key,
        trial_days=wanted.trial_days,
        fresh_hours=wanted.fresh_hours,
        required_documents=tuple(wanted.required_documents),
        engineering_team=wanted.engineering_team,
        keep_running=wanted.keep_running,
        warranty_months=wanted.warranty_months,
    )
    added = projects.add_project(parts.database, new, actor=parts.principal, clock=parts.clock)
    return get_project(parts, added.tag)


@router.get("/{project}", responses=answers(403, 404))
def get_project(parts: GivenParts, project: str) -> ProjectShape:
    """Return a project with its gates, what they still want, and the manifest that is signed."""
    return ProjectShape.of(looking.look(parts.database, project, clock=parts.clock))


@router.post("/{project}/schedule", responses=answers(400, 403, 404))
async def import_schedule(
    request: Request, parts: GivenParts, project: str, file: FileName, dry_run: bool = False
) -> ScheduleShape:
    """Take a schedule over: MSPDI, XER or CSV, as the body. `dry_run` says what would move and writes nothing."""
    from starlette.concurrency import run_in_threadpool

    body = await whole_body(request)

    def take() -> ScheduleShape:
        return ScheduleShape.model_validate(
            scheduling.import_schedule(
                parts.database, project, file, body, actor=parts.principal, clock=parts.clock, is_trial=dry_run
            )
        )

    return await run_in_threadpool(take)


@router.post("/{project}/documents", status_code=201, responses=answers(400, 403, 404, 409))
async def add_document(
    request: Request,
    parts: GivenParts,
    project: str,
    file: FileName,
    vdi_class: Annotated[str, Query(max_length=5)],
    title: Annotated[str, Query(min_length=1, max_length=300)],
    version: Annotated[str, Query(min_length=1, max_length=60)] = "1",
    asset: Annotated[str | None, Query(max_length=200)] = None,
) -> ProjectShape:
    """Keep a version of a document by the hash of the body; the file itself is not kept."""
    from starlette.concurrency import run_in_threadpool

    wanted = DocumentWanted(
        file=file, body=await whole_body(request), vdi_class=vdi_class, title=title, version=version, asset=asset
    )

    def take() -> ProjectShape:
        projects.add_document(parts.database, project, wanted, actor=parts.principal, clock=parts.clock)
        return get_project(parts, project)

    return await run_in_threadpool(take)


async def whole_body(request: Request) -> bytes:
    """Read a file that is sent as the body, of a bounded size."""
    taken = bytearray()
    async for piece in request.stream():
        taken += piece
        if len(taken) > MOST_BYTES:
            raise Rejected("too_large", f"a file has at most {MOST_BYTES // 2**20} MiB here")
    return bytes(taken)


@router.post("/{project}/punches", status_code=201, responses=answers(400, 403, 404))
def raise_punch(parts: GivenParts, project: str, wanted: NewPunch) -> PunchShape:
    """Write down what is still wanting."""
    number = projects.raise_punch(
        parts.database,
        project,
        category=wanted.category,
        text=wanted.text,
        asset=wanted.asset,
        actor=parts.principal,
        clock=parts.clock,
    )
    return next(one for one in get_project(parts, project).punches if one.punch_id == number)


@router.post("/{project}/punches/{punch_id}/close", status_code=204, responses=answers(403, 404))
def close_punch(parts: GivenParts, project: str, punch_id: int, _nothing: Nothing = NOTHING) -> None:
    """Say that a punch is done."""
    projects.close_punch(parts.database, project, punch_id, actor=parts.principal, clock=parts.clock)


@router.post("/{project}/punches/{punch_id}/carry", status_code=204, responses=answers(400, 403, 404))
def carry_punch(parts: GivenParts, project: str, punch_id: int, wanted: Carry) -> None:
    """Let a punch B be done by a date after the handover."""
    projects.carry_punch(parts.database, project, punch_id, wanted.until, actor=parts.principal, clock=parts.clock)


@router.post("/{project}/trainings", status_code=201, responses=answers(400, 403, 404, 409))
def record_training(parts: GivenParts, project: str, wanted: NewTraining) -> ProjectShape:
    """Record a training that was held on a class of the project's assets."""
    held = TrainingHeld(**wanted.model_dump())
    readiness.record_training(parts.database, project, held, actor=parts.principal, clock=parts.clock)
    return get_project(parts, project)


@router.post("/{project}/spares", responses=answers(400, 403, 404))
def want_spare(parts: GivenParts, project: str, wanted: SpareWanted) -> ProjectShape:
    """Say how many of a part must be on stock before the handover; said again, the new number counts."""
    readiness.want_spare(
        parts.database, project, wanted.part, wanted.quantity, actor=parts.principal, clock=parts.clock
    )
    return get_project(parts, project)


@router.post("/{project}/gates/{gate}/duty", responses=answers(400, 403, 404))
def name_duty(parts: GivenParts, project: str, gate: GateName, wanted: DutyWanted) -> ProjectShape:
    """Name who delivers, checks and decides at a gate; rights stay as they are."""
    readiness.name_duty(parts.database, project, gate, **wanted.model_dump(), actor=parts.principal, clock=parts.clock)
    return get_project(parts, project)


@router.post("/{project}/gates/{gate}/pass", responses=answers(400, 403, 404, 409))
def pass_gate(parts: GivenParts, project: str, gate: GateName, said: GateNote) -> ProjectShape:
    """Pass the gate that is next."""
    view = passing.pass_gate(parts.database, project, gate, note=said.note, actor=parts.principal, clock=parts.clock)
    return ProjectShape.of(view)


@router.post("/{project}/gates/{gate}/waive", responses=answers(400, 403, 404, 409))
def waive_gate(parts: GivenParts, project: str, gate: GateName, said: GateNote) -> ProjectShape:
    """Waive a gate, with a reason; wants a confirmation of `gate.waive:PROJECT:GATE`."""
    view = passing.waive_gate(parts.database, project, gate, reason=said.note, actor=parts.principal, clock=parts.clock)
    return ProjectShape.of(view)


@router.post("/{project}/gates/{gate}/sign", responses=answers(400, 403, 404, 409))
def sign(parts: GivenParts, project: str, gate: GateName, wanted: SignWanted) -> ProjectShape:
    """Sign for a side; wants a confirmation of `handover.sign:PROJECT:GATE:SIDE:MANIFEST`."""
    view = passing.sign(
        parts.database,
        project,
        gate,
        wanted.side,
        wanted.manifest_sha256,
        actor=parts.principal,
        clock=parts.clock,
    )
    return ProjectShape.of(view)
