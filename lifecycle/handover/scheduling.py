"""A project's schedule as it is taken over, again and again: what moved, what is no longer named, what work is done."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lifecycle import ledger
from lifecycle.handover.projects import held, milestones_of
from lifecycle.ledger_events import FileImported
from lifecycle.schedule.milestones import Milestone, read_schedule
from lifecycle.schedule.work import SchedulePlan, work_of
from plant.clock import Clock
from plant.people.principal import Principal
from plant.people.rights import Right
from storage.core.database import Database, Transaction
from storage.projects import projects as rows
from storage.projects.project_work import KeptWork, add_work, newest_work
from storage.projects.projects import Project


@dataclass(frozen=True, kw_only=True, slots=True)
class ScheduleTaken:
    """What an import moved, which milestones it no longer names, and the work that it has, beside that of before."""

    slips: Sequence[Slip]
    gone: Sequence[Milestone]
    work: KeptWork | None
    work_before: KeptWork | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Slip:
    """A milestone after an import, and by how many days it moved since the one before; None where it is new."""

    milestone: Milestone
    moved_days: int | None


def import_schedule(
    database: Database, tag: str, file: str, body: bytes, *, actor: Principal, clock: Clock, is_trial: bool = False
) -> ScheduleTaken:
    """Take a schedule's milestones and work over, and say what moved; the first plan stays. `is_trial` writes nothing.

    Raises:
        NotFound: there is no such project.
        Rejected: the file is no schedule; nothing of it is taken.
    """
    found = read_schedule(body)
    with database.transaction() as tx:
        project = held(tx, tag, Right.PLAN_PROJECTS, actor)
        before = {one.key: one for one in milestones_of(tx, project)}
        work, work_before = work_of(found, clock.now()), newest_work(tx, project.project_id)
        if not is_trial:
            _keep(tx, project, found, work, file=file, at=clock.now())
            digest = hashlib.sha256(body).hexdigest()
            counts = {"milestones": len(found.milestones), "activities": len(found.activities)}
            imported = FileImported(actor=actor.name, what="schedule", file=file, sha256=digest, counts=counts)
            ledger.append(tx, project.site, imported, clock.now())
        named = {one.key for one in found.milestones}
        return ScheduleTaken(
            slips=[Slip(milestone=one, moved_days=_moved(before.get(one.key), one)) for one in found.milestones],
            gone=[one for key, one in before.items() if key not in named],
            work=work,
            work_before=work_before,
        )


def _keep(
    tx: Transaction, project: Project, found: SchedulePlan, work: KeptWork | None, *, file: str, at: datetime
) -> None:
    if work is not None:
        add_work(tx, project.project_id, work, file=file, at=at)
    for one in found.milestones:
        rows.add_milestone(
            tx,
            project.project_id,
            key=one.key,
            name=one.name,
            planned=one.planned,
            forecast=one.forecast,
            actual=one.actual,
            file=file,
            at=at,
        )


def _moved(before: Milestone | None, now: Milestone) -> int | None:
    return (now.stands - before.stands).days if before and before.stands and now.stands else None
