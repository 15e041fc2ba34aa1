"""What fails waits longer each time, is said once, and is as good as new once it went well."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

import pytest

from plant.backoff import GrowingWait, Outage, SetAside

LOG = logging.getLogger(__name__)
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def test_each_failure_doubles_the_pause_up_to_the_longest() -> None:
    aside, now, pauses = SetAside[str](GrowingWait(first_s=10, most_s=60)), NOON, []
    for _ in range(5):
        aside.put("bad", now)
        pauses.append(next(s for s in range(1, 99) if not aside.left_alone(now + timedelta(seconds=s))))
        now += timedelta(seconds=pauses[-1])
    assert pauses == [10, 20, 40, 60, 60]


def test_only_the_first_failure_in_a_row_is_news() -> None:
    aside = SetAside[str](GrowingWait(first_s=10, most_s=60))
    assert [aside.put("bad", NOON), aside.put("bad", NOON), aside.put("other", NOON)] == [True, False, True]
    aside.went_well("bad")
    assert aside.left_alone(NOON) == ["other"]
    assert aside.put("bad", NOON)


def test_an_outage_is_told_when_it_begins_and_when_it_ends(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    outage = Outage("the broker is away", "the broker is back", log=LOG)
    outage.over()
    for _ in range(3):
        outage.failed("refused")
    outage.over()
    outage.over()
    outage.failed("refused")
    assert caplog.messages == ["the broker is away", "the broker is back", "the broker is away"]


def test_the_waits_double_up_to_a_limit_and_begin_anew_after_success() -> None:
    outage = Outage("away", "back", first_s=1, most_s=5, log=LOG)
    assert [outage.failed("") for _ in range(5)] == [1, 2, 4, 5, 5]
    outage.over()
    assert not outage.is_on
    assert outage.failed("") == 1
