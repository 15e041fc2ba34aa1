"""The job queue as an administrator sees it: what waits, what runs and what has failed; and one that is run again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from plant.errors import Conflict, NotFound
from storage.core.database import Transaction

JobState = Literal["waiting", "running", "failed", "cancelled"]


@dataclass(frozen=True, kw_only=True, slots=True)
class QueuedJob:
    """A job; what it was given is not shown. What succeeds leaves the queue.

    `since` is when it came into its state; `next_at` is the earliest time at which it runs, None for at once.
    """

    job_id: int
    task: str
    queue: str
    state: JobState
    attempts: int
    enqueued_at: datetime | None
    since: datetime | None
    next_at: datetime | None


def list_jobs(
    tx: Transaction, *, state: JobState | None = None, after: int | None = None, most: int = 200
) -> list[QueuedJob]:
    """Return jobs, the newest first: in one state, or in all; `after`: older than the job of that id."""
    return [QueuedJob(**row) for row in tx.all("job_list.jobs", state=state, job_id=None, after=after, most=most)]


def get_job(tx: Transaction, job_id: int) -> QueuedJob:
    """Return one job.

    Raises:
        NotFound: there is none: it never was, or it succeeded.
    """
    row = tx.first("job_list.jobs", state=None, job_id=job_id, after=None, most=1)
    if row is None:
        raise NotFound(f"there is no job {job_id}; one that succeeds leaves the queue")
    return QueuedJob(**row)


def run_again(tx: Transaction, job_id: int, *, at: datetime) -> QueuedJob:
    """Let a job that has failed run once more, at once.

    Raises:
        NotFound: there is none.
        Conflict: it has not failed, or another one waits to do the same.
    """
    if tx.first("job_list.lock", job_id=job_id) is None:
        get_job(tx, job_id)
        raise Conflict(f"job {job_id} has not failed; only such a one is run again")
    if tx.first("job_list.same_waits", job_id=job_id) is not None:
        raise Conflict(f"another job waits already to do what job {job_id} does")
    tx.all("job_list.again", job_id=job_id, at=at)
    return get_job(tx, job_id)
