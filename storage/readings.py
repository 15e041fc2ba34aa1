"""Readings go in once, in binary and in order; what differs from a stored value is kept beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray

from plant.reading import Flag, Reading
from storage.binary import EPOCH_US, copy_body
from storage.database import Transaction
from storage.named_sql import statements
from storage.storable import refusals
from storage.touched import as_parameters, notes_of

_UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_WEEK_US = 7 * 86_400_000_000
_MONDAY_US = 4 * 86_400_000_000  # 1970-01-05 was a Monday
_NEVER_LATEST = int(Flag.HISTORICAL | Flag.CLOCK_AHEAD)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class ReadingColumns:
    """Readings as columns of one length, in the order in which they were received.

    `times_us` counts microseconds since 1970, UTC; `values` are in the unit of their signal and finite;
    `flags` are `plant.reading.Flag`.
    """

    signal_ids: NDArray[np.int32]
    times_us: NDArray[np.int64]
    values: NDArray[np.float64]
    flags: NDArray[np.int16]

    def __len__(self) -> int:
        return len(self.signal_ids)

    def take(self, rows: NDArray[Any]) -> ReadingColumns:
        """Return the rows that `rows` names by number or by mask."""
        return ReadingColumns(
            signal_ids=self.signal_ids[rows],
            times_us=self.times_us[rows],
            values=self.values[rows],
            flags=self.flags[rows],
        )

    @classmethod
    def of(
        cls, signal_ids: Sequence[int], times_us: Sequence[int], values: Sequence[float], flags: Sequence[int]
    ) -> ReadingColumns:
        """Build columns from plain sequences."""
        return cls(
            signal_ids=np.array(signal_ids, np.int32),
            times_us=np.array(times_us, np.int64),
            values=np.array(values, np.float64),
            flags=np.array(flags, np.int16),
        )

    @classmethod
    def joined(cls, parts: Sequence[ReadingColumns]) -> ReadingColumns:
        """Put columns one after another."""
        return cls(
            signal_ids=np.concatenate([part.signal_ids for part in parts]),
            times_us=np.concatenate([part.times_us for part in parts]),
            values=np.concatenate([part.values for part in parts]),
            flags=np.concatenate([part.flags for part in parts]),
        )


class Outcome(IntEnum):
    """What became of one reading."""

    STORED = 0
    DUPLICATE = 1
    CONFLICTING = 2


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Appended:
    """What became of each reading, in the order in which they were given."""

    outcomes: NDArray[np.int8]

    @property
    def stored(self) -> int:
        """Count the rows that went into `reading`."""
        return int(np.count_nonzero(self.outcomes == Outcome.STORED))

    @property
    def duplicate(self) -> int:
        """Count the rows that the record held already, with this very value."""
        return int(np.count_nonzero(self.outcomes == Outcome.DUPLICATE))

    @property
    def conflicting(self) -> int:
        """Count the rows that went into `reading_conflict`."""
        return int(np.count_nonzero(self.outcomes == Outcome.CONFLICTING))


@dataclass(frozen=True, kw_only=True, slots=True)
class SignalNow:
    """A signal of an asset and its latest reading, None where none has come yet."""

    asset_id: int
    key: str
    name: str
    unit: str
    reading: Reading | None
    stored_at: datetime | None


def append(tx: Transaction, columns: ReadingColumns, *, received_at: datetime) -> Appended:
    """Store each reading once; of two values for one instant the first received stays.

    The rows are copied straight in; only if one of them is stored already do they go over a stage.

    Raises:
        Rejected: the database will never take these rows.
    """
    if not len(columns):
        return Appended(outcomes=np.empty(0, np.int8))
    order = np.lexsort((columns.times_us, columns.signal_ids))
    ordered = columns.take(order)
    first = _is_first(ordered)
    with refusals():
        _prepare(tx, ordered)
        try:
            with tx.connection.transaction():
                _put(tx, ordered.take(first))
        except psycopg.errors.UniqueViolation:
            outcomes = _append_over_stage(tx, ordered)
        else:
            outcomes = _compare_with_first(ordered, first)
        _keep_conflicts(tx, ordered, outcomes, received_at)
    in_received_order = np.empty_like(outcomes)
    in_received_order[order] = outcomes
    return Appended(outcomes=in_received_order)


def _is_first(ordered: ReadingColumns) -> NDArray[np.bool_]:
    first = np.ones(len(ordered), bool)
    first[1:] = (np.diff(ordered.signal_ids) != 0) | (np.diff(ordered.times_us) != 0)
    return first


def _compare_with_first(ordered: ReadingColumns, first: NDArray[np.bool_]) -> NDArray[np.int8]:
    """Judge the rows that came after the first of their instant, all of the first ones being stored now."""
    first_values = ordered.values[first][np.cumsum(first) - 1]
    outcomes = np.where(first_values == ordered.values, Outcome.DUPLICATE, Outcome.CONFLICTING)
    outcomes[first] = Outcome.STORED
    return outcomes.astype(np.int8)


def _append_over_stage(tx: Transaction, ordered: ReadingColumns) -> NDArray[np.int8]:
    tx.run("readings.make_stage")
    tx.run("readings.clear_stage")
    _put_on_stage(tx, ordered)
    outcomes = np.full(len(ordered), Outcome.DUPLICATE, np.int8)
    stored = tx.one("readings.append_stage")["stored"]
    since, until = (_instant(int(edge)) for edge in (ordered.times_us.min(), ordered.times_us.max()))
    differing = tx.one("readings.differing", since=since, until=until)["differing"]
    outcomes[np.array(differing, np.intp)] = Outcome.CONFLICTING
    outcomes[np.array(stored, np.intp)] = Outcome.STORED
    return outcomes


def _keep_conflicts(
    tx: Transaction, ordered: ReadingColumns, outcomes: NDArray[np.int8], received_at: datetime
) -> None:
    """Keep what differs; a conflict that had been kept before becomes a duplicate."""
    rows = np.flatnonzero(outcomes == Outcome.CONFLICTING)
    if not len(rows):
        return
    outcomes[rows] = Outcome.DUPLICATE
    number = {}
    for row in rows[::-1]:
        number[_identity(ordered, row)] = row
    kept = tx.all(
        "readings.keep_conflicts", received_at=received_at, **_arrays(ordered.take(np.array([*number.values()])))
    )
    for row in kept:
        outcomes[number[row["signal_id"], row["time"], row["value"]]] = Outcome.CONFLICTING


def _identity(columns: ReadingColumns, row: int) -> tuple[int, datetime, float]:
    return int(columns.signal_ids[row]), _instant(int(columns.times_us[row])), float(columns.values[row])


def _prepare(tx: Transaction, ordered: ReadingColumns) -> None:
    tx.run(
        "readings.prepare",
        instants=[_instant(week * _WEEK_US + _MONDAY_US) for week in _weeks(ordered.times_us)],
        **as_parameters(notes_of(ordered.signal_ids, ordered.times_us)),
    )


def _weeks(times_us: NDArray[np.int64]) -> list[int]:
    first, last = ((int(edge) - _MONDAY_US) // _WEEK_US for edge in (times_us.min(), times_us.max()))
    if last - first <= 1:
        return list(range(first, last + 1))
    weeks: list[int] = np.unique((times_us - _MONDAY_US) // _WEEK_US).tolist()
    return weeks


def _put(tx: Transaction, ordered: ReadingColumns) -> None:
    if tx.copies:
        _copy(tx, "copy", body_of(ordered))
    else:
        tx.run("readings.insert", **_arrays(ordered))


def _put_on_stage(tx: Transaction, ordered: ReadingColumns) -> None:
    if tx.copies:
        _copy(tx, "copy_stage", body_of(ordered, numbered=True))
    else:
        tx.run("readings.insert_stage", **_arrays(ordered))


def _copy(tx: Transaction, statement: str, body: bytes) -> None:
    with tx.connection.cursor() as cursor, cursor.copy(statements("readings")[statement]) as copy:
        copy.write(body)


def body_of(columns: ReadingColumns, *, numbered: bool = False) -> bytes:
    """Build the body of the binary COPY of these rows, in their order; `numbered` for the stage."""
    number = [(">i4", np.arange(len(columns)))] if numbered else []
    return copy_body(
        [
            *number,
            (">i8", columns.times_us - EPOCH_US),
            (">i4", columns.signal_ids),
            (">i2", columns.flags),
            (">f8", columns.values),
        ]
    )


def newest(columns: ReadingColumns) -> ReadingColumns:
    """Return the newest row of each signal, by signal; historical rows and rows ahead of the clock do not count.

    >>> newest(ReadingColumns.of([7, 7, 3], [20, 10, 5], [2.0, 1.0, 0.5], [0, 0, 8])).values.tolist()
    [2.0]
    """
    live = columns.take((columns.flags & _NEVER_LATEST) == 0)
    ordered = live.take(np.lexsort((live.times_us, live.signal_ids)))
    last = np.ones(len(ordered), bool)
    last[:-1] = np.diff(ordered.signal_ids) != 0
    return ordered.take(last)


def upsert_latest(tx: Transaction, columns: ReadingColumns, *, stored_at: datetime) -> int:
    """Move `latest` forward to these stored readings and return how many signals moved; none ever moves back."""
    rows = newest(columns)
    return tx.run("readings.upsert_latest", stored_at=stored_at, **_arrays(rows)) if len(rows) else 0


def repair_latest(tx: Transaction, *, stored_at: datetime) -> int:
    """Bring `latest` up to what is stored and return how many signals had lagged."""
    return tx.run("readings.repair_latest", stored_at=stored_at)


def latest_of_assets(tx: Transaction, asset_ids: Sequence[int]) -> list[SignalNow]:
    """Return every signal of these assets with its latest reading, in the register's order."""
    return [_signal_now(row) for row in tx.all("readings.latest_of_assets", asset_ids=list(asset_ids))]


def count(tx: Transaction) -> int:
    """Count the stored readings, all of them, one by one."""
    return int(tx.one("readings.count")["readings"])


def _signal_now(row: dict[str, Any]) -> SignalNow:
    reading = None
    if row["time"] is not None:
        reading = Reading(signal_id=row["signal_id"], time=row["time"], value=row["value"], flags=Flag(row["flags"]))
    return SignalNow(
        asset_id=row["asset_id"],
        key=row["key"],
        name=row["name"],
        unit=row["unit"],
        reading=reading,
        stored_at=row["stored_at"],
    )


def _arrays(columns: ReadingColumns) -> dict[str, list[Any]]:
    return {
        "signal_ids": columns.signal_ids.tolist(),
        "times": [_instant(time_us) for time_us in columns.times_us.tolist()],
        "values": columns.values.tolist(),
        "flags": columns.flags.tolist(),
    }


def _instant(time_us: int) -> datetime:
    return _UNIX_EPOCH + timedelta(microseconds=time_us)
