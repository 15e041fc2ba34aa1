"""A model is judged on what it did not learn from: healthy time held back, and the kept episodes of its machine."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from numpy.typing import NDArray

from models.training.backtest import BackTest, back_test, held_back, replay
from models.training.data import TrainingData
from models.training.threshold import FAULT_ROOM
from models.training.train import learn
from plant.work_order import Outcome
from storage.models.installations import ModelSignal
from storage.models.labels import EpisodeReadings, Label
from storage.telemetry.windows import Window, to_us
from tests.models.conftest import SIGNALS, START, healthy_rows

LEAD_S, LONG_S = 600, 300
COLUMNS = tuple(ModelSignal(signal_id=k, key=key, unit=unit) for k, (key, unit) in enumerate(SIGNALS))


def seconds(n: int, first: int = 0) -> NDArray[np.int64]:
    return to_us(START) + (first + np.arange(n, dtype=np.int64)) * 1_000_000


def material(rows: NDArray[np.float64]) -> TrainingData:
    return TrainingData(signals=COLUMNS, times_us=seconds(len(rows)), rows=rows)


HEALTHY = material(healthy_rows(2000))


def episode(label_id: int, outcome: Outcome, shift: float) -> tuple[Label, EpisodeReadings]:
    """An episode of `LONG_S` seconds in which vibration is shifted, after `LEAD_S` healthy seconds."""
    rows = healthy_rows(LEAD_S + LONG_S, label_id)
    rows[LEAD_S:, 0] += shift
    onset = START + timedelta(days=label_id)
    label = Label(
        label_id=label_id,
        order_id=label_id,
        finding_id=uuid4(),
        asset_id=1,
        installation_id=1,
        source="model",
        source_version="condition/P-1/v1",
        kind="condition",
        outcome=outcome,
        failure_mode="VIB",
        onset=onset,
        ended=onset + timedelta(seconds=LONG_S),
        notified_at=None,
        started_at=None,
        failed_at=None,
        restored_at=onset + timedelta(seconds=LONG_S),
        score=0.6,
        line=1.0,
        labelled_at=onset,
        labelled_by="Ada",
    )
    times = to_us(onset) + (np.arange(len(rows), dtype=np.int64) - LEAD_S) * 1_000_000
    return label, EpisodeReadings(
        label_id=label_id, signal_ids=(0, 1, 2), window=Window(times_us=times, values=rows, complete=True)
    )


def judged(*episodes: tuple[Label, EpisodeReadings]) -> BackTest:
    return back_test(
        learn(HEALTHY), HEALTHY, learn, [label for label, _ in episodes], {kept.label_id: kept for _, kept in episodes}
    )


def test_without_episodes_only_the_healthy_time_speaks() -> None:
    result = judged()
    assert result.line == 1.0
    assert result.figures["faults"] == {"kept": 0, "found": 0, "recall": None, "delay_s": None}
    assert result.figures["false_alarms"] == {"kept": 0, "silent": 0}
    assert result.figures["held_back"] == {
        "hours": round(599 / 3600, 3), "alarms": 0, "alarms_per_day": 0.0, "alarm_part": 0.0
    }  # fmt: skip


def test_an_alarm_in_the_time_held_back_is_counted_and_the_time_before_is_all_the_model_knows() -> None:
    rows = healthy_rows(2000)
    rows[1600:1700, 0] += 3.0
    found = held_back(material(rows), learn)
    assert found["alarms"] == 1
    assert found["alarm_part"] > 100 / 600


def test_kept_faults_are_found_again_with_their_delay() -> None:
    figures = judged(episode(1, Outcome.CONFIRMED, 3.0), episode(2, Outcome.CONFIRMED, 0.0)).figures
    assert (figures["faults"]["kept"], figures["faults"]["found"], figures["faults"]["recall"]) == (2, 1, 0.5)
    assert 0 <= figures["faults"]["delay_s"] < 60


def test_a_false_alarm_that_would_come_again_raises_the_line_a_model_begins_with() -> None:
    quiet, loud = episode(1, Outcome.FALSE_ALARM, 0.0), episode(2, Outcome.FALSE_ALARM, 1.0)
    assert judged(quiet).line == 1.0
    result = judged(quiet, loud)
    assert result.figures["false_alarms"] == {"kept": 2, "silent": 1}
    assert result.line == 1.25, "no more than a quarter at once"


def test_a_kept_fault_keeps_the_line_below_it() -> None:
    loud, again = episode(2, Outcome.FALSE_ALARM, 1.0), episode(4, Outcome.FALSE_ALARM, 1.0)
    detector = learn(HEALTHY)
    for shift in np.arange(0.02, 0.3, 0.01):
        slight = episode(3, Outcome.CONFIRMED, float(shift))
        found = replay(detector, COLUMNS, slight[1], slight[0])
        if found.delay_s is not None and found.level > 1 / FAULT_ROOM:
            break
    assert found.level < 1.25**2 / FAULT_ROOM, "found, and below what two false alarms alone would give"
    assert judged(loud, again, slight).line == pytest.approx(FAULT_ROOM * found.level, abs=1e-5)


@pytest.mark.parametrize("kind", ["sensor_spikes", "unseen_regime"])
def test_what_is_no_trouble_of_the_machine_neither_judges_a_model_nor_moves_its_line(kind: str) -> None:
    spiky, stuck = episode(2, Outcome.FALSE_ALARM, 1.0), episode(3, Outcome.CONFIRMED, 0.0)
    result = judged(*((replace(label, kind=kind), kept) for label, kept in (spiky, stuck)))
    assert (result.figures["false_alarms"]["kept"], result.figures["faults"]["kept"]) == (0, 0)
    assert result.line == 1.0


@pytest.mark.parametrize("other", [{"kind": "wear"}, {"source": "limit", "kind": "limit"}])
def test_a_false_alarm_of_another_scale_is_counted_and_moves_no_line(other: dict[str, Any]) -> None:
    label, kept = episode(2, Outcome.FALSE_ALARM, 1.0)
    result = judged((replace(label, **other), kept))
    assert (result.figures["false_alarms"]["kept"], result.line) == (1, 1.0)


def test_a_signal_that_was_not_kept_counts_as_missing() -> None:
    label, kept = episode(1, Outcome.CONFIRMED, 3.0)
    without_vibration = replace(kept, signal_ids=(1, 2), window=replace(kept.window, values=kept.window.values[:, 1:]))
    assert judged((label, without_vibration)).figures["faults"]["found"] == 0


@pytest.mark.parametrize("n", [40, 420])
def test_too_little_to_hold_back_is_said(n: int) -> None:
    figures: dict[str, Any] = held_back(material(healthy_rows(n)), learn)
    assert figures["alarms"] is None
    assert "more needed" in figures["because"]
