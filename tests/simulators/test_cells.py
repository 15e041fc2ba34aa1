from __future__ import annotations

import numpy as np
import pytest

from simulators.cells import instants_of, numbers_of

NOON_MS = 1_767_268_800_000


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
    ],
)
def test_instant_is_read_in_every_common_form(cell: str) -> None:
    instants = instants_of([cell], any_number=False)
    assert instants is not None
    assert instants.tolist() == [NOON_MS]


def test_milliseconds_are_kept() -> None:
    instants = instants_of(["2026-01-01 12:00:00.25", "2026-01-01 12:00:00.251"], any_number=False)
    assert instants is not None
    assert (instants - NOON_MS).tolist() == [250, 251]


def test_elapsed_seconds_count_as_time_only_where_the_name_says_so() -> None:
    assert instants_of(["0", "0.5"], any_number=False) is None
    instants = instants_of(["0", "0.5"], any_number=True)
    assert instants is not None
    assert instants.tolist() == [0, 500]


@pytest.mark.parametrize("cells", [["2026-01-01", ""], ["1767268800", ""], ["noon"], ["20260101"], ["10:14:33"]])
def test_column_with_a_cell_that_is_no_time_is_no_time_column(cells: list[str]) -> None:
    assert instants_of(cells, any_number=False) is None


def test_missing_cells_become_nan() -> None:
    numbers = numbers_of(["1", "", "NaN", "n/a", "-", "inf", "-2.5e3"])
    assert numbers is not None
    assert np.isnan(numbers).tolist() == [False, True, True, True, True, True, False]


@pytest.mark.parametrize("cells", [["1", "open"], ["", ""], ["true"], ["1_000"], []])
def test_column_of_anything_else_is_not_numbers(cells: list[str]) -> None:
    assert numbers_of(cells) is None
