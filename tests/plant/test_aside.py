"""What fails waits longer each time, and is as good as new once it went well."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from plant.aside import Aside

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def test_each_failure_doubles_the_pause_up_to_the_longest() -> None:
    aside, now, pauses = Aside[str](shortest_s=10, longest_s=60), NOON, []
    for _ in range(5):
        aside.put("bad", now)
        pauses.append(next(s for s in range(1, 99) if not aside.left_alone(now + timedelta(seconds=s))))
        now += timedelta(seconds=pauses[-1])
    assert pauses == [10, 20, 40, 60, 60]


def test_only_the_first_failure_in_a_row_is_news() -> None:
    aside = Aside[str](shortest_s=10, longest_s=60)
    assert [aside.put("bad", NOON), aside.put("bad", NOON), aside.put("other", NOON)] == [True, False, True]
    aside.went_well("bad")
    assert aside.left_alone(NOON) == ["other"]
    assert aside.put("bad", NOON)
