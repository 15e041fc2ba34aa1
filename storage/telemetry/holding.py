"""Holding: what is reported only when it changes has its last value until it says another, for a stated time.

A report of bad quality ends that too: the source says that it does not know the value any more.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from storage.core.database import Transaction

if TYPE_CHECKING:
    from storage.telemetry.windows import Windows

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NEVER_US = -(2**62)


def held(tx: Transaction, windows: Windows, signal_ids: NDArray[np.int32], after_us: NDArray[np.int64]) -> Windows:
    """Return windows in which the signals that hold have values also between those that they sent.

    Where a window begins is looked back for what holds then, so that the same rows come out wherever windows are cut.
    """
    rows = tx.all("windows.held", signal_ids=np.unique(signal_ids).tolist())
    if not rows or not len(windows.times_us):
        return windows
    holds_s = {row["signal_id"]: row["holds_s"] for row in rows}
    columns = [
        (asset, column, int(signal_id))
        for (asset, column), signal_id in np.ndenumerate(signal_ids)
        if int(signal_id) in holds_s and windows.lengths[asset]
    ]
    before = _before(tx, columns, after_us, holds_s)
    ends = _ends(tx, columns, after_us, windows)
    for place, (asset, column, signal_id) in enumerate(columns):
        part = slice(windows.first[asset], windows.first[asset + 1])
        windows.values[part, column] = hold(
            windows.times_us[part],
            windows.values[part, column],
            holds_us=round(holds_s[signal_id] * 1e6),
            before=before.get(place),
            ends_us=ends.get(place),
        )
    return windows


def hold(
    times_us: NDArray[np.int64],
    values: NDArray[np.float64],
    *,
    holds_us: int,
    before: tuple[int, float] | None = None,
    ends_us: NDArray[np.int64] | None = None,
) -> NDArray[np.float64]:
    """Return `values` with each missing one replaced by the last that is not more than `holds_us` old.

    `before` are time and value of the last one before the first instant; at `ends_us`, which increase, what was last
    ends.

    >>> nan = float("nan")
    >>> hold(np.array([1, 2, 3, 9]), np.array([nan, 5.0, nan, nan]), holds_us=3, before=(0, 4.0)).tolist()
    [4.0, 5.0, 5.0, nan]
    >>> hold(np.array([1, 2, 3]), np.array([5.0, nan, nan]), holds_us=9, ends_us=np.array([3])).tolist()
    [5.0, 5.0, nan]
    """
    time_us, value = before or (_NEVER_US, np.nan)
    all_us = np.concatenate([[time_us], times_us])
    known = np.concatenate([[value], values])
    last = np.maximum.accumulate(np.where(np.isnan(known), 0, np.arange(len(known))))
    ends = np.concatenate([[_NEVER_US], [] if ends_us is None else ends_us]).astype(np.int64)
    ended_us = ends[np.searchsorted(ends, all_us, side="right") - 1]
    holds = (all_us - all_us[last] <= holds_us) & (ended_us <= all_us[last])
    found = np.where(holds, known[last], np.nan)
    return np.where(np.isnan(values), found[1:], values)


def _before(
    tx: Transaction, columns: list[tuple[int, int, int]], after_us: NDArray[np.int64], holds_s: dict[int, float]
) -> dict[int, tuple[int, float]]:
    rows = tx.all(
        "windows.last_before",
        places=list(range(len(columns))),
        signal_ids=[signal_id for _, _, signal_id in columns],
        befores=[_EPOCH + timedelta(microseconds=int(after_us[asset])) for asset, _, _ in columns],
        holds_s=[holds_s[signal_id] for _, _, signal_id in columns],
    )
    return {row["place"]: (row["time_us"], row["value"]) for row in rows if np.isfinite(row["value"])}


def _ends(
    tx: Transaction, columns: list[tuple[int, int, int]], after_us: NDArray[np.int64], windows: Windows
) -> dict[int, NDArray[np.int64]]:
    """Return when the signals of some columns said values of bad quality, by the columns' places."""
    if not columns:
        return {}
    afters = [_EPOCH + timedelta(microseconds=int(after_us[asset])) for asset, _, _ in columns]
    untils = [
        _EPOCH + timedelta(microseconds=int(windows.times_us[windows.first[asset + 1] - 1])) for asset, _, _ in columns
    ]
    rows = tx.all(
        "windows.ends",
        places=list(range(len(columns))),
        signal_ids=[signal_id for _, _, signal_id in columns],
        afters=afters,
        untils=untils,
        **{"from": min(afters), "to": max(untils)},
    )
    return {row["place"]: np.array(row["times_us"], np.int64) for row in rows}
