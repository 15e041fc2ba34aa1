"""A job whose receiver is away runs again, ever later; a job that is wrong does not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from procrastinate.jobs import Job

from plant.backoff import GrowingWait
from plant.errors import Conflict, Unavailable
from storage.core.jobs import RetryWhileUnavailable

AWAY = Unavailable("the broker is away")
WAIT = GrowingWait(first_s=1.0, most_s=300.0)


def job(attempts: int) -> Job:
    return Job(id=1, queue="default", lock=None, queueing_lock=None, task_name="try", attempts=attempts)


def seconds(strategy: RetryWhileUnavailable, attempts: int) -> tuple[float, float]:
    """Return the least and the most that the wait can have been, seen before and after it was decided."""
    before = datetime.now(UTC)
    decision = strategy.get_retry_decision(exception=AWAY, job=job(attempts))
    assert decision is not None
    assert decision.retry_at is not None
    after = datetime.now(UTC)
    return (decision.retry_at - after).total_seconds(), (decision.retry_at - before).total_seconds()


@pytest.mark.parametrize(("attempts", "after_s"), [(0, 1), (1, 2), (8, 256), (9, 300), (1000, 300)])
def test_the_wait_grows_with_the_attempts(attempts: int, after_s: int) -> None:
    least_s, most_s = seconds(RetryWhileUnavailable(wait=WAIT), attempts)
    assert least_s - 1 <= after_s <= most_s + 1


def test_what_is_wrong_fails_at_once() -> None:
    strategy = RetryWhileUnavailable(wait=WAIT)
    assert strategy.get_retry_decision(exception=Conflict("done already"), job=job(0)) is None


def test_after_the_last_retry_the_job_fails() -> None:
    strategy = RetryWhileUnavailable(wait=WAIT, most_retries=3)
    assert strategy.get_retry_decision(exception=AWAY, job=job(2)) is not None
    assert strategy.get_retry_decision(exception=AWAY, job=job(3)) is None
