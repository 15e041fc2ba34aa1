"""What must survive a crash is a job, and a job is enqueued in the transaction of the row it speaks of."""

from __future__ import annotations

from typing import Any

import procrastinate
import psycopg

from storage.database import Role, Transaction, _session


def connector(url: str) -> procrastinate.PsycopgConnector:
    """Build the job queue's connector; every connection speaks as the application's role."""
    return procrastinate.PsycopgConnector(
        conninfo=url, kwargs=_queue_session(), configure=_assume_app, min_size=1, max_size=4
    )


def _queue_session() -> dict[str, Any]:
    return {**_session(Role.APP), "application_name": "assetloop-work"}


async def _assume_app(connection: psycopg.AsyncConnection[Any]) -> None:
    await connection.execute("SET ROLE assetloop_app")
    await connection.commit()


def defer(
    tx: Transaction, task: str, *, queueing_lock: str | None = None, lock: str | None = None, **arguments: Any
) -> int:
    """Enqueue `task` in the open transaction and return the job's id.

    The job exists if and only if the transaction commits. `lock` keeps jobs of one lock in order.
    """
    app = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())
    deferrer = app.configure_task(
        task, connection=tx.connection, lock=lock, queueing_lock=queueing_lock, allow_unknown=True
    )
    return deferrer.defer(**arguments)
