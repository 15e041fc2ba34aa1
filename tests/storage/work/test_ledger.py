"""A project's head is locked for each append, and entries are read page by page."""

from __future__ import annotations

from datetime import UTC, datetime

import psycopg
import pytest

from plant.errors import Unavailable
from storage.core.database import Database
from storage.work import ledger
from storage.work.ledger import Head

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
BEGINNING = bytes(32)


def test_a_project_begins_with_what_it_is_given(app_database: Database) -> None:
    with app_database.transaction() as tx:
        assert ledger.head(tx, "demo") is None
        assert ledger.lock_head(tx, "demo", beginning=BEGINNING) == Head(seq=0, hash=BEGINNING)
        assert ledger.lock_head(tx, "demo", beginning=b"other") == Head(seq=0, hash=BEGINNING)


def test_an_entry_moves_the_head_and_is_read_back_as_text(app_database: Database) -> None:
    with app_database.transaction() as tx:
        ledger.lock_head(tx, "demo", beginning=BEGINNING)
        for seq in (1, 2, 3):
            ledger.add(
                tx, project="demo", seq=seq, at=AT, entry={"n": seq}, previous=bytes([seq - 1]), digest=bytes([seq])
            )
        assert ledger.head(tx, "demo") == Head(seq=3, hash=b"\x03")
        page = ledger.entries_after(tx, "demo", 1, most=1)
    assert [(one.seq, one.at, one.entry, one.previous, one.hash) for one in page] == [
        (2, AT, '{"n": 2}', b"\x01", b"\x02")
    ]


def test_a_second_append_waits_for_the_first(
    app_database: Database, superuser: psycopg.Connection[tuple[object, ...]]
) -> None:
    superuser.execute("SET lock_timeout = '100ms'")
    with app_database.transaction() as tx:
        ledger.lock_head(tx, "demo", beginning=BEGINNING)
        ledger.add(tx, project="demo", seq=1, at=AT, entry={}, previous=BEGINNING, digest=b"1")
    with app_database.transaction() as tx:
        ledger.lock_head(tx, "demo", beginning=BEGINNING)
        with pytest.raises(psycopg.errors.LockNotAvailable):
            superuser.execute("SELECT FROM ledger_head WHERE project = 'demo' FOR UPDATE")


def test_one_number_is_given_to_one_entry(app_database: Database) -> None:
    with app_database.transaction() as tx:
        ledger.add(tx, project="demo", seq=1, at=AT, entry={}, previous=BEGINNING, digest=b"1")
    with pytest.raises(psycopg.errors.UniqueViolation), app_database.transaction() as tx:
        ledger.add(tx, project="demo", seq=1, at=AT, entry={}, previous=BEGINNING, digest=b"1")


def test_a_lost_database_is_unavailable(
    app_database: Database, superuser: psycopg.Connection[tuple[object, ...]]
) -> None:
    def read_on_a_broken_connection() -> None:
        with app_database.transaction() as tx:
            superuser.execute("SELECT pg_terminate_backend(%s)", [tx.connection.info.backend_pid])
            ledger.head(tx, "demo")

    with pytest.raises(Unavailable):
        read_on_a_broken_connection()
