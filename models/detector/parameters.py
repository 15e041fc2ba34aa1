"""What a bank of detectors knows (norms), shares (pace) and remembers (state), as arrays with the assets last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]

WIDE = 256
"""From so many numbers a term, adding term by term is faster than a running sum; the order is the same."""

REGIME_FIELDS = frozenset({"centroid", "reach", "centre", "slope", "gain"})
"""Norms whose first axis counts regimes; assets with fewer are padded by regimes infinitely far away."""


_KINDS: dict[str, type] = {"setting_at": np.intp, "used": np.bool_, "redundant": np.bool_}
"""Which norms are no floats."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """The constants every asset of a bank shares; what they mean is told by `ConditionDetector`."""

    baseline_s: float
    clip: float
    on_s: float
    release_ratio: float
    release_s: float
    settle_scales: float
    noise_s: float
    unseen_s: float


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
    step of more than `jump` scales is believed once it is confirmed (p, A). `redundant` (p, A) says that the others
    tell what a signal should be, and that a lone departure of it speaks against the sensor. A setting holds for
    `setting_hold_s` (q, A).

    Wear: `wear_whiten` (p, p, A) maps the slow means of time constant `wear_s` (A,) to parts of the line.
    """

    setting_at: NDArray[np.intp]
    setting_centre: Floats
    setting_gain: Floats
    setting_hold_s: Floats
    centroid: Floats
    reach: Floats
    centre: Floats
    slope: Floats
    gain: Floats
    used: Flags
    whiten: Floats
    precision: Floats
    usual: Floats
    usual_energy: Floats
    most_loudness: Floats
    period_s: Floats
    smooth_s: Floats
    fresh_s: Floats
    gap_s: Floats
    longest_s: Floats
    row_s: Floats
    idle_s: Floats
    stuck_s: Floats
    jump: Floats
    redundant: Flags
    wear_whiten: Floats
    wear_s: Floats


@dataclass(kw_only=True, slots=True)
class State:
    """Where each asset stands. Times are seconds of data time, NaN for never; flags are 1 or 0.

    Per signal (p, A), in scales: the smoothed `deviation` from the `baseline`, `home`, the baseline before the last
    that was learnt anew, and the `slow` mean of wear. `seen` is when a value last was evidence, `told` when one last
    came, `moved` when it last differed from the one before, `value` is that one, in its unit. `steady` is the last
    believed residual, and `pending` one that waits to be confirmed, `leapt` is when one last did.
    `loudness` is the energy of late in terms of the
    usual, `spikes` counts unconfirmed values of late, `ailing` holds the bits of `senses`.

    Per setting (q, A): `setting`, the last value, and `setting_seen`.

    Per asset (A,): `last` row; `alarm`, its `peak`, for how long it is `below_s` its release, the `excess_s` that
    begins one, and the signal `blamed` for it or -1; `unseen_s` in an unknown regime and whether that is `unseen`;
    the `minute` of data time in which `wear_level` was last found, and whether the machine is `worn`.
    """

    deviation: Floats
    baseline: Floats
    home: Floats
    slow: Floats
    seen: Floats
    told: Floats
    moved: Floats
    value: Floats
    steady: Floats
    pending: Floats
    leapt: Floats
    loudness: Floats
    spikes: Floats
    ailing: Floats
    setting: Floats
    setting_seen: Floats
    last: Floats
    alarm: Floats
    peak: Floats
    below_s: Floats
    excess_s: Floats
    blamed: Floats
    unseen_s: Floats
    unseen: Floats
    minute: Floats
    wear_level: Floats
    worn: Floats

    @classmethod
    def unpack(cls, flat: Floats, signals: int, settings: int) -> State:
        """Read the rows of `flat` (A, `width(p, q)`) into arrays of its own: a step writes into some of them."""
        columns = np.array(flat.T, order="C")
        parts, at = {}, 0
        for name, size in sizes(signals, settings).items():
            parts[name] = columns[at : at + size] if name in _WIDE_FIELDS else columns[at]
            at += size
        return cls(**parts)

    def pack(self) -> Floats:
        """Return the state as one flat row per asset, (A, `width(p, q)`)."""
        parts = [np.atleast_2d(getattr(self, each.name)) for each in fields(State)]
        return np.ascontiguousarray(np.concatenate(parts).T)

    @classmethod
    def resting(cls, baseline: Floats, slow: Floats, settings: int) -> State:
        """Return the state of one asset at its `baseline` (p,) and `slow` mean that has not been seen yet."""
        signals = len(baseline)
        blank = {name: np.zeros((size, 1)) for name, size in sizes(signals, settings).items()}
        never = (
            "seen",
            "told",
            "moved",
            "value",
            "steady",
            "pending",
            "leapt",
            "setting",
            "setting_seen",
            "last",
            "minute",
        )
        for name in never:
            blank[name][:] = np.nan
        blank["baseline"][:, 0] = blank["home"][:, 0] = baseline
        blank["slow"][:, 0] = slow
        blank["loudness"][:] = 1.0
        blank["blamed"][:] = -1.0
        return cls(**{name: part if name in _WIDE_FIELDS else part[0] for name, part in blank.items()})


_SETTING_FIELDS = ("setting", "setting_seen")
_SIGNAL_FIELDS = tuple(each.name for each in fields(State))[:14]
_WIDE_FIELDS = frozenset((*_SIGNAL_FIELDS, *_SETTING_FIELDS))


def sizes(signals: int, settings: int) -> dict[str, int]:
    """Say how many numbers of an asset's flat state each field has, in their order."""
    of = dict.fromkeys(_SIGNAL_FIELDS, signals) | dict.fromkeys(_SETTING_FIELDS, settings)
    return {each.name: of.get(each.name, 1) for each in fields(State)}


def width(signals: int, settings: int) -> int:
    """Return how many numbers an asset's flat state has.

    >>> width(8, 0), width(10, 1)
    (123, 153)
    """
    return sum(sizes(signals, settings).values())


def last_rows(flat: Floats, signals: int, settings: int) -> Floats:
    """Return when the last row of each asset came (A,), from flat states (A, S); NaN where none has."""
    before = list(sizes(signals, settings))
    at = sum(sizes(signals, settings)[name] for name in before[: before.index("last")])
    lasts: Floats = flat[:, at]
    return lasts


def ordered_sum(terms: Floats) -> Floats:
    """Sum over the first axis strictly from first to last, whatever the shape; 0 where there is nothing.

    >>> float(ordered_sum(np.array([1e16, 1.0, -1e16])))
    0.0
    """
    if len(terms) == 0:
        return np.zeros(terms.shape[1:])
    if terms[0].size < WIDE:
        total: Floats = np.add.accumulate(terms, axis=0)[-1]
        return total
    total = terms[0].copy()
    for term in terms[1:]:
        total += term
    return total


def weighted_sum(weights: Floats, parts: Floats) -> Floats:
    """Return the sum over j of weights[j] * parts[j], strictly in order: (p, p, A) and (p, A) give (p, A).

    >>> weighted_sum(np.array([[[1.0], [2.0]], [[0.0], [3.0]]]), np.array([[10.0], [1.0]])).ravel().tolist()
    [10.0, 23.0]
    """
    if parts.size < WIDE:
        return ordered_sum(weights * parts[:, None, :])
    total: Floats = weights[0] * parts[0]
    product = np.empty_like(total)
    for weight, part in zip(weights[1:], parts[1:], strict=True):
        np.multiply(weight, part, out=product)
        total += product
    return total


def taking(mask: Flags, new: Floats, old: Floats) -> Floats:
    """Return `new` where the mask holds, else `old`; mostly all of it holds, and then nothing is copied."""
    if mask.size < WIDE or not mask.all():
        return np.where(mask, new, old)
    return new if new.shape == mask.shape else np.broadcast_to(new, mask.shape)


def quartic(parts: Floats) -> Floats:
    """Return the fourth root of the sum of fourth powers over the first axis: between the largest and the distance.

    >>> float(quartic(np.array([3.0, -3.0]))) / 3.0 == 2.0 ** 0.25
    True
    """
    squares = parts * parts
    root: Floats = np.sqrt(np.sqrt(ordered_sum(squares * squares)))
    return root


def shapes(signals: int, settings: int, regimes: int) -> dict[str, tuple[int, ...]]:
    """Say which shape each of the norms of one asset has, without the axis of assets."""
    p, q, k = (signals,), (settings,), (regimes,)
    of = {
        **dict.fromkeys(("setting_at", "setting_centre", "setting_gain", "setting_hold_s"), q),
        "centroid": k + q,
        "reach": k,
        "centre": k + p,
        "slope": k + p + q,
        "gain": k + p,
        **dict.fromkeys(("whiten", "precision", "wear_whiten"), p + p),
        **dict.fromkeys(("most_loudness", "longest_s", "row_s", "wear_s"), ()),
    }
    return {each.name: of.get(each.name, p) for each in fields(Norms)}


def flat_norms(norms: Norms) -> Floats:
    """Return the norms of a bank of one asset as one row of numbers."""
    return np.concatenate([np.asarray(getattr(norms, each.name), np.float64).ravel() for each in fields(Norms)])


def norms_of(flat: Floats, signals: int, settings: int, regimes: int) -> Norms:
    """Undo `flat_norms`.

    Raises:
        ValueError: these are not as many numbers as such norms have.
    """
    parts: dict[str, NDArray[Any]] = {}
    at = 0
    for name, shape in shapes(signals, settings, regimes).items():
        size = int(np.prod(shape, dtype=np.intp))
        parts[name] = flat[at : at + size].reshape(*shape, 1).astype(_KINDS.get(name, np.float64))
        at += size
    if at != len(flat):
        raise ValueError(
            f"norms of {signals} signals, {settings} settings and {regimes} regimes are no {len(flat)} numbers"
        )
    return Norms(**parts)


def side_by_side(norms: Sequence[Norms]) -> Norms:
    """Join banks along the assets, in the order given."""
    regimes = max(norm.reach.shape[0] for norm in norms)
    return Norms(
        **{
            each.name: np.concatenate(
                [_padded(each.name, getattr(norm, each.name), regimes) for norm in norms], axis=-1
            )
            for each in fields(Norms)
        }
    )


def taken(norms: Norms, places: NDArray[np.intp]) -> Norms:
    """Return the bank of the assets at these places, in this order."""
    return Norms(**{each.name: getattr(norms, each.name)[..., places] for each in fields(Norms)})


def _padded(name: str, part: Floats, regimes: int) -> Floats:
    missing = regimes - len(part)
    if name not in REGIME_FIELDS or missing == 0:
        return part
    filling = np.inf if name == "centroid" else 0.0
    return np.concatenate([part, np.full((missing, *part.shape[1:]), filling)])
