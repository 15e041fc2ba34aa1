"""Cells of a recorded table are read as instants or as numbers, a column at a time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

InstantsMs: TypeAlias = NDArray[np.int64]

_MISSING = frozenset({"", "-", "?", "na", "n/a", "nan", "none", "null", "inf", "-inf", "+inf"})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PLAUSIBLE_S = (946_684_800.0, 4_102_444_800.0)  # the years 2000 to 2100
_UNITS_PER_S = (1.0, 1e3, 1e6, 1e9)


def numbers_of(cells: Sequence[str]) -> NDArray[np.float64] | None:
    """Read a column as numbers, missing cells as NaN; None if it holds anything else or nothing.

    >>> numbers_of(["1.5", "", "2.5"])
    array([1.5, nan, 2.5])
    >>> numbers_of(["open", "1"]) is None
    True
    """
    try:
        numbers = np.array([_number(cell) for cell in cells], dtype=np.float64)
    except ValueError:
        return None
    return None if np.isnan(numbers).all() else numbers


def _number(cell: str) -> float:
    if cell.lower() in _MISSING:
        return math.nan
    if "_" in cell:
        raise ValueError(cell)
    number = float(cell)
    return number if math.isfinite(number) else math.nan


def instants_of(cells: Sequence[str], *, any_number: bool) -> InstantsMs | None:
    """Read a column as instants in epoch ms; None if one cell is not a time.

    Dates are ISO 8601 (with `T` or a space, `-` or `/`, fractions, offsets; naive is UTC).
    Numbers count as epoch s, ms, µs or ns, whichever puts them between 2000 and 2100; with
    `any_number` others are taken as seconds.

    >>> instants_of(["2020-03-09 10:14:33.5"], any_number=False).tolist()
    [1583748873500]
    >>> instants_of(["1583748873"], any_number=False).tolist()
    [1583748873000]
    >>> instants_of(["17", "18"], any_number=False) is None
    True
    """
    numbers = numbers_of(cells)
    if numbers is not None:
        return _epochs(numbers, any_number=any_number)
    try:
        return np.array([_date_ms(cell) for cell in cells], dtype=np.int64)
    except ValueError:
        return None


def looks_like_time(cell: str) -> bool:
    """Say whether one cell reads as a date.

    >>> looks_like_time("2020-03-09 10:14:33"), looks_like_time("flow")
    (True, False)
    """
    try:
        _date_ms(cell)
    except ValueError:
        return False
    return True


def _epochs(numbers: NDArray[np.float64], *, any_number: bool) -> InstantsMs | None:
    if np.isnan(numbers).any():
        return None
    low, high = _PLAUSIBLE_S
    for per_s in _UNITS_PER_S:
        seconds = numbers / per_s
        if seconds.min() >= low and seconds.max() <= high:
            return np.rint(seconds * 1_000).astype(np.int64)
    if any_number and np.abs(numbers).max() <= high:
        return np.rint(numbers * 1_000).astype(np.int64)
    return None


def _date_ms(cell: str) -> int:
    if cell.isdigit():
        raise ValueError(cell)
    moment = datetime.fromisoformat(cell.replace("/", "-"))
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return round((moment - _EPOCH) / timedelta(milliseconds=1))
