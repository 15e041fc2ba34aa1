"""A few days of the simulated year: faults are found early by the service's own models, and a lame one finds none."""

from __future__ import annotations

import tomllib
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from models.detector.estimator import ConditionDetector
from models.quantities import roles_of
from models.training.data import TrainingData
from service.demo.demonstration import plant_file
from service.evaluation.simulated_year import (
    DAY_S,
    EPOCH_S,
    TRAINING_S,
    Machine,
    Plan,
    Stretch,
    YearQuestion,
    live_a_year,
    machines_of,
    stretches,
    watch,
)
from service.evaluation.year_figures import Fate, YearFigures
from simulators.faults import Fault

PERIOD_S = 60.0


@pytest.fixture(scope="module")
def register() -> dict[str, Any]:
    return tomllib.loads(plant_file().read_text(encoding="utf-8"))


def one_of_each(register: dict[str, Any]) -> list[Machine]:
    """The first machine of each class."""
    return list({one.device.machine.tag: one for one in reversed(list(machines_of(register)))}.values())


def failing(machine: Machine, kind: str, growth_s: float) -> Plan:
    """Learnt, well for two days, then failing."""
    fault = Fault(asset=machine.device.asset, kind=kind, start_s=EPOCH_S + TRAINING_S + 2 * DAY_S, growth_s=growth_s)
    return Plan(machine=machine, stretch=Stretch(begin_s=EPOCH_S, end_s=fault.start_s + growth_s, fault=fault))


@pytest.mark.long
def test_every_kind_of_fault_is_found_early_and_without_false_alarms(register: dict[str, Any]) -> None:
    fates = tuple(
        fate
        for machine in one_of_each(register)
        for fate in watch(
            [failing(machine, kind, 0.5 * DAY_S) for kind in machine.device.machine.fault_kinds], PERIOD_S
        )
    )
    figures = YearFigures(machines=4, fates=fates)
    assert len(figures.faults) == len(fates) >= 10
    assert figures.found is not None
    assert figures.found >= 0.95
    assert figures.median_lead is not None
    assert figures.median_lead >= 0.3
    assert figures.false_alarms_a_month is not None
    assert figures.false_alarms_a_month <= 1.0


def lame(material: TrainingData) -> ConditionDetector:
    """A detector whose line nothing reaches, learnt from too little to judge wear."""
    detector: ConditionDetector = ConditionDetector(on=1e12, wear_training_s=1e9).fit(
        material.rows, time=material.times_us / 1e6, **roles_of(material.signals)
    )
    return detector


def test_a_model_that_notices_nothing_finds_nothing(register: dict[str, Any]) -> None:
    machine = one_of_each(register)[0]
    kind = machine.device.machine.fault_kinds[0]
    (fate,) = watch([failing(machine, kind, 0.25 * DAY_S)], PERIOD_S, lame)
    assert (fate.told_after_s, fate.lead) == (None, None)
    assert YearFigures(machines=1, fates=(fate,)).found == 0.0


def test_what_is_told_before_the_fault_is_a_false_alarm_and_not_a_find() -> None:
    told = Fate(
        asset="P-1", fault="bearing_wear", growth_s=DAY_S, told_after_s=None, told_as=None,
        false_alarms=("condition", "wear"), healthy_s=30.4375 * DAY_S,
    )  # fmt: skip
    figures = YearFigures(machines=1, fates=(told,))
    assert (figures.found, figures.median_lead, figures.false_alarms_a_month) == (0.0, None, 2.0)
    assert "missed: ['P-1 bearing_wear']" in figures.summary()
    assert figures.public()["false_alarms"] == {"condition": 1, "wear": 1}


def test_a_year_is_drawn_within_its_bounds_and_from_the_seed_alone(register: dict[str, Any]) -> None:
    question = YearQuestion(days=365)
    (machine, *_) = machines_of(register)
    drawn = list(stretches(machine, question, np.random.default_rng(5)))
    assert drawn == list(stretches(machine, question, np.random.default_rng(5)))
    assert len(drawn) >= 2
    for before, after in pairwise(drawn):
        assert after.begin_s > before.end_s
    for one in drawn:
        assert EPOCH_S <= one.begin_s < one.end_s <= EPOCH_S + 365 * DAY_S
        if one.fault is not None:
            assert one.fault.start_s >= one.watched_s + 2 * DAY_S
            assert one.end_s == one.fault.start_s + one.fault.growth_s


def test_a_year_too_short_for_any_failure_has_no_figures_of_faults(register: dict[str, Any]) -> None:
    small = {**register, "asset": register["asset"][:1]}
    heard: list[tuple[int, int]] = []
    figures = live_a_year(small, YearQuestion(days=2.5), progress=lambda done, total: heard.append((done, total)))
    assert (figures.found, figures.median_lead) == (None, None)
    assert figures.false_alarms_a_month == 0.0
    assert heard == [(1, 1)]
