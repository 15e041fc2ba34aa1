"""Detectors that earlier releases trained: stored ones score to the last bit as they did, none is trained any more.

They had seventeen constants, in seconds and the same for every machine, and an alarm line that was read off the very
rows they learnt from and followed the noise. An object of today's class that was loaded with such constants is one.
Why they were left is told in `docs/decisions/0036-a-detector-that-holds.md`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.detector.parameters import Pace


def trained(detector: Any) -> bool:
    """Say whether an earlier release trained this detector."""
    return hasattr(detector, "alarm_ratio")


def norms(detector: Any) -> dict[str, NDArray[Any]]:
    """Return the norms that detectors of earlier releases did not learn: constants, and that no signal is a counter."""
    signals = int(detector.n_features_in_)
    return {
        "baseline_s": np.full((signals, 1), float(detector.baseline_s)),
        "on_s": np.array([float(detector.on_s)]),
        "release_s": np.array([float(detector.release_s)]),
        "counting": np.zeros((signals, 1), np.bool_),
    }


def pace(detector: Any) -> Pace:
    """Return the constants that detectors of earlier releases shared."""
    return Pace(
        clip=float(detector.clip),
        release_ratio=float(detector.release_ratio),
        unseen_s=float(detector.unseen_s),
        power=4,
        settle_scales=float(detector.settle_scales),
        noise_s=float(detector.noise_s),
        lenient=True,
    )
