"""Times are read as people, Excel and historians write them, a column at a time."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from simulators.tables.instants import NoInstantError, TimeRules, instants_of

NOON_MS = 1_767_268_800_000
BERLIN = TimeRules(zone=ZoneInfo("Europe/Berlin"))


def read(cells: list[str], rules: TimeRules | None = None, *, any_number: bool = False) -> list[int] | None:
    found = instants_of(cells, rules, any_number=any_number)
    return None if found is None else found.times_ms.tolist()


@pytest.mark.parametrize(
    "cell",
    [
        "2026-01-01 12:00:00",
        "2026-01-01T12:00:00",
        "2026-01-01T12:00:00.000Z",
        "2026-01-01 20:00:00+08:00",
        "2026/01/01 12:00:00",
        "2026-01-01 12:00",
        "1767268800",
        "1767268800.000",
        "1767268800000",
        "1767268800000000",
        "2026/1/1 12:00",
        "2026-1-1 12:00:00",
        "2026.01.01 12:00:00",
        "2026年1月1日 12:00:00",
        "2026年01月01日12时00分00秒",
        "2026/1/1 下午 12:00:00",
        "2026/1/1 12:00:00 PM",
        "2026年1月1日 12:00",
        "01.01.2026 12:00:00",
        "1.1.2026 12:00",
        "01-Jan-2026 12:00:00",
        "01-Jan-26 12:00:00.000",
        "1 January 2026 12:00:00",
        "Jan 1, 2026 12:00:00",
        "01/01/2026 12:00",
        "1/1/2026 12:00:00 PM",
        "20260101 120000",
        "20260101120000",
        "20260101T120000Z",
        "2026-01-01 12:00:00,000",
        "2026-01-01 07:00:00 -05:00",
        "2026-01-01 12:00:00 UTC",
    ],
)
def test_instant_is_read_in_every_common_form(cell: str) -> None:
    assert read([cell]) == [NOON_MS]


def test_milliseconds_are_kept() -> None:
    instants = read(["2026-01-01 12:00:00.25", "2026-01-01 12:00:00.251"])
    assert instants is not None
    assert [one - NOON_MS for one in instants] == [250, 251]


def test_elapsed_seconds_count_as_time_only_where_the_name_says_so() -> None:
    assert read(["0", "0.5"]) is None
    assert read(["0", "0.5"], any_number=True) == [0, 500]


@pytest.mark.parametrize("cells", [["2026-01-01", ""], ["1767268800", ""], ["noon"], ["20260101"], ["10:14:33"]])
def test_column_with_a_cell_that_is_no_time_is_no_time_column(cells: list[str]) -> None:
    assert read(cells) is None


@pytest.mark.parametrize(
    ("cells", "day"),
    [
        (["03/04/2026 08:00", "13/04/2026 08:00"], 3),
        (["03/04/2026 08:00", "04/13/2026 08:00"], 4),
        (["03.04.2026 08:00", "04.04.2026 08:00"], 3),
    ],
)
def test_day_and_month_are_told_apart_by_the_whole_column(cells: list[str], day: int) -> None:
    instants = read(cells)
    assert instants is not None
    assert datetime.fromtimestamp(instants[0] / 1000, UTC).day == day


def test_a_column_that_could_be_either_way_round_asks_for_its_format() -> None:
    cells = ["03/04/2026 08:00", "04/05/2026 08:00"]
    with pytest.raises(NoInstantError, match="--date-format"):
        read(cells)
    instants = read(cells, TimeRules(date_format="%m/%d/%Y %H:%M"))
    assert instants is not None
    assert datetime.fromtimestamp(instants[0] / 1000, UTC).month == 3


def test_a_format_that_is_given_is_the_only_one() -> None:
    assert read(["2026-01-01 12:00"], TimeRules(date_format="%d/%m/%Y")) is None


def test_days_of_excel_are_read_where_the_column_is_one_of_time() -> None:
    found = instants_of(["46023.5", "46023.500011574"], any_number=True)
    assert found is not None
    assert found.times_ms.tolist() == [NOON_MS, NOON_MS + 1_000]
    assert any("Excel" in note for note in found.notes)


@pytest.mark.parametrize(
    ("cell", "hour"), [("上午 12:30", 0), ("上午 9:30", 9), ("下午 1:30", 13), ("凌晨 2:30", 2), ("晚上 8:30", 20)]
)
def test_halves_of_the_day_are_read_in_chinese(cell: str, hour: int) -> None:
    instants = read([f"2026/1/1 {cell}"])
    assert instants is not None
    assert datetime.fromtimestamp(instants[0] / 1000, UTC).hour == hour


def test_what_is_assumed_without_a_zone_is_said() -> None:
    naive = instants_of(["2026-01-01 12:00:00"], any_number=False)
    aware = instants_of(["2026-01-01 12:00:00Z"], any_number=False)
    assert naive is not None
    assert aware is not None
    assert any("UTC" in note and "--timezone" in note for note in naive.notes)
    assert aware.notes == []


def test_local_times_are_of_their_zone_and_offsets_hold() -> None:
    assert read(["2026-01-01 13:00:00"], BERLIN) == [NOON_MS]
    assert read(["2026-01-01 13:00:00", "2026-01-01 12:00:01Z"], BERLIN) == [NOON_MS, NOON_MS + 1_000]


@pytest.mark.parametrize("step_min", [1, 10, 30, 60])
@pytest.mark.parametrize("newest_first", [False, True])
def test_the_hour_that_comes_twice_is_gone_through_twice(step_min: int, *, newest_first: bool) -> None:
    begin_s = int(datetime(2026, 10, 24, 22, 0, tzinfo=UTC).timestamp())
    truth = [(begin_s + 60 * step_min * n) * 1000 for n in range(8 * 60 // step_min)]
    zone = ZoneInfo("Europe/Berlin")
    cells = [f"{datetime.fromtimestamp(ms / 1000, zone):%Y-%m-%d %H:%M:%S}" for ms in truth]
    if newest_first:
        truth, cells = truth[::-1], cells[::-1]
    assert read(cells, BERLIN) == truth


def test_a_time_that_spring_leaves_out_is_said() -> None:
    found = instants_of(["2026-03-29 01:59:00", "2026-03-29 02:30:00"], BERLIN, any_number=False)
    assert found is not None
    assert any(note.startswith("1 times do not exist in Europe/Berlin") for note in found.notes)
