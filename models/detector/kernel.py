"""One step in time for a bank of assets: check sensors, smooth, compare with the baseline, weigh, raise alarms.

Arrays are laid out signals first, assets last, so that one asset is a bank of one. Only ``+ - * / sqrt``, rounding
down, comparisons and sums in a fixed order are used: every one is rounded exactly by IEEE 754, so an asset's figures
do not depend on who shares its bank, on padding, or on where the rows are cut into chunks.
"""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from models.detector import daily, regimes, sensor_checks, wear
from models.detector.arrays import Flags, Floats, lengths, magnitude, ordered_sum, replaced, weighted_sum
from models.detector.parameters import Norms, Pace
from models.detector.results import StepResult, StreamResult
from models.detector.state import State

FILL_SWEEPS = 8
"""Gauss-Seidel sweeps that fill signals gone stale; one is exact for a single stale signal."""

MOST_LOUD = 9.0
"""No single deviation counts for more than so many times the usual energy when a machine's noise is learnt on."""

MOST_SCALES = 1e6
"""No residual is larger: an overflow is no number."""

ALONE = 0.8
"""A signal deviates alone where the squared distance would lose this part of itself without it ..."""

NOT_ALONE = 0.6
"""... until it is less than this."""

Places: TypeAlias = NDArray[np.intp] | slice
ALL: Final = slice(None)
"""Which assets of a bank."""

UNDECIDED: Final = -2.0
MACHINE: Final = -1.0
"""What an alarm is blamed on where it is no signal: nothing yet, the machine."""


def step(norms: Norms, pace: Pace, state: State, row: Floats, time: Floats) -> StepResult:
    """Take one row `row` (p, A) at `time` (A,) into `state`, which is changed in place, and judge it.

    NaN in `row` is a missing value; NaN in `time` means the asset has no row here and keeps its state.
    """
    since = time - state.last
    seconds = np.where(since <= norms.longest_s, since, np.where(np.isnan(time), 0.0, norms.row_s))
    heard = np.isfinite(row) & np.isfinite(time)
    expected = regimes.expect(norms, pace, state, row, time, heard, seconds)
    z = residuals(norms, state, expected, row, time)
    trusted = sensor_checks.check(norms, state, row, z, time, heard & expected.judged, seconds)
    elapsed_s, z = smooth(norms, pace, state, z, time, trusted)
    live = time - state.seen <= norms.fresh_s
    some = live.any(axis=0)
    whitened = weigh(norms, pace, state, live)
    energy, level = lengths(whitened, pace.power)
    back = return_to_former_baseline(norms, pace, state, live, np.flatnonzero(level >= 1.0))
    if back.size:
        whitened[:, back] = weigh(norms, pace, state, live, back)
        energy, level = lengths(whitened, pace.power)
    released = move_alarms(norms, pace, state, level, np.where(some, seconds, 0.0))
    blame(norms, state, live)
    if pace.noise_s < np.inf:
        learn_loudness(norms, pace, state, whitened, np.where(some & (state.alarm == 0), seconds, 0.0))
    settle(norms, pace, state, elapsed_s, released)
    wear_share = wear.grow(norms, pace, state, z, elapsed_s, time)
    state.last = np.where(np.isnan(time), state.last, time)
    return StepResult(
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


def smooth(norms: Norms, pace: Pace, state: State, z: Floats, time: Floats, valid: Flags) -> tuple[Floats, Floats]:
    """Let the smoothed deviations follow the residuals; return how many seconds each moved by, and the residuals.

    A first-order lag integrated implicitly, so that it is stable at any spacing. A signal unseen for longer than
    the maximum gap starts again from no deviation.
    """
    since = time - state.seen
    restart = valid & ~(since <= norms.gap_s)
    elapsed_s = np.where(valid, np.where(restart, norms.period_s, since), 0.0)
    z = replaced(valid, z, state.baseline)
    departure = np.minimum(np.maximum(z - state.baseline, -pace.clip), pace.clip)
    start = np.where(restart, 0.0, state.deviation)
    weight = elapsed_s / (norms.smooth_s + elapsed_s)
    state.deviation = start + weight * (departure - start)
    state.seen = replaced(valid, time, state.seen)
    return elapsed_s, z


def residuals(norms: Norms, state: State, expected: regimes.Expected, row: Floats, time: Floats) -> Floats:
    """Return how far a row (p, A) is from what is expected now, in scales; of a running counter its rate is judged.

    Where a counter has no value before, or began again, nothing is known of its rate and nothing deviates.
    """
    counter = norms.counting.any()
    value = np.where(norms.counting, (row - state.value) / (time - state.received), row) if counter else row
    of_the_day = value - daily.swing(norms.daily, time) if len(norms.daily) else value
    z = (of_the_day - expected.centre) * expected.gain
    if counter:
        z = np.where(norms.counting & ~(value >= 0), state.baseline, z)
    return np.minimum(np.maximum(z, -MOST_SCALES), MOST_SCALES)


def weigh(norms: Norms, pace: Pace, state: State, live: Flags, places: Places = ALL) -> Floats:
    """Return the deviations as independent parts of the alarm line (p, A); all are 0 where no signal is fresh.

    Where the line follows the noise they are less when the machine is loud.
    """
    return weigh_deviation(norms, pace, state, state.deviation[:, places], live, places)


def weigh_deviation(norms: Norms, pace: Pace, state: State, deviation: Floats, live: Flags, places: Places) -> Floats:
    """Weigh deviations of the assets at `places`, other than those of the state, as `weigh` does."""
    live = live[:, places]
    evidence = fill_stale(norms, np.where(live, deviation, 0.0), live, places)
    parts = weighted_sum(norms.whiten[:, :, places], evidence)
    if pace.noise_s == np.inf:
        return parts
    loudness = np.sqrt(np.maximum(state.loudness[:, places], 1.0))
    return parts / np.minimum(loudness, norms.most_loudness[places])


def fill_stale(norms: Norms, evidence: Floats, live: Flags, places: Places = ALL) -> Floats:
    """Give signals without a fresh value the deviation the others make most likely: x[m] = -P[m, o] x[o] / P[m, m].

    The squared distance is then that of the live signals alone: the marginal Mahalanobis distance.
    """
    stale = ~live & norms.used[:, places]
    if not stale.any():
        return evidence
    concerned = np.flatnonzero(stale.any(axis=0) & live.any(axis=0))
    if concerned.size == 0:
        return evidence
    precision = norms.precision[:, :, places][:, :, concerned]
    part, gone = evidence[:, concerned], stale[:, concerned]
    for _ in range(FILL_SWEEPS):
        for m in np.flatnonzero(gone.any(axis=1)):
            pull = ordered_sum(precision[m] * part)
            part[m] -= np.where(gone[m], pull / np.where(gone[m], precision[m, m], 1.0), 0.0)
    evidence[:, concerned] = part
    return evidence


def return_to_former_baseline(
    norms: Norms, pace: Pace, state: State, live: Flags, away: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Let the assets `away` from their baseline go back to the former one where they fit that; return which did.

    A baseline that was learnt while the machine was faulty is so left soon after the machine is healthy again. The
    former baseline must fit well; detectors of before, when calm, only asked for less than the line.
    """
    if not away.size:
        return away
    baseline, former = state.baseline[:, away], state.former_baseline[:, away]
    from_there = np.minimum(np.maximum(state.deviation[:, away] + (baseline - former), -pace.clip), pace.clip)
    near = np.where((state.alarm[away] > 0) | (not pace.lenient), pace.release_ratio, 1.0)
    fits = magnitude(weigh_deviation(norms, pace, state, from_there, live, away), pace.power) < near
    back: NDArray[np.intp] = away[fits]
    state.alarm[back] = 0.0
    state.peak[back] = 0.0
    state.baseline[:, back] = former[:, fits]
    state.former_baseline[:, back] = baseline[:, fits]
    state.deviation[:, back] = from_there[:, fits]
    return back


def move_alarms(norms: Norms, pace: Pace, state: State, level: Floats, seconds: Floats) -> Flags:
    """Begin and end alarms, and return which ended.

    An alarm begins once the excess over the line, summed over the seconds, is enough: the graver, the sooner. It ends
    after a while below the line, or below a part of the alarm's peak if that is higher.
    """
    alarm = state.alarm > 0
    calm = level < np.maximum(1.0, pace.release_ratio * state.peak)
    below_s = np.where(alarm & calm, state.below_s + seconds, 0.0)
    released = alarm & calm & (below_s >= norms.release_s)
    excess_s = np.where(alarm, 0.0, np.maximum(state.excess_s + seconds * (level - 1.0), 0.0))
    begins = ~alarm & (level >= 1.0) & (excess_s >= norms.on_s)
    alarm = (alarm & ~released) | begins
    state.alarm = alarm.astype(np.float64)
    state.peak = np.where(alarm, np.maximum(state.peak, level), 0.0)
    state.below_s = np.where(alarm, below_s, 0.0)
    state.excess_s = np.where(alarm, 0.0, excess_s)
    state.blamed = np.where(begins, UNDECIDED, state.blamed)
    return released


def blame(norms: Norms, state: State, live: Flags) -> None:
    """Decide of each alarm whether one sensor alone is to blame, because the other signals contradict it.

    Without signal j the squared distance is smaller by r[j]² / P[j, j], where r = P e. An alarm that was once the
    machine's stays the machine's.
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


def learn_loudness(norms: Norms, pace: Pace, state: State, whitened: Floats, seconds: Floats) -> None:
    """Follow how loud the machine is while it is healthy: its recent energy, in terms of that in training."""
    loudness = np.minimum(np.sqrt(np.maximum(state.loudness, 1.0)), norms.most_loudness)
    heard = whitened * loudness
    energy = np.minimum(heard * heard / norms.usual_energy, MOST_LOUD)
    state.loudness = state.loudness + seconds / (pace.noise_s + seconds) * (energy - state.loudness)


def settle(norms: Norms, pace: Pace, state: State, elapsed_s: Floats, released: Flags) -> None:
    """Let the baseline follow slowly, and not at all during an alarm.

    When an alarm ends, signals that are farther from their baseline than usual take the new place as baseline at once.
    """
    weight = np.where((state.alarm > 0) | released, 0.0, elapsed_s / (norms.baseline_s + elapsed_s))
    if not released.any():
        state.baseline = state.baseline + weight * state.deviation
        return
    moves = released & (np.abs(state.deviation) > pace.settle_scales * norms.usual)
    state.former_baseline = np.where(released, state.baseline, state.former_baseline)
    state.baseline = state.baseline + np.where(moves, 1.0, weight) * state.deviation
    state.deviation = np.where(moves, 0.0, state.deviation)


def run(norms: Norms, pace: Pace, flat: Floats, rows: Floats, times: Floats) -> tuple[StreamResult, Floats]:
    """Step a bank through `rows` (n, A, p) at `times` (n, A) from the states `flat` (A, `state.width(p, q)`).

    Returns what each row says of each asset and the states after the last row.

    Raises:
        ValueError: the states are not those of such a bank.
    """
    n, assets, signals = rows.shape
    state = State.unpack(flat, signals, len(norms.setting_at))
    result = StreamResult.blank(n, assets, signals)
    with np.errstate(over="ignore", invalid="ignore"):
        for k in range(n):
            result.put(k, step(norms, pace, state, np.ascontiguousarray(rows[k].T), times[k]))
    return result, state.pack()
