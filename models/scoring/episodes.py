"""An episode is one alarm from its first sample to its last; its figures do not depend on how the rows were cut."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Instants = NDArray[np.int64]


ON_THE_LINE = 0.5
"""The score at the alarm line."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Track:
    """What n rows say about one kind of trouble: `score` (n,) where 1 is worst, `alarm` (n,), `share` (n, p)."""

    score: Floats
    alarm: NDArray[np.bool_]
    share: Floats


@dataclass(frozen=True, kw_only=True, slots=True)
class Episode:
    """One alarm so far. Times are epoch microseconds of data time; `cleared_us` is the first calm sample.

    `pull` (p,) sums the signals' shares over the alarming samples, each weighted by its score; `missing` counts the
    values that were not there among `samples` times p. `level` is the newest alarming sample's score, None where the
    rows at hand hold none: it is not kept from one round to the next. `elsewhere` says of one that cleared that the
    first calm sample was beyond the alarm line still: the machine stays where it is now.
    """

    onset_us: int
    last_us: int
    peak: float
    samples: int
    missing: int
    pull: Floats
    cleared_us: int | None = None
    level: float | None = field(default=None, compare=False)
    elsewhere: bool = False

    def shares(self) -> Floats:
        """Return each signal's part (p,), summing to 1: the score-weighted mean over the episode's samples."""
        total = float(self.pull.sum())
        return self.pull / total if total > 0 else np.zeros_like(self.pull)

    def missing_part(self) -> float:
        """Return which part of the values was missing, 0 to 1."""
        return self.missing / (self.samples * len(self.pull))


def follow(
    standing: Episode | None, times_us: Instants, scored: Track, rows: Floats
) -> tuple[list[Episode], Episode | None]:
    """Take n scored `rows` (n, p) at `times_us` (n,) into the episodes.

    Args:
        standing: the episode that was open before them.
        times_us: epoch microseconds, increasing.
        scored: what the detector said of the rows.
        rows: the values themselves, NaN where missing.

    Returns the episodes that changed, in the order of time, and the one that is still open after the last row.
    """
    changed: list[Episode] = []
    if standing is not None and len(times_us) and not scored.alarm[0]:
        changed.append(_cleared(standing, times_us, scored, 0))
        standing = None
    for begin, end in alarm_runs(scored.alarm):
        episode = _taken_in(standing or _begun(int(times_us[begin]), rows.shape[1]), times_us, scored, rows, begin, end)
        standing = episode if end == len(times_us) else None
        changed.append(episode if standing else _cleared(episode, times_us, scored, end))
    return changed, standing


def alarm_runs(alarm: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return the half-open stretches in which the alarm stands.

    >>> alarm_runs(np.array([True, False, True, True]))
    [(0, 1), (2, 4)]
    """
    padded = np.concatenate([[False], alarm, [False]])
    edges = np.flatnonzero(padded[1:] != padded[:-1]).tolist()
    return list(pairwise(edges))[::2]


def _begun(onset_us: int, signals: int) -> Episode:
    return Episode(onset_us=onset_us, last_us=onset_us, peak=0.0, samples=0, missing=0, pull=np.zeros(signals))


def _cleared(episode: Episode, times_us: Instants, scored: Track, calm: int) -> Episode:
    """End the episode at the row `calm`."""
    return replace(episode, cleared_us=int(times_us[calm]), elsewhere=bool(scored.score[calm] >= ON_THE_LINE))


def _taken_in(episode: Episode, times_us: Instants, scored: Track, rows: Floats, begin: int, end: int) -> Episode:
    """Add the alarming rows [begin, end), summing strictly from first to last."""
    score = scored.score[begin:end]
    weighted = np.concatenate([episode.pull[None, :], scored.share[begin:end] * score[:, None]])
    return replace(
        episode,
        last_us=int(times_us[end - 1]),
        peak=max(episode.peak, float(score.max())),
        level=float(score[-1]),
        samples=episode.samples + end - begin,
        missing=episode.missing + int(np.isnan(rows[begin:end]).sum()),
        pull=np.add.accumulate(weighted, axis=0)[-1],
    )
