"""What is asked over HTTP: a plant in which something has happened, and one process of `assetloop serve`."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import psutil

from plant.errors import Unavailable
from service.bench.broker import free_port
from service.bench.ground import running
from storage.bench import many_machines
from storage.core.database import Transaction

HOST = "127.0.0.1"
_READY_S = 120.0


def make_plant(tx: Transaction, *, assets: int, signals: int) -> None:
    """Make a plant that speaks, with a model and a score at each machine."""
    now = datetime.now(UTC)
    cast = many_machines.install(tx, assets=assets, signals=signals)
    many_machines.put_in_charge(tx, artifact=b"", libraries={}, state=b"", watermark=now)
    many_machines.stand(tx, at=now)
    many_machines.settle(tx)
    assert len(cast.asset_ids) == assets  # noqa: S101 - what was just made


@contextlib.contextmanager
def serving(url: str, folder: Path) -> Iterator[tuple[psutil.Process, int]]:
    """Serve a database as users do while the block lasts; yields the process, once it answers, and its port.

    Raises:
        Unavailable: the server does not start.
    """
    port = free_port()
    settings = {"ASSETLOOP_DATABASE_URL": url, "ASSETLOOP_PORT": str(port), "ASSETLOOP_HOST": HOST}
    with running(["serve"], folder, settings) as (server,):
        _await_ready(port)
        yield server, port


def _await_ready(port: int) -> None:
    until_s = time.monotonic() + _READY_S
    while time.monotonic() < until_s:
        with contextlib.suppress(httpx.HTTPError):
            httpx.get(f"http://{HOST}:{port}/api/v1/health/live", timeout=5, trust_env=False).raise_for_status()
            return
        time.sleep(0.1)
    raise Unavailable(f"`assetloop serve` does not answer on port {port}")
