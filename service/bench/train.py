"""`assetloop bench train`: a fleet with a day of readings is trained, from the rows to the catalogue."""

from __future__ import annotations

import os
import resource
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from lifecycle.register.healthy_time import declare_healthy
from lifecycle.register.importing import import_plant
from models.training import data
from models.training.backtest import held_back
from models.training.data import TrainingData
from models.training.fleet import DatabaseAddress, train_fleet
from models.training.train import TrainedModel, learn
from models.training_requests import TrainingRequest
from plant.asset import Asset, AssetClass, Plant, SignalSpec, Site
from plant.clock import SystemClock
from plant.errors import Misconfigured
from service.bench.ground import scratch
from service.runtime.screen import Bar, Screen
from service.runtime.surroundings import Surroundings
from storage.binary.columns import ReadingColumns
from storage.core.database import Database, Role
from storage.models import installations
from storage.models.installations import Installation
from storage.telemetry import readings
from storage.telemetry.windows import to_us

_SITE, _CLASS = "bench", "machine"
_ASSETS_A_BATCH = 4
_LOOKED_AT = 20  # assets whose training is timed stage by stage
_SHIFT_S = 1_200.0


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainBench:
    """What is trained: `hours` of readings every `period_s` seconds, by `jobs` processes."""

    assets: int = 1_000
    signals: int = 10
    period_s: float = 10.0
    hours: float = 24.0
    jobs: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainFigures:
    """What was measured. `seconds`: all machines, from the first row read to the last model stored.

    `…_ms` are means per machine in one process alone: reading its rows, learning from them, the back-test on the time
    held back. `reading_part` is reading's part of those three. `cpu_s_per_asset` is spent by all training processes,
    without the server's.
    """

    assets: int
    signals: int
    rows_per_asset: int
    jobs: int
    trained: int
    refused: int
    seconds: float
    assets_per_second: float
    cpu_s_per_asset: float
    read_ms: float
    learn_ms: float
    back_test_ms: float
    reading_part: float


def bench_train(around: Surroundings, what: TrainBench, screen: Screen) -> TrainFigures:
    """Fill a scratch database with a fleet's readings and train it.

    Raises:
        Misconfigured: too few readings to train on, or no database to be had.
    """
    if what.hours * 3600 / what.period_s < 100:
        raise Misconfigured("fewer than 100 readings a signal are nothing to train on; take more hours")
    jobs = what.jobs or len(os.sched_getaffinity(0))
    with scratch(around) as url, Database(url, role=Role.APP) as app, Database(url, role=Role.INGEST) as ingest:
        until = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
        times_us = _times(what, until)
        with screen.bar("writing readings", "assets") as bar:
            _fill(app, ingest, what, times_us, bar)
        with app.transaction() as tx:
            chosen = installations.to_train(tx, None)
        read_ms, learn_ms, back_test_ms = _stages(app, chosen)
        with screen.bar("training", "models") as bar:
            began, cpu = time.monotonic(), _cpu_s()
            trained = 0
            task = TrainingRequest(trained_by="assetloop bench train")
            outcomes = train_fleet(DatabaseAddress(url=url), chosen, task, clock=SystemClock(), jobs=jobs)
            for done, outcome in enumerate(outcomes, start=1):
                trained += isinstance(outcome, TrainedModel)
                bar(done, len(chosen))
            seconds = time.monotonic() - began
        _end_workers()
        cpu_s = _cpu_s() - cpu
    return TrainFigures(
        assets=what.assets,
        signals=what.signals,
        rows_per_asset=len(times_us),
        jobs=jobs,
        trained=trained,
        refused=len(chosen) - trained,
        seconds=round(seconds, 1),
        assets_per_second=round(len(chosen) / seconds, 2),
        cpu_s_per_asset=round(cpu_s / len(chosen), 3),
        read_ms=round(read_ms, 1),
        learn_ms=round(learn_ms, 1),
        back_test_ms=round(back_test_ms, 1),
        reading_part=round(read_ms / (read_ms + learn_ms + back_test_ms), 3),
    )


def _times(what: TrainBench, until: datetime) -> NDArray[np.int64]:
    step_us = round(what.period_s * 1e6)
    count = int(what.hours * 3600 / what.period_s)
    return to_us(until) - step_us * np.arange(count, 0, -1, dtype=np.int64)


def _fill(app: Database, ingest: Database, what: TrainBench, times_us: NDArray[np.int64], bar: Bar) -> None:
    keys = tuple(SignalSpec(key=f"s{k}", name=f"s{k}") for k in range(what.signals))
    assets = tuple(Asset(tag=f"A-{n:05d}", name="", class_tag=_CLASS) for n in range(what.assets))
    begin = datetime.fromtimestamp(times_us[0] / 1e6, UTC)
    end = datetime.fromtimestamp(times_us[-1] / 1e6, UTC)
    with app.transaction() as tx:
        classes = (AssetClass(tag=_CLASS, name=_CLASS, signals=keys),)
        import_plant(tx, Plant(site=Site(tag=_SITE, name=_SITE), classes=classes, assets=assets), at=begin)
        ids = [one.asset_id for one in installations.to_train(tx, list(range(1, what.assets + 1)))]
        for asset_id in ids:
            declare_healthy(tx, asset_id, begin, end + timedelta(seconds=1), origin="commissioning", by="bench")
        signal_ids = {asset_id: [one.signal_id for one in installations.signals_of(tx, asset_id)] for asset_id in ids}
    for first in range(0, len(ids), _ASSETS_A_BATCH):
        batch = ids[first : first + _ASSETS_A_BATCH]
        columns = [_columns(signal_ids[asset_id], times_us, asset_id) for asset_id in batch]
        with ingest.transaction() as tx:
            readings.append(tx, ReadingColumns.joined(columns), received_at=end)
        bar(first + len(batch), len(ids))


def _columns(signal_ids: list[int], times_us: NDArray[np.int64], asset_id: int) -> ReadingColumns:
    """Make a machine whose signals follow a load that changes in shifts, each with a lag and a noise of its own."""
    chance = np.random.default_rng(asset_id)
    seconds = times_us / 1e6
    load = 0.7 + 0.2 * np.sign(np.sin(2 * np.pi * seconds / _SHIFT_S + asset_id)) + 0.05 * np.sin(seconds / 9_000)
    gains, noise = chance.uniform(0.2, 1.0, len(signal_ids)), chance.uniform(0.01, 0.05, len(signal_ids))
    values = gains * load[:, None] + noise * chance.standard_normal((len(seconds), len(signal_ids)))
    return ReadingColumns(
        signal_ids=np.repeat(np.array(signal_ids, np.int32), len(seconds)),
        times_us=np.tile(times_us, len(signal_ids)),
        values=np.ascontiguousarray(values.T).ravel(),
        flags=np.zeros(values.size, np.int16),
    )


def _stages(database: Database, chosen: list[Installation]) -> tuple[float, float, float]:
    """Return the mean milliseconds of reading, learning and the back-test, one machine after another."""
    spent = np.zeros(3)
    looked_at = chosen[:: max(1, len(chosen) // _LOOKED_AT)][:_LOOKED_AT]
    for installation in looked_at:
        moments = [time.perf_counter()]
        found = _read(database, installation)
        moments.append(time.perf_counter())
        learn(found)
        moments.append(time.perf_counter())
        held_back(found, learn)
        moments.append(time.perf_counter())
        spent += np.diff(moments)
    read_ms, learn_ms, back_test_ms = (1000 * spent / len(looked_at)).tolist()
    return read_ms, learn_ms, back_test_ms


def _read(database: Database, installation: Installation) -> TrainingData:
    with database.transaction() as tx:
        found = data.read(tx, installation)
    if isinstance(found, str):
        raise Misconfigured(found)
    return found


def _cpu_s() -> float:
    """Return what this process and its children that have ended have spent, in processor seconds."""
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in spent)


def _end_workers() -> None:
    """End the training processes, so that what they have spent is known."""
    from joblib.externals.loky import get_reusable_executor

    get_reusable_executor().shutdown(wait=True)
