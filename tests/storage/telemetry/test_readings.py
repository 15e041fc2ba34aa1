"""Readings are stored once, conflicts are kept beside them, and `latest` only moves forward."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from plant.reading import Flag
from storage.binary.columns import ReadingColumns
from storage.core.database import Database
from storage.telemetry import latest, readings
from storage.telemetry.prepared import ReadingOutcome
from tests.patience import PATIENCE_S, wait_for
from tests.plant_rows import PlantRows

START = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
START_US = int(START.timestamp()) * 1_000_000
SECOND_US = 1_000_000

Superuser = psycopg.Connection[tuple[object, ...]]


@pytest.fixture
def signal_ids(plant_rows: PlantRows) -> list[int]:
    """Three signals of one asset."""
    return plant_rows.signals(plant_rows.asset("P-101"), "a", "b", "c")


def columns(*rows: tuple[int, int, float] | tuple[int, int, float, int]) -> ReadingColumns:
    """Rows of (signal_id, second, value[, flags])."""
    return ReadingColumns.of(
        [row[0] for row in rows],
        [START_US + row[1] * SECOND_US for row in rows],
        [row[2] for row in rows],
        [row[3] if len(row) == 4 else 0 for row in rows],
    )


def append(database: Database, *rows: tuple[int, int, float]) -> list[ReadingOutcome]:
    with database.transaction() as tx:
        appended = readings.append(tx, columns(*rows), received_at=START)
    return [ReadingOutcome(outcome) for outcome in appended.outcomes]


def stored(superuser: Superuser) -> list[tuple[object, ...]]:
    return superuser.execute("SELECT signal_id, time, value FROM reading ORDER BY signal_id, time").fetchall()


def conflicts(superuser: Superuser) -> list[tuple[object, ...]]:
    return superuser.execute("SELECT signal_id, time, value FROM reading_conflict ORDER BY signal_id, value").fetchall()


def test_what_is_appended_is_stored_to_the_microsecond(ingest_database: Database, superuser: Superuser) -> None:
    exact = ReadingColumns.of([7], [START_US + 123_457], [-0.1], [int(Flag.QUALITY_BAD | Flag.HISTORICAL)])
    with ingest_database.transaction() as tx:
        assert readings.append(tx, exact, received_at=START).stored == 1
        assert readings.count(tx) == 1
    row = superuser.execute("SELECT time, signal_id, flags, value FROM reading").fetchone()
    assert row == (START + timedelta(microseconds=123_457), 7, 10, -0.1)


def test_rows_of_many_years_each_find_their_partition(ingest_database: Database, superuser: Superuser) -> None:
    seconds = [0, -60 * 60 * 24 * 365 * 20, 60 * 60 * 24 * 40]
    assert append(ingest_database, *((1, second, 1.0) for second in seconds)) == [ReadingOutcome.STORED] * 3
    partitions = superuser.execute("SELECT count(*) FROM pg_inherits WHERE inhparent = 'reading'::regclass").fetchone()
    assert partitions == (3,)


def test_appending_nothing_does_nothing(ingest_database: Database) -> None:
    assert append(ingest_database) == []


def test_a_batch_that_comes_again_is_stored_once(ingest_database: Database, superuser: Superuser) -> None:
    rows = [(2, 1, 1.5), (1, 2, 2.5), (1, 1, 3.5)]
    assert append(ingest_database, *rows) == [ReadingOutcome.STORED] * 3
    assert append(ingest_database, *rows) == [ReadingOutcome.DUPLICATE] * 3
    assert append(ingest_database, (1, 3, 9.0), *rows) == [ReadingOutcome.STORED] + [ReadingOutcome.DUPLICATE] * 3
    assert len(stored(superuser)) == 4


def test_a_different_value_for_a_stored_instant_is_kept_beside_it(
    ingest_database: Database, superuser: Superuser
) -> None:
    append(ingest_database, (1, 1, 1.0))
    assert append(ingest_database, (1, 2, 2.0), (1, 1, 5.0)) == [ReadingOutcome.STORED, ReadingOutcome.CONFLICTING]
    assert [row[2] for row in stored(superuser)] == [1.0, 2.0]
    assert conflicts(superuser) == [(1, START + timedelta(seconds=1), 5.0)]


def test_a_conflict_that_comes_again_counts_as_a_duplicate(ingest_database: Database, superuser: Superuser) -> None:
    append(ingest_database, (1, 1, 1.0))
    append(ingest_database, (1, 1, 5.0))
    assert append(ingest_database, (1, 1, 5.0), (1, 1, 6.0), (1, 1, 6.0)) == [
        ReadingOutcome.DUPLICATE,
        ReadingOutcome.CONFLICTING,
        ReadingOutcome.DUPLICATE,
    ]
    assert [row[2] for row in conflicts(superuser)] == [5.0, 6.0]


def test_of_two_values_for_one_instant_in_a_batch_the_first_received_stays(
    ingest_database: Database, superuser: Superuser
) -> None:
    rows = [(3, 5, 8.0), (1, 1, 2.0), (1, 1, 1.0), (1, 1, 2.0)]
    assert append(ingest_database, *rows) == [
        ReadingOutcome.STORED,
        ReadingOutcome.STORED,
        ReadingOutcome.CONFLICTING,
        ReadingOutcome.DUPLICATE,
    ]
    assert [row[2] for row in stored(superuser)] == [2.0, 8.0]
    assert [row[2] for row in conflicts(superuser)] == [1.0]


def test_what_was_stored_before_stays_also_against_two_values_in_a_batch(
    ingest_database: Database, superuser: Superuser
) -> None:
    append(ingest_database, (1, 1, 1.0))
    assert append(ingest_database, (1, 1, 2.0), (1, 1, 1.0), (2, 1, 4.0), (2, 1, 5.0)) == [
        ReadingOutcome.CONFLICTING,
        ReadingOutcome.DUPLICATE,
        ReadingOutcome.STORED,
        ReadingOutcome.CONFLICTING,
    ]
    assert [row[2] for row in stored(superuser)] == [1.0, 4.0]


WAITING = "SELECT FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE NOT granted AND datname = current_database()"


def test_two_writers_of_the_same_rows_store_them_once(ingest_database: Database, superuser: Superuser) -> None:
    """The second one copies while the first has not yet committed, and waits for it."""
    append(ingest_database, (9, 0, 1.0))
    rows = [(1, second, 1.0) for second in range(50)]
    outcomes: list[ReadingOutcome] = []
    with ingest_database.transaction() as tx:
        readings.append(tx, columns(*rows), received_at=START)
        second_writer = threading.Thread(target=lambda: outcomes.extend(append(ingest_database, *rows)))
        second_writer.start()
        wait_for(lambda: superuser.execute(WAITING).fetchall(), what="second writer that waits")
        assert second_writer.is_alive()
    second_writer.join(PATIENCE_S)
    assert outcomes == [ReadingOutcome.DUPLICATE] * 50
    assert len(stored(superuser)) == 51


def test_two_writers_make_a_new_partition_once(ingest_database: Database, superuser: Superuser) -> None:
    outcomes: list[ReadingOutcome] = []
    with ingest_database.transaction() as tx:
        readings.append(tx, columns((1, 0, 1.0)), received_at=START)
        second_writer = threading.Thread(target=lambda: outcomes.extend(append(ingest_database, (2, 0, 1.0))))
        second_writer.start()
        wait_for(lambda: superuser.execute(WAITING).fetchall(), what="second writer that waits")
    second_writer.join(PATIENCE_S)
    assert outcomes == [ReadingOutcome.STORED]
    assert len(stored(superuser)) == 2


@pytest.mark.usefixtures("plain_grade")
@pytest.mark.parametrize("held", ["SELECT FROM reading", "INSERT INTO reading VALUES ('2026-03-04', 9, 0, 1)"])
def test_a_new_partition_waits_for_nobody_who_is_at_work_on_readings(
    ingest_database: Database, superuser: Superuser, held: str
) -> None:
    append(ingest_database, (1, 0, 1.0))
    with superuser.transaction():
        superuser.execute(held.encode())
        with ingest_database.transaction() as tx:
            tx.connection.execute("SET LOCAL lock_timeout = '60s'")
            next_week = START + timedelta(days=7)
            tx.connection.execute("SELECT ensure_partition(%s, %s)", [next_week, next_week])
    append(ingest_database, (1, 7 * 86_400, 2.0))
    assert superuser.execute("SELECT value FROM reading_20260309").fetchall() == [(2.0,)]


@pytest.mark.usefixtures("plain_grade")
def test_a_partition_is_the_owners_and_stores_a_reading_once(ingest_database: Database, superuser: Superuser) -> None:
    append(ingest_database, (1, 0, 1.0))
    table = superuser.execute(
        "SELECT relowner::regrole::text, relacl, relispartition FROM pg_class WHERE relname = 'reading_20260302'"
    )
    assert table.fetchall() == [("assetloop_owner", None, True)]
    key = superuser.execute(
        "SELECT conname, conislocal, conparentid <> 0 FROM pg_constraint"
        " WHERE contype = 'p' AND conrelid = 'reading_20260302'::regclass"
    )
    assert key.fetchall() == [("reading_20260302_pkey", False, True)]
    assert append(ingest_database, (1, 0, 1.0)) == [ReadingOutcome.DUPLICATE]


def test_a_transaction_may_append_twice(ingest_database: Database) -> None:
    with ingest_database.transaction() as tx:
        readings.append(tx, columns((1, 1, 1.0)), received_at=START)
        assert readings.append(tx, columns((1, 1, 1.0), (1, 2, 1.0)), received_at=START).duplicate == 1
        assert readings.append(tx, columns((1, 2, 1.0), (1, 3, 1.0)), received_at=START).duplicate == 1
        assert readings.count(tx) == 3


def values_now(database: Database) -> list[tuple[str, float | None]]:
    with database.transaction() as tx:
        rows = tx.connection.execute(
            "SELECT key, l.value FROM signal LEFT JOIN latest AS l USING (signal_id) ORDER BY key"
        )
        return [(row["key"], row["value"]) for row in rows]


def test_latest_moves_forward_and_never_back(ingest_database: Database, signal_ids: list[int]) -> None:
    first, second, _ = signal_ids
    with ingest_database.transaction() as tx:
        assert latest.upsert(tx, columns((second, 5, 5.0), (first, 1, 1.0), (first, 3, 3.0)), stored_at=START) == 2
    with ingest_database.transaction() as tx:
        assert latest.upsert(tx, columns((first, 2, 2.0), (second, 6, 6.0)), stored_at=START) == 1
    assert values_now(ingest_database) == [("a", 3.0), ("b", 6.0), ("c", None)]


def test_historical_rows_and_rows_ahead_of_the_clock_are_never_latest(
    ingest_database: Database, signal_ids: list[int]
) -> None:
    first, second, _ = signal_ids
    rows = columns((first, 1, 1.0), (first, 9, 9.0, Flag.HISTORICAL), (second, 9, 9.0, Flag.CLOCK_AHEAD))
    with ingest_database.transaction() as tx:
        readings.append(tx, rows, received_at=START)
        assert latest.upsert(tx, rows, stored_at=START) == 1
    assert values_now(ingest_database) == [("a", 1.0), ("b", None), ("c", None)]


def test_repairing_brings_latest_up_to_what_is_stored(ingest_database: Database, signal_ids: list[int]) -> None:
    first, second, _ = signal_ids
    with ingest_database.transaction() as tx:
        latest.upsert(tx, columns((first, 1, 1.0)), stored_at=START)
        rows = columns((first, 2, 2.0), (first, 8, 8.0, Flag.HISTORICAL), (second, 8, 8.0, Flag.CLOCK_AHEAD))
        readings.append(tx, rows, received_at=START)
        assert latest.repair(tx, stored_at=START) == 1
        assert latest.repair(tx, stored_at=START) == 0
    assert values_now(ingest_database) == [("a", 2.0), ("b", None), ("c", None)]
