from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import fields
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import skops.io
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.exceptions import NotFittedError
from sklearn.utils import Tags
from sklearn.utils.estimator_checks import check_pipeline_consistency, parametrize_with_checks

from models.detector.arrays import Flags, Floats
from models.detector.bank import DetectorBank
from models.detector.estimator import ConditionDetector
from models.detector.kernel import fill_stale
from models.detector.results import Scored
from models.evaluation.skab import read_recording
from simulators.devices import Device
from simulators.faults import Fault
from simulators.machines import MACHINE_CLASSES
from tests.models.detector.side_by_side import side_by_side

SIGNALS = ("speed_rpm", "bearing_c", "vibration_mm_s", "current_a", "flow_m3_h")


class Repeatable(ConditionDetector):
    """The detector without the tag for which scikit-learn would skip its check of pipelines."""

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.non_deterministic = False
        return tags


@parametrize_with_checks([ConditionDetector()])
def test_scikit_learn_finds_its_contract_kept(
    estimator: ConditionDetector, check: Callable[[ConditionDetector], None]
) -> None:
    if check.func is check_pipeline_consistency:  # type: ignore[attr-defined]
        estimator = Repeatable()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check(estimator)


def plant(
    seed: int, hours: float, *, period_s: float = 1.0, fault_at_s: float = np.inf, load_s: float = 600.0
) -> tuple[Floats, Floats]:
    """A pump with changing load; a fault raises vibration by 10 sigma over 40 s and warms the bearing."""
    chance = np.random.default_rng(seed)
    n = int(hours * 3600 / period_s)
    time = np.arange(n) * period_s
    steps = chance.uniform(0.5, 0.95, int(hours * 3600 / load_s) + 2)
    wanted = steps[(time / load_s).astype(int)]
    load, bearing = np.empty(n), np.empty(n)
    load_now, bearing_now = wanted[0], 40 + 30 * wanted[0]
    fault = np.clip((time - fault_at_s) / 40.0, 0, 1)
    for k in range(n):
        load_now += period_s / (20 + period_s) * (wanted[k] - load_now)
        bearing_now += period_s / (300 + period_s) * (40 + 30 * load_now + 25 * fault[k] - bearing_now)
        load[k], bearing[k] = load_now, bearing_now
    clean = np.c_[1480 + 20 * (1 - load), bearing, 1.2 + 0.8 * load + 1.5 * fault, 20 + 30 * load, 100 * load]
    return time, clean + chance.normal(0, [1.5, 0.2, 0.15, 0.5, 1.5], clean.shape)


def trained(hours: float = 1.0, *, period_s: float = 1.0, load_s: float = 600.0) -> ConditionDetector:
    time, rows = plant(1, hours, period_s=period_s, load_s=load_s)
    return ConditionDetector().fit(rows, time=time)


@pytest.fixture(scope="module")
def detector() -> ConditionDetector:
    return trained()


def episodes(alarm: Flags, time: Floats, at_least_s: float = 0.0) -> list[float]:
    """When each alarm of at least so many seconds begins."""
    edges = np.flatnonzero(np.diff(np.r_[0, alarm.astype(int), 0]))
    return [float(time[a]) for a, b in zip(edges[::2], edges[1::2], strict=True) if time[b - 1] - time[a] >= at_least_s]


def same(one: Scored, other: Scored) -> bool:
    return all(getattr(one, each.name).tobytes() == getattr(other, each.name).tobytes() for each in fields(Scored))


def joined(parts: list[Scored]) -> Scored:
    return Scored(
        **{each.name: np.concatenate([getattr(part, each.name) for part in parts]) for each in fields(Scored)}
    )


def test_a_fault_alarms_within_half_a_minute_and_is_put_down_to_vibration(detector: ConditionDetector) -> None:
    time, rows = plant(7, 1.0, fault_at_s=2000.0)
    result, _ = detector.stream(detector.start(), rows, time)
    onsets = episodes(result.alarm, time, 5.0)
    assert len(onsets) == 1
    assert 2000 < onsets[0] <= 2030
    first = int(np.searchsorted(time, onsets[0]))
    assert SIGNALS[int(result.share[first].argmax())] == "vibration_mm_s"
    assert result.share[first].max() > 0.7


def test_healthy_hours_with_load_changes_raise_no_alarm(detector: ConditionDetector) -> None:
    for result in side_by_side(detector, plant(11, 3.0), plant(12, 3.0)):
        assert not result.alarm.any()


@pytest.mark.parametrize(("period_s", "hours"), [(0.1, 0.5), (1.0, 1.0), (10.0, 1.0)])
def test_a_fault_is_found_at_any_period(period_s: float, hours: float) -> None:
    detector = trained(hours, period_s=period_s, load_s=300.0)
    time, rows = plant(5, hours, period_s=period_s, fault_at_s=1500.0, load_s=300.0)
    looked_at = time <= 1600
    result, _ = detector.stream(detector.start(), rows[looked_at], time[looked_at])
    onsets = episodes(result.alarm, time[looked_at])
    assert onsets
    assert 1500 < onsets[0] <= 1560


def test_time_constants_follow_the_period_and_are_seconds_below_one() -> None:
    """The same recording, thinned: fast data are smoothed over as many seconds, slow data over as many values."""
    time, rows = plant(3, 1.5, period_s=0.5, fault_at_s=4000.0, load_s=300.0)
    rows[time > 4400] = plant(3, 1.5, period_s=0.5, load_s=300.0)[1][time > 4400]
    for every, beat_s in ((1, 1.0), (2, 1.0), (4, 2.0), (8, 4.0)):
        seconds, thin = time[::every], rows[::every]
        training = seconds < 2400
        detector = ConditionDetector().fit(thin[training], time=seconds[training])
        norms = detector.norms()
        assert norms.smooth_s[:, 0].tolist() == [7 * beat_s] * 5
        assert norms.baseline_s[:, 0].tolist() == [150 * beat_s] * 5
        assert (norms.on_s.tolist(), norms.release_s.tolist()) == ([4 * beat_s], [21 * beat_s])
        result, _ = detector.stream(detector.start(), thin[~training], seconds[~training])
        (onset,) = episodes(result.alarm, seconds[~training])
        assert 4000 < onset <= 4000 + 30 * beat_s
        assert not result.alarm[seconds[~training] > 4400 + 60 * beat_s].any()


@given(cuts=st.lists(st.integers(0, 400), max_size=12), holes=st.integers(0, 2**32 - 1))
@settings(max_examples=15)
def test_cutting_the_stream_anywhere_gives_bitwise_the_same_scores(
    detector: ConditionDetector, cuts: list[int], holes: int
) -> None:
    time, rows = plant(21, 400 / 3600, fault_at_s=150.0)
    chance = np.random.default_rng(holes)
    rows[chance.random(rows.shape) < 0.1] = np.nan
    time = time + np.where(time > 250, 500.0, 0.0)
    whole, end = detector.stream(detector.start(), rows, time)
    state, parts = detector.start(), []
    for begin, stop in pairwise([0, *sorted(cuts), 400]):
        part, state = detector.stream(state, rows[begin:stop], time[begin:stop])
        parts.append(part)
    assert same(joined(parts), whole)
    assert state.tobytes() == end.tobytes()


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=10)
def test_who_shares_the_bank_changes_no_bit(seed: int) -> None:
    chance = np.random.default_rng(seed)
    lone = [trained_quickly(s) for s in range(3)]
    members = [lone[k] for k in chance.integers(0, 3, size=int(chance.integers(1, 40)))]
    n = 60
    rows = chance.normal(0, 3, (n, len(members), 9))
    rows[chance.random(rows.shape) < 0.05] = np.nan
    times = np.cumsum(chance.integers(1, 3, (n, len(members))), axis=0).astype(float)
    bank = DetectorBank(members)
    result, states = bank.stream(bank.start(), rows, times)
    for a, member in enumerate(members):
        alone, state = member.stream(member.start(), rows[:, a], times[:, a])
        assert same(alone, result[:, a])
        assert state.tobytes() == states[a].tobytes()


_QUICK: dict[int, ConditionDetector] = {}


def trained_quickly(seed: int) -> ConditionDetector:
    if seed not in _QUICK:
        _QUICK[seed] = ConditionDetector().fit(np.random.default_rng(seed).normal(0, 1, (60, 9)))
    return _QUICK[seed]


def test_an_asset_without_a_row_keeps_its_state() -> None:
    detector = trained_quickly(0)
    bank = DetectorBank([detector, detector])
    rows = np.random.default_rng(0).normal(0, 1, (2, 2, 9))
    times = np.array([[1.0, 1.0], [2.0, np.nan]])
    result, states = bank.stream(bank.start(), rows, times)
    first, after_first = detector.stream(detector.start(), rows[:1, 1], times[:1, 1])
    assert states[1].tobytes() == after_first.tobytes()
    assert result.score[0, 1] == first.score[0]


def test_the_past_is_judged_without_the_future(detector: ConditionDetector) -> None:
    time, rows = plant(3, 0.2)
    wild = rows.copy()
    wild[400:] += 1000.0
    one, _ = detector.stream(detector.start(), rows, time)
    other, _ = detector.stream(detector.start(), wild, time)
    assert one.score[:400].tobytes() == other.score[:400].tobytes()


def test_the_score_is_never_nan_and_shares_sum_to_one_or_nothing(detector: ConditionDetector) -> None:
    time, rows = plant(4, 0.3, fault_at_s=300.0)
    chance = np.random.default_rng(0)
    rows[chance.random(rows.shape) < 0.5] = np.nan
    rows[500:600] = np.nan
    rows[700] = 1e300
    rows[701, 0] = -1e300
    result, _ = detector.stream(detector.start(), rows, time)
    assert ((result.score >= 0) & (result.score < 1)).all()
    sums = result.share.sum(axis=1)
    assert (result.share >= 0).all()
    assert np.all(np.isclose(sums, 1.0) | (sums == 0))


def test_one_wild_value_is_no_alarm(detector: ConditionDetector) -> None:
    time, rows = plant(9, 0.3)
    rows[500, 2] = 50.0
    result, _ = detector.stream(detector.start(), rows, time)
    assert not result.alarm.any()


def test_smoothing_starts_again_after_the_declared_gap(detector: ConditionDetector) -> None:
    time, rows = plant(9, 0.1)
    rows[95:100, 2] += 2.0
    later = time + np.where(time >= 100, detector.norms().gap_s.max() + 1, 0.0)
    near, _ = detector.stream(detector.start(), rows, time)
    far, _ = detector.stream(detector.start(), rows, later)
    assert near.share[100, 2] * near.score[100] > 2 * far.share[100, 2] * far.score[100]


def test_a_signal_that_falls_silent_is_no_fault(detector: ConditionDetector) -> None:
    time, rows = plant(13, 2.0)
    rows[1000:, 3] = np.nan
    rows[3000:, 4] = np.nan
    result, _ = detector.stream(detector.start(), rows, time)
    assert not result.alarm.any()
    assert result.share[4000:].sum(axis=1).max() == pytest.approx(1.0)


@pytest.mark.parametrize("silent", [[2], [0, 3]])
def test_without_a_signal_the_distance_is_that_of_the_others(detector: ConditionDetector, silent: list[int]) -> None:
    norms = detector.norms()
    live = ~np.isin(np.arange(len(SIGNALS)), silent)
    deviation = np.where(live, np.random.default_rng(0).normal(size=len(SIGNALS)), 0.0)
    filled = fill_stale(norms, deviation[:, None].copy(), live[:, None])[:, 0]
    precision = norms.precision[:, :, 0]
    covariance = np.linalg.inv(precision)
    among_themselves = np.linalg.inv(covariance[np.ix_(live, live)])
    wanted = deviation[live] @ among_themselves @ deviation[live]
    assert filled @ precision @ filled == pytest.approx(wanted, rel=1e-3)


def test_all_signals_silent_scores_nothing_and_holds_the_alarm(detector: ConditionDetector) -> None:
    time, rows = plant(14, 0.5, fault_at_s=600.0)
    rows[800:] = np.nan
    result, _ = detector.stream(detector.start(), rows, time)
    stale = time > 800 + detector.norms().fresh_s.max()
    assert result.alarm[799]
    assert result.alarm[stale].all()
    assert not result.score[stale].any()


def test_an_alarm_has_hysteresis_and_ends_after_the_fault(detector: ConditionDetector) -> None:
    time, rows = plant(15, 0.5)
    rows[600:900, 2] += 1.5
    result, _ = detector.stream(detector.start(), rows, time)
    onsets = episodes(result.alarm, time)
    assert len(onsets) == 1
    last = time[np.flatnonzero(result.alarm)[-1]]
    release_s = float(detector.norms().release_s[0])
    assert 900 + release_s / 2 < last < 900 + 3 * release_s


def test_a_lasting_fault_stays_in_alarm(detector: ConditionDetector) -> None:
    time, rows = plant(15, 3.0)
    rows[600:, 2] += 1.5
    result, _ = detector.stream(detector.start(), rows, time)
    assert result.alarm[640:].all()


def test_a_machine_relearnt_while_faulty_is_soon_normal_when_healthy_again(detector: ConditionDetector) -> None:
    time, rows = plant(16, 1.0, load_s=4000.0)
    well, _ = detector.stream(detector.start(), rows, time)
    rows[600:1200, 2] += 4.0
    rows[1200:2400, 2] += 0.6
    result, _ = detector.stream(detector.start(), rows, time)
    assert result.alarm[610:1200].all()
    assert not result.alarm[1300:2400].any()
    assert not result.alarm[2420:].any()
    assert np.abs(result.score[2420:] - well.score[2420:]).max() < 0.1


def test_constant_and_duplicated_channels_do_not_break_it() -> None:
    time, rows = plant(1, 1.0)
    wide = np.c_[rows, np.full(len(rows), 7.0), rows[:, 2], np.full(len(rows), np.nan), rows[:, 0] * 1e6]
    detector = ConditionDetector().fit(wide, time=time)
    later, fresh = plant(7, 1.0, fault_at_s=2000.0)
    wide = np.c_[fresh, np.full(len(fresh), 7.0), fresh[:, 2], fresh[:, 0], fresh[:, 0] * 1e6]
    result, _ = detector.stream(detector.start(), wide, later)
    onsets = episodes(result.alarm, later)
    assert len(onsets) == 1
    assert 2000 < onsets[0] <= 2030
    assert result.share[:, [5, 7]].max() == 0


def test_a_channel_that_never_moved_is_news_when_it_moves_and_stays() -> None:
    chance = np.random.default_rng(0)
    rows = np.c_[chance.normal(20, 1, (6000, 3)), np.full(6000, 7.0)]
    rows[5000:, 3] = 1000.0
    detector = ConditionDetector().fit(rows[:4000], time=np.arange(4000.0))
    assert detector.still_.tolist() == [3]
    result, _ = detector.stream(detector.start(), rows[4000:], np.arange(4000.0, 6000.0))
    assert not result.alarm[:1000].any()
    assert result.alarm[1012:].all()
    assert result.share[1100].argmax() == 3


def test_a_channel_that_never_moved_may_show_one_wild_value() -> None:
    rows = np.c_[np.random.default_rng(0).normal(20, 1, (5000, 3)), np.full(5000, 0.0)]
    detector = ConditionDetector().fit(rows[:4000], time=np.arange(4000.0))
    rows[4500, 3] = 1.0
    result, _ = detector.stream(detector.start(), rows[4000:], np.arange(4000.0, 5000.0))
    assert not result.alarm.any()


def test_a_running_counter_is_judged_by_its_rate() -> None:
    chance = np.random.default_rng(0)
    power = 5.0 + chance.normal(0, 0.2, 6000)
    power[5000:] += 4.0
    rows = np.c_[chance.normal(20, 1, 6000), 1e6 + np.cumsum(power)]
    rows[4500:, 1] -= 1e6  # the meter is exchanged
    detector = ConditionDetector().fit(rows[:4000], time=np.arange(4000.0))
    assert detector.counting_.tolist() == [1]
    result, _ = detector.stream(detector.start(), rows[4000:], np.arange(4000.0, 6000.0))
    assert not result.alarm[:1000].any()
    assert result.alarm[1015:1100].all()
    assert result.share[1050].argmax() == 1


def test_signals_of_different_rates_are_followed_each_at_its_own() -> None:
    def sparse(rows: Floats) -> Floats:
        slow = rows.copy()
        slow[np.arange(len(rows)) % 5 != 0, 1] = np.nan
        slow[np.arange(len(rows)) % 3 != 1, 3] = np.nan
        return slow

    time, rows = plant(1, 1.0)
    detector = ConditionDetector().fit(sparse(rows), time=time)
    later, fresh = plant(7, 1.0, fault_at_s=2000.0)
    result, _ = detector.stream(detector.start(), sparse(fresh), later)
    onsets = episodes(result.alarm, later)
    assert len(onsets) == 1
    assert 2000 < onsets[0] <= 2030


def test_too_few_rows_are_refused_with_how_many_more() -> None:
    with pytest.raises(ValueError, match="4 samples of 2 signals, 6 more needed"):
        ConditionDetector().fit(np.zeros((4, 2)))


def test_too_short_a_time_is_refused_with_how_much_more() -> None:
    rows = np.random.default_rng(0).normal(size=(101, 2))
    with pytest.raises(ValueError, match="100 s, 200 s more needed"):
        ConditionDetector().fit(rows, time=np.arange(101))


def test_rows_without_values_are_refused() -> None:
    rows = np.full((400, 2), np.nan)
    rows[:3] = 1.0
    with pytest.raises(ValueError, match="no signal has more than 3 values, 7 more needed"):
        ConditionDetector().fit(rows)


def test_signals_that_never_vary_are_refused() -> None:
    with pytest.raises(ValueError, match="every signal is constant or mostly missing"):
        ConditionDetector().fit(np.full((400, 3), 7.0))


def test_signals_never_fresh_together_are_refused_with_how_many_rows_more() -> None:
    rows = np.random.default_rng(0).normal(size=(400, 3))
    rows[201:, 1] = np.nan
    rows[:199, 2] = np.nan
    with pytest.raises(ValueError, match=r"only 2 samples in which all signals are fresh, 4 more needed"):
        ConditionDetector(smooth=0.1).fit(rows)


def test_a_mostly_missing_signal_is_left_out() -> None:
    time, rows = plant(1, 0.5)
    rows[300:, 4] = np.nan
    detector = ConditionDetector().fit(rows, time=time)
    assert detector.norms().used[:, 0].tolist() == [True, True, True, True, False]


@pytest.mark.parametrize("wrong", [{"smooth": 0.0}, {"clip": -1.0}, {"release_ratio": 1.5}, {"on": -1.0}])
def test_nonsense_settings_are_refused_by_name(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        ConditionDetector(**wrong).fit(np.random.default_rng(0).normal(size=(60, 2)))


def test_a_bank_wants_detectors_alike() -> None:
    with pytest.raises(ValueError, match="at least one"):
        DetectorBank([])
    other = ConditionDetector(clip=5.0).fit(np.random.default_rng(0).normal(size=(60, 9)))
    with pytest.raises(ValueError, match="share their time constants"):
        DetectorBank([trained_quickly(0), other])


def test_unclean_rows_are_refused_with_where_they_are() -> None:
    time, rows = plant(1, 1.0)
    rows[::50, 3] = -9999.0
    with pytest.raises(ValueError, match=r"unclean training data: 2\.0 % of the rows .* column 3"):
        ConditionDetector().fit(rows, time=time)


@pytest.mark.parametrize("time", [[0.0, 1.0, 1.0], [0.0, 2.0, 1.0], [0.0, 1.0], [0.0, 1.0, np.nan]])
def test_times_that_do_not_increase_are_refused(time: list[float]) -> None:
    detector = trained_quickly(0)
    with pytest.raises(ValueError, match="time"):
        detector.stream(detector.start(), np.zeros((3, 9)), time)


def test_a_row_from_before_the_state_is_refused() -> None:
    detector = trained_quickly(0)
    _, state = detector.stream(detector.start(), np.zeros((3, 9)), [10.0, 11.0, 12.0])
    with pytest.raises(ValueError, match="does not follow"):
        detector.stream(state, np.zeros((1, 9)), [12.0])


def test_a_state_of_another_detector_is_refused(detector: ConditionDetector) -> None:
    with pytest.raises(ValueError, match="a state of this detector has"):
        trained_quickly(0).stream(detector.start(), np.zeros((1, 9)), [0.0])


def test_an_untrained_detector_says_so() -> None:
    with pytest.raises(NotFittedError):
        ConditionDetector().start()


def test_no_rows_change_nothing(detector: ConditionDetector) -> None:
    result, state = detector.stream(detector.start(), np.zeros((0, len(SIGNALS))), [])
    assert result.score.shape == (0,)
    assert result.share.shape == (0, len(SIGNALS))
    assert state.tobytes() == detector.start().tobytes()


def test_skops_gives_back_the_same_detector_without_running_code(detector: ConditionDetector) -> None:
    payload = skops.io.dumps(detector)
    again = skops.io.loads(payload, trusted=["models.detector.ConditionDetector"])
    time, rows = plant(8, 0.1)
    one, state = detector.stream(detector.start(), rows, time)
    other, state_again = again.stream(again.start(), rows, time)
    assert same(one, other)
    assert state.tobytes() == state_again.tobytes()


@pytest.mark.parametrize("machine", MACHINE_CLASSES)
def test_a_bad_bearing_of_the_demo_plant_alarms_within_half_a_minute(machine: str) -> None:
    device = Device.at("demo", "X-101", machine)
    time = 1.8e9 + np.arange(2 * 3600.0)
    healthy = np.column_stack(list(device.values(time).values()))
    detector = ConditionDetector().fit(healthy[:3600], time=time[:3600])
    calm, _ = detector.stream(detector.start(), healthy[3600:], time[3600:])
    assert not calm.alarm.any()
    worn = device.suffering([Fault(asset="X-101", kind="bearing_wear", start_s=time[4600], growth_s=40.0)])
    sick = np.column_stack(list(worn.values(time[3600:5000]).values()))
    result, _ = detector.stream(detector.start(), sick, time[3600:5000])
    onsets = episodes(result.alarm, time[3600:5000], 5.0)
    assert len(onsets) == 1
    assert time[4600] < onsets[0] <= time[4630]


@pytest.mark.needs("shared-data")
def test_valve_faults_of_the_real_pump_alarm_while_they_last(shared: Path) -> None:
    found = 0
    for number in (0, 1, 5, 9, 15):
        recording = read_recording(shared / "data" / "skab" / "valve1" / f"{number}.csv", shared)
        assert recording.label is not None
        detector = ConditionDetector().fit(recording.rows[:400], time=recording.time[:400])
        result, _ = detector.stream(detector.start(), recording.rows[400:], recording.time[400:])
        faulty = recording.time[recording.label]
        onsets = episodes(result.alarm, recording.time[400:], 5.0)
        found += any(faulty[0] <= onset <= faulty[-1] + 60 for onset in onsets)
        assert result.alarm[recording.label[400:]].mean() > 0.5
    assert found >= 4, "one has been in alarm since before its label begins"


@pytest.mark.needs("shared-data")
def test_the_healthy_pump_raises_no_alarm_in_its_next_ten_minutes(shared: Path) -> None:
    recording = read_recording(shared / "data" / "skab" / "anomaly-free" / "anomaly-free.csv", shared)
    detector = ConditionDetector().fit(recording.rows[:400], time=recording.time[:400])
    result, _ = detector.stream(detector.start(), recording.rows[400:1000], recording.time[400:1000])
    assert not episodes(result.alarm, recording.time[400:1000], 5.0)
