"""A worker of the job queue that does what waits and ends: nothing in it looks at the clock."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import procrastinate

from storage.core import jobs


def work_off(
    url: str, blueprints: dict[str, procrastinate.Blueprint], queues: Iterable[str | None] = (None,), **options: Any
) -> None:
    """Do all jobs that can be done now, queue by queue; `blueprints` are named by their namespaces.

    What is due at the clock's minutes is left out: a test would do it or not, depending on when it runs. Whoever
    wants one of these jobs enqueues it.
    """
    app = procrastinate.App(connector=jobs.connector(url))
    for namespace, blueprint in blueprints.items():
        app.add_tasks_from(blueprint, namespace=namespace)
    app.periodic_registry.periodic_tasks.clear()

    async def work() -> None:
        async with app.open_async():
            for queue in queues:
                await app.run_worker_async(
                    queues=None if queue is None else [queue],
                    wait=False,
                    listen_notify=False,
                    install_signal_handlers=False,
                    **options,
                )

    asyncio.run(work())
