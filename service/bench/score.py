"""`assetloop bench score`: how long a round of scoring takes for a whole plant, against a bare COPY of its readings.

One run: a scratch database, a plant of machines alike that each have a model of their own, and rounds of one worker as
they run in production. The process, and the server where it is its own, are held on one core.
"""

from __future__ import annotations

import contextlib
import os
import statistics
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from models import catalogue
from models.detector.bank import DetectorBank
from models.detector.estimator import ConditionDetector
from models.scoring import state_codec
from models.scoring.scorer import Scorer
from models.scoring.worker import RoundReport
from plant.clock import ManualClock
from plant.errors import Misconfigured
from service.bench.ground import scratch
from service.runtime.screen import Bar
from service.runtime.surroundings import Surroundings
from storage.bench import many_machines
from storage.bench.many_machines import Cast
from storage.core.database import Database, Role
from storage.telemetry.windows import to_us

_BEGIN = datetime(2026, 3, 2, 12, tzinfo=UTC)
_TRAINED_S = 3_600
_GRACE_S = 2
_WARM_ROUNDS = 2
_FAULTY_PART = 0.01
_FAULT_SCALES = 8.0


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoreBench:
    """What to measure: every signal speaks once a second, a round takes `seconds` of that, the median of `rounds`."""

    assets: int = 10_000
    signals: int = 10
    seconds: int = 10
    rounds: int = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoreFigures:
    """What was measured, medians over the rounds in seconds.

    `round_s` is a whole round, of which `read_s`, `detect_s` and `write_s` are parts; the rest is finding out what is
    due and leasing it. `detector_us` are microseconds the detector itself takes for one row of one asset, in memory.
    `bare_copy_s` is how long the server takes to send the very readings of one round, and `ratio` is `round_s` to that.
    """

    assets: int
    signals: int
    seconds: int
    cores: int
    values_a_round: int
    round_s: float
    read_s: float
    detect_s: float
    write_s: float
    bare_copy_s: float
    ratio: float
    detector_us: float
    cpu_s: float
    first_round_s: float
    findings_opened: int

    def lines(self) -> str:
        """Say it to a person."""
        return _LINES.format(**{each.name: getattr(self, each.name) for each in fields(self)})


_LINES = """\
round      {round_s:>8.2f} s for {seconds} s of {assets:,} assets × {signals} signals at 1 Hz, {values_a_round:,} values
of that    {read_s:>8.2f} s read, {detect_s:.2f} s detect, {write_s:.2f} s write; {cpu_s:.2f} s processor time here
bare COPY  {bare_copy_s:>8.2f} s for the same readings; the round takes {ratio:.1f} times that
detector   {detector_us:>8.2f} µs for one row of one asset, in memory
first      {first_round_s:>8.2f} s for the round that loads every model; {findings_opened} findings opened in all
cores      {cores:>8}"""


def run(around: Surroundings, what: ScoreBench, advance: Bar) -> ScoreFigures:
    """Measure; `advance` hears how many rounds are done, and of how many.

    Raises:
        Misconfigured: the database cannot be used.
        Unavailable: the database does not answer.
    """
    with _one_core() as cores, scratch(around) as url, Database(url, role=Role.OWNER, most=2) as owner:
        detector = _trained(what.signals)
        cast = _installed(owner, what, detector)
        with Database(url, role=Role.APP) as application:
            rounds = _rounds(owner, application, cast, what, advance)
    measured = rounds[_WARM_ROUNDS:]
    round_s = _median(one.seconds for one in measured)
    bare_copy_s = _median(one.bare_copy_s for one in measured)
    return ScoreFigures(
        assets=what.assets,
        signals=what.signals,
        seconds=what.seconds,
        cores=cores,
        values_a_round=what.assets * what.signals * what.seconds,
        round_s=round_s,
        read_s=_median(one.report.read_s for one in measured),
        detect_s=_median(one.report.judge_s for one in measured),
        write_s=_median(one.report.write_s for one in measured),
        bare_copy_s=bare_copy_s,
        ratio=round(round_s / bare_copy_s, 2),
        detector_us=_detector_us(detector, what),
        cpu_s=_median(one.cpu_s for one in measured),
        first_round_s=round(rounds[0].seconds, 3),
        findings_opened=sum(one.report.findings_opened for one in rounds),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Round:
    seconds: float
    cpu_s: float
    bare_copy_s: float
    report: RoundReport


@contextlib.contextmanager
def _one_core() -> Iterator[int]:
    """Hold this process and what it starts on one core, where the system can; yield how many cores there are then."""
    if not hasattr(os, "sched_setaffinity"):
        yield os.cpu_count() or 1
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield 1
    finally:
        os.sched_setaffinity(0, before)


def _trained(signals: int) -> ConditionDetector:
    rows = np.random.default_rng(0).normal(size=(_TRAINED_S, signals))
    return ConditionDetector().fit(rows, time=_BEGIN.timestamp() - _TRAINED_S + np.arange(_TRAINED_S))


def _installed(owner: Database, what: ScoreBench, detector: ConditionDetector) -> Cast:
    with owner.transaction() as tx:
        cast = many_machines.install(tx, assets=what.assets, signals=what.signals)
        many_machines.put_in_charge(
            tx,
            artifact=catalogue.packed(detector),
            libraries=catalogue.libraries(),
            state=state_codec.pack(detector.start(), {}),
            watermark=_BEGIN,
        )
    return cast


def _rounds(owner: Database, application: Database, cast: Cast, what: ScoreBench, advance: Bar) -> list[_Round]:
    """Let the plant speak and score what it said, round after round; a hundredth of it falls ill after the first."""
    clock = ManualClock(_BEGIN)
    scorer = Scorer(application, clock, "bench")
    chance = np.random.default_rng(1)
    total = _WARM_ROUNDS + what.rounds
    done: list[_Round] = []
    for number in range(total):
        clock.sleep(what.seconds)
        values = _measured(chance, what, ill=number > 0)
        after_us = to_us(clock.now()) - what.seconds * 1_000_000
        times_us = [after_us + second * 1_000_000 for second in range(1, what.seconds + 1)]
        with owner.transaction() as tx:
            many_machines.speak(tx, cast, times_us, values, stored_at=clock.now() - timedelta(seconds=_GRACE_S))
            many_machines.settle(tx)
        done.append(_timed(scorer, owner, after_us, times_us[-1]))
        if done[-1].report.rows != what.assets * what.seconds:
            raise Misconfigured(f"a round scored {done[-1].report.rows} rows of {what.assets * what.seconds}")
        advance(number + 1, total)
    return done


def _measured(chance: np.random.Generator, what: ScoreBench, *, ill: bool) -> NDArray[np.float64]:
    values = chance.normal(size=(what.seconds, what.assets, what.signals))
    if ill:
        values[:, : int(_FAULTY_PART * what.assets), : (what.signals + 1) // 2] += _FAULT_SCALES
    return values


def _timed(scorer: Scorer, owner: Database, after_us: int, until_us: int) -> _Round:
    began, cpu = time.perf_counter(), time.process_time()
    report = scorer.round(threading.Event())
    seconds, cpu_s = time.perf_counter() - began, time.process_time() - cpu
    with owner.transaction() as tx:
        began = time.perf_counter()
        many_machines.copy_out(tx, after_us=after_us, until_us=until_us)
        bare_copy_s = time.perf_counter() - began
    return _Round(seconds=seconds, cpu_s=cpu_s, bare_copy_s=bare_copy_s, report=report)


def _detector_us(detector: ConditionDetector, what: ScoreBench, *, assets: int = 2_000, repeats: int = 5) -> float:
    """Time the detector alone on a round in memory, in microseconds for one row of one asset; the median of some."""
    bank = DetectorBank([detector]).take(np.zeros(assets, np.intp))
    rows = np.random.default_rng(2).normal(size=(what.seconds, assets, what.signals))
    states, taken = bank.start(), []
    for number in range(repeats + 1):
        seconds = _BEGIN.timestamp() + number * what.seconds + np.arange(what.seconds)
        times = np.broadcast_to(seconds[:, None], rows.shape[:2])
        began = time.perf_counter()
        _, states = bank.stream(states, rows, times)
        taken.append(time.perf_counter() - began)
    return round(1e6 * statistics.median(taken[1:]) / (what.seconds * assets), 3)


def _median(values: Iterator[float]) -> float:
    return round(statistics.median(values), 3)
