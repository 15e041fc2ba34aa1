"""A simulated year of the demo plant: machines fail in all the ways they know, and the service's models must notice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alerts.alarms.rules import DeskRules
from models.detector.bank import DetectorBank
from models.detector.estimator import ConditionDetector
from models.scoring import tracks
from models.scoring.episodes import Episode, follow
from models.training.data import TrainingData
from models.training.train import learn
from plant.asset import SignalRole
from plant.finding import FindingKind
from service.evaluation.year_figures import Fate, YearFigures
from simulators.devices import Device
from simulators.faults import Fault
from storage.models.installations import ModelSignal

HOUR_S, DAY_S = 3_600.0, 86_400.0
EPOCH_S = 1_767_225_600.0
"""The year begins on 1 January 2026."""

TRAINING_S = 25 * HOUR_S
"""A machine is learnt, and after each repair learnt again, over so long: a little more than the day wear asks for."""

REPAIR_S = 8 * HOUR_S
LEAST_HEALTHY_S, MEAN_HEALTHY_S = 2 * DAY_S, 40 * DAY_S
"""After that it is well for so long at least, and so much longer on average, exponentially distributed."""

GROWTH_S = (6 * HOUR_S, 30 * DAY_S)
"""A fault takes from a quarter of a day to a month to grow, as likely one as three days as three as nine."""

CHUNK = 2_880
OF_THE_MACHINE = frozenset({FindingKind.CONDITION, FindingKind.WEAR})
"""A fault of the machine that is blamed on a sensor does not count as found."""

Learn = Callable[[TrainingData], ConditionDetector]
Progress = Callable[[int, int], None]
Known = set[tuple[int, FindingKind]]


@dataclass(frozen=True, kw_only=True, slots=True)
class YearQuestion:
    """What `assetloop evaluate year` was asked: how long, how often each signal is measured, and all chance."""

    days: float = 365.0
    period_s: float = 60.0
    seed: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Machine:
    """A simulated machine, and its signals as the register describes them."""

    device: Device
    signals: tuple[ModelSignal, ...]

    def measure(self, time_s: NDArray[np.float64], fault: Fault | None) -> NDArray[np.float64]:
        """Return what its signals say (n, p) at epoch seconds (n,)."""
        values = self.device.suffering([fault] if fault else []).values(time_s)
        return np.stack([values[signal.key] for signal in self.signals], axis=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Stretch:
    """From the training of a model until its machine fails, or the year ends without that (`fault` is None)."""

    begin_s: float
    end_s: float
    fault: Fault | None

    @property
    def watched_s(self) -> float:
        """Return when the model takes charge."""
        return self.begin_s + TRAINING_S


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """One stretch of one machine."""

    machine: Machine
    stretch: Stretch

    def material(self, period_s: float) -> TrainingData:
        """Return what its model learns from."""
        time_s = np.arange(self.stretch.begin_s, self.stretch.watched_s, period_s)
        rows = self.machine.measure(time_s, None)
        return TrainingData(signals=self.machine.signals, times_us=_us(time_s), rows=rows)

    def clock(self, period_s: float) -> NDArray[np.float64]:
        """Return the instants at which it is watched."""
        return np.arange(self.stretch.watched_s, self.stretch.end_s, period_s)


def live_a_year(
    register: Mapping[str, Any],
    question: YearQuestion,
    *,
    learn: Learn = learn,
    progress: Progress | None = None,
) -> YearFigures:
    """Let every machine of a register live through the year; each is learnt by `learn`, as the service does.

    Raises:
        UnusableRegister, UnknownMachine: the register names no machines that can be simulated.
    """
    machines = list(machines_of(register))
    seeds = np.random.SeedSequence(question.seed).spawn(len(machines))
    plans = [
        Plan(machine=machine, stretch=stretch)
        for machine, seed in zip(machines, seeds, strict=True)
        for stretch in stretches(machine, question, np.random.default_rng(seed))
    ]
    classes = sorted({plan.machine.device.machine.tag for plan in plans})
    fates: list[Fate] = []
    for tag in classes:
        fates += watch([plan for plan in plans if plan.machine.device.machine.tag == tag], question.period_s, learn)
        if progress is not None:
            progress(len(fates), len(plans))
    return YearFigures(machines=len(machines), fates=tuple(fates))


def machines_of(register: Mapping[str, Any]) -> Iterator[Machine]:
    """Build the machines of a parsed register."""
    signals = {one["tag"]: one["signal"] for one in register["class"]}
    for asset in register["asset"]:
        described = tuple(
            ModelSignal(signal_id=n, key=one["key"], unit=one["unit"], role=SignalRole(one.get("role", "measurement")))
            for n, one in enumerate(signals[asset["class"]])
        )
        device = Device.at(str(register["site"]["tag"]), asset["tag"], asset["class"])
        yield Machine(device=device, signals=described)


def stretches(machine: Machine, question: YearQuestion, rng: np.random.Generator) -> Iterator[Stretch]:
    """Draw a machine's year: learnt, well for a while, failing, repaired, learnt again."""
    begin_s, end_s = EPOCH_S, EPOCH_S + question.days * DAY_S
    while begin_s + TRAINING_S + HOUR_S < end_s:
        fault = Fault(
            asset=machine.device.asset,
            kind=str(rng.choice(machine.device.machine.fault_kinds)),
            start_s=round(begin_s + TRAINING_S + LEAST_HEALTHY_S + rng.exponential(MEAN_HEALTHY_S)),
            growth_s=round(float(np.exp(rng.uniform(*np.log(GROWTH_S))))),
        )
        failed_s = fault.start_s + fault.growth_s
        if failed_s > end_s:
            if fault.start_s > end_s:
                yield Stretch(begin_s=begin_s, end_s=end_s, fault=None)
            return
        yield Stretch(begin_s=begin_s, end_s=failed_s, fault=fault)
        begin_s = failed_s + REPAIR_S


def watch(plans: Sequence[Plan], period_s: float, learn: Learn = learn) -> list[Fate]:
    """Learn machines of one class, watch each until it fails, and say of what was reported to people.

    They stand side by side in one bank as in a round of scoring, each in a time of its own.
    """
    known = _found(plans, period_s, DetectorBank([learn(plan.material(period_s)) for plan in plans]))
    return [_fate(plan, _reported(plan, episodes, period_s)) for plan, episodes in zip(plans, known, strict=True)]


def _found(plans: Sequence[Plan], period_s: float, bank: DetectorBank) -> list[Known]:
    """Stream each plan's readings, and collect the episodes of every kind by their onset."""
    clocks = [plan.clock(period_s) for plan in plans]
    lengths = np.array([len(clock) for clock in clocks])
    states, known = bank.start(), [Known() for _ in plans]
    standing: list[dict[FindingKind, Episode | None]] = [{} for _ in plans]
    for first in range(0, int(lengths.max()), CHUNK):
        going = np.flatnonzero(lengths > first)
        parts = [clocks[place][first : first + CHUNK] for place in going]
        rows, times = _side_by_side([plans[place] for place in going.tolist()], parts, bank.signals)
        scored, states[going] = bank.take(going).stream(states[going], rows, times)
        for column, (place, part) in enumerate(zip(going, parts, strict=True)):
            for kind, track in tracks.by_kind(scored[: len(part), column]).items():
                still = standing[place].get(kind)
                episodes, standing[place][kind] = follow(still, _us(part), track, rows[: len(part), column])
                known[place] |= {(episode.onset_us, kind) for episode in episodes}
    return known


def _side_by_side(
    plans: Sequence[Plan], parts: Sequence[NDArray[np.float64]], signals: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    longest = max(len(part) for part in parts)
    rows, times = np.full((longest, len(plans), signals), np.nan), np.full((longest, len(plans)), np.nan)
    for column, (plan, part) in enumerate(zip(plans, parts, strict=True)):
        times[: len(part), column] = part
        rows[: len(part), column] = plan.machine.measure(part, plan.stretch.fault)
    return rows, times


def _reported(plan: Plan, known: Known, period_s: float) -> list[tuple[float, FindingKind]]:
    """Say when the desk tells people of which kind of finding, before the machine fails.

    An episode is reported at the first sample at which it has lasted for the desk's delay.
    """
    delay_s = max(period_s, DeskRules().delays.on_s)
    reported = [(onset_us / 1e6 + delay_s, kind) for onset_us, kind in known]
    return sorted(one for one in reported if one[0] < plan.stretch.end_s)


def _fate(plan: Plan, reported: Sequence[tuple[float, FindingKind]]) -> Fate:
    stretch, fault = plan.stretch, plan.stretch.fault
    ill_s = fault.start_s if fault else stretch.end_s
    found = next(((at_s, kind) for at_s, kind in reported if at_s >= ill_s and kind in OF_THE_MACHINE), None)
    return Fate(
        asset=plan.machine.device.asset,
        fault=fault.kind if fault else None,
        growth_s=fault.growth_s if fault else None,
        told_after_s=found[0] - ill_s if found else None,
        told_as=found[1].value if found else None,
        false_alarms=tuple(kind.value for at_s, kind in reported if at_s < ill_s),
        healthy_s=ill_s - stretch.watched_s,
    )


def _us(time_s: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.rint(time_s * 1e6).astype(np.int64)
