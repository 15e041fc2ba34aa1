"""Copies: the very rows that were stored, out and in again, as a yardstick of what the server takes by itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from storage.core.database import Transaction
from storage.core.named_sql import statements

_BLOCK_BYTES = 2**20


@dataclass(frozen=True, kw_only=True, slots=True)
class Copied:
    """One bare binary COPY: rows, and seconds from its first byte to its commit."""

    rows: int
    seconds: float

    @property
    def rows_per_second(self) -> float:
        """Return rows a second, 0 where nothing was copied."""
        return self.rows / self.seconds if self.seconds else 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Published:
    """How readings were published: from `began` on every asset in turn, with so many instants, a millisecond apart."""

    began: datetime
    instants: int


def copy_out(tx: Transaction, file: Path, published: Published | None = None) -> None:
    """Write every reading to `file` in binary, in the order of their publishing, or without it in the table's."""
    if published is None:
        statement, parameters = statements("bare_copy")["copy_out_as_stored"], None
    else:
        statement = statements("bare_copy")["copy_out_as_published"]
        parameters = {"began": published.began, "instants": published.instants}
    with file.open("wb") as out, tx.connection.cursor() as cursor, cursor.copy(statement, parameters) as copy:
        for block in copy:
            out.write(block)


def empty(tx: Transaction) -> None:
    """Remove every reading; for a scratch database, by its owner."""
    tx.run("bare_copy.empty")


def copy_in(tx: Transaction, file: Path, advance: Callable[[int, int], None]) -> Copied:
    """Copy `file` into `reading` in one COPY and commit; `advance` hears of bytes done and of how many there are.

    The block that holds `tx` has nothing more to do afterwards.
    """
    size = file.stat().st_size
    began_s = time.monotonic()
    with file.open("rb") as rows, tx.connection.cursor() as cursor:
        with cursor.copy(statements("bare_copy")["copy_in"]) as copy:
            for done, block in _blocks(rows):
                copy.write(block)
                advance(done, size)
        tx.connection.commit()
        return Copied(rows=cursor.rowcount, seconds=time.monotonic() - began_s)


def newest_of(tx: Transaction, signal_id: int) -> tuple[datetime, float] | None:
    """Return the newest reading of a signal, None where it has none."""
    row = tx.first("bare_copy.newest_of", signal_id=signal_id)
    return (row["time"], row["value"]) if row else None


def instants_of(tx: Transaction) -> dict[int, int]:
    """Count the readings of each signal that has any, one by one."""
    return {row["signal_id"]: row["instants"] for row in tx.all("bare_copy.instants_of")}


def signal_ids(tx: Transaction) -> dict[str, list[int]]:
    """Return the numbers of every asset's signals, by the asset's tag."""
    return {row["tag"]: row["signal_ids"] for row in tx.all("bare_copy.signal_ids")}


def now(tx: Transaction) -> datetime:
    """Return the instant on the server's clock."""
    return tx.one("bare_copy.server")["now"]  # type: ignore[no-any-return]


def server_pid(tx: Transaction) -> int:
    """Return the id of the process that serves this connection, on the server's machine."""
    return int(tx.one("bare_copy.server")["pid"])


def _blocks(rows: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    done = 0
    while block := rows.read(_BLOCK_BYTES):
        done += len(block)
        yield done, block
