"""What a slot owes the record once a second."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from ingest.housekeeping import Housekeeping
from plant.clock import ManualClock
from storage import readings, slots
from storage.database import Database
from storage.readings import ReadingColumns

Superuser = psycopg.Connection[tuple[object, ...]]
START = datetime(2026, 3, 4, tzinfo=UTC)
START_US = int(START.timestamp()) * 1_000_000


def column(second: int, value: float) -> ReadingColumns:
    return ReadingColumns.of([1], [START_US + second * 1_000_000], [value], [0])


@pytest.fixture
def house(register: None, ingest_database: Database, superuser: Superuser) -> Housekeeping:  # noqa: ARG001
    superuser.execute("INSERT INTO signal (asset_id, key) VALUES (1, 'a')")
    with ingest_database.transaction() as tx:
        assert slots.take(tx, "me", lease_s=60, most=1) == 0
    return Housekeeping(ingest_database, ManualClock(START), slot=0, holder="me", lease_s=60)


def latest(superuser: Superuser) -> Any:
    return superuser.execute("SELECT value, stored_at FROM latest").fetchall()


def test_latest_is_brought_forward_at_most_once_a_second(house: Housekeeping, superuser: Superuser) -> None:
    house.note_commit([column(2, 2.0), column(1, 1.0)])
    house.keep(100.0)
    house.note_commit([column(3, 3.0)])
    house.keep(100.9)
    assert latest(superuser) == [(2.0, START)]
    house.keep(101.0)
    assert latest(superuser) == [(3.0, START)]


def test_after_a_commit_of_unknown_fate_latest_is_repaired_from_what_is_stored(
    house: Housekeeping, ingest_database: Database, superuser: Superuser
) -> None:
    with ingest_database.transaction() as tx:
        readings.append(tx, column(7, 7.0), received_at=START)
    house.doubt_latest()
    house.keep(100.0)
    assert latest(superuser) == [(7.0, START)]


def test_the_slot_is_held_on_to_until_somebody_else_has_it(house: Housekeeping, superuser: Superuser) -> None:
    house.lag_s = 1.5
    house.note_commit([])
    house.keep(100.0)
    assert superuser.execute("SELECT lag_s, last_commit FROM ingest_slot").fetchall() == [(1.5, START)]
    assert not house.is_slot_lost
    superuser.execute("UPDATE ingest_slot SET holder = 'thief'")
    house.keep(101.0)
    assert house.is_slot_lost
    house.release()
    assert superuser.execute("SELECT holder FROM ingest_slot").fetchall() == [("thief",)]
