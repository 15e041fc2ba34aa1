"""A server that is away is found out once; who asks after that is refused at once, until it is back."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from plant.errors import Unavailable
from storage.core import pool
from storage.core.database import Database, Role
from tests.database_line import DatabaseLine
from tests.patience import PATIENCE_S, wait_for

Superuser = psycopg.Connection[tuple[object, ...]]


@pytest.fixture
def line(database_url: str) -> Iterator[DatabaseLine]:
    line = DatabaseLine(database_url)
    yield line
    line.cut()


@pytest.fixture
def database(line: DatabaseLine) -> Iterator[Database]:
    with Database(line.url, role=Role.APP) as database:
        look_up(database)
        yield database


def look_up(database: Database) -> None:
    with database.transaction() as tx:
        tx.connection.execute("SELECT 1")


def is_there(database: Database) -> bool:
    try:
        look_up(database)
    except Unavailable:
        return False
    return True


def is_refused_at_once(database: Database) -> bool:
    """Say whether a hundred look-ups are refused in less time than ten of them would wait."""
    began_s = time.monotonic()
    assert not any(is_there(database) for _ in range(100))
    return time.monotonic() - began_s < 100.0


@pytest.mark.parametrize(
    ("goes", "comes"),
    [
        pytest.param(DatabaseLine.cut, DatabaseLine.mend, id="stopped"),
        pytest.param(DatabaseLine.hold, DatabaseLine.go_on, id="frozen"),
    ],
)
def test_who_asks_a_server_that_is_known_to_be_away_is_refused_at_once(
    line: DatabaseLine,
    database: Database,
    goes: Callable[[DatabaseLine], None],
    comes: Callable[[DatabaseLine], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for waits, seconds in {"_PATIENCE_S": 1.0, "_LONGEST_CHECK_S": 1.0, "_LONGEST_LOOK_S": 2}.items():
        monkeypatch.setattr(pool, waits, seconds)
    goes(line)
    with ThreadPoolExecutor(6) as people:  # more than there are connections: who waits is told, too
        assert not any(people.map(is_there, [database] * 6))
    assert is_refused_at_once(database)
    comes(line)
    wait_for(lambda: is_there(database), what="server")


def test_who_asks_while_a_server_is_restarted_waits_and_never_hears_of_it(
    line: DatabaseLine, database: Database
) -> None:
    line.cut()
    with ThreadPoolExecutor(1) as person:
        asked = person.submit(look_up, database)
        line.mend()
        asked.result(PATIENCE_S)


@pytest.fixture
def only_one_connection(database_url: str, superuser: Superuser) -> Iterator[str]:
    """The address for a login that the server gives one connection to."""
    name = f"lonely_{secrets.token_hex(4)}"
    superuser.execute(f'CREATE ROLE "{name}" LOGIN CONNECTION LIMIT 1 IN ROLE assetloop_app')
    yield make_conninfo(database_url, user=name)
    superuser.execute(f'DROP ROLE "{name}"')


def test_a_server_that_has_no_further_connection_to_give_is_not_away(only_one_connection: str) -> None:
    with Database(only_one_connection, role=Role.APP, wait_s=2.5) as database:
        wait_for(lambda: is_there(database), what="connection")
        with ThreadPoolExecutor(1) as other:
            with database.transaction() as tx:
                refused = other.submit(is_there, database)
                assert refused.result(PATIENCE_S) is False
                tx.connection.execute("SELECT 1")
            assert other.submit(is_there, database).result(PATIENCE_S)
