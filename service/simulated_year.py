"""A simulated year of the demo plant: machines fail in all the ways they know, and the service's models must notice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from alerts.rules import DeskRules
from models import tracks
from models.detector import ConditionDetector
from models.episodes import Episode, follow
from models.material import Material
from models.training import learn
from plant.asset import SignalRole
from plant.finding import FindingKind
from service.year_figures import Fate, YearFigures
from simulators.devices import Device
from simulators.faults import Fault
from storage.models import ModelSignal

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

CHUNK = 14_400
OF_THE_MACHINE = frozenset({FindingKind.CONDITION, FindingKind.WEAR})
"""A fault of the machine that is blamed on a sensor does not count as found."""

Learn = Callable[[Material], ConditionDetector]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class YearQuestion:
    """What `assetloop evaluate year` was asked: how long, how often each signal is measured, and all chance."""

    days: float = 365.0
    period_s: float = 60.0
    seed: int = 0
    jobs: int = 1


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
        (machine, stretch)
        for machine, seed in zip(machines, seeds, strict=True)
        for stretch in stretches(machine, question, np.random.default_rng(seed))
    ]
    lives = Parallel(n_jobs=question.jobs, return_as="generator")(
        delayed(watch)(machine, stretch, question.period_s, learn) for machine, stretch in plans
    )
    fates = []
    for fate in lives:
        fates.append(fate)
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


def watch(machine: Machine, stretch: Stretch, period_s: float, learn: Learn = learn) -> Fate:
    """Learn a machine, watch it until it fails, and say of what people were told."""
    training = np.arange(stretch.begin_s, stretch.watched_s, period_s)
    rows = machine.measure(training, None)
    detector = learn(Material(signals=machine.signals, times_us=_us(training), rows=rows))
    ill_s = stretch.fault.start_s if stretch.fault else stretch.end_s
    told = sorted(_told(machine, stretch, period_s, detector))
    false_alarms = tuple(kind.value for at_s, kind in told if at_s < ill_s)
    found = next(((at_s, kind) for at_s, kind in told if at_s >= ill_s and kind in OF_THE_MACHINE), None)
    return Fate(
        asset=machine.device.asset,
        fault=stretch.fault.kind if stretch.fault else None,
        growth_s=stretch.fault.growth_s if stretch.fault else None,
        told_after_s=found[0] - ill_s if found else None,
        told_as=found[1].value if found else None,
        false_alarms=false_alarms,
        healthy_s=ill_s - stretch.watched_s,
    )


def _told(
    machine: Machine, stretch: Stretch, period_s: float, detector: ConditionDetector
) -> Iterator[tuple[float, FindingKind]]:
    """Say when the desk tells people of which kind of finding, before the stretch ends."""
    delay_s = max(period_s, DeskRules().on_delay_s)  # an episode is told of at the first sample at which it lasted
    times_s = np.arange(stretch.watched_s, stretch.end_s, period_s)
    state, known = detector.start(), set[tuple[int, FindingKind]]()
    standing: dict[FindingKind, Episode | None] = {}
    for first in range(0, len(times_s), CHUNK):
        time_s = times_s[first : first + CHUNK]
        rows = machine.measure(time_s, stretch.fault)
        scored, state = detector.stream(state, rows, time_s)
        for kind, track in tracks.of(scored).items():
            episodes, standing[kind] = follow(standing.get(kind), _us(time_s), track, rows)
            known |= {(episode.onset_us, kind) for episode in episodes}
    for onset_us, kind in known:
        if onset_us / 1e6 + delay_s < stretch.end_s:
            yield onset_us / 1e6 + delay_s, kind


def _us(time_s: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.rint(time_s * 1e6).astype(np.int64)
