"""Which stretches of training lie apart from the rest: its beginning, an upset, or what is left of before a shift.

Declared healthy time is not always clean: a machine warms up, is upset for a while, or is moved to another level. Such
rows raise the alarm line until nothing is found any more. The training is cut into blocks, and blocks that lie near
each other, directly or over others, belong together (single linkage). So a machine that wanders or swings stays in one
piece, and what it was only once, far from everything else, is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.detector.arrays import Flags, Floats
from models.detector.learning import alarm_line, training_pass
from models.detector.learning.prepared import PreparedTraining

BLOCKS = 16
"""Contiguous parts of the training, each a point where its signals were on the mean, and how loud they were."""

LEAST_ROWS = 4
"""In fewer rows a block is nothing: a training of fewer than so many times `BLOCKS` is looked at in longer ones."""

FAR = 3.0
"""Blocks are apart where the step between them is so many times the usual step from a block to the nearest other."""

LOUD = 3.0
"""Blocks are also apart where they are so many times as loud as any other."""

MOST_APART = 0.4
MOST_VISITS = 2
"""More than this part of the training, or more visits, are no upset: that is how the machine runs."""

SHIFTED = 0.25
"""More than this part of the training, at its begin or end, is a shift: what came after it is the machine of now."""

SURE = 1.5
"""What lies apart is named where half of its rows are so many times as far out as the rest rarely is ..."""

GROSS = 5.0
"""... and left out from so many times on: a start or a swing of less will come again, and belongs to what is normal."""

RARE = 0.99


class Departure(StrEnum):
    """In which way a stretch of training lies apart."""

    BEGINNING = "beginning"
    UPSET = "upset"
    SHIFT = "shift"


@dataclass(frozen=True, kw_only=True, slots=True)
class ApartStretch:
    """Training rows `begin` to `end`, half open, that lie apart, and in which way.

    `level` is how far out half of them are, in what is rare among the rest; not known of a mere candidate.
    """

    begin: int
    end: int
    departure: Departure
    level: float = 0.0

    @property
    def left_out(self) -> bool:
        """Say whether nothing is learnt from it."""
        return self.level >= GROSS

    def told(self, time: Floats) -> dict[str, Any]:
        """Return what is kept with a model; `time` (n,) is in seconds.

        >>> ApartStretch(begin=0, end=2, departure=Departure.SHIFT, level=5.25).told(np.array([10.0, 20.0, 30.0]))
        {'from_s': 10.0, 'to_s': 20.0, 'departure': 'shift', 'level': 5.2, 'left_out': True}
        """
        return {
            "from_s": float(time[self.begin]),
            "to_s": float(time[self.end - 1]),
            "departure": self.departure.value,
            "level": round(self.level, 1),
            "left_out": self.left_out,
        }


def stretches(prepared: PreparedTraining, *, clip: float, wander: float) -> list[ApartStretch]:
    """Return the stretches of a training that lie apart from the rest of it, in order."""
    found = candidates(np.clip(prepared.z, -clip, clip))
    return confirmed(found, _levels(prepared, found, clip=clip, wander=wander)) if found else []


def _levels(prepared: PreparedTraining, found: Sequence[ApartStretch], *, clip: float, wander: float) -> Floats:
    """Return how far the smoothed rows (n,) are from the middle of the rest, in what is rare among the rest."""
    rows, signals = prepared.z.shape
    rest, restart, margin = np.ones(rows, np.bool_), prepared.times.restart.copy(), rows // BLOCKS
    for each in found:
        rest[max(0, each.begin - margin) : each.end + margin] = False
        restart[each.end + margin : each.end + margin + 1] = True
    middle = np.nan_to_num([np.median(z[np.isfinite(z)]) if np.isfinite(z).any() else 0.0 for z in prepared.z[rest].T])
    path, baselines = training_pass.deviations(
        prepared.z,
        replace(prepared.times, restart=restart),
        prepared.timing,
        middle,
        baseline_s=np.full(signals, np.inf),
        clip=clip,
    )
    course = prepared.course(path, baselines)
    among = rest & course.complete
    if among.sum() <= signals:
        return np.zeros(rows)
    spread = alarm_line.spread_of(course, rest, wander=wander)
    levels = spread.levels(np.where(course.used & np.isfinite(path), path, 0.0))
    return levels / (float(np.quantile(levels[among], RARE)) or 1.0)


def candidates(z: Floats) -> list[ApartStretch]:
    """Return the stretches that may lie apart among residuals `z` (n, p), NaN where a value is missing."""
    edges = np.linspace(0, len(z), min(BLOCKS, len(z) // LEAST_ROWS) + 1).astype(np.intp)
    if len(edges) <= BLOCKS // 2:
        return []
    places, loudness = _places(z, edges)
    cluster = _clusters(places, loudness)
    main = int(np.bincount(cluster).argmax())
    runs = [(own, [at for at, _ in run]) for own, run in groupby(enumerate(cluster == main), lambda each: each[1])]
    apart = [run for own, run in runs if not own]
    if not apart or {int(at) for run in apart for at in run} & _seen_again(cluster, main):
        return []
    blocks = sum(map(len, apart))
    if len(apart) == 1 and blocks > SHIFTED * len(cluster) and apart[0][0] in {0, len(cluster) - blocks}:
        before = apart[0] if apart[0][0] == 0 else runs[0][1]
        return [ApartStretch(begin=0, end=int(edges[before[-1] + 1]), departure=Departure.SHIFT)]
    few = blocks <= MOST_APART * len(cluster) and len(apart) <= MOST_VISITS
    return [_stretch(run, edges) for run in apart] if few else []


def _seen_again(cluster: NDArray[np.intp], main: int) -> set[int]:
    """Return the blocks of clusters, other than the main one, that the machine was in more than once."""
    visits = [label for label, _ in groupby(cluster.tolist()) if label != main]
    return {at for at, label in enumerate(cluster.tolist()) if visits.count(label) > 1}


def _stretch(run: Sequence[int], edges: NDArray[np.intp]) -> ApartStretch:
    departure = Departure.UPSET if run[0] else Departure.BEGINNING
    return ApartStretch(begin=int(edges[run[0]]), end=int(edges[run[-1] + 1]), departure=departure)


def _places(z: Floats, edges: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Return where each block is (B, p), in usual spreads within a block, and how loud (B,)."""
    there = np.isfinite(z)
    values, first = np.where(there, z, 0.0), edges[:-1]
    count = np.maximum(np.add.reduceat(there, first, axis=0), 1)
    mean = np.add.reduceat(values, first, axis=0) / count
    square = np.add.reduceat(values * values, first, axis=0) / count
    spread = np.sqrt(np.maximum(square - mean * mean, 0.0))
    usual = np.median(spread, axis=0)
    moved = usual > 0
    if not moved.any():
        return mean[:, :0], np.ones(len(mean))
    loudness: Floats = np.sqrt(((spread[:, moved] / usual[moved]) ** 2).mean(axis=1))
    return mean[:, moved] / usual[moved], loudness


def _clusters(places: Floats, loudness: Floats) -> NDArray[np.intp]:
    """Say to which cluster each block belongs (B,)."""
    away = np.sqrt(((places[:, None, :] - places) ** 2).sum(axis=2))
    steps = _linkage(away)
    ratio = np.abs(np.log(np.maximum(loudness, 1e-9))[:, None] - np.log(np.maximum(loudness, 1e-9)))
    near = (away <= FAR * float(np.median(steps))) & (ratio <= np.log(LOUD))
    return _connected(near)


def _linkage(away: Floats) -> Floats:
    """Return the steps (B - 1,) by which all blocks are reached from the first, always to the nearest one (Prim)."""
    left, reached = np.ones(len(away), np.bool_), away[0].copy()
    left[0] = False
    steps = []
    while left.any():
        nearest = int(np.where(left, reached, np.inf).argmin())
        steps.append(float(reached[nearest]))
        left[nearest] = False
        reached = np.minimum(reached, away[nearest])
    return np.array(steps)


def _connected(near: Flags) -> NDArray[np.intp]:
    """Number the connected parts of a symmetric relation (B, B)."""
    label = np.arange(len(near))
    for _ in range(len(near)):
        label = np.where(near, label, len(near)).min(axis=1)
    return label


def confirmed(found: Sequence[ApartStretch], levels: Floats) -> list[ApartStretch]:
    """Return the stretches that are sure, drawn to where `levels` (n,) say that they begin and end.

    >>> confirmed([ApartStretch(begin=2, end=4, departure=Departure.UPSET)], np.array([0.0, 0, 0, 3, 3, 0]))
    [ApartStretch(begin=3, end=5, departure=<Departure.UPSET: 'upset'>, level=1.5)]
    """
    out = np.append(levels >= 1.0, False)
    sure: list[ApartStretch] = []
    for each in found:
        begin, end = each.begin, each.end
        level = float(np.median(levels[begin:end]))
        if not level >= SURE or (sure and begin < sure[-1].end):
            continue
        begin += int(out[begin:].argmax())
        begin -= int((~out[:begin][::-1]).argmax()) if not out[:begin].all() else begin
        end -= int(out[:end][::-1].argmax())
        end += int((~out[end:]).argmax())
        sure.append(ApartStretch(begin=begin, end=end, departure=each.departure, level=level))
    return sure
