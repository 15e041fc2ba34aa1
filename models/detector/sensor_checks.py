"""Whether a sensor can be believed: one that holds its value is stuck, one that leaps and comes back has spikes."""

from __future__ import annotations

from typing import Final

import numpy as np

from models.detector.arrays import Flags, Floats, replaced
from models.detector.parameters import Norms
from models.detector.state import State

STUCK: Final = 1
SPIKES: Final = 2

SPIKES_BEGIN = 3.0
"""So many unconfirmed values of late are spikes ..."""

SPIKES_END = 1.0
"""... until there are fewer than this."""

LONELY_PERIODS = 10.0
"""A leap so few usual periods after the one before is no spike: the machine is unsteady, and believed."""

SPIKES_S = 600.0
"""Time constant of "of late", in seconds."""


def check(norms: Norms, state: State, row: Floats, z: Floats, time: Floats, heard: Flags, seconds: Floats) -> Flags:
    """Take the raw values of a row and their residuals `z` into `state`, and say which can be believed (p, A).

    A leap is believed when the next value confirms it, when one came just before, or after the maximum gap. Signals
    that hold their value are not believed any more once that has lasted for longer than it did in training; where that
    befalls half of the signals, it is no sensor: the machine stands, or a gateway repeats itself.
    """
    leaps = heard & ~(np.abs(z - state.steady) <= norms.jump) & (time - state.received <= norms.gap_s)
    if leaps.any():
        lonely = ~(time - state.leapt <= LONELY_PERIODS * norms.period_s)
        state.leapt = np.where(leaps, time, state.leapt)
        leaps &= lonely
    waiting = np.isfinite(state.pending)
    calm = not leaps.any() and not waiting.any()
    state.moved = replaced(heard & (row != state.value), time, state.moved)
    state.value = replaced(heard, row, state.value)
    state.received = replaced(heard, time, state.received)
    if state.spikes.any():
        state.spikes = state.spikes * (SPIKES_S / (SPIKES_S + seconds))
    believed = heard if calm else heard & ~_wait(norms, state, z, heard, leaps, waiting)
    state.steady = replaced(believed, z, state.steady)
    return believed & ~_hold(norms, state)


def _wait(norms: Norms, state: State, z: Floats, heard: Flags, leaps: Flags, waiting: Flags) -> Flags:
    """Let leaps wait for the next value, and return which wait; count the unconfirmed while no alarm stands."""
    confirms = waiting & (np.abs(z - state.pending) <= norms.jump)
    wild = leaps & ~confirms
    state.spikes = state.spikes + (heard & waiting & ~confirms & (state.alarm == 0))
    state.pending = np.where(heard, np.where(wild, z, np.nan), state.pending)
    return wild


def _hold(norms: Norms, state: State) -> Flags:
    """Find signals that hold their value for too long, keep what ails each, and return which are not believed."""
    held_s = state.received - state.moved
    still = norms.used & (held_s > norms.idle_s)
    if still.any() or state.spikes.any() or state.ailing.any():
        still &= 2 * still.sum(axis=0) < norms.used.sum(axis=0)
        spiky = state.spikes >= np.where(state.ailing >= SPIKES, SPIKES_END, SPIKES_BEGIN)
        state.ailing = STUCK * (still & (held_s > norms.stuck_s)) + SPIKES * spiky.astype(np.float64)
    return still
