"""Machine faults, slow wear, sensor faults and unseen regimes are told apart."""

from __future__ import annotations

import numpy as np
import pytest

from models.detector.arrays import Floats
from models.detector.estimator import ConditionDetector
from models.detector.results import Scored
from models.scoring import tracks
from plant.finding import FindingKind
from tests.models.detector.side_by_side import side_by_side

SPEED, FLOW, PRESSURE, CURRENT, VIBRATION = range(5)
SYMPTOMS = (CURRENT, VIBRATION)


def pump(
    seed: int, n: int, *, period_s: float = 1.0, speeds: tuple[float, float] = (0.7, 1.0)
) -> tuple[Floats, Floats]:
    """A pump whose signals follow its speed, which changes every five minutes."""
    chance = np.random.default_rng(seed)
    time = 1.8e9 + np.arange(n) * period_s
    speed = np.repeat(chance.uniform(*speeds, n), max(1, round(300 / period_s)))[:n]
    clean = np.c_[3000 * speed, 100 * speed, 8 * speed**2, 20 + 40 * speed**3, 1 + speed]
    return time, clean + chance.normal(0, [2.0, 0.8, 0.03, 0.3, 0.05], clean.shape)


@pytest.fixture(scope="module")
def detector() -> ConditionDetector:
    time, rows = pump(0, 8000)
    return ConditionDetector().fit(rows, time=time, settings=[SPEED], symptoms=SYMPTOMS)


def streamed(detector: ConditionDetector, rows: Floats, time: Floats) -> Scored:
    result, _ = detector.stream(detector.start(), rows, time)
    return result


def kinds(result: Scored) -> dict[FindingKind, float]:
    """Of each kind that is found, the part of the rows in which it is."""
    return {kind: float(track.alarm.mean()) for kind, track in tracks.by_kind(result).items() if track.alarm.any()}


def test_a_healthy_machine_has_no_trouble_of_any_kind(detector: ConditionDetector) -> None:
    time, rows = pump(1, 6000)
    assert kinds(streamed(detector, rows, time)) == {}


def test_a_fault_that_moves_several_signals_is_the_machines(detector: ConditionDetector) -> None:
    time, rows = pump(2, 2000)
    rows[500:, FLOW] *= 0.9
    rows[500:, PRESSURE] *= 0.93
    found = kinds(streamed(detector, rows, time))
    assert list(found) == [FindingKind.CONDITION]
    assert found[FindingKind.CONDITION] > 0.7


def test_a_process_signal_that_departs_alone_is_a_sensor_that_drifts(detector: ConditionDetector) -> None:
    time, rows = pump(3, 2000)
    rows[500:, PRESSURE] += np.clip((time[500:] - time[500]) / 300, 0, 1) * 1.0
    result = streamed(detector, rows, time)
    assert list(kinds(result)) == [FindingKind.SENSOR_DRIFT]
    assert set(result.blamed[result.alarm]) == {PRESSURE}


def test_a_symptom_that_departs_alone_is_the_machines(detector: ConditionDetector) -> None:
    time, rows = pump(4, 2000)
    rows[500:, VIBRATION] += 0.8
    assert list(kinds(streamed(detector, rows, time))) == [FindingKind.CONDITION]


def test_a_sensor_that_holds_its_value_is_stuck_and_no_fault_of_the_machine(detector: ConditionDetector) -> None:
    time, rows = pump(5, 2000)
    rows[500:, FLOW] = rows[500, FLOW]
    result = streamed(detector, rows, time)
    assert list(kinds(result)) == [FindingKind.SENSOR_STUCK]
    stuck = tracks.by_kind(result)[FindingKind.SENSOR_STUCK]
    assert 520 < np.flatnonzero(stuck.alarm)[0] < 580
    assert stuck.share[-1].argmax() == FLOW


def test_a_stuck_sensor_that_moves_again_is_well(detector: ConditionDetector) -> None:
    time, rows = pump(6, 2000)
    rows[500:800, FLOW] = rows[500, FLOW]
    result = streamed(detector, rows, time)
    assert list(kinds(result)) == [FindingKind.SENSOR_STUCK]
    assert not tracks.by_kind(result)[FindingKind.SENSOR_STUCK].alarm[801:].any()


def test_when_most_signals_stand_still_no_sensor_is_blamed(detector: ConditionDetector) -> None:
    time, rows = pump(7, 1000)
    rows[500:] = rows[500]
    assert FindingKind.SENSOR_STUCK not in kinds(streamed(detector, rows, time))


def test_spikes_are_a_sensors_and_no_fault_of_the_machine(detector: ConditionDetector) -> None:
    time, rows = pump(8, 3600)
    rows[600:1400:60, PRESSURE] += 5.0
    result = streamed(detector, rows, time)
    assert list(kinds(result)) == [FindingKind.SENSOR_SPIKES]
    spikes = tracks.by_kind(result)[FindingKind.SENSOR_SPIKES]
    assert spikes.share[1300].argmax() == PRESSURE
    assert not spikes.alarm[-1]


def test_a_step_is_believed_once_it_is_confirmed(detector: ConditionDetector) -> None:
    time, rows = pump(9, 1500)
    rows[700:, [FLOW, PRESSURE]] *= 0.6
    result = streamed(detector, rows, time)
    assert list(kinds(result)) == [FindingKind.CONDITION]
    assert 700 < np.flatnonzero(result.alarm)[0] < 706


def test_each_speed_is_judged_against_its_own_normal() -> None:
    """Seen apart from the speed a fault at one hides in the spread over all."""
    time, rows = pump(0, 8000)
    knowing = ConditionDetector().fit(rows, time=time, settings=[SPEED])
    blind = ConditionDetector().fit(np.delete(rows, SPEED, axis=1), time=time)
    later, sick = pump(10, 3000)
    sick[1000:, CURRENT] *= 1.03
    assert 1000 < np.flatnonzero(streamed(knowing, sick, later).alarm)[0] < 1060
    assert not streamed(blind, np.delete(sick, SPEED, axis=1), later).alarm.any()


def test_a_regime_outside_of_training_is_said_and_is_no_fault(detector: ConditionDetector) -> None:
    time, rows = pump(11, 1500)
    fast_time, fast = pump(12, 600, speeds=(1.3, 1.31))
    rows[600:900] = fast[:300]
    result = streamed(detector, rows, time)
    assert list(kinds(result)) == [FindingKind.UNSEEN_REGIME]
    unseen = np.flatnonzero(result.unseen)
    assert (unseen[0], unseen[-1]) == (660 - 1, 899)
    assert not result.score[640:900].any()
    assert len(fast_time) == 600


def test_discrete_modes_are_told_from_their_setting() -> None:
    """A valve that is open or shut: flow and pressure jump with it, each mode has its own noise."""
    chance = np.random.default_rng(0)
    n = 6000
    valve = np.repeat(chance.integers(0, 2, 50), 120).astype(float)
    flow = np.where(valve > 0, 100 + chance.normal(0, 2, n), 20 + chance.normal(0, 0.2, n))
    pressure = np.where(valve > 0, 4.0, 6.0) + chance.normal(0, 0.05, n)
    rows = np.c_[valve, flow, pressure]
    detector = ConditionDetector().fit(rows[:4000], time=np.arange(4000.0), settings=[0])
    assert detector.norms().reach.shape[0] == 2
    sick = rows[4000:].copy()
    sick[1000:, 1] += np.where(sick[1000:, 0] > 0, 0.0, 2.0)
    calm, ill = (
        streamed(detector, rows[4000:], np.arange(4000.0, 6000)),
        streamed(detector, sick, np.arange(4000.0, 6000)),
    )
    assert not calm.alarm.any()
    assert ill.alarm[1000:].any()


def test_a_setting_that_goes_missing_is_held_and_then_nothing_is_judged(detector: ConditionDetector) -> None:
    time, rows = pump(13, 1200)
    rows[650:, SPEED] = np.nan
    result = streamed(detector, rows, time)
    assert kinds(result) == {}
    assert not result.score[650 + 160 :].any()


@pytest.fixture(scope="module")
def watchful() -> ConditionDetector:
    """Trained on two days at one minute, long enough to tell wear."""
    time, rows = pump(20, 2 * 1440, period_s=60.0)
    return ConditionDetector().fit(rows, time=time, settings=[SPEED], symptoms=SYMPTOMS)


def slowly_worn() -> tuple[Floats, Floats]:
    time, rows = pump(21, 10 * 1440, period_s=60.0)
    rows[:, VIBRATION] += 0.6 * week_of_wear(time)
    return time, rows


def loaded_more_and_more() -> tuple[Floats, Floats]:
    time, rows = pump(22, 8 * 1440, period_s=60.0)
    rows[:, CURRENT] += 3.0 * week_of_wear(time)
    return time, rows


def week_of_wear(time: Floats) -> Floats:
    return np.clip((time - time[0]) / (7 * 86_400), 0, 1)


@pytest.fixture(scope="module")
def watched(watchful: ConditionDetector) -> list[Scored]:
    """What is said of one that wears, one whose current rises, and one that is well for five days."""
    return side_by_side(watchful, slowly_worn(), loaded_more_and_more(), pump(23, 5 * 1440, period_s=60.0))


def test_slow_wear_is_found_though_the_baseline_follows_it(watched: list[Scored]) -> None:
    wear, result = week_of_wear(slowly_worn()[0]), watched[0]
    assert set(kinds(result)) == {FindingKind.WEAR}
    found = np.flatnonzero(result.worn)[0]
    assert 0.05 < wear[found] < 0.6
    assert result.worn[found:].all()
    assert result.wear_share[found].argmax() == VIBRATION


def test_the_level_of_wear_grows_as_the_wear_does(watched: list[Scored]) -> None:
    days = watched[1].wear[720::1440][:7]
    assert (np.diff(days) > 0).all()
    assert np.corrcoef(days, np.arange(7))[0, 1] > 0.99


def test_healthy_days_are_not_worn(watched: list[Scored]) -> None:
    assert kinds(watched[2]) == {}
    assert watched[2].wear.max() < 0.5


@pytest.mark.long
def test_a_healthy_month_is_not_worn(watchful: ConditionDetector) -> None:
    time, rows = pump(23, 30 * 1440, period_s=60.0)
    result = streamed(watchful, rows, time)
    assert kinds(result) == {}
    assert result.wear.max() < 0.5


def test_too_short_a_training_tells_no_wear(detector: ConditionDetector) -> None:
    assert np.isinf(detector.norms().wear_s).all()
    time, rows = pump(24, 500)
    assert not streamed(detector, rows, time).wear.any()
