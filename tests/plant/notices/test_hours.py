"""A person's hours are those of the clock where they are, in summer and in winter."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from plant.errors import Rejected
from plant.notices.hours import WeeklyHours


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "is_within"),
    [
        ("2026-03-27T05:59", False),  # 06:59 of winter
        ("2026-03-27T06:00", True),
        ("2026-03-30T05:00", True),  # 07:00 of summer, two days after the change
        ("2026-03-30T04:59", False),
        ("2026-03-28T10:00", False),  # Saturday
    ],
)
def test_hours_follow_daylight_saving(now: str, is_within: bool) -> None:
    hours = WeeklyHours.read("Mon-Fri 07:00-19:00", "Europe/Berlin")
    assert (hours.end_of(at(now)) is not None) is is_within


def test_the_night_of_23_hours_and_of_25_hours_are_whole() -> None:
    nights = WeeklyHours.read("22:00-06:00", "Europe/Berlin")
    spring, autumn = nights.end_of(at("2026-03-28T22:00")), nights.end_of(at("2026-10-24T21:00"))
    assert (spring, autumn) == (at("2026-03-29T04:00"), at("2026-10-25T05:00"))


def test_an_hour_that_comes_twice_counts_both_times() -> None:
    hours = WeeklyHours.read("01:00-02:30", "Europe/Berlin")
    assert hours.end_of(at("2026-10-25T01:15")) == at("2026-10-25T01:30")


def test_the_next_begin_is_found_over_a_weekend() -> None:
    hours = WeeklyHours.read("Mon-Fri 07:00-19:00", "Asia/Shanghai")
    assert hours.next_begin(at("2026-03-06T12:00")) == at("2026-03-08T23:00")  # Friday evening, to Monday 07:00


def test_hours_that_touch_are_one_stretch() -> None:
    hours = WeeklyHours.read("Fri 20:00-00:00, Sat 00:00-08:00", "UTC")
    assert hours.end_of(at("2026-03-06T21:00")) == at("2026-03-07T08:00")


def test_every_hour_of_every_day_is_within() -> None:
    assert WeeklyHours.read("00:00-00:00", "Europe/Berlin").end_of(at("2026-03-02T12:00")) is not None
    assert WeeklyHours.read("Mon 00:00-00:00", "UTC").end_of(at("2026-03-02T12:00")) == at("2026-03-03T00:00")


@pytest.mark.parametrize("text", ["", "Mon", "Mon-Fri", "25:00-26:00", "Foo 07:00-08:00", "7-8"])
def test_what_are_no_hours_is_refused(text: str) -> None:
    with pytest.raises(Rejected, match="are no hours"):
        WeeklyHours.read(text, "UTC")


def test_what_is_no_zone_is_refused() -> None:
    with pytest.raises(Rejected, match="no time zone"):
        WeeklyHours.read("07:00-08:00", "Mars/Olympus")
