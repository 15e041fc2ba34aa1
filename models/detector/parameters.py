"""What detectors have learnt (norms), and the constants that the detectors of a bank share (pace)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from models.detector.arrays import Flags, Floats

Axis: TypeAlias = Literal["signal", "setting", "regime", "hour"]


def _axes(*axes: Axis, dtype: type = np.float64) -> dict[str, Any]:
    """Say what the axes of a field count, the last axis, of assets, aside; and what its numbers are."""
    return {"axes": axes, "dtype": dtype}


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """The constants that every asset of a bank shares; `ConditionDetector` says what they mean.

    The others are those of the detector of before (`models.detector.former`): whitened deviations are summed to the
    `power` 4, signals settle elsewhere beyond `settle_scales`, the line follows the noise with time constant
    `noise_s`, and `lenient` ones return to a former baseline that fits only roughly.
    """

    clip: float
    release_ratio: float
    unseen_s: float
    power: int = 2
    settle_scales: float = 0.0
    noise_s: float = np.inf
    lenient: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Norms:
    """What was learnt about A assets of p signals and q settings, with K regimes; times in seconds.

    Regimes: settings are compared as `(value - setting_centre) * setting_gain` (q, A) with each `centroid` (K, q, A)
    and belong to the nearest, where they are no farther than the square root of `reach` (K, A). A value is expected
    at `centre` (K, p, A) plus `slope` (K, p, q, A) times the settings' distance from the centroid, and spreads there
    by 1 / `gain` (K, p, A); the gain of a signal that is not `used` (p, A) is 0.

    Deviations: `whiten` (p, p, A) maps them to independent parts of the alarm line, `precision` (p, p, A) is the
    inverse of their covariance, `usual` (p, A) their root mean square and `usual_energy` (p, A) the mean square of
    their parts. `most_loudness` (A,) bounds how far the line may follow the noise. A value is evidence for `fresh_s`;
    after `gap_s` smoothing starts again (p, A); `longest_s` is the longest of these, `row_s` the usual time from row
    to row (A,).

    Sensors: a signal that holds one value for longer than `idle_s` is not believed, after `stuck_s` it is stuck; a
    step of more than `jump` scales is believed once it is confirmed (p, A). A signal is `redundant` (p, A) where the
    others say what it should be, so that a lone departure speaks against the sensor. A setting holds for
    `setting_hold_s` (q, A).

    Constants that follow the period of the data: the baseline follows with time constant `baseline_s` (p, A), an alarm
    begins with an excess of `on_s` lines times seconds and ends after `release_s` of calm (A,). A signal that is
    `counting` (p, A) is a running counter, judged by its rate.

    Time of day: `daily` (H, p, A) is what the middle of each hour of UTC adds to a signal, in its unit; H is 24, or 0
    where no asset of the bank goes with the day.

    Wear: `wear_whiten` (p, p, A) maps the slow means of time constant `wear_s` (A,) to parts of the line.

    The order of the fields is the layout in which a trained detector is stored; their metadata says what their axes
    count before the last, which counts assets.
    """

    setting_at: NDArray[np.intp] = field(metadata=_axes("setting", dtype=np.intp))
    setting_centre: Floats = field(metadata=_axes("setting"))
    setting_gain: Floats = field(metadata=_axes("setting"))
    setting_hold_s: Floats = field(metadata=_axes("setting"))
    centroid: Floats = field(metadata=_axes("regime", "setting"))
    reach: Floats = field(metadata=_axes("regime"))
    centre: Floats = field(metadata=_axes("regime", "signal"))
    slope: Floats = field(metadata=_axes("regime", "signal", "setting"))
    gain: Floats = field(metadata=_axes("regime", "signal"))
    used: Flags = field(metadata=_axes("signal", dtype=np.bool_))
    whiten: Floats = field(metadata=_axes("signal", "signal"))
    precision: Floats = field(metadata=_axes("signal", "signal"))
    usual: Floats = field(metadata=_axes("signal"))
    usual_energy: Floats = field(metadata=_axes("signal"))
    most_loudness: Floats = field(metadata=_axes())
    period_s: Floats = field(metadata=_axes("signal"))
    smooth_s: Floats = field(metadata=_axes("signal"))
    fresh_s: Floats = field(metadata=_axes("signal"))
    gap_s: Floats = field(metadata=_axes("signal"))
    longest_s: Floats = field(metadata=_axes())
    row_s: Floats = field(metadata=_axes())
    idle_s: Floats = field(metadata=_axes("signal"))
    stuck_s: Floats = field(metadata=_axes("signal"))
    jump: Floats = field(metadata=_axes("signal"))
    redundant: Flags = field(metadata=_axes("signal", dtype=np.bool_))
    wear_whiten: Floats = field(metadata=_axes("signal", "signal"))
    wear_s: Floats = field(metadata=_axes())
    baseline_s: Floats = field(metadata=_axes("signal"))
    on_s: Floats = field(metadata=_axes())
    release_s: Floats = field(metadata=_axes())
    counting: Flags = field(metadata=_axes("signal", dtype=np.bool_))
    daily: Floats = field(metadata=_axes("hour", "signal"))


def shapes(signals: int, settings: int, regimes: int, hours: int = 0) -> dict[str, tuple[int, ...]]:
    """Say which shape each of the norms of one asset has, without the axis of assets.

    >>> shapes(8, 1, 3)["slope"], shapes(8, 1, 3)["wear_s"]
    ((3, 8, 1), ())
    """
    count = {"signal": signals, "setting": settings, "regime": regimes, "hour": hours}
    return {each.name: tuple(count[axis] for axis in each.metadata["axes"]) for each in fields(Norms)}


def flat_norms(norms: Norms) -> Floats:
    """Return the norms of a bank of one asset as one row of numbers."""
    return np.concatenate([np.asarray(getattr(norms, each.name), np.float64).ravel() for each in fields(Norms)])


def norms_of(
    flat: Floats,
    signals: int,
    settings: int,
    regimes: int,
    *,
    hours: int = 0,
    given: Mapping[str, NDArray[Any]] | None = None,
) -> Norms:
    """Undo `flat_norms`; `given` are norms that are not among the numbers, with the axis of assets.

    Raises:
        ValueError: these are not as many numbers as such norms have.
    """
    shape = shapes(signals, settings, regimes, hours)
    parts: dict[str, NDArray[Any]] = dict(given or {})
    at = 0
    for each in fields(Norms):
        if each.name in parts:
            continue
        size = int(np.prod(shape[each.name], dtype=np.intp))
        parts[each.name] = flat[at : at + size].reshape(*shape[each.name], 1).astype(each.metadata["dtype"])
        at += size
    if at != len(flat):
        raise ValueError(
            f"norms of {signals} signals, {settings} settings and {regimes} regimes are no {len(flat)} numbers"
        )
    return Norms(**parts)


def side_by_side(banks: Sequence[Norms]) -> Norms:
    """Join the norms of banks along the assets, in the order given.

    Assets with fewer regimes than others are given more, which are infinitely far away; those that do not go with the
    day beside others that do are given a day on which nothing happens.
    """
    regimes = max(len(bank.reach) for bank in banks)
    hours = max(len(bank.daily) for bank in banks)
    parts = {}
    for each in fields(Norms):
        columns = [getattr(bank, each.name) for bank in banks]
        if "regime" in each.metadata["axes"]:
            columns = [_padded(part, regimes, np.inf if each.name == "centroid" else 0.0) for part in columns]
        if "hour" in each.metadata["axes"]:
            columns = [_padded(part, hours, 0.0) for part in columns]
        parts[each.name] = np.concatenate(columns, axis=-1)
    return Norms(**parts)


def chosen(norms: Norms, places: NDArray[np.intp]) -> Norms:
    """Return the norms of the assets at these places, in this order."""
    return Norms(**{each.name: getattr(norms, each.name)[..., places] for each in fields(Norms)})


def _padded(part: Floats, length: int, filling: float) -> Floats:
    missing = length - len(part)
    if missing == 0:
        return part
    return np.concatenate([part, np.full((missing, *part.shape[1:]), filling)])
