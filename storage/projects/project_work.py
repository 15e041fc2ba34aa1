"""The work of a project's schedule as rows: how much there is, how much is done, and when people work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from psycopg.types.json import Jsonb

from storage.core.database import Transaction


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptWork:
    """The work of a schedule on the day it was of, weighed by working hours, and the calendar of the whole project."""

    status_on: date
    activities: int
    started: int
    finished: int
    hours: float
    done_percent: float
    planned_percent: float | None
    calendar: Mapping[str, Any]


def add_work(tx: Transaction, project_id: int, work: KeptWork, *, file: str, at: datetime) -> None:
    """Keep the work of a schedule as an import saw it."""
    tx.run(
        "project_work.add_work",
        project_id=project_id,
        at=at,
        file=file,
        status_on=work.status_on,
        activities=work.activities,
        started=work.started,
        finished=work.finished,
        hours=work.hours,
        done_percent=work.done_percent,
        planned_percent=work.planned_percent,
        calendar=Jsonb(dict(work.calendar)),
    )


def newest_work(tx: Transaction, project_id: int) -> KeptWork | None:
    """Return the work of a project's newest schedule that has any; None where none has."""
    row = tx.first("project_work.newest_work", project_id=project_id)
    return None if row is None else KeptWork(**row)
