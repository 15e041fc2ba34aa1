"""How a model would have done: on healthy time held back from its training, and on past episodes of its machine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.detector.estimator import ConditionDetector
from models.scoring.episodes import alarm_runs
from models.training.data import TrainingData
from models.training.threshold import of_a_new_model
from plant.finding import FindingKind, FindingSource
from plant.work_order import Outcome
from storage.models.installations import ModelSignal
from storage.models.labels import EpisodeReadings, Label
from storage.telemetry.windows import to_us

HELD_BACK = 0.3
"""The last part of the healthy time: a model that was trained on the rest is judged on it."""

UNNOTICED = timedelta(hours=6)
"""Where a person reported a failure, an alarm up to so long before it counts as having found it."""

_LONGEST_STEP_S = 900.0
_ELSEWHERE = frozenset(kind.value for kind in FindingKind if not kind.is_of_the_machine)
Learn = Callable[[TrainingData], ConditionDetector]


@dataclass(frozen=True, kw_only=True, slots=True)
class ReplayedEpisode:
    """What a model says of one past episode: its worst `level` in trained alarm lines, and when it first alarms.

    `delay_s` counts from the episode's begin to the first alarming sample within it, None where there is none.
    """

    label: Label
    level: float
    delay_s: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class BackTest:
    """The figures of a back-test as they are stored, and the line that a model begins with because of them."""

    figures: dict[str, Any]
    line: float


def back_test(
    detector: ConditionDetector,
    training: TrainingData,
    learn: Learn,
    labels: Iterable[Label],
    kept: Mapping[int, EpisodeReadings],
) -> BackTest:
    """Judge a detector that `learn` trained on `training`, by those labels of its machine whose readings were kept.

    Episodes of sensors say nothing about how well the machine is watched: they are left out.
    """
    replayed = [
        replay(detector, training.signals, kept[label.label_id], label)
        for label in labels
        if label.label_id in kept and label.kind not in _ELSEWHERE
    ]
    faults = [one for one in replayed if one.label.outcome is Outcome.CONFIRMED]
    calm = [one for one in replayed if one.label.outcome is Outcome.FALSE_ALARM]
    found = [one for one in faults if one.delay_s is not None]
    delays = [one.delay_s for one in found if one.delay_s is not None and not one.label.is_a_report]
    figures = {
        "held_back": held_back(training, learn),
        "faults": {
            "kept": len(faults),
            "found": len(found),
            "recall": len(found) / len(faults) if faults else None,
            "delay_s": median(delays) if delays else None,
        },
        "false_alarms": {"kept": len(calm), "silent": sum(one.delay_s is None for one in calm)},
    }
    line = of_a_new_model(
        (one.level for one in calm if one.delay_s is not None and moves_the_line(one.label)),
        (one.level for one in found if one.level >= 1.0),
    )
    return BackTest(figures=figures, line=line)


def moves_the_line(label: Label) -> bool:
    """Say whether a false alarm of this episode raises the line: only a model's condition scores are levels of it."""
    return label.source == FindingSource.MODEL and label.kind == FindingKind.CONDITION


def held_back(training: TrainingData, learn: Learn) -> dict[str, Any]:
    """Train on the first part of the healthy time and count the alarms in the rest: every one of them is false."""
    cut = int(len(training.rows) * (1.0 - HELD_BACK))
    first = TrainingData(signals=training.signals, times_us=training.times_us[:cut], rows=training.rows[:cut])
    try:
        detector = learn(first)
    except ValueError as error:
        return {"hours": None, "alarms": None, "alarms_per_day": None, "alarm_part": None, "because": str(error)}
    times_us, rows = training.times_us[cut:], training.rows[cut:]
    scored, _ = detector.stream(detector.start(), rows, times_us / 1e6)
    hours = watched_s(times_us) / 3600
    alarms = len(alarm_runs(scored.alarm))
    return {
        "hours": round(hours, 3),
        "alarms": alarms,
        "alarms_per_day": round(24 * alarms / hours, 3) if hours else None,
        "alarm_part": round(float(scored.alarm.mean()), 6) if len(rows) else None,
    }


def watched_s(times_us: NDArray[np.int64]) -> float:
    """Return for how long there was data, gaps of more than a quarter of an hour left out, in seconds.

    >>> watched_s(np.array([0, 10, 20, 10_000]) * 1_000_000)
    20.0
    """
    steps_s = np.diff(times_us) / 1e6
    return float(steps_s[steps_s <= _LONGEST_STEP_S].sum())


def replay(
    detector: ConditionDetector, signals: tuple[ModelSignal, ...], kept: EpisodeReadings, label: Label
) -> ReplayedEpisode:
    """Let a detector watch the kept readings from a fresh start; what comes before the episode only settles it."""
    place = {signal_id: column for column, signal_id in enumerate(kept.signal_ids)}
    rows = np.full((len(kept.window), len(signals)), np.nan)
    for column, signal in enumerate(signals):
        if signal.signal_id in place:
            rows[:, column] = kept.window.values[:, place[signal.signal_id]]
    scored, _ = detector.stream(detector.start(), rows, kept.window.times_s)
    times_us = kept.window.times_us
    begin_us, end_us = _span_us(label)
    within = (times_us >= begin_us) & (times_us <= end_us)
    score = float(scored.score[within].max(initial=0.0))
    alarming = times_us[within & (scored.alarm | scored.worn)]
    delay_s = (int(alarming[0]) - begin_us) / 1e6 if len(alarming) else None
    return ReplayedEpisode(label=label, level=score / max(1.0 - score, 1e-9), delay_s=delay_s)


def _span_us(label: Label) -> tuple[int, int]:
    """Return between which instants an alarm is about the episode; some hours earlier where a person reported it."""
    begin = label.onset - UNNOTICED if label.is_a_report else label.onset
    return to_us(begin), to_us(label.ended)
