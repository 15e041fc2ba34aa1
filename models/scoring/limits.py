"""Rules that need no training: design limits, rates of change and silent signals, for many assets side by side.

Arrays are laid out signals first, assets last, as in `models.detector.kernel`, and the same holds: an asset's figures
do not depend on who shares its bank or on where the rows are cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from models.detector.arrays import Flags, Floats
from plant.asset import SignalRole
from storage.models.guard import Guarded

DEADBAND = 0.02
"""What was beyond its line comes back once it is so far within, as a part of it ..."""

CALM_S = 10.0
"""... for so long."""

QUICK_S, SLOW_S = 5.0, 30.0
"""A rate of change is told from two means with these time constants: on a ramp they differ by the rate times 25 s."""

LONGEST_GAP_S = 120.0
"""After a longer gap nothing is said about a rate until the means have met again."""

SILENT_GAPS = 5.0
FORGET = 0.98
"""A signal is silent after so many of its longest gaps, of which each new one forgets a little."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What the register says of A assets of p signals: infinite where it says nothing.

    `low`, `high` and `scale` (p, A) are in the signal's unit, `most_rate` (p, A) in its unit per second,
    `silent_s` (A,) in seconds; `speaks` (p, A) is False for what is only told when it changes.
    """

    low: Floats
    high: Floats
    scale: Floats
    most_rate: Floats
    silent_s: Floats
    speaks: Flags

    @classmethod
    def of(cls, lists: Sequence[Guarded]) -> Limits:
        """Read the limits of assets with equally many signals."""
        low = _column(lists, [[_or(s.low, -np.inf) for s in one.signals] for one in lists])
        high = _column(lists, [[_or(s.high, np.inf) for s in one.signals] for one in lists])
        rate = _column(lists, [[_or(s.most_rate_per_min, np.inf) / 60.0 for s in one.signals] for one in lists])
        speaks = _column(lists, [[s.role is SignalRole.MEASUREMENT for s in one.signals] for one in lists])
        return cls(
            low=low,
            high=high,
            scale=_scales(low, high),
            most_rate=rate,
            silent_s=np.array([one.silent_s for one in lists], np.float64),
            speaks=speaks > 0,
        )


@dataclass(kw_only=True, slots=True)
class Standing:
    """Where each asset stands: per signal (p, A), and when the `last` row came (A,), in seconds of data time.

    `signal` is which signal it is; `over`, `fast` and `gone` are 1 while that is the case, `over_calm_s` and
    `fast_calm_s` for how long they have not been; `quick` and `slow` are means in the signal's unit, `seen` is when it
    last spoke, `longest_s` its longest gap of late, NaN before the second value.
    """

    signal: Floats
    over: Floats
    over_calm_s: Floats
    fast: Floats
    fast_calm_s: Floats
    quick: Floats
    slow: Floats
    seen: Floats
    longest_s: Floats
    gone: Floats
    last: Floats

    @classmethod
    def unpack(cls, flat: Floats, signals: int) -> Standing:
        """Read the rows of `flat` (A, `width(p)`)."""
        columns = np.ascontiguousarray(flat.T)
        parts = {name: columns[k * signals : (k + 1) * signals] for k, name in enumerate(_FIELDS)}
        return cls(**parts, last=columns[-1])

    def pack(self) -> Floats:
        """Return one flat row per asset, (A, `width(p)`)."""
        parts = [getattr(self, name) for name in _FIELDS]
        return np.ascontiguousarray(np.concatenate([*parts, self.last[None, :]]).T)


_FIELDS = tuple(each.name for each in fields(Standing))[:-1]
_NEVER = ("quick", "slow", "seen", "longest_s")


def width(signals: int) -> int:
    """Return how many numbers an asset's flat state has.

    >>> width(3)
    31
    """
    return len(_FIELDS) * signals + 1


def fresh(signal_ids: Sequence[int]) -> Floats:
    """Return the flat state (S,) of an asset of which nothing was seen yet."""
    parts = {name: np.full(len(signal_ids), np.nan if name in _NEVER else 0.0) for name in _FIELDS}
    parts["signal"] = np.array(signal_ids, np.float64)
    return np.concatenate([*parts.values(), [np.nan]])


def carried(flat: Floats, signal_ids: Sequence[int]) -> Floats:
    """Return an asset's flat state (S,) for its signals of now: new ones begin anew, those that left are dropped."""
    before = (len(flat) - 1) // len(_FIELDS)
    old = {int(signal): place for place, signal in enumerate(flat[:before])}
    state = fresh(signal_ids)
    for place, signal in enumerate(signal_ids):
        if signal in old:
            state[place : -1 : len(signal_ids)] = flat[old[signal] : -1 : before]
    state[-1] = flat[-1]
    return state


@dataclass(frozen=True, kw_only=True, slots=True)
class Broken:
    """Which rules are broken in n rows of A assets (n, A, p): and how far, 1 on the line, for limits and rates."""

    level: Floats
    over: Flags
    pace: Floats
    fast: Flags
    gone: Flags


def hold(limits: Limits, flat: Floats, rows: Floats, times: Floats) -> tuple[Broken, Floats]:
    """Hold `rows` (n, A, p) at `times` (n, A) seconds against the limits, from the states `flat` (A, `width(p)`).

    NaN is a missing value, NaN in `times` means the asset has no row there. Returns what is broken in each row, and the
    states after the last.
    """
    n, assets, signals = rows.shape
    state = Standing.unpack(flat, signals)
    level, pace = np.zeros((n, signals, assets)), np.zeros((n, signals, assets))
    over, fast, gone = (np.zeros((n, signals, assets), np.bool_) for _ in range(3))
    with np.errstate(invalid="ignore", over="ignore"):
        for k in range(n):
            level[k], pace[k] = _step(limits, state, np.ascontiguousarray(rows[k].T), times[k])
            over[k], fast[k], gone[k] = state.over > 0, state.fast > 0, state.gone > 0
    turned = (0, 2, 1)
    broken = Broken(
        level=level.transpose(turned),
        over=over.transpose(turned),
        pace=pace.transpose(turned),
        fast=fast.transpose(turned),
        gone=gone.transpose(turned),
    )
    return broken, state.pack()


def _step(limits: Limits, state: Standing, row: Floats, time: Floats) -> tuple[Floats, Floats]:
    there = np.isfinite(time)
    heard = np.isfinite(row) & there
    seconds = np.where(there, np.minimum(np.nan_to_num(time - state.last), LONGEST_GAP_S), 0.0)
    since = time - state.seen
    level = np.where(heard, levels(limits, row), 0.0)
    state.over, state.over_calm_s = _held(heard, level, state.over, state.over_calm_s, seconds)
    pace = np.where(heard, _rate(limits, state, row, heard, since), 0.0)
    state.fast, state.fast_calm_s = _held(heard, pace, state.fast, state.fast_calm_s, seconds)
    silent = limits.speaks & (since > np.maximum(limits.silent_s, SILENT_GAPS * state.longest_s))
    state.gone = np.where(there, np.where(heard, 0.0, np.maximum(state.gone, silent)), state.gone)
    gap = np.fmax(since, FORGET * state.longest_s)
    state.longest_s = np.where(heard, gap, state.longest_s)
    state.seen = np.where(heard, time, state.seen)
    state.last = np.where(there, time, state.last)
    return level, pace


def levels(limits: Limits, row: Floats) -> Floats:
    """Say how far values (p, A) are from where they should be: 1 on a limit, 0 in the middle or far inside of one."""
    above = 1.0 + (row - limits.high) / limits.scale
    below = 1.0 + (limits.low - row) / limits.scale
    return np.maximum(np.maximum(above, below), 0.0)


def _held(heard: Flags, level: Floats, on: Floats, calm_s: Floats, seconds: Floats) -> tuple[Floats, Floats]:
    """Move flags: on beyond the line, off after a while within the deadband."""
    calm = (on > 0) & (~heard | (level < 1.0 - DEADBAND))
    calm_s = np.where(calm & heard, calm_s + seconds, np.where(heard, 0.0, calm_s))
    now = np.where(heard & (level > 1.0), 1.0, np.where(calm & (calm_s >= CALM_S), 0.0, on))
    return now, np.where(now > 0, calm_s, 0.0)


def _rate(limits: Limits, state: Standing, row: Floats, heard: Flags, since: Floats) -> Floats:
    """Let the two means follow, and return the rate of change as a multiple of what the register allows (p, A)."""
    again = heard & ~(since <= LONGEST_GAP_S)
    for name, time_s in (("quick", QUICK_S), ("slow", SLOW_S)):
        mean = getattr(state, name)
        followed = mean + since / (time_s + since) * (row - mean)
        setattr(state, name, np.where(heard, np.where(again, row, followed), mean))
    rate = np.abs(state.quick - state.slow) / (SLOW_S - QUICK_S)
    return np.asarray(rate / limits.most_rate)


def _scales(low: Floats, high: Floats) -> Floats:
    """Return what a level is counted in: half of the span, or the limit's own size where there is but one."""
    both = np.isfinite(low) & np.isfinite(high)
    single = np.where(np.isfinite(high), np.abs(high), np.where(np.isfinite(low), np.abs(low), 1.0))
    half = np.where(both, (np.where(both, high, 1.0) - np.where(both, low, 0.0)) / 2.0, single)
    return np.where(half > 0, half, 1.0)


def _column(lists: Sequence[Guarded], values: Sequence[Sequence[float]]) -> Floats:
    columns: NDArray[np.float64] = np.array(values, np.float64).reshape(len(lists), -1).T
    return np.ascontiguousarray(columns)


def _or(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else value
