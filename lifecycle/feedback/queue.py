"""What a worker of the queue does for design: it looks every hour at what failed."""

from __future__ import annotations

from procrastinate import Blueprint

from lifecycle.feedback.looking import look
from plant.backoff import GrowingWait
from plant.clock import Clock
from storage.core.database import Database
from storage.core.jobs import RetryWhileUnavailable

NAMESPACE = "feedback"
_LOOK = "look_at_failures"
_A_FEW_TIMES = RetryWhileUnavailable(wait=GrowingWait(first_s=10.0, most_s=60.0), most_retries=5)


def feedback_blueprint(database: Database, clock: Clock, *, console_url: str = "") -> Blueprint:
    """Declare what a worker does for this floor; add it with `namespace=NAMESPACE`.

    A request that is opened links to the console at `console_url`.
    """
    blueprint = Blueprint()

    @blueprint.periodic(cron="17 * * * *")
    @blueprint.task(name=_LOOK, queueing_lock=f"{NAMESPACE}:{_LOOK}", retry=_A_FEW_TIMES)
    def look_at_failures(timestamp: int) -> None:  # noqa: ARG001 - periodic tasks get it
        look(database, clock, console_url=console_url)

    return blueprint
