"""Readings go in once, in binary and in order; what differs from a stored value is kept beside it."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import psycopg
from numpy.typing import NDArray

from storage.binary.columns import ReadingColumns, body_of
from storage.core.database import Transaction
from storage.core.named_sql import statements
from storage.core.storable_text import refusals
from storage.telemetry.prepared import AppendResult, OrderedReadings, ReadingOutcome
from storage.telemetry.windows import from_us


def append(tx: Transaction, readings: ReadingColumns | OrderedReadings, *, received_at: datetime) -> AppendResult:
    """Store each reading once; of two values for one instant the first received stays.

    The rows are copied straight in; only if one of them is stored already do they go over a stage.

    Raises:
        Rejected: the database will never take these rows.
    """
    ordered = readings if isinstance(readings, OrderedReadings) else OrderedReadings.of(readings)
    if not len(ordered.columns):
        return ordered.expected
    with refusals():
        with tx.at_once():
            tx.run("readings.prepare", **ordered.notes)
            tx.run("readings.remember")
        try:
            _put(tx, ordered)
        except psycopg.errors.UniqueViolation:
            tx.run("readings.go_back")
            outcomes = _append_over_stage(tx, ordered.columns)
        else:
            if not ordered.expected.conflicting:
                return ordered.expected
            outcomes = ordered.expected.outcomes[ordered.places]
        _keep_conflicts(tx, ordered.columns, outcomes, received_at)
    return ordered.appended(outcomes)


def _append_over_stage(tx: Transaction, ordered: ReadingColumns) -> NDArray[np.int8]:
    tx.run("readings.make_stage")
    tx.run("readings.clear_stage")
    _put_on_stage(tx, ordered)
    outcomes = np.full(len(ordered), ReadingOutcome.DUPLICATE, np.int8)
    stored = tx.one("readings.append_stage")["stored"]
    since, until = (from_us(edge) for edge in (ordered.times_us.min(), ordered.times_us.max()))
    differing = tx.one("readings.differing", since=since, until=until)["differing"]
    outcomes[np.array(differing, np.intp)] = ReadingOutcome.CONFLICTING
    outcomes[np.array(stored, np.intp)] = ReadingOutcome.STORED
    return outcomes


def _keep_conflicts(
    tx: Transaction, ordered: ReadingColumns, outcomes: NDArray[np.int8], received_at: datetime
) -> None:
    """Keep what differs; a conflict that had been kept before becomes a duplicate."""
    rows = np.flatnonzero(outcomes == ReadingOutcome.CONFLICTING)
    if not len(rows):
        return
    outcomes[rows] = ReadingOutcome.DUPLICATE
    number = {}
    for row in rows[::-1]:
        number[_identity(ordered, row)] = row
    kept = tx.all(
        "readings.keep_conflicts", received_at=received_at, **ordered.take(np.array([*number.values()])).as_arrays()
    )
    for row in kept:
        outcomes[number[row["signal_id"], row["time"], row["value"]]] = ReadingOutcome.CONFLICTING


def _identity(columns: ReadingColumns, row: int) -> tuple[int, datetime, float]:
    return int(columns.signal_ids[row]), from_us(columns.times_us[row]), float(columns.values[row])


def _put(tx: Transaction, ordered: OrderedReadings) -> None:
    if tx.copies:
        _copy(tx, "copy", ordered.body)
    else:
        tx.run("readings.insert", **ordered.columns.take(ordered.is_first).as_arrays())


def _put_on_stage(tx: Transaction, ordered: ReadingColumns) -> None:
    if tx.copies:
        _copy(tx, "copy_stage", body_of(ordered, numbered=True))
    else:
        tx.run("readings.insert_stage", **ordered.as_arrays())


def _copy(tx: Transaction, statement: str, body: bytes) -> None:
    with tx.connection.cursor() as cursor, cursor.copy(statements("readings")[statement]) as copy:
        copy.write(body)


def count(tx: Transaction) -> int:
    """Count the stored readings, all of them, one by one."""
    return int(tx.one("readings.count")["readings"])
