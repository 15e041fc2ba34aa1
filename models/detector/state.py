"""Where each asset of a bank stands between two rows, and how that is laid out as one flat row of numbers to store."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from enum import Enum
from typing import Any

import numpy as np

from models.detector.arrays import Floats

LAYOUT = 1
"""Counts up whenever a field of `State` comes, goes, moves to another place or means something else.

Stored states hold numbers without names. A model that was trained under another layout is refused, and its states with
it; one without a number was trained under layout 1.
"""


class Extent(Enum):
    """How many numbers a field of the state has: one for each signal, one for each setting, or one in all."""

    PER_SIGNAL = "per signal"
    PER_SETTING = "per setting"
    PER_ASSET = "per asset"


def _per_signal(at_start: float = 0.0) -> dict[str, Any]:
    return {"extent": Extent.PER_SIGNAL, "at_start": at_start}


def _per_setting(at_start: float = 0.0) -> dict[str, Any]:
    return {"extent": Extent.PER_SETTING, "at_start": at_start}


def _per_asset(at_start: float = 0.0) -> dict[str, Any]:
    return {"extent": Extent.PER_ASSET, "at_start": at_start}


@dataclass(kw_only=True, slots=True)
class State:
    """Where each of A assets stands. Times are seconds of data time, NaN for never; flags are 1 or 0.

    Per signal (p, A), in scales: the smoothed `deviation` from the `baseline`; `former_baseline`, which held before the
    last that was learnt anew; the `slow` mean of wear; `steady`, the last residual that was believed; `pending`, one
    that waits to be confirmed. `seen` is when a value was last believed, `received` when one last came, `moved` when it
    last differed from the one before, which is `value`, in its unit; `leapt` is when a value last made a leap.
    `loudness` is the recent energy in terms of that in training, `spikes` counts recent values that were not confirmed,
    `ailing` holds the bits of `sensor_checks`.

    Per setting (q, A): `setting`, the last value, and `setting_seen`, when it came.

    Per asset (A,): the time of the `last` row; `alarm`, its `peak`, for how long it is `below_s` its release, the
    `excess_s` that begins one, and the signal `blamed` for it or -1; how long it has been in an unknown regime,
    `unseen_s`, and whether that is `unseen`; the `minute` of data time in which `wear_level` was last found, and
    whether the machine is `worn`.

    The order of the fields is the layout of a stored state, and their metadata says how long each is: see `LAYOUT`.
    """

    deviation: Floats = field(metadata=_per_signal())
    baseline: Floats = field(metadata=_per_signal())
    former_baseline: Floats = field(metadata=_per_signal())
    slow: Floats = field(metadata=_per_signal())
    seen: Floats = field(metadata=_per_signal(np.nan))
    received: Floats = field(metadata=_per_signal(np.nan))
    moved: Floats = field(metadata=_per_signal(np.nan))
    value: Floats = field(metadata=_per_signal(np.nan))
    steady: Floats = field(metadata=_per_signal(np.nan))
    pending: Floats = field(metadata=_per_signal(np.nan))
    leapt: Floats = field(metadata=_per_signal(np.nan))
    loudness: Floats = field(metadata=_per_signal(1.0))
    spikes: Floats = field(metadata=_per_signal())
    ailing: Floats = field(metadata=_per_signal())
    setting: Floats = field(metadata=_per_setting(np.nan))
    setting_seen: Floats = field(metadata=_per_setting(np.nan))
    last: Floats = field(metadata=_per_asset(np.nan))
    alarm: Floats = field(metadata=_per_asset())
    peak: Floats = field(metadata=_per_asset())
    below_s: Floats = field(metadata=_per_asset())
    excess_s: Floats = field(metadata=_per_asset())
    blamed: Floats = field(metadata=_per_asset(-1.0))
    unseen_s: Floats = field(metadata=_per_asset())
    unseen: Floats = field(metadata=_per_asset())
    minute: Floats = field(metadata=_per_asset(np.nan))
    wear_level: Floats = field(metadata=_per_asset())
    worn: Floats = field(metadata=_per_asset())

    @classmethod
    def unpack(cls, flat: Floats, signals: int, settings: int) -> State:
        """Read the rows of `flat` (A, `width(p, q)`) into arrays of its own: a step writes into some of them.

        Raises:
            ValueError: the rows are not as long as such a state is.
        """
        refuse_other_width(flat.shape[1], signals, settings)
        columns = np.array(flat.T, order="C")
        parts, at = {}, 0
        for name, size in sizes(signals, settings).items():
            parts[name] = columns[at] if _EXTENTS[name] is Extent.PER_ASSET else columns[at : at + size]
            at += size
        return cls(**parts)

    def pack(self) -> Floats:
        """Return the state as one flat row per asset, (A, `width(p, q)`)."""
        parts = [np.atleast_2d(getattr(self, name)) for name in _EXTENTS]
        return np.ascontiguousarray(np.concatenate(parts).T)

    @classmethod
    def resting(cls, baseline: Floats, slow: Floats, settings: int) -> State:
        """Return the state of one asset at its `baseline` (p,) and `slow` mean that has not been seen yet."""
        size = sizes(len(baseline), settings)
        start: dict[str, Floats] = {
            each.name: np.full(
                1 if _EXTENTS[each.name] is Extent.PER_ASSET else (size[each.name], 1), each.metadata["at_start"]
            )
            for each in fields(cls)
        }
        start["baseline"][:, 0] = start["former_baseline"][:, 0] = baseline
        start["slow"][:, 0] = slow
        return cls(**start)


_EXTENTS: dict[str, Extent] = {each.name: each.metadata["extent"] for each in fields(State)}


def sizes(signals: int, settings: int) -> dict[str, int]:
    """Say how many numbers of an asset's flat state each field has, in their order."""
    count = {Extent.PER_SIGNAL: signals, Extent.PER_SETTING: settings, Extent.PER_ASSET: 1}
    return {name: count[extent] for name, extent in _EXTENTS.items()}


def width(signals: int, settings: int) -> int:
    """Return how many numbers an asset's flat state has.

    >>> width(8, 0), width(10, 1)
    (123, 153)
    """
    return sum(sizes(signals, settings).values())


def refuse_other_width(found: int, signals: int, settings: int) -> None:
    """Raise a ValueError where a stored state has another length than a detector with so many signals and settings.

    >>> refuse_other_width(122, 8, 0)
    Traceback (most recent call last):
    ...
    ValueError: a state of this detector has 123 numbers (8 signals, 0 settings), this one 122: its layout is another
    """
    wanted = width(signals, settings)
    if found != wanted:
        raise ValueError(
            f"a state of this detector has {wanted} numbers ({signals} signals, {settings} settings), "
            f"this one {found}: its layout is another"
        )


def last_rows(flat: Floats, signals: int, settings: int) -> Floats:
    """Return when the last row of each asset came (A,), from flat states (A, S); NaN where none has."""
    before = list(sizes(signals, settings).items())
    at = sum(size for _, size in before[: list(_EXTENTS).index("last")])
    lasts: Floats = flat[:, at]
    return lasts
