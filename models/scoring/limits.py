"""Rules that need no training: design limits, rates of change and silent signals, for many assets side by side.

Arrays are laid out signals first, assets last, as in `models.detector.kernel`, and the same holds: an asset's figures
do not depend on who shares its bank or on where the rows are cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields

import numpy as np
from numpy.typing import NDArray

from models.detector.arrays import Flags, Floats
from plant.asset import SignalRole
from storage.models.guard import GuardedAsset

DEADBAND = 0.02
"""A value that was beyond its line is back once it is so far within, as a part of it ..."""

CALM_S = 10.0
"""... for so long."""

QUICK_S, SLOW_S = 5.0, 30.0
"""A rate of change is found from two means with these time constants: on a ramp they differ by the rate times 25 s."""

LONGEST_GAP_S = 120.0
"""After a longer gap the means start again, so that nothing is said about a rate until they differ."""

SILENT_GAPS = 5.0
FORGET = 0.98
"""A signal is silent after so many times its longest gap, which is forgotten by this factor at each value."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What the register says of A assets of p signals: infinite where it says nothing.

    `low`, `high` and `scale` (p, A) are in the signal's unit, `most_rate` (p, A) in its unit per second,
    `silent_s` (A,) in seconds; `speaks` (p, A) is False for signals that are sent only when they change,
    `deadband` (p, A) is how far, in levels, a value must be back within its limit.
    """

    low: Floats
    high: Floats
    scale: Floats
    most_rate: Floats
    silent_s: Floats
    speaks: Flags
    deadband: Floats | float = DEADBAND

    @classmethod
    def of(cls, assets: Sequence[GuardedAsset]) -> Limits:
        """Read the limits of assets with equally many signals."""
        low = _column(assets, [[_or(s.low, -np.inf) for s in one.signals] for one in assets])
        high = _column(assets, [[_or(s.high, np.inf) for s in one.signals] for one in assets])
        rate = _column(assets, [[_or(s.most_rate_per_min, np.inf) / 60.0 for s in one.signals] for one in assets])
        speaks = _column(assets, [[s.role is SignalRole.MEASUREMENT for s in one.signals] for one in assets])
        return cls(
            low=low,
            high=high,
            scale=_scales(low, high),
            most_rate=rate,
            silent_s=np.array([one.silent_s for one in assets], np.float64),
            speaks=speaks > 0,
            deadband=_column(assets, [[_or(s.deadband, DEADBAND) for s in one.signals] for one in assets]),
        )


def _per_signal(at_start: float = 0.0) -> dict[str, float]:
    return {"at_start": at_start}


@dataclass(kw_only=True, slots=True)
class RuleState:
    """Where each asset stands: per signal (p, A), and when the `last` row came (A,), in seconds of data time.

    `signal` is which signal it is; `beyond`, `too_fast` and `silent` are 1 while that is the case, `beyond_calm_s` and
    `too_fast_calm_s` for how long they have not been; `quick` and `slow` are means in the signal's unit; `seen` is when
    it last had a value, `longest_s` its longest recent gap, NaN before the second value.

    The order of the fields is the layout of a stored state: all with metadata are per signal, `last` ends it.
    """

    signal: Floats = field(metadata=_per_signal())
    beyond: Floats = field(metadata=_per_signal())
    beyond_calm_s: Floats = field(metadata=_per_signal())
    too_fast: Floats = field(metadata=_per_signal())
    too_fast_calm_s: Floats = field(metadata=_per_signal())
    quick: Floats = field(metadata=_per_signal(np.nan))
    slow: Floats = field(metadata=_per_signal(np.nan))
    seen: Floats = field(metadata=_per_signal(np.nan))
    longest_s: Floats = field(metadata=_per_signal(np.nan))
    silent: Floats = field(metadata=_per_signal())
    last: Floats

    @classmethod
    def unpack(cls, flat: Floats, signals: int) -> RuleState:
        """Read the rows of `flat` (A, `width(p)`).

        Raises:
            ValueError: the rows are not as long as such a state is.
        """
        if flat.shape[1] != width(signals):
            raise ValueError(
                f"a state of {signals} signals has {width(signals)} numbers, this one {flat.shape[1]}: "
                "its layout is another"
            )
        columns = np.ascontiguousarray(flat.T)
        parts = {name: columns[k * signals : (k + 1) * signals] for k, name in enumerate(_AT_START)}
        return cls(**parts, last=columns[-1])

    def pack(self) -> Floats:
        """Return one flat row per asset, (A, `width(p)`)."""
        parts = [getattr(self, name) for name in _AT_START]
        return np.ascontiguousarray(np.concatenate([*parts, self.last[None, :]]).T)


_AT_START = {each.name: each.metadata["at_start"] for each in fields(RuleState) if each.metadata}
"""The fields with a number for each signal, in their order, and what they begin with."""


def width(signals: int) -> int:
    """Return how many numbers an asset's flat state has.

    >>> width(3)
    31
    """
    return len(_AT_START) * signals + 1


def fresh(signal_ids: Sequence[int]) -> Floats:
    """Return the flat state (S,) of an asset that was not seen yet."""
    parts = {name: np.full(len(signal_ids), at_start) for name, at_start in _AT_START.items()}
    parts["signal"] = np.array(signal_ids, np.float64)
    return np.concatenate([*parts.values(), [np.nan]])


def carried(flat: Floats, signal_ids: Sequence[int]) -> Floats:
    """Return an asset's flat state (S,) for its signals of now: new ones begin anew, those that left are dropped.

    Raises:
        ValueError: it is no such state, whatever the number of signals.
    """
    before, rest = divmod(len(flat) - 1, len(_AT_START))
    if rest:
        raise ValueError(f"a state of {len(flat)} numbers is none of these rules: its layout is another")
    old = {int(signal): place for place, signal in enumerate(flat[:before])}
    state = fresh(signal_ids)
    for place, signal in enumerate(signal_ids):
        if signal in old:
            state[place : -1 : len(signal_ids)] = flat[old[signal] : -1 : before]
    state[-1] = flat[-1]
    return state


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleViolations:
    """Which rules are broken in n rows of A assets (n, A, p).

    `level` says how far a value is `beyond` its limits, `rate_level` how much `too_fast` it changes: 1 is on the line.
    `silent` signals say nothing while others do.
    """

    level: Floats
    beyond: Flags
    rate_level: Floats
    too_fast: Flags
    silent: Flags


def check(limits: Limits, flat: Floats, rows: Floats, times: Floats) -> tuple[RuleViolations, Floats]:
    """Check `rows` (n, A, p) at `times` (n, A) seconds against the limits, from the states `flat` (A, `width(p)`).

    NaN is a missing value, NaN in `times` means the asset has no row there. Returns what is broken in each row,
    and the states after the last.
    """
    n, assets, signals = rows.shape
    state = RuleState.unpack(flat, signals)
    level, rate_level = np.zeros((n, signals, assets)), np.zeros((n, signals, assets))
    beyond, too_fast, silent = (np.zeros((n, signals, assets), np.bool_) for _ in range(3))
    with np.errstate(invalid="ignore", over="ignore"):
        for k in range(n):
            level[k], rate_level[k] = _step(limits, state, np.ascontiguousarray(rows[k].T), times[k])
            beyond[k], too_fast[k], silent[k] = state.beyond > 0, state.too_fast > 0, state.silent > 0
    turned = (0, 2, 1)
    violations = RuleViolations(
        level=level.transpose(turned),
        beyond=beyond.transpose(turned),
        rate_level=rate_level.transpose(turned),
        too_fast=too_fast.transpose(turned),
        silent=silent.transpose(turned),
    )
    return violations, state.pack()


def _step(limits: Limits, state: RuleState, row: Floats, time: Floats) -> tuple[Floats, Floats]:
    there = np.isfinite(time)
    heard = np.isfinite(row) & there
    seconds = np.where(there, np.minimum(np.nan_to_num(time - state.last), LONGEST_GAP_S), 0.0)
    since = time - state.seen
    level = np.where(heard, levels(limits, row), 0.0)
    state.beyond, state.beyond_calm_s = _flagged(
        heard, level, state.beyond, state.beyond_calm_s, seconds, limits.deadband
    )
    rate_level = np.where(heard, _rate(limits, state, row, heard, since), 0.0)
    state.too_fast, state.too_fast_calm_s = _flagged(
        heard, rate_level, state.too_fast, state.too_fast_calm_s, seconds, DEADBAND
    )
    silent = limits.speaks & (since > np.maximum(limits.silent_s, SILENT_GAPS * state.longest_s))
    state.silent = np.where(there, np.where(heard, 0.0, np.maximum(state.silent, silent)), state.silent)
    gap = np.fmax(since, FORGET * state.longest_s)
    state.longest_s = np.where(heard, gap, state.longest_s)
    state.seen = np.where(heard, time, state.seen)
    state.last = np.where(there, time, state.last)
    return level, rate_level


def levels(limits: Limits, row: Floats) -> Floats:
    """Return how far values (p, A) are from where they should be: 1 on a limit, 0 in the middle or far inside."""
    above = 1.0 + (row - limits.high) / limits.scale
    below = 1.0 + (limits.low - row) / limits.scale
    return np.maximum(np.maximum(above, below), 0.0)


def _flagged(
    heard: Flags, level: Floats, on: Floats, calm_s: Floats, seconds: Floats, deadband: Floats | float
) -> tuple[Floats, Floats]:
    """Set flags beyond the line, and clear them after a while within the deadband."""
    calm = (on > 0) & (~heard | (level < 1.0 - deadband))
    calm_s = np.where(calm & heard, calm_s + seconds, np.where(heard, 0.0, calm_s))
    now = np.where(heard & (level > 1.0), 1.0, np.where(calm & (calm_s >= CALM_S), 0.0, on))
    return now, np.where(now > 0, calm_s, 0.0)


def _rate(limits: Limits, state: RuleState, row: Floats, heard: Flags, since: Floats) -> Floats:
    """Let the two means follow, and return the rate of change as a multiple of what the register allows (p, A)."""
    again = heard & ~(since <= LONGEST_GAP_S)
    state.quick = _followed(state.quick, QUICK_S, row, heard, since, again)
    state.slow = _followed(state.slow, SLOW_S, row, heard, since, again)
    rate = np.abs(state.quick - state.slow) / (SLOW_S - QUICK_S)
    return np.asarray(rate / limits.most_rate)


def _followed(mean: Floats, time_s: float, row: Floats, heard: Flags, since: Floats, again: Flags) -> Floats:
    followed = mean + since / (time_s + since) * (row - mean)
    return np.where(heard, np.where(again, row, followed), mean)


def _scales(low: Floats, high: Floats) -> Floats:
    """Return what a level is counted in: half of the span, or the limit's own size where there is but one."""
    both = np.isfinite(low) & np.isfinite(high)
    single = np.where(np.isfinite(high), np.abs(high), np.where(np.isfinite(low), np.abs(low), 1.0))
    half = np.where(both, (np.where(both, high, 1.0) - np.where(both, low, 0.0)) / 2.0, single)
    return np.where(half > 0, half, 1.0)


def _column(assets: Sequence[GuardedAsset], values: Sequence[Sequence[float]]) -> Floats:
    columns: NDArray[np.float64] = np.array(values, np.float64).reshape(len(assets), -1).T
    return np.ascontiguousarray(columns)


def _or(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else value
