"""The tasks of a work order over HTTP, and the job library they come from."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from alerts.orders import checklist, job_library
from api.parts import GivenParts
from api.problems import answers
from api.protocol.paging import Pages
from api.revisions import VersionSeen, tag_revision
from api.schemas.orders import OrderShape
from api.schemas.shape import Remark
from api.schemas.work.tasks import JobPlanShape, JobPlanWanted, NewAnswer, NewFollowUp, NewPlan, NewTask, TaskShape
from storage.orders import job_plans, tasks
from storage.work import orders

router = APIRouter(prefix="/work-orders/{number}", tags=["work orders"])
plan_router = APIRouter(prefix="/job-plans", tags=["work orders"])
_CHANGED = answers(400, 404, 409)


@router.get("/tasks", responses=answers(404))
def list_tasks(parts: GivenParts, number: str) -> list[TaskShape]:
    """List its tasks, each with its newest answer."""
    with parts.database.transaction() as tx:
        found = tasks.tasks_of(tx, orders.get_order(tx, number).order_id)
    return [TaskShape.of(task) for task in found]


@router.post("/tasks", status_code=201, responses=_CHANGED)
def add_task(parts: GivenParts, number: str, task: NewTask) -> OrderShape:
    """Add a task to it."""
    order = checklist.add_order_task(
        parts.database, number, task.text, kind=task.kind, actor=parts.principal, clock=parts.clock
    )
    return OrderShape.model_validate(order)


@router.post("/job-plans", responses=_CHANGED)
def follow_job_plan(parts: GivenParts, number: str, plan: NewPlan) -> OrderShape:
    """Give it a job plan: its steps become tasks, of that version."""
    order = checklist.plan_order(
        parts.database, number, plan.job_plan, version=plan.version, actor=parts.principal, clock=parts.clock
    )
    return OrderShape.model_validate(order)


@router.post("/tasks/{position}/answer", responses=_CHANGED)
def answer_task(parts: GivenParts, number: str, position: int, found: NewAnswer) -> OrderShape:
    """Say what was found at a task; a reading is judged by its limits."""
    order = checklist.answer_task(
        parts.database,
        number,
        position,
        verdict=found.verdict,
        reading=found.reading,
        note=found.note,
        actor=parts.principal,
        clock=parts.clock,
    )
    return OrderShape.model_validate(order)


@router.post("/tasks/{position}/raise", status_code=201, responses=_CHANGED)
def raise_order_for_task(parts: GivenParts, number: str, position: int, wanted: NewFollowUp) -> OrderShape:
    """Raise the order that a failed task proposes."""
    order = checklist.raise_for_task(
        parts.database,
        number,
        position,
        failure_mode=wanted.failure_mode,
        severity=wanted.severity,
        actor=parts.principal,
        clock=parts.clock,
        console_url=parts.console_url,
    )
    return OrderShape.model_validate(order)


@router.post("/tasks/{position}/dismiss", responses=_CHANGED)
def dismiss_order_for_task(parts: GivenParts, number: str, position: int, why: Remark) -> OrderShape:
    """Decide that a failed task leads to no order; the note says why."""
    order = checklist.dismiss_for_task(
        parts.database, number, position, note=why.note, actor=parts.principal, clock=parts.clock
    )
    return OrderShape.model_validate(order)


@plan_router.get("", responses=answers(400))
def list_job_plans(
    parts: GivenParts,
    pages: Pages,
    asset_class: Annotated[str | None, Query(description="Those that a class can be given.")] = None,
) -> list[JobPlanShape]:
    """List the job library: the newest version of each plan."""
    with parts.database.transaction() as tx:
        found = job_plans.list_job_plans(tx, asset_class)
    return [JobPlanShape.model_validate(plan) for plan in pages.through(found, lambda one: (one.tag, one.version))]


@plan_router.post("", status_code=201, responses=answers(400, 403, 404, 412, 428))
def write_job_plan(parts: GivenParts, wanted: JobPlanWanted, seen: VersionSeen, response: Response) -> JobPlanShape:
    """Make a job plan, or, with If-Match, its next version; orders keep the version they were given."""
    plan = wanted.plan(wanted.class_tag)
    kept = job_library.write_job_plan(parts.database, plan, actor=parts.principal, clock=parts.clock, seen=seen)
    tag_revision(response, kept.version)
    return JobPlanShape.model_validate(kept)


@plan_router.get("/{tag}", responses=answers(404))
def get_job_plan(parts: GivenParts, tag: str, response: Response, version: int | None = None) -> JobPlanShape:
    """Show a job plan, its newest version unless told; the ETag is the version."""
    with parts.database.transaction() as tx:
        found = job_plans.get_job_plan(tx, tag, version)
    tag_revision(response, found.version)
    return JobPlanShape.model_validate(found)
