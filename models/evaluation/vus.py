"""VUS-PR: how well a score ranks faulty rows above healthy ones, whatever the line and a little before or after."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from models.detector.arrays import Flags, Floats
from models.scoring.episodes import alarm_runs

BUFFERS = tuple(range(0, 101, 10))
"""Rows by which labels are blurred, half of it on each side."""

THRESHOLDS = 250
"""A curve has so many points at most."""


def vus_pr(score: Floats, label: Flags, buffers: Sequence[int] = BUFFERS) -> float | None:
    """Return the volume under the surface of precision and recall (Paparrizos et al. 2022); None without a fault.

    `score` (n,) is higher for worse. For each buffer length labels are blurred at their ends; a range that no row
    reaches lowers the recall; the areas under the curves are averaged.

    >>> round(vus_pr(np.array([0.1, 0.9, 0.2, 0.8]), np.array([False, True, True, False]), [0]), 4)
    0.7917
    """
    if not label.any():
        return None
    return float(np.mean([range_auc_pr(score, label, buffer) for buffer in buffers]))


def range_auc_pr(score: Floats, label: Flags, buffer: int) -> float:
    """Return the area under the curve of range precision and recall with one buffer length."""
    blurred = blurred_labels(label, buffer)
    order = np.argsort(-score, kind="stable")
    falling = score[order]
    places = np.unique(np.linspace(0, len(score) - 1, THRESHOLDS).astype(np.intp))
    flagged = np.searchsorted(-falling, -falling[places], side="right")
    found = np.cumsum(blurred[order])[flagged - 1]
    ranges = alarm_runs(blurred > 0)
    best = np.array([score[begin:end].max() for begin, end in ranges])
    reached = (best[None, :] >= falling[places][:, None]).mean(axis=1)
    recall = np.minimum(found / ((label.sum() + blurred.sum()) / 2.0), 1.0) * reached
    precision = np.concatenate([[1.0], found / flagged])
    steps = np.diff(np.concatenate([[0.0], recall]))
    return float((steps * (precision[1:] + precision[:-1]) / 2.0).sum())


def blurred_labels(label: Flags, buffer: int) -> Floats:
    """Return labels from 0 to 1 that fall off over half of the buffer before and after each faulty range.

    >>> blurred_labels(np.array([False, False, True, False]), 2).round(3).tolist()
    [0.0, 0.707, 1.0, 0.0]
    """
    blurred = label.astype(np.float64)
    for begin, end in alarm_runs(label):
        after = np.arange(end - 1, min(end - 1 + buffer // 2, len(label)))
        blurred[after] += np.sqrt(1.0 - (after - end + 1) / max(buffer, 1))
        before = np.arange(max(begin - buffer // 2, 0), begin)
        blurred[before] += np.sqrt(1.0 - (begin - before) / max(buffer, 1))
    return np.minimum(blurred, 1.0)
