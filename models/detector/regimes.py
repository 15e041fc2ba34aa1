"""Which regime a machine runs in, told from its settings, and what its signals should be there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.detector.parameters import Flags, Floats, Norms, Pace, State, ordered_sum


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """What to expect of each signal now: `centre` and `gain` (p, A), and whether the regime is known, `judged` (A,)."""

    centre: Floats
    gain: Floats
    judged: Flags


def place(norms: Norms, pace: Pace, state: State, row: Floats, time: Floats, heard: Flags, seconds: Floats) -> Place:
    """Take the settings of a row into `state` and say what they let expect.

    An asset whose settings lie outside of every regime is not judged there; once that lasts, it is said. Without any
    setting there is one regime. A setting holds as long as it did in training, at least for the maximum gap.
    """
    assets = row.shape[1]
    if not len(norms.setting_at):
        return Place(centre=norms.centre[0], gain=norms.gain[0], judged=np.ones(assets, dtype=np.bool_))
    told = np.take_along_axis(heard, norms.setting_at, axis=0)
    scaled = (np.take_along_axis(row, norms.setting_at, axis=0) - norms.setting_centre) * norms.setting_gain
    state.setting = np.where(told, scaled, state.setting)
    state.setting_seen = np.where(told, time, state.setting_seen)
    known = (time - state.setting_seen <= norms.setting_hold_s).all(axis=0)
    away = state.setting - norms.centroid
    distance = ordered_sum((away * away).transpose(1, 0, 2))
    nearest = np.where(known, distance, 0.0).argmin(axis=0)
    column = np.arange(assets)
    inside = distance[nearest, column] <= norms.reach[nearest, column]
    _notice(pace, state, known & ~inside, known & inside, seconds)
    local = np.where(known, away[nearest, :, column].T, 0.0)
    slope = norms.slope[nearest, :, :, column].transpose(2, 1, 0)
    return Place(
        centre=norms.centre[nearest, :, column].T + ordered_sum(slope * local[:, None, :]),
        gain=norms.gain[nearest, :, column].T,
        judged=known & inside,
    )


def _notice(pace: Pace, state: State, outside: Flags, inside: Flags, seconds: Floats) -> None:
    """Say that a regime is unseen once it has lasted, until a known one comes."""
    state.unseen_s = np.where(inside, 0.0, state.unseen_s + np.where(outside, seconds, 0.0))
    state.unseen = np.where(inside, 0.0, np.where(state.unseen_s >= pace.unseen_s, 1.0, state.unseen))
