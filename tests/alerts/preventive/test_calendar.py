"""Rules of the calendar in a site's own time: days off, clocks that change, and rules that make no sense."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from alerts.preventive.calendar import checked_rule, is_working_day, next_due
from plant.errors import Misconfigured, Rejected


def local(*parts: int) -> datetime:
    """A time without a zone: the site's own."""
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001


def dues(rule: str, begins: datetime, zone: str, times: int, working_days: str = "") -> list[str]:
    found: list[str] = []
    after: datetime | None = None
    for _ in range(times):
        after = next_due(rule, begins=begins, zone=zone, after=after, working_days=working_days)
        found.append("never" if after is None else after.strftime("%m-%d %H:%M"))
        if after is None:
            break
    return found


def test_a_daily_job_keeps_its_local_hour_through_days_of_23_and_25_hours() -> None:
    spring = dues("FREQ=DAILY", local(2026, 3, 28, 8), "Europe/Berlin", 3)
    assert spring == ["03-28 07:00", "03-29 06:00", "03-30 06:00"]
    autumn = dues("FREQ=DAILY", local(2026, 10, 24, 8), "Europe/Berlin", 3)
    assert autumn == ["10-24 06:00", "10-25 07:00", "10-26 07:00"]


def test_an_hour_that_is_left_out_comes_an_hour_later_and_one_that_comes_twice_counts_once() -> None:
    assert dues("FREQ=DAILY", local(2026, 3, 29, 2, 30), "Europe/Berlin", 2) == ["03-29 01:30", "03-30 00:30"]
    assert dues("FREQ=DAILY", local(2026, 10, 25, 2, 30), "Europe/Berlin", 2) == ["10-25 00:30", "10-26 01:30"]


def test_a_rule_of_rfc_5545_ends_and_leaves_out_what_it_says() -> None:
    first_mondays = dues("FREQ=MONTHLY;BYDAY=1MO;COUNT=2", local(2026, 1, 5, 8), "Asia/Shanghai", 3)
    assert first_mondays == ["01-05 00:00", "02-02 00:00", "never"]
    assert dues("FREQ=MONTHLY;BYMONTHDAY=31", local(2026, 1, 31), "UTC", 3) == [
        "01-31 00:00",
        "03-31 00:00",
        "05-31 00:00",
    ]
    until = dues("FREQ=DAILY;UNTIL=20260102T000000Z", local(2026, 1, 1), "UTC", 3)
    assert until == ["01-01 00:00", "01-02 00:00", "never"]


def test_days_off_are_moved_past_those_of_china_with_its_exchanged_weekends() -> None:
    assert is_working_day(date(2025, 1, 26), "CN")  # a Sunday that is worked for the Spring Festival
    assert not is_working_day(date(2025, 1, 28), "CN")
    assert not is_working_day(date(2026, 5, 1), "DE")
    assert dues("FREQ=YEARLY", local(2026, 5, 1, 8), "Europe/Berlin", 1, "DE") == ["05-04 06:00"]
    with pytest.raises(Misconfigured, match="days off of XX are not known"):
        is_working_day(date(2026, 1, 1), "XX")


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("FREQ=DAILY;INTERVAL=0", "repeat_every_0"),
        ("FREQ=DAILY;INTERVAL=-1", "repeat_every_0"),
        ("FREQ=DAILY;INTERVAL=1e9", "bad_rule"),
        ("FREQ=SECONDLY", "bad_rule"),
        ("FREQ=DAILY;BYHOUR=8", "bad_rule"),
        ("FREQ=DAILY\nDTSTART:20200101", "bad_rule"),
        ("FREQ=DAILY;BYDAY=XX", "bad_rule"),
        ("every day", "bad_rule"),
        ("", "bad_rule"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(rule: str, reason: str) -> None:
    with pytest.raises(Rejected) as caught:
        checked_rule(rule)
    assert caught.value.reason == reason


def test_what_was_due_is_not_due_again() -> None:
    due = next_due("FREQ=WEEKLY;BYDAY=SA,SU", begins=local(2026, 5, 2, 8), zone="UTC", after=None, working_days="DE")
    assert due == datetime(2026, 5, 4, 8, tzinfo=UTC)  # Saturday and Sunday are both moved to Monday: one time
    following = next_due(
        "FREQ=WEEKLY;BYDAY=SA,SU", begins=local(2026, 5, 2, 8), zone="UTC", after=due, working_days="DE"
    )
    assert following == datetime(2026, 5, 11, 8, tzinfo=UTC)
