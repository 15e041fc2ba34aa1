"""The job queue. A job is enqueued in the same transaction as the row it belongs to: both are kept, or neither."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import procrastinate
import psycopg
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job
from procrastinate.manager import JobManager
from procrastinate.tasks import configure_task

from plant.backoff import GrowingWait
from plant.errors import Unavailable
from storage.core.database import Role, Transaction, _session


def connector(url: str) -> procrastinate.PsycopgConnector:
    """Build the job queue's connector; its connections have the rights of the application."""
    return procrastinate.PsycopgConnector(
        conninfo=url, kwargs=_queue_session(), configure=_assume_app, min_size=1, max_size=4
    )


def _queue_session() -> dict[str, Any]:
    return {**_session(Role.APP), "application_name": "assetloop-work"}


async def _assume_app(connection: psycopg.AsyncConnection[Any]) -> None:
    await connection.execute("SET ROLE assetloop_app")
    await connection.commit()


def defer(
    tx: Transaction,
    task: str,
    *,
    queue: str = "default",
    queueing_lock: str | None = None,
    lock: str | None = None,
    **arguments: Any,
) -> int:
    """Enqueue `task`, by its name with the namespace, in the open transaction and return the job's id.

    The job exists if and only if the transaction commits. `lock` keeps jobs of one lock in order.
    """
    job = configure_task(
        name=task, job_manager=_manager(), connection=tx.connection, queue=queue, lock=lock, queueing_lock=queueing_lock
    )
    try:
        return job.defer(**arguments)
    except ConnectorException as error:
        if isinstance(error.__cause__, psycopg.Error):
            raise error.__cause__ from None  # so that a server that went away reads as Unavailable
        raise


def defer_once(tx: Transaction, task: str, *, queue: str, lock: str) -> None:
    """Enqueue a task without arguments, which does all that waits for it, once in the open transaction."""
    if task not in tx.deferred:
        tx.deferred.add(task)
        defer(tx, task, queue=queue, lock=lock)


@cache
def _manager() -> JobManager:
    """Return what writes jobs, on the connection of whoever calls; it has none of its own."""
    return JobManager(connector=procrastinate.SyncPsycopgConnector())


@dataclass(frozen=True, kw_only=True, slots=True)
class RetryWhileUnavailable(BaseRetryStrategy):
    """Run a job again for as long as something it needs is away, at most `most_retries` times; other errors fail it."""

    wait: GrowingWait
    most_retries: int | None = None

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Say when to run it again, None for never."""
        is_enough = self.most_retries is not None and job.attempts >= self.most_retries
        if is_enough or not isinstance(exception, Unavailable):
            return None
        return RetryDecision(retry_in={"seconds": round(self.wait.after(job.attempts))})


async def resume_stalled(app: procrastinate.App, task: str) -> int:
    """Enqueue again the jobs of `task` that a dead worker had begun; return how many.

    A worker counts as dead when it has sent no heartbeat for 30 s.
    """
    stalled = await app.job_manager.get_stalled_jobs(task_name=task)
    for job in stalled:
        await app.job_manager.retry_job(job)
    return len(list(stalled))
