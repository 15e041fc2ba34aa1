"""Which regime a machine runs in, found from its settings, and what its signals should be there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.detector.arrays import Flags, Floats, ordered_sum
from models.detector.parameters import Norms, Pace
from models.detector.state import State


@dataclass(frozen=True, kw_only=True, slots=True)
class Expected:
    """What to expect of each signal now: `centre` and `gain` (p, A), and whether the regime is known, `judged` (A,)."""

    centre: Floats
    gain: Floats
    judged: Flags


def expect(
    norms: Norms, pace: Pace, state: State, row: Floats, time: Floats, heard: Flags, seconds: Floats
) -> Expected:
    """Take the settings of a row into `state`, and return what to expect of the signals there.

    Where the settings lie outside of every regime nothing is judged, and once that has lasted the regime is unseen.
    Without any setting there is one regime. A setting holds as long as it did in training, at least for the maximum
    gap.
    """
    assets = row.shape[1]
    if not len(norms.setting_at):
        return Expected(centre=norms.centre[0], gain=norms.gain[0], judged=np.ones(assets, dtype=np.bool_))
    received = np.take_along_axis(heard, norms.setting_at, axis=0)
    scaled = (np.take_along_axis(row, norms.setting_at, axis=0) - norms.setting_centre) * norms.setting_gain
    state.setting = np.where(received, scaled, state.setting)
    state.setting_seen = np.where(received, time, state.setting_seen)
    known = (time - state.setting_seen <= norms.setting_hold_s).all(axis=0)
    away = state.setting - norms.centroid
    distance = ordered_sum((away * away).transpose(1, 0, 2))
    nearest = np.where(known, distance, 0.0).argmin(axis=0)
    column = np.arange(assets)
    inside = distance[nearest, column] <= norms.reach[nearest, column]
    _note_unseen(pace, state, known & ~inside, known & inside, seconds)
    local = np.where(known, away[nearest, :, column].T, 0.0)
    slope = norms.slope[nearest, :, :, column].transpose(2, 1, 0)
    return Expected(
        centre=norms.centre[nearest, :, column].T + ordered_sum(slope * local[:, None, :]),
        gain=norms.gain[nearest, :, column].T,
        judged=known & inside,
    )


def _note_unseen(pace: Pace, state: State, outside: Flags, inside: Flags, seconds: Floats) -> None:
    """Mark a regime as unseen once it has lasted, until a known one comes."""
    state.unseen_s = np.where(inside, 0.0, state.unseen_s + np.where(outside, seconds, 0.0))
    state.unseen = np.where(inside, 0.0, np.where(state.unseen_s >= pace.unseen_s, 1.0, state.unseen))
