"""One step in time for a bank of assets: trust, smooth, compare with the baseline, weigh, decide.

Arrays are laid out signals first, assets last, so that one asset is a bank of one. Only ``+ - * / sqrt``, rounding
down, comparisons and sums in a fixed order are used: every one is rounded exactly by IEEE 754, so an asset's figures
do not depend on who shares its bank, on padding, or on where the rows are cut into chunks.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from models.detector import regimes, sensor_checks, wear
from models.detector.parameters import Flags, Floats, Norms, Pace, State, ordered_sum, quartic, taking, weighted_sum

FILL_SWEEPS = 8
"""Gauss-Seidel sweeps that fill signals gone stale; one is exact for a single stale signal."""

MOST_LOUD = 9.0
"""No single deviation counts for more than so many times the usual energy when a machine's noise is learnt on."""

MOST_SCALES = 1e6
"""No residual is larger: an overflow is no number."""

ALONE = 0.8
"""A signal whose disbelief takes away this part of the squared distance deviates alone ..."""

NOT_ALONE = 0.6
"""... until it is less than this."""


UNDECIDED: Final = -2.0
MACHINE: Final = -1.0
"""What an alarm is blamed on where it is no signal: nothing yet, the machine."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What one row says about each asset.

    `level` (A,) in alarm lines, `alarm` (A,), `share` (p, A), `blamed` (A,) the signal that is thought to be wrong
    itself, else -1, `ailing` (p, A) the bits of `senses`, `unseen` (A,), and of wear `wear` (A,) in alarm lines,
    `worn` (A,) and `wear_share` (p, A). None stands for zeros.
    """

    level: Floats
    alarm: Flags
    share: Floats
    blamed: Floats
    ailing: Floats | None
    unseen: Flags
    wear: Floats
    worn: Flags
    wear_share: Floats | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What n rows say of A assets: the fields of `Verdict`, (n, A) or (n, A, p); zeros where an asset has no row."""

    level: Floats
    alarm: Flags
    share: Floats
    blamed: NDArray[np.int32]
    ailing: NDArray[np.uint8]
    unseen: Flags
    wear: Floats
    worn: Flags
    wear_share: Floats

    @classmethod
    def blank(cls, n: int, assets: int, signals: int) -> Self:
        """Return room for n rows."""
        return cls(
            level=np.zeros((n, assets)),
            alarm=np.zeros((n, assets), np.bool_),
            share=np.zeros((n, signals, assets)).transpose(0, 2, 1),
            blamed=np.full((n, assets), -1, np.int32),
            ailing=np.zeros((n, signals, assets), np.uint8).transpose(0, 2, 1),
            unseen=np.zeros((n, assets), np.bool_),
            wear=np.zeros((n, assets)),
            worn=np.zeros((n, assets), np.bool_),
            wear_share=np.zeros((n, signals, assets)).transpose(0, 2, 1),
        )

    def take(self, k: int, verdict: Verdict) -> None:
        """Keep what row k says."""
        for name in _TOLD:
            said = getattr(verdict, name)
            if said is not None:
                getattr(self, name)[k] = said.T


_TOLD = tuple(each.name for each in fields(Told))


def step(norms: Norms, pace: Pace, state: State, row: Floats, time: Floats) -> Verdict:
    """Take one row `row` (p, A) at `time` (A,) into `state`, which is changed in place, and judge it.

    NaN in `row` is a missing value; NaN in `time` means the asset has no row here and keeps its state.
    """
    since = time - state.last
    seconds = np.where(since <= norms.longest_s, since, np.where(np.isnan(time), 0.0, norms.row_s))
    heard = np.isfinite(row) & np.isfinite(time)
    place = regimes.place(norms, pace, state, row, time, heard, seconds)
    z = np.minimum(np.maximum((row - place.centre) * place.gain, -MOST_SCALES), MOST_SCALES)
    trusted = sensor_checks.check(norms, state, row, z, time, heard & place.judged, seconds)
    elapsed_s, z = follow(norms, pace, state, z, time, trusted)
    live = time - state.seen <= norms.fresh_s
    some = live.any(axis=0)
    whitened = weigh(norms, state, live)
    away = quartic(whitened) >= 1.0
    if away.any():
        back = return_home(norms, pace, state, live, away)
        whitened = np.where(back, weigh(norms, state, live), whitened) if back.any() else whitened
    level = quartic(whitened)
    released = decide(pace, state, level, np.where(some, seconds, 0.0))
    blame(norms, state, live)
    listen(norms, pace, state, whitened, np.where(some & (state.alarm == 0), seconds, 0.0))
    settle(norms, pace, state, elapsed_s, released)
    wear_share = wear.grow(norms, pace, state, z, elapsed_s, time)
    state.last = np.where(np.isnan(time), state.last, time)
    energy = whitened * whitened
    energy *= energy
    return Verdict(
        level=level,
        alarm=state.alarm > 0,
        share=energy / np.where(level > 0, ordered_sum(energy), 1.0),
        blamed=np.where(state.alarm > 0, state.blamed, -1.0),
        ailing=state.ailing if state.ailing.any() else None,
        unseen=state.unseen > 0,
        wear=state.wear_level.copy(),
        worn=state.worn > 0,
        wear_share=wear_share,
    )


def follow(norms: Norms, pace: Pace, state: State, z: Floats, time: Floats, valid: Flags) -> tuple[Floats, Floats]:
    """Let the smoothed deviations follow residuals; return the seconds each moved by, 0 where not, and the residual.

    A first-order lag integrated implicitly, so that it is stable at any spacing. A signal unseen for longer than
    the maximum gap starts again from no deviation.
    """
    since = time - state.seen
    restart = valid & ~(since <= norms.gap_s)
    elapsed_s = np.where(valid, np.where(restart, norms.period_s, since), 0.0)
    z = taking(valid, z, state.baseline)
    departure = np.minimum(np.maximum(z - state.baseline, -pace.clip), pace.clip)
    start = np.where(restart, 0.0, state.deviation)
    weight = elapsed_s / (norms.smooth_s + elapsed_s)
    state.deviation = start + weight * (departure - start)
    state.seen = taking(valid, time, state.seen)
    return elapsed_s, z


def weigh(norms: Norms, state: State, live: Flags) -> Floats:
    """Return the deviations as independent parts of the alarm line (p, A), by the noise of late; all 0 if none live."""
    evidence = fill_stale(norms, np.where(live, state.deviation, 0.0), live)
    loudness = np.sqrt(np.maximum(state.loudness, 1.0))
    return weighted_sum(norms.whiten, evidence) / np.minimum(loudness, norms.most_loudness)


def fill_stale(norms: Norms, evidence: Floats, live: Flags) -> Floats:
    """Give signals without a fresh value the deviation the others make most likely: x[m] = -P[m, o] x[o] / P[m, m].

    The squared distance is then that of the live signals alone: the marginal Mahalanobis distance.
    """
    stale = ~live & norms.used
    concerned = np.flatnonzero(stale.any(axis=0) & live.any(axis=0))
    if concerned.size == 0:
        return evidence
    precision, part, gone = norms.precision[:, :, concerned], evidence[:, concerned], stale[:, concerned]
    for _ in range(FILL_SWEEPS):
        for m in np.flatnonzero(gone.any(axis=1)):
            pull = ordered_sum(precision[m] * part)
            part[m] -= np.where(gone[m], pull / np.where(gone[m], precision[m, m], 1.0), 0.0)
    evidence[:, concerned] = part
    return evidence


def return_home(norms: Norms, pace: Pace, state: State, live: Flags, away: Flags) -> Flags:
    """Let assets away from their baseline go back to the one before it, where they fit that; return who did.

    So a machine that was relearnt while faulty is soon normal when it is healthy again. One in alarm must fit well.
    """
    was, baseline = state.deviation, state.baseline
    state.deviation = np.minimum(np.maximum(was + (baseline - state.home), -pace.clip), pace.clip)
    near = np.where(state.alarm > 0, pace.release_ratio, 1.0)
    back = away & (quartic(weigh(norms, state, live)) < near)
    state.alarm = np.where(back, 0.0, state.alarm)
    state.peak = np.where(back, 0.0, state.peak)
    state.baseline = np.where(back, state.home, baseline)
    state.home = np.where(back, baseline, state.home)
    state.deviation = np.where(back, state.deviation, was)
    return back


def decide(pace: Pace, state: State, level: Floats, seconds: Floats) -> Flags:
    """Move the alarms and return who was released.

    On once the excess over the line, summed over the seconds, is enough: the graver, the sooner. Off after a while
    below the line, or below a part of the alarm's peak if that is higher.
    """
    alarm = state.alarm > 0
    calm = level < np.maximum(1.0, pace.release_ratio * state.peak)
    below_s = np.where(alarm & calm, state.below_s + seconds, 0.0)
    released = alarm & calm & (below_s >= pace.release_s)
    excess_s = np.where(alarm, 0.0, np.maximum(state.excess_s + seconds * (level - 1.0), 0.0))
    begins = ~alarm & (level >= 1.0) & (excess_s >= pace.on_s)
    alarm = (alarm & ~released) | begins
    state.alarm = alarm.astype(np.float64)
    state.peak = np.where(alarm, np.maximum(state.peak, level), 0.0)
    state.below_s = np.where(alarm, below_s, 0.0)
    state.excess_s = np.where(alarm, 0.0, excess_s)
    state.blamed = np.where(begins, UNDECIDED, state.blamed)
    return released


def blame(norms: Norms, state: State, live: Flags) -> None:
    """Say of each alarm whether it is one signal alone that the others contradict; an alarm of the machine stays one.

    The part of the squared distance that goes when signal j is not believed is r[j]² / P[j, j] of r = P e.
    """
    concerned = np.flatnonzero((state.alarm > 0) & (state.blamed != MACHINE))
    if not concerned.size:
        return
    evidence = np.where(live, state.deviation, 0.0)[:, concerned]
    precision = norms.precision[:, :, concerned]
    pull = weighted_sum(precision, evidence)
    own = np.maximum(np.einsum("iia->ia", precision), np.finfo(float).tiny)
    part = np.where(norms.redundant[:, concerned], pull * pull / own, 0.0)
    whole = np.maximum(ordered_sum(evidence * pull), np.finfo(float).tiny)
    first = part.argmax(axis=0)
    alone = part[first, np.arange(concerned.size)] / whole
    blamed = state.blamed[concerned]
    stays = (blamed == first) & (alone >= NOT_ALONE)
    state.blamed[concerned] = np.where(stays | ((blamed == UNDECIDED) & (alone >= ALONE)), first, MACHINE)


def listen(norms: Norms, pace: Pace, state: State, whitened: Floats, seconds: Floats) -> None:
    """Learn on how loud the machine is while it is healthy: the energy of late, in terms of that in training."""
    loudness = np.minimum(np.sqrt(np.maximum(state.loudness, 1.0)), norms.most_loudness)
    heard = whitened * loudness
    energy = np.minimum(heard * heard / norms.usual_energy, MOST_LOUD)
    state.loudness = state.loudness + seconds / (pace.noise_s + seconds) * (energy - state.loudness)


def settle(norms: Norms, pace: Pace, state: State, elapsed_s: Floats, released: Flags) -> None:
    """Let the baseline follow slowly, not at all while alarmed.

    Where an alarm has ended elsewhere than it began, the signals that are out of the usual take the new place at once.
    """
    weight = np.where((state.alarm > 0) | released, 0.0, elapsed_s / (pace.baseline_s + elapsed_s))
    moves = released & (np.abs(state.deviation) > pace.settle_scales * norms.usual)
    state.home = np.where(released, state.baseline, state.home)
    state.baseline = state.baseline + np.where(moves, 1.0, weight) * state.deviation
    state.deviation = np.where(moves, 0.0, state.deviation)


def run(norms: Norms, pace: Pace, flat: Floats, rows: Floats, times: Floats) -> tuple[Told, Floats]:
    """Step a bank through `rows` (n, A, p) at `times` (n, A) from the states `flat` (A, `state.width(p, q)`).

    Returns what each row says of each asset and the states after the last row.
    """
    n, assets, signals = rows.shape
    state = State.unpack(flat, signals, len(norms.setting_at))
    told = Told.blank(n, assets, signals)
    with np.errstate(over="ignore", invalid="ignore"):
        for k in range(n):
            told.take(k, step(norms, pace, state, np.ascontiguousarray(rows[k].T), times[k]))
    return told, state.pack()
