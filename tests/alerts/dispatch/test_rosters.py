"""A roster says who is on call, also through recurring shifts, moved ones and the change of the clocks."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from alerts.dispatch.rosters import who_is_on_call
from plant.errors import Rejected

BERLIN = """BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:STANDARD
DTSTART:19701025T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700329T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
END:VTIMEZONE
"""


def roster(*events: str) -> bytes:
    told = "".join(f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT\n" for event in events)
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//plant//roster//EN\n{BERLIN}{told}END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


def on_call(text: bytes, at: str, zone: str = "UTC") -> set[str]:
    return set(who_is_on_call(text, datetime.fromisoformat(at).replace(tzinfo=UTC), zone=zone))


NIGHTS = """
UID:nights
SUMMARY:Night shift
ATTENDEE;CN=Ann:mailto:Ann@plant.example
ATTENDEE;CN=Bo:mailto:bo@plant.example
DTSTART;TZID=Europe/Berlin:20260105T220000
DTEND;TZID=Europe/Berlin:20260106T060000
RRULE:FREQ=DAILY
EXDATE;TZID=Europe/Berlin:20260310T220000
"""
MOVED = """
UID:nights
RECURRENCE-ID;TZID=Europe/Berlin:20260312T220000
SUMMARY:cy
DTSTART;TZID=Europe/Berlin:20260312T200000
DTEND;TZID=Europe/Berlin:20260312T230000
"""
BOTH = {"ann@plant.example", "bo@plant.example"}


@pytest.mark.parametrize(
    ("at", "names"),
    [
        ("2026-03-09T20:59", set()),
        ("2026-03-09T21:00", BOTH),
        ("2026-03-10T04:59", BOTH),
        ("2026-03-10T05:00", set()),
        ("2026-03-10T22:00", set()),  # left out
        ("2026-03-12T19:30", {"cy"}),  # moved to earlier
        ("2026-03-12T22:30", set()),
        ("2026-03-29T03:59", BOTH),  # the clocks were put forward: 05:59
        ("2026-03-29T04:00", set()),
        ("2026-07-01T20:00", BOTH),  # 22:00 of summer
    ],
)
def test_a_shift_recurs_by_the_clock_where_it_is(at: str, names: set[str]) -> None:
    assert on_call(roster(NIGHTS, MOVED), at) == names


def test_a_whole_day_is_one_of_the_plans_zone() -> None:
    day = roster("UID:1\nSUMMARY:Li Wei， zhang\nDTSTART;VALUE=DATE:20260301\nDTEND;VALUE=DATE:20260303")
    assert on_call(day, "2026-02-28T16:00", "Asia/Shanghai") == {"li wei", "zhang"}
    assert on_call(day, "2026-03-02T16:00", "Asia/Shanghai") == set()


def test_a_rule_ends_when_it_says() -> None:
    shift = "UID:1\nSUMMARY:ann\nDTSTART:20260302T080000Z\nDURATION:PT8H\nRRULE:FREQ=WEEKLY;UNTIL=20260309T080000Z"
    assert on_call(roster(shift), "2026-03-09T09:00") == {"ann"}
    assert on_call(roster(shift), "2026-03-16T09:00") == set()


def test_a_cancelled_shift_is_nobodys() -> None:
    shift = "UID:1\nSUMMARY:ann\nSTATUS:CANCELLED\nDTSTART:20260302T080000Z\nDURATION:PT8H"
    assert on_call(roster(shift), "2026-03-02T09:00") == set()


@pytest.mark.parametrize("text", [b"", b"hello", b"\xff\xfe", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n"])
def test_what_is_no_roster_is_refused(text: bytes) -> None:
    with pytest.raises(Rejected, match="no roster"):
        who_is_on_call(text, datetime(2026, 3, 1, tzinfo=UTC), zone="UTC")


@pytest.mark.parametrize("rule", ["FREQ=SECONDLY", "FREQ=HOURLY", "FREQ=NEVER"])
def test_a_shift_that_recurs_without_end_of_counting_is_refused(rule: str) -> None:
    shift = f"UID:1\nSUMMARY:ann\nDTSTART:20000302T080000Z\nDURATION:PT8H\nRRULE:{rule}"
    with pytest.raises(Rejected, match="no roster"):
        on_call(roster(shift), "2026-03-02T09:00")
