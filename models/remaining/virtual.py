"""Virtual lives: the wear of a machine that failed, lived faster or slower and measured anew."""

from __future__ import annotations

import numpy as np

from models.remaining.history import Floats
from models.remaining.wear import Evidence

LEAST_STEPS = 20


def relived(
    evidence: Evidence, wear: Floats, left: float, pace: float, rng: np.random.Generator
) -> tuple[Evidence, Floats]:
    """Live a life again `pace` times as fast, so that it ends at the same wear; measure it with fresh noise.

    Args:
        evidence: of a life of n steps that ended in failure.
        wear: (n, k) its wear, smoothed.
        left: how many steps it had left at the last of them.
        pace: 2 is a machine that wore twice as fast.
        rng: draws how well each step is measured, and the noise.

    Returns its evidence and how many steps are left at each of its steps (m,).
    """
    last = len(wear) - 1
    steps = max(LEAST_STEPS, int(last / pace) + 1)
    back = np.arange(steps - 1.0, -1.0, -1.0)
    lived = np.maximum(last - back * pace, 0.0)
    anew = np.stack([np.interp(lived, np.arange(last + 1.0), column) for column in wear.T], axis=1)
    weight = evidence.weight[rng.integers(0, last + 1, steps)]
    noise = np.linalg.cholesky(weight + 1e-9 * np.eye(wear.shape[1])) @ rng.standard_normal((*anew.shape, 1))
    return Evidence(weight=weight, pull=(weight @ anew[:, :, None] + noise)[:, :, 0]), back + left / pace
