"""A plant of many machines alike, in a scratch database: for benches of what reads and writes the whole of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from storage.binary.columns import ReadingColumns
from storage.core.database import Transaction
from storage.core.named_sql import statements
from storage.telemetry import readings

SITE = "bench"
_READINGS_A_BATCH = 200_000


@dataclass(frozen=True, kw_only=True, slots=True)
class BenchFinding:
    """A finding at the machine of number `place`, from 1 on: since when, and by what source."""

    finding_id: str
    place: int
    source: str
    onset: datetime


def asset_tag(place: int) -> str:
    """Name the machine at a place, from 1 on.

    >>> asset_tag(7)
    'A-00007'
    """
    return f"A-{place:05}"


def signal_key(place: int) -> str:
    """Name a machine's signal at a place, from 1 on.

    >>> signal_key(7)
    'signal_07'
    """
    return f"signal_{place:02}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Cast:
    """The signals (A, p) of each asset in the order of its model's columns, and the assets (A,)."""

    asset_ids: NDArray[np.int32]
    signal_ids: NDArray[np.int32]


def install(tx: Transaction, *, assets: int, signals: int) -> Cast:
    """Register assets A-00001, A-00002, … of one class, each with the same signals, and a machine at each."""
    tx.run("many_machines.site")
    tx.run("many_machines.asset_class")
    tx.run("many_machines.assets", assets=assets)
    tx.run("many_machines.installations")
    tx.run("many_machines.signals", signals=signals)
    rows = tx.all("many_machines.cast")
    return Cast(
        asset_ids=np.array([row["asset_id"] for row in rows], np.int32),
        signal_ids=np.array([row["signal_ids"] for row in rows], np.int32),
    )


def put_in_charge(
    tx: Transaction, *, artifact: bytes, libraries: dict[str, str], state: bytes, watermark: datetime
) -> None:
    """Give every asset a model of its own with the same bytes, scored until `watermark`."""
    tx.run(
        "many_machines.models",
        artifact=artifact,
        names=list(libraries),
        versions=list(libraries.values()),
        at=watermark,
    )
    tx.run("many_machines.scoring", state=state, watermark=watermark)


def speak(
    tx: Transaction, cast: Cast, times_us: Sequence[int], values: NDArray[np.float64], *, stored_at: datetime
) -> None:
    """Store what every asset measures at some instants, `values` (n, A, p), and make the last of them the latest."""
    n = len(times_us)
    columns = ReadingColumns(
        signal_ids=np.repeat(cast.signal_ids.ravel(), n),
        times_us=np.tile(np.array(times_us, np.int64), cast.signal_ids.size),
        values=np.ascontiguousarray(values.transpose(1, 2, 0)).ravel(),
        flags=np.zeros(n * cast.signal_ids.size, np.int16),
    )
    for first in range(0, len(columns), _READINGS_A_BATCH):
        readings.append(
            tx, columns.take(np.arange(first, min(first + _READINGS_A_BATCH, len(columns)))), received_at=stored_at
        )
    tx.run("many_machines.latest", newest_us=int(times_us[-1]), stored_at=stored_at)


def stand(tx: Transaction, *, at: datetime) -> None:
    """Give every signal a latest value and every machine a score, all at one instant."""
    tx.run("many_machines.latest", newest_us=int(at.timestamp() * 1e6), stored_at=at)
    tx.run("many_machines.scores", at=at)


def sessions(tx: Transaction) -> list[int]:
    """Return the processes of the other sessions of this database."""
    return [row["pid"] for row in tx.all("many_machines.sessions")]


def settle(tx: Transaction) -> None:
    """Let the server know what it holds now, as it would in a plant that has run for a while."""
    tx.connection.execute("ANALYZE")


def copy_out(tx: Transaction, *, after_us: int, until_us: int) -> int:
    """Copy every reading of a stretch of time out in binary, with nothing else done; return the bytes."""
    copied = 0
    parameters = {"after_us": after_us, "until_us": until_us}
    with tx.connection.cursor() as cursor, cursor.copy(statements("many_machines")["copy_out"], parameters) as copy:
        for block in copy:
            copied += len(block)
    return copied


def limit(tx: Transaction, *, high: float) -> None:
    """Give the first signal of each machine an upper limit."""
    tx.run("many_machines.limit", high=high)


def is_scored(tx: Transaction) -> bool:
    """Say whether anything was scored."""
    return bool(tx.one("many_machines.is_scored")["scored"])


def findings(tx: Transaction) -> list[BenchFinding]:
    """Return what models and limits found, whether it has cleared or not."""
    return [BenchFinding(**row) for row in tx.all("many_machines.findings")]
