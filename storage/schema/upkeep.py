"""Upkeep: roll up what was touched, fold what would grow without end, make partitions and drop those that expired.

On TimescaleDB's community edition the server rolls up and drops by its own policies; the rest is the same everywhere.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from procrastinate import Blueprint

from plant.backoff import GrowingWait
from plant.clock import Clock
from storage.core.database import Database, Transaction
from storage.core.grade import Grade
from storage.core.jobs import RetryWhileUnavailable

_log = logging.getLogger(__name__)

NAMESPACE = "storage"
QUEUE = "upkeep"
"""Upkeep has a queue of its own, so that no order waits while a busy hour is rolled up."""
_TASKS = ("roll_up", "fold", "keep", "note_health", "keep_figures")
_LONGEST_S = 50.0  # a job is begun every minute
_MOST_DAYS_THINNED = 30  # a run goes through at most so many days of data time
# the database was away, or somebody held a lock; what is left the next run does
_A_FEW_TIMES = RetryWhileUnavailable(wait=GrowingWait(first_s=10.0, most_s=10.0), most_retries=3)
_MOST_EXPIRED = 5000  # so many messages leave quarantine in one transaction


def roll_up(
    database: Database, *, monotonic: Callable[[], float] = time.monotonic, longest_s: float = _LONGEST_S
) -> int:
    """Roll up what was touched, the newest hour first and each in a transaction of its own; return how many notes.

    What is not done within `longest_s` waits for the next run. Where TimescaleDB does it there is nothing to do.

    Raises:
        Unavailable: the database is away. What was rolled up stands, the rest still waits.
    """
    until = monotonic() + longest_s
    with database.transaction() as tx:
        if grade_of(tx) is Grade.COMMUNITY:
            return 0
        hours = [row["hour"] for row in tx.all("upkeep.touched_hours")]
    notes = 0
    for hour in hours:
        with database.transaction() as tx:
            notes += int(tx.one("upkeep.roll_up", hour=hour)["notes"])
        if monotonic() > until:
            _log.debug("rolling up goes on in the next run", extra={"hours": len(hours)})
            break
    return notes


def copy_merged(database: Database, *, now: datetime) -> int:
    """Copy what was stored of merged signals to those they were merged into, one a transaction; return how much."""
    copied = 0
    while True:
        with database.transaction() as tx:
            readings = tx.one("upkeep.copy_merged", now=now)["readings"]
        if readings is None:
            return copied
        copied += readings


def grade_of(tx: Transaction) -> Grade:
    """Return the grade of the database, as the last migrate found it."""
    return Grade(tx.one("upkeep.grade")["grade"])


def fold(database: Database, *, now: datetime) -> int:
    """Fold the delivery record by device and minute, and drop minutes that are too old; return how many rows went."""
    with database.transaction() as tx:
        return int(tx.one("upkeep.fold_delivery", now=now)["folded"])


def thin(database: Database, *, now: datetime) -> int:
    """Thin scores that have aged and drop those too old, a day of data time in a transaction; return how many went."""
    gone = 0
    for _ in range(_MOST_DAYS_THINNED):
        with database.transaction() as tx:
            went = tx.one("upkeep.thin_scores", now=now)["gone"]
        if went is None:
            break
        gone += went
    return gone


def forget(database: Database, *, now: datetime) -> int:
    """Delete old estimates of remaining life, and wear as old as the scores that went; return how many rows.

    The last estimate of each machine stays.
    """
    with database.transaction() as tx:
        return int(tx.one("upkeep.drop_expired_remaining", now=now)["gone"])


def expire(database: Database, *, now: datetime) -> list[str]:
    """Drop partitions whose rows have all expired, each in a transaction of its own, and name them.

    Raises:
        Unavailable: somebody reads or writes one of the tables all the time, or the database is away. What was dropped
            is gone, the rest goes in a later run.
    """
    dropped: list[str] = []
    while True:
        with database.transaction() as tx:
            name = tx.one("upkeep.drop_expired", now=now)["name"]
        if name is None:
            break
        dropped.append(name)
    with database.transaction() as tx:
        tx.one("upkeep.drop_expired_conflicts", now=now)
    return dropped


def expire_quarantine(database: Database, *, now: datetime) -> dict[str, int]:
    """Let go of what has been in quarantine for too long, in small transactions; return how many messages, by reason.

    It is logged and counted in the record.
    """
    gone: dict[str, int] = {}
    while True:
        with database.transaction() as tx:
            rows = tx.all("upkeep.drop_expired_quarantine", now=now, most=_MOST_EXPIRED)
        for row in rows:
            gone[row["reason"]] = gone.get(row["reason"], 0) + row["messages"]
        if not rows:
            break
    for reason, messages in sorted(gone.items()):
        _log.warning("messages expired in quarantine and are gone", extra={"reason": reason, "messages": messages})
    return gone


def forget_messages(database: Database, *, now: datetime) -> int:
    """Delete messages about notices that ended half a year ago; return how many. What was to be told stays."""
    with database.transaction() as tx:
        return int(tx.one("upkeep.drop_expired_messages", now=now)["gone"])


def forget_sign_ins(database: Database, *, now: datetime) -> int:
    """Delete attempts to sign in that are older than the rules keep them, and what was valid once and is over.

    Return how many rows went.
    """
    with database.transaction() as tx:
        return int(tx.one("upkeep.drop_expired_sign_ins", now=now)["gone"])


def note_health(database: Database, *, now: datetime) -> int:
    """Note of which assets the health has changed since the last look; return how many."""
    with database.transaction() as tx:
        return int(tx.one("upkeep.note_health", now=now)["noted"])


def keep_figures(database: Database, *, now: datetime) -> int:
    """Make the figures by month and the standing of goals anew, as known now; return how many."""
    with database.transaction() as tx:
        return int(tx.one("upkeep.keep_figures", now=now)["kept"])


def prepare(database: Database, *, now: datetime) -> int:
    """Make the partitions of the next two weeks, so that no batch has to; return how many."""
    with database.transaction() as tx:
        return int(tx.one("upkeep.prepare_partitions", now=now)["made"])


def waiting_s(tx: Transaction) -> float | None:
    """Return for how long the oldest note of something touched has been waiting, in seconds; None where none waits."""
    age_s: float | None = tx.one("upkeep.oldest_note")["age_s"]
    return age_s


@dataclass(frozen=True, kw_only=True, slots=True)
class Failing:
    """A job of upkeep whose last run failed, and what it said."""

    job: str
    says: str


def failing(tx: Transaction) -> list[Failing]:
    """Return what failed and has not succeeded since: tasks of the queue, and jobs at TimescaleDB's own scheduler."""
    rows = tx.all("upkeep.failing_tasks", tasks=[f"{NAMESPACE}:{task}" for task in _TASKS])
    if grade_of(tx) is Grade.COMMUNITY:
        rows += tx.all("upkeep.failing_jobs")
    return [Failing(**row) for row in rows]


def upkeep_blueprint(database: Database, clock: Clock) -> Blueprint:
    """Declare the upkeep that a worker does at the clock's minutes; add it with `namespace=NAMESPACE`.

    Any number of workers may run: the database lets one at a time do each.
    """
    blueprint = Blueprint()

    @blueprint.periodic(cron="* * * * *")
    @blueprint.task(name="roll_up", queue=QUEUE, queueing_lock=f"{NAMESPACE}:roll_up", retry=_A_FEW_TIMES)
    def roll_up_touched(timestamp: int) -> None:  # noqa: ARG001 - periodic tasks get it
        copy_merged(database, now=clock.now())
        roll_up(database)
        _note_done(database, "roll_up")

    @blueprint.periodic(cron="* * * * *")
    @blueprint.task(name="fold", queue=QUEUE, queueing_lock=f"{NAMESPACE}:fold", retry=_A_FEW_TIMES)
    def fold_delivery(timestamp: int) -> None:  # noqa: ARG001
        fold(database, now=clock.now())
        _note_done(database, "fold")

    @blueprint.periodic(cron="* * * * *")
    @blueprint.task(name="note_health", queue=QUEUE, queueing_lock=f"{NAMESPACE}:note_health", retry=_A_FEW_TIMES)
    def note_how_assets_are(timestamp: int) -> None:  # noqa: ARG001
        note_health(database, now=clock.now())
        _note_done(database, "note_health")

    @blueprint.periodic(cron="*/15 * * * *")
    @blueprint.task(name="keep_figures", queue=QUEUE, queueing_lock=f"{NAMESPACE}:keep_figures", retry=_A_FEW_TIMES)
    def keep_figures_by_month(timestamp: int) -> None:  # noqa: ARG001
        keep_figures(database, now=clock.now())
        _note_done(database, "keep_figures")

    @blueprint.periodic(cron="17 * * * *")
    @blueprint.task(name="keep", queue=QUEUE, queueing_lock=f"{NAMESPACE}:keep", retry=_A_FEW_TIMES)
    def keep_in_shape(timestamp: int) -> None:  # noqa: ARG001
        prepare(database, now=clock.now())
        thin(database, now=clock.now())
        forget(database, now=clock.now())
        expire(database, now=clock.now())
        expire_quarantine(database, now=clock.now())
        forget_sign_ins(database, now=clock.now())
        forget_messages(database, now=clock.now())
        _note_done(database, "keep")

    return blueprint


def _note_done(database: Database, task: str) -> None:
    with database.transaction() as tx:
        tx.run("upkeep.note_done", task=f"{NAMESPACE}:{task}")
