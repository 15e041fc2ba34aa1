"""What a process owes the record once a second."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from ingest.admission.admit import AdmissionRules
from ingest.commit.spool import LostTelemetry
from ingest.housekeeping import Housekeeping, SlotState
from plant.clock import ManualClock
from plant.errors import Misconfigured, Unavailable
from storage.binary.columns import ReadingColumns
from storage.core.database import Database
from storage.telemetry import readings, slots
from tests.plant_rows import PlantRows

Superuser = psycopg.Connection[tuple[object, ...]]
START = datetime(2026, 3, 4, tzinfo=UTC)
START_US = int(START.timestamp()) * 1_000_000
FINE = SlotState(lag_s=0.0, is_listening=True)


def column(second: int, value: float) -> ReadingColumns:
    return ReadingColumns.of([1], [START_US + second * 1_000_000], [value], [0])


class House:
    """Housekeeping of the process `me`, which has slot 0, and the slots whose sessions it ended."""

    def __init__(self, database: Database, *, most_slots: int = 3) -> None:
        self.rules = AdmissionRules(retention_us=1)
        self.ended: list[int] = []
        self.keeping = Housekeeping(
            database,
            ManualClock(START),
            self.rules,
            holder="me",
            lease_s=60,
            most_slots=most_slots,
            end_session=self.ended.append,
        )


@pytest.fixture
def house(register: None, ingest_database: Database, superuser: Superuser) -> House:  # noqa: ARG001
    PlantRows(superuser).signal(1, "a")
    with ingest_database.transaction() as tx:
        assert slots.acquire(tx, "me", lease_s=60, most=1) == 0
    return House(ingest_database)


def latest(superuser: Superuser) -> Any:
    return superuser.execute("SELECT value, stored_at FROM latest").fetchall()


def holders(superuser: Superuser) -> Any:
    return superuser.execute("SELECT slot, holder FROM ingest_slot ORDER BY slot").fetchall()


def test_latest_is_brought_forward_at_most_once_a_second(house: House, superuser: Superuser) -> None:
    house.keeping.note_commit([column(2, 2.0), column(1, 1.0)])
    house.keeping.keep(100.0)
    house.keeping.note_commit([column(3, 3.0)])
    house.keeping.keep(100.9)
    assert latest(superuser) == [(2.0, START)]
    assert house.keeping.pause_s(100.9) == pytest.approx(0.1)
    house.keeping.keep(101.0)
    assert latest(superuser) == [(3.0, START)]


def test_after_a_commit_of_unknown_fate_latest_is_repaired_from_what_is_stored(
    house: House, ingest_database: Database, superuser: Superuser
) -> None:
    with ingest_database.transaction() as tx:
        readings.append(tx, column(7, 7.0), received_at=START)
    house.keeping.doubt_latest()
    house.keeping.keep(100.0)
    assert latest(superuser) == [(7.0, START)]


def test_what_could_not_be_brought_forward_is_repaired_later(
    house: House, ingest_database: Database, superuser: Superuser
) -> None:
    with ingest_database.transaction() as tx:
        readings.append(tx, column(2, 2.0), received_at=START)
    house.keeping.note_commit([column(2, 2.0)])
    superuser.execute("ALTER TABLE latest RENAME TO elsewhere")
    with pytest.raises(Misconfigured, match="latest"):
        house.keeping.keep(100.0)
    superuser.execute("ALTER TABLE elsewhere RENAME TO latest")
    house.keeping.keep(101.0)
    assert latest(superuser) == [(2.0, START)]


def test_a_slot_is_held_on_to_until_somebody_else_has_it(house: House, superuser: Superuser) -> None:
    house.keeping.note_commit([])
    house.keeping.report({0: SlotState(lag_s=1.5, is_listening=True)}, spooled_since_us=None, lost=None)
    house.keeping.keep(100.0)
    row = superuser.execute("SELECT lag_s, is_listening, last_commit FROM ingest_slot").fetchall()
    assert row == [(1.5, True, START)]
    assert list(house.keeping.held) == [0]
    superuser.execute("UPDATE ingest_slot SET holder = 'thief'")
    house.keeping.keep(101.0)
    assert house.keeping.held == {}
    house.keeping.release()
    assert holders(superuser) == [(0, "thief")]


def test_the_slots_of_the_dead_are_taken_over_one_a_second(house: House, superuser: Superuser) -> None:
    PlantRows(superuser).slot(1, holder="x", lease_until=datetime(2001, 1, 1, tzinfo=UTC))
    PlantRows(superuser).slot(2)
    house.keeping.keep(100.0)
    assert list(house.keeping.held) == [0, 1]
    house.keeping.keep(101.0)
    assert list(house.keeping.held) == [0, 1, 2]


def test_where_there_is_one_slot_no_other_is_taken_over(
    house: House, ingest_database: Database, superuser: Superuser
) -> None:
    PlantRows(superuser).slot(1)
    alone = House(ingest_database, most_slots=1)
    alone.keeping.keep(100.0)
    assert list(alone.keeping.held) == [0]
    assert house.keeping.held == {}


def test_a_slot_that_is_asked_for_is_given_away_once_its_session_is_closed(house: House, superuser: Superuser) -> None:
    PlantRows(superuser).slot(1, holder="me", claimed_by="you")
    house.keeping.keep(100.0)
    assert house.keeping.held[1].claimed_by == "you"
    house.keeping.give_away(1)
    assert list(house.keeping.held) == [0]
    house.keeping.keep(101.0)
    assert holders(superuser) == [(0, "me"), (1, "you")]
    assert list(house.keeping.held) == [0]


def test_a_drained_slot_ends_at_the_broker_and_in_the_record(house: House, superuser: Superuser) -> None:
    PlantRows(superuser).slot(1, holder="me", is_draining=True)
    house.keeping.keep(100.0)
    assert house.keeping.held[1].is_draining
    house.keeping.end(1)
    house.keeping.keep(101.0)
    assert (house.ended, holders(superuser)) == ([1], [(0, "me")])


def test_a_lease_is_fresh_for_as_long_as_it_lasts(house: House) -> None:
    assert not house.keeping.is_lease_fresh(time.monotonic())
    house.keeping.keep(100.0)
    assert house.keeping.is_lease_fresh(time.monotonic())
    assert not house.keeping.is_lease_fresh(time.monotonic() + 61)


def test_a_spool_counts_as_a_slot_for_as_long_as_something_is_in_it(house: House, superuser: Superuser) -> None:
    a_while_ago_us = round((datetime.now(UTC) - timedelta(seconds=100)).timestamp() * 1e6)
    house.keeping.report({0: FINE}, spooled_since_us=a_while_ago_us, lost=None)
    house.keeping.keep(100.0)
    house.keeping.keep(101.0)
    assert 99_000_000 < house.rules.spread_us < 120_000_000
    house.keeping.report({0: FINE}, spooled_since_us=None, lost=None)
    house.keeping.keep(102.0)
    house.keeping.keep(103.0)
    assert house.rules.spread_us == 0
    assert superuser.execute("SELECT FROM ingest_spool").fetchall() == []


def test_a_loss_is_written_down_even_when_the_database_comes_back_later(house: House, superuser: Superuser) -> None:
    superuser.execute("REVOKE INSERT ON ingest_loss FROM assetloop_ingest")
    house.keeping.report({0: FINE}, spooled_since_us=None, lost=LostTelemetry(messages=7, size_bytes=700))
    with pytest.raises(Misconfigured, match="ingest_loss"):
        house.keeping.keep(100.0)
    superuser.execute("GRANT INSERT ON ingest_loss TO assetloop_ingest")
    house.keeping.keep(101.0)
    house.keeping.keep(102.0)
    rows = superuser.execute("SELECT holder, messages, size_bytes FROM ingest_loss").fetchall()
    assert rows == [("me", 7, 700)]


def test_a_database_that_is_away_is_told(house: House) -> None:
    with Database("postgresql://127.0.0.1:1/none", role=house.keeping._database.role, wait_s=0.1) as away:
        lost = House(away)
        with pytest.raises(Unavailable):
            lost.keeping.keep(100.0)
        assert lost.keeping.held == {}
