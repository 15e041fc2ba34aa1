"""Slow wear: how far the mean of hours has left the state a machine was trained in, whatever its baseline followed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.detector.arrays import Floats, energies, magnitude, ordered_sum, weighted_sum
from models.detector.parameters import Norms, Pace
from models.detector.state import State

MINUTE_S = 60.0
"""The level of wear is found once a minute of data time."""

WORN_ENDS = 0.8
"""A machine that was worn is so until its level falls below this part of the line."""


def grow(norms: Norms, pace: Pace, state: State, z: Floats, elapsed_s: Floats, time: Floats) -> Floats | None:
    """Let the slow means follow `z` (p, A), weigh them when a minute begins, and return the signals' shares (p, A).

    The level is that of the means at the end of a minute, judged at the first row after it. There are shares at these
    rows and of the worn; None where there are none at all.
    """
    watched = np.isfinite(norms.wear_s)
    if not watched.any():
        return None
    minute = np.floor(time / MINUTE_S)
    begins = np.flatnonzero((minute != state.minute) & ~np.isnan(time) & watched)
    if begins.size:
        level = magnitude(_parts(norms, state, begins), pace.power)
        state.wear_level[begins] = level
        state.worn[begins] = level >= np.where(state.worn[begins] > 0, WORN_ENDS, 1.0)
        state.minute[begins] = minute[begins]
    shares = _shares(norms, pace, state, np.union1d(begins, np.flatnonzero(state.worn > 0)))
    moved = np.minimum(np.maximum(z, -pace.clip), pace.clip) - state.slow
    state.slow = state.slow + elapsed_s / (norms.wear_s + elapsed_s) * moved
    return shares


def _shares(norms: Norms, pace: Pace, state: State, places: NDArray[np.intp]) -> Floats | None:
    if not places.size:
        return None
    energy = energies(_parts(norms, state, places), pace.power)
    total = ordered_sum(energy)
    shares = np.zeros(state.slow.shape)
    shares[:, places] = energy / np.where(total > 0, total, 1.0)
    return shares


def _parts(norms: Norms, state: State, places: NDArray[np.intp]) -> Floats:
    return weighted_sum(norms.wear_whiten[:, :, places], state.slow[:, places])
