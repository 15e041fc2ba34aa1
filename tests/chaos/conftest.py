"""A database, a broker, and workers, each the test's own."""

from __future__ import annotations

import os
import random
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.chaos.parts import Database, Mosquitto, Traffic, Worker


@pytest.fixture
def seconds() -> float:
    """How long each test breaks things; `make chaos` takes the full time."""
    return float(os.environ.get("CHAOS_SECONDS", "10"))


@pytest.fixture
def chance() -> random.Random:
    """The moments at which things break, other ones in every run; a run prints its seed."""
    seed = int(os.environ.get("CHAOS_SEED") or secrets.randbelow(10**6))
    print(f"\nCHAOS_SEED={seed}")  # noqa: T201 - shown with a failure, and by `make chaos`
    return random.Random(seed)  # noqa: S311 - moments, no secrets


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    one = Database(tmp_path / "pg")
    one.start()
    try:
        one.prepare()
        yield one
    finally:
        one.stop()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    one = Mosquitto(tmp_path / "mosquitto")
    one.start()
    yield one
    one.stop()


@pytest.fixture
def start_worker(tmp_path: Path, database: Database, broker: Mosquitto) -> Iterator[Callable[..., Worker]]:
    """Start ingest processes, each with a folder of its own; what still runs in the end is killed."""
    workers: list[Worker] = []

    def start(broker_url: str = "", **settings: str) -> Worker:
        worker = Worker(tmp_path / f"worker{len(workers)}", database.url, broker_url or broker.url, **settings)
        worker.start()
        workers.append(worker)
        return worker

    yield start
    for worker in workers:
        if worker.is_running:
            worker.process.resume()
            worker.kill()


@pytest.fixture
def start_traffic(tmp_path: Path, broker: Mosquitto) -> Iterator[Callable[..., Traffic]]:
    """Start publishers; they are ended in the end."""
    all_: list[Traffic] = []

    def start(rate: float, qos: int = 1) -> Traffic:
        all_.append(Traffic(broker.port, tmp_path / f"record{len(all_)}", rate=rate, qos=qos))
        return all_[-1]

    yield start
    for traffic in all_:
        traffic.kill()
