"""What a bench measures against: a bare COPY of the same bytes, and a record that has come to rest."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

import numpy as np
import psycopg
from psycopg.rows import DictRow

from plant.errors import Unavailable
from storage.binary.columns import ReadingColumns, body_of
from storage.core.database import Database, Role, Transaction, connect
from storage.core.driver_errors import in_our_terms
from storage.core.grade import Grade
from storage.core.named_sql import statements
from storage.schema import upkeep

Progress = Callable[[int, int], object]
_PATIENCE = 600  # seconds


def copy_bare(tx: Transaction, body: bytes) -> None:
    """Copy what `ordered_body` built into `reading`, and do nothing else."""
    with tx.connection.cursor() as cursor, cursor.copy(statements("readings")["copy"]) as copy:
        copy.write(body)


def ordered_body(columns: ReadingColumns) -> bytes:
    """Build the bytes that `readings.append` sends for these rows, in the same order."""
    return body_of(columns.take(np.lexsort((columns.times_us, columns.signal_ids))))


def make_partitions(tx: Transaction, since: datetime, until: datetime) -> None:
    """Make the partitions of readings that hold [`since`, `until`]."""
    tx.connection.execute("SELECT ensure_partition(%s, %s)", [since, until])


def register(url: str, assets: int, signals: int) -> None:
    """Register assets of `signals` signals each, numbered from 1."""
    with in_our_terms(), connect(url, role=Role.OWNER) as connection, connection.transaction():
        Transaction(connection).run("yardstick.register", assets=assets, signals=signals)


def bring_to_rest(url: str, grade: Grade, progress: Progress) -> None:
    """Roll everything up, and do what the server's own upkeep does by and by."""
    with in_our_terms(), connect(url, role=Role.OWNER) as connection:
        connection.autocommit = True
        tx = Transaction(connection)
        tx.run("yardstick.settle")
        if grade is Grade.COMMUNITY:
            refreshes = [row["statement"].encode() for row in tx.all("yardstick.refresh")]
            for done, statement in enumerate(refreshes, 1):
                _refresh(connection, statement)
                progress(done, len(refreshes))
            return
    with Database(url, role=Role.APP) as database:
        total = left = _hours_left(database)
        while left:
            upkeep.roll_up(database, longest_s=2.0)
            left = _hours_left(database)
            progress(total - left, total)


def _hours_left(database: Database) -> int:
    with database.transaction() as tx:
        return len(tx.all("upkeep.touched_hours"))


def _refresh(connection: psycopg.Connection[DictRow], statement: bytes) -> None:
    """Refresh a roll-up, after the server's own job where that is at it."""
    for _ in range(_PATIENCE):
        try:
            connection.execute(statement)
            return
        except psycopg.errors.LockNotAvailable:
            time.sleep(1.0)
    raise Unavailable("TimescaleDB's own job refreshes the roll-ups all the time")


def compress(url: str, progress: Progress) -> None:
    """Compress every chunk of readings; TimescaleDB's community edition only."""
    with in_our_terms(), connect(url, role=Role.OWNER) as connection:
        connection.autocommit = True
        tx = Transaction(connection)
        chunks = [row["chunk"] for row in tx.all("yardstick.chunks")]
        for done, chunk in enumerate(chunks, 1):
            tx.one("yardstick.compress", chunk=chunk)
            progress(done, len(chunks))


def bytes_of_readings(tx: Transaction, grade: Grade) -> int:
    """Return what the readings take up with their index, in bytes."""
    return int(tx.one("yardstick.plain_bytes" if grade is Grade.PLAIN else "yardstick.timescale_bytes")["bytes"])
