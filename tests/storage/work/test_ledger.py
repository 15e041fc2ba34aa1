"""A project's head moves with each append and never without one; appends wait for one another."""

from __future__ import annotations

from datetime import UTC, datetime

import psycopg
import pytest

from plant.errors import Rejected, Unavailable
from storage.core.database import Database
from storage.work import ledger

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def test_an_entry_moves_the_head_and_is_read_back_as_text(app_database: Database) -> None:
    with app_database.transaction() as tx:
        assert ledger.head(tx, "demo") is None
        made = ledger.append(tx, "demo", [(AT, f'{{"n":{number}}}') for number in (1, 2, 3)])
        assert [one.seq for one in made] == [1, 2, 3]
        assert ledger.head(tx, "demo") == made[-1]
        page = ledger.entries_after(tx, "demo", 1, most=1)
    assert [(one.seq, one.at, one.entry, one.previous, one.hash) for one in page] == [
        (2, AT, '{"n": 2}', made[0].hash, made[1].hash)
    ]


def test_a_second_append_waits_for_the_first(
    app_database: Database, superuser: psycopg.Connection[tuple[object, ...]]
) -> None:
    superuser.execute("SET lock_timeout = '100ms'")
    with app_database.transaction() as tx:
        ledger.append(tx, "demo", [(AT, "{}")])
        with pytest.raises(psycopg.errors.LockNotAvailable):
            superuser.execute("SELECT append_to_ledger('demo', ARRAY[now()], ARRAY['{}'])")


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO ledger VALUES ('demo', 2, now(), '{}', (SELECT hash FROM ledger_head), sha256('x'))",
        "INSERT INTO ledger_head VALUES ('other', 7, sha256('x'))",
        "UPDATE ledger_head SET seq = 0, hash = decode(repeat('00', 32), 'hex')",
        "DELETE FROM ledger_head",
        "SELECT FROM ledger_head FOR UPDATE",
    ],
)
def test_the_head_moves_only_together_with_an_entry_that_follows(app_database: Database, statement: str) -> None:
    with app_database.transaction() as tx:
        ledger.append(tx, "demo", [(AT, "{}")])
    with pytest.raises(Exception, match="permission denied"), app_database.transaction() as tx:
        tx.connection.execute(statement.encode())


@pytest.mark.parametrize("said", ['{"a":1},"seq":9', "{", '{"a":1}}', ""])
def test_what_is_entered_is_one_json_value(app_database: Database, said: str) -> None:
    with pytest.raises(Rejected), app_database.transaction() as tx:
        ledger.append(tx, "demo", [(AT, said)])
    with app_database.transaction() as tx:
        assert ledger.head(tx, "demo") is None


def test_a_lost_database_is_unavailable(
    app_database: Database, superuser: psycopg.Connection[tuple[object, ...]]
) -> None:
    def read_on_a_broken_connection() -> None:
        with app_database.transaction() as tx:
            superuser.execute("SELECT pg_terminate_backend(%s)", [tx.connection.info.backend_pid])
            ledger.head(tx, "demo")

    with pytest.raises(Unavailable):
        read_on_a_broken_connection()
