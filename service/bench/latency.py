"""`assetloop bench latency`: from a published faulty sample to its finding, through every part as in production.

One run: a broker, a scratch database, one process of ingest and one of scoring, and machines that each speak once a
second and fall ill once, at an instant of their own. A finding by a limit begins with the first faulty sample; one of
the model with the sample at which its alarm begins.
"""

from __future__ import annotations

import tempfile
import threading
import time
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import orjson
from numpy.typing import NDArray

from models import catalogue
from models.detector.estimator import ConditionDetector
from models.scoring import state_codec
from plant.errors import Unavailable
from plant.mqtt.topics import telemetry_topic
from service.bench.broker import BenchBroker, mosquitto
from service.bench.ground import running, scratch
from service.runtime.screen import Bar
from service.runtime.surroundings import Surroundings
from simulators.wire import Wire
from storage.bench import many_machines
from storage.bench.many_machines import BenchFinding
from storage.core.database import Database, Role

GRACE_S = 2.0
ALLOWANCE_S = 2.0
"""The class's grace, which is the default, and what is allowed beside it and a round."""

_TRAINED_S = 3_600
_WARM_S = 5.0
_LATE_S = 20.0
_POLL_S = 0.02
_SICK, _LIMIT = 30.0, 15.0


@dataclass(frozen=True, kw_only=True, slots=True)
class LatencyBench:
    """What to measure: `assets` fall ill within `seconds`, and scoring makes a round every `round_s`."""

    assets: int = 200
    signals: int = 4
    seconds: float = 60.0
    round_s: float = 2.0


@dataclass(frozen=True, kw_only=True, slots=True)
class LatencyFigures:
    """What was measured, in seconds from the publishing of a sample to the instant at which a query sees its finding.

    `bound_s` is a round, the grace and 2 s. `detected_p50_s` is how long the model's alarm takes to begin after the
    first faulty sample: what the detector smooths, not what the parts take.
    """

    broker: str
    assets: int
    round_s: float
    grace_s: float
    bound_s: float
    limit_findings: int
    limit_p50_s: float
    limit_p99_s: float
    limit_max_s: float
    model_findings: int
    model_p50_s: float
    model_p99_s: float
    model_max_s: float
    detected_p50_s: float

    def lines(self) -> str:
        """Say it to a person."""
        return _LINES.format(**{each.name: getattr(self, each.name) for each in fields(self)})


_LINES = """\
limit      {limit_p50_s:>8.2f} s from the faulty sample to the finding; {limit_p99_s:.2f} s for 99 of 100, at most \
{limit_max_s:.2f} s ({limit_findings} of {assets} machines)
model      {model_p50_s:>8.2f} s from the sample that begins the alarm; {model_p99_s:.2f} s for 99 of 100, at most \
{model_max_s:.2f} s ({model_findings} of {assets} machines)
detector   {detected_p50_s:>8.2f} s from the first faulty sample to the one that begins the alarm
bound      {bound_s:>8.2f} s: a round of {round_s:g} s, a grace of {grace_s:g} s and 2 s"""


def run(around: Surroundings, what: LatencyBench, advance: Bar) -> LatencyFigures:
    """Measure; `advance` hears how many findings were seen, and of how many.

    Raises:
        Misconfigured: there is no mosquitto, or the database cannot be used.
        Unavailable: something that was started does not work.
    """
    with (
        scratch(around) as url,
        tempfile.TemporaryDirectory(prefix="assetloop-bench-") as folder,
        mosquitto(Path(folder) / "broker") as broker,
        Database(url, role=Role.OWNER, most=2) as owner,
        Wire(broker.url) as wire,
    ):
        _install(owner, what)
        with running(("ingest", "score"), Path(folder), _settings(url, broker, what)):
            plant = _Plant(wire, what)
            _await_scored(owner, plant)
            plant.fall_ill(what.seconds)
            seen = _watch(owner, plant, what, advance)
    return _figures(broker, what, plant.ill_at, seen)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Seen:
    finding: BenchFinding
    at: float


class _Plant:
    """Machines that speak once a second, each at a phase of its own, and are ill from `ill_at` (A,) on."""

    def __init__(self, wire: Wire, what: LatencyBench) -> None:
        chance = np.random.default_rng(0)
        self._wire, self._chance, self._signals = wire, chance, what.signals
        self._next = time.time() + chance.random(what.assets)
        self._asked: NDArray[np.float64] = np.full(what.assets, np.inf)
        self.ill_at: NDArray[np.float64] = np.full(what.assets, np.nan)
        self.ends = np.inf

    def fall_ill(self, seconds: float) -> None:
        """Fall ill one after another, within so many seconds from a little later on."""
        begin = time.time() + _WARM_S
        self._asked = begin + self._chance.uniform(0.0, seconds, len(self._asked))
        self.ends = begin + seconds + _LATE_S

    def speak(self) -> None:
        """Publish what is due, stamped with the instant at which it is handed over."""
        due = np.flatnonzero(self._next <= time.time())
        for number in due[np.argsort(self._next[due])].tolist():
            now_ms = int(time.time() * 1000)
            ill = now_ms / 1000 >= self._asked[number]
            if ill and np.isnan(self.ill_at[number]):
                self.ill_at[number] = now_ms / 1000
            values = self._chance.normal(size=self._signals) + (_SICK if ill else 0.0)
            measured = {many_machines.signal_key(place): value for place, value in enumerate(values.tolist(), start=1)}
            topic = telemetry_topic(many_machines.SITE, many_machines.asset_tag(number + 1))
            self._wire.publish(topic, orjson.dumps({"ts": now_ms, "values": measured}))
            self._next[number] += 1.0

    def wait(self) -> None:
        """Sleep until the next machine speaks, or somebody wants to look."""
        time.sleep(max(0.0, min(_POLL_S, float(self._next.min()) - time.time())))


def _install(owner: Database, what: LatencyBench) -> None:
    rows = np.random.default_rng(1).normal(size=(_TRAINED_S, what.signals))
    began = time.time() - _TRAINED_S
    detector = ConditionDetector().fit(rows, time=began + np.arange(_TRAINED_S))
    with owner.transaction() as tx:
        many_machines.install(tx, assets=what.assets, signals=what.signals)
        many_machines.limit(tx, high=_LIMIT)
        many_machines.put_in_charge(
            tx,
            artifact=catalogue.packed(detector),
            libraries=catalogue.libraries(),
            state=state_codec.pack(detector.start(), {}),
            watermark=datetime.now(UTC),
        )


def _settings(url: str, broker: BenchBroker, what: LatencyBench) -> dict[str, str]:
    return {
        "ASSETLOOP_DATABASE_URL": url,
        "ASSETLOOP_MQTT_URL": broker.url,
        "ASSETLOOP_ROUND_S": str(what.round_s),
    }


def _await_scored(owner: Database, plant: _Plant, within_s: float = 90.0) -> None:
    """Let the machines speak until some of what they say is scored, so that every part is at work."""
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        plant.speak()
        with owner.transaction() as tx:
            if many_machines.is_scored(tx):
                return
        plant.wait()
    raise Unavailable(f"nothing was scored within {within_s:g} s")


def _watch(owner: Database, plant: _Plant, what: LatencyBench, advance: Bar) -> list[_Seen]:
    """Let the machines speak and note when each finding can be seen, until all are or the time is up.

    Looking is a thread of its own, so that neither waits for the other.
    """
    found: list[_Seen] = []
    stop = threading.Event()

    def look() -> None:
        known: set[str] = set()
        while not stop.wait(_POLL_S):
            with owner.transaction() as tx:
                found_now = many_machines.findings(tx)
            now = time.time()
            new = [one for one in found_now if one.finding_id not in known]
            known.update(one.finding_id for one in new)
            found.extend(_Seen(finding=one, at=now) for one in new)

    looking = threading.Thread(target=look, name="look", daemon=True)
    looking.start()
    while time.time() < plant.ends and len(found) < 2 * what.assets:
        plant.speak()
        advance(min(len(found), 2 * what.assets), 2 * what.assets)
        plant.wait()
    stop.set()
    looking.join()
    return found


def _figures(broker: BenchBroker, what: LatencyBench, ill_at: NDArray[np.float64], seen: list[_Seen]) -> LatencyFigures:
    of = {
        source: np.array([one.at - one.finding.onset.timestamp() for one in seen if one.finding.source == source])
        for source in ("limit", "model")
    }
    detected = [
        one.finding.onset.timestamp() - ill_at[one.finding.place - 1] for one in seen if one.finding.source == "model"
    ]
    if not (len(of["limit"]) and len(of["model"])):
        raise Unavailable("no finding came: ingest or scoring does not work")
    return LatencyFigures(
        broker=broker.name,
        assets=what.assets,
        round_s=what.round_s,
        grace_s=GRACE_S,
        bound_s=what.round_s + GRACE_S + ALLOWANCE_S,
        limit_findings=len(of["limit"]),
        limit_p50_s=_quantile(of["limit"], 0.5),
        limit_p99_s=_quantile(of["limit"], 0.99),
        limit_max_s=_quantile(of["limit"], 1.0),
        model_findings=len(of["model"]),
        model_p50_s=_quantile(of["model"], 0.5),
        model_p99_s=_quantile(of["model"], 0.99),
        model_max_s=_quantile(of["model"], 1.0),
        detected_p50_s=_quantile(np.array(detected), 0.5),
    )


def _quantile(seconds: NDArray[np.float64], part: float) -> float:
    return round(float(np.quantile(seconds, part)), 3)
