"""Numbers are read as people and historians write them, or a column says which cell stands in the way."""

from __future__ import annotations

import numpy as np
import pytest

from simulators.tables.numbers import Mark, TwoPatternsError, numbers_of


def test_missing_cells_become_nan() -> None:
    numbers = numbers_of(["1", "", "NaN", "n/a", "-", "inf", "-2.5e3"])
    assert numbers is not None
    assert np.isnan(numbers.values).tolist() == [False, True, True, True, True, True, False]
    assert not numbers.words


@pytest.mark.parametrize("cells", [["1", "open"], ["", ""], ["true"], ["1_000"], []])
def test_column_of_anything_else_is_not_numbers(cells: list[str]) -> None:
    assert numbers_of(cells) is None


@pytest.mark.parametrize("word", ["#N/A", "#VALUE!", "Bad Input", "No Data", "I/O Timeout", "坏值", "******"])
def test_a_word_among_two_thousand_numbers_is_missing_and_counted(word: str) -> None:
    numbers = numbers_of([str(n / 4) for n in range(2_000)] + [word])
    assert numbers is not None
    assert numbers.words == {word: 1}
    assert numbers.values[1_999] == 499.75
    assert np.isnan(numbers.values[2_000])


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["1.234,5", "12,25"], [1234.5, 12.25]),
        (["1,234.5", "12.25"], [1234.5, 12.25]),
        (["1 234,5", "7"], [1234.5, 7]),
        (["1\u202f234,5", "7"], [1234.5, 7]),
        (["1'234.5", "7"], [1234.5, 7]),
        (["1,234,567", "1,500"], [1234567, 1500]),
        (["1.234.567", "1.500"], [1234567, 1500]),
        (["1,23,456.75", "2"], [123456.75, 2]),
        (["\u22125.5", "5.5"], [-5.5, 5.5]),
        (["１２．５", "3"], [12.5, 3]),
        (["20.5 °C", "21 °C", ""], [20.5, 21, np.nan]),
        (["45%", "46.5%"], [45, 46.5]),
        (["1,5e3", "2"], [1500, 2]),
        (["0,500", "0,250"], [0.5, 0.25]),
        (["1.500", "2.250"], [1.5, 2.25]),
    ],
)
def test_each_pattern_is_read(cells: list[str], values: list[float]) -> None:
    numbers = numbers_of(cells)
    assert numbers is not None
    assert np.array_equal(numbers.values, values, equal_nan=True)


def test_what_could_be_read_both_ways_follows_the_rest_of_the_file() -> None:
    either = ["1.500", "2.250"]
    german = numbers_of(either, Mark.COMMA)
    assert german is not None
    assert german.values.tolist() == [1500, 2250]
    comma = numbers_of(["1,500"], is_comma_decimal=True)
    assert comma is not None
    assert comma.values.tolist() == [1.5]


@pytest.mark.parametrize(
    ("cells", "unit", "values"),
    [
        (["20.5 °C", "21 °C"], "°C", [20.5, 21]),
        (["10 m3/h", "12.5m3/h"], "m3/h", [10, 12.5]),
        (["10 m³/h", "-1 m³/h"], "m3/h", [10, -1]),
        (["1,5 kg/cm2", "2,5 kg/cm2"], "kg/cm2", [1.5, 2.5]),
        (["5 s-1", "6 s-1"], "s-1", [5, 6]),
        (["10 m3/h", "Bad", "", "12 m3/h"], "m3/h", [10, np.nan, np.nan, 12]),
    ],
)
def test_the_unit_behind_every_number_is_kept(cells: list[str], unit: str, values: list[float]) -> None:
    numbers = numbers_of(cells)
    assert numbers is not None
    assert numbers.unit == unit
    np.testing.assert_array_equal(numbers.values, values)


@pytest.mark.parametrize(
    "cells", [["10:00", "11:00"], ["10 m3/h", "12 l/s"], ["7A12", "8A12"], ["1e3", "2e3", "#N/A"], ["10 bar", "11"]]
)
def test_what_is_no_unit_or_not_that_of_all_is_not_taken_for_one(cells: list[str]) -> None:
    numbers = numbers_of(cells)
    assert numbers is None or numbers.unit == ""


def test_two_patterns_in_one_column_are_refused_with_the_cell() -> None:
    with pytest.raises(TwoPatternsError, match=r"'2,345\.5' does not fit '1\.234,5'") as refused:
        numbers_of(["1.234,5", "7", "2,345.5"])
    assert refused.value.row == 2
