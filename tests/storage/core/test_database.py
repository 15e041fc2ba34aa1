"""A connection speaks as its role, and says in one line whether the server is away or the login is wrong."""

from __future__ import annotations

import secrets
import select
from collections.abc import Iterator

import psycopg
import pytest

from plant.errors import Misconfigured, NotFound, Rejected, Unavailable
from storage.core.database import Database, Role, connect
from tests.patience import PATIENCE_S

Superuser = psycopg.Connection[tuple[object, ...]]


@pytest.fixture
def stranger(database_url: str, superuser: Superuser) -> Iterator[str]:
    """The address for a login that belongs to none of our roles."""
    name = f"stranger_{secrets.token_hex(4)}"
    superuser.execute(f"CREATE ROLE \"{name}\" LOGIN PASSWORD 'x'")
    yield psycopg.conninfo.make_conninfo(database_url, user=name, password="x")
    superuser.execute(f'DROP ROLE "{name}"')


def test_every_connection_speaks_as_its_role(app_database: Database) -> None:
    with app_database.transaction() as tx:
        assert tx.connection.execute("SELECT current_user AS me").fetchone() == {"me": "assetloop_app"}


def test_a_login_without_the_role_is_a_fault_of_the_setting_and_told_at_once(stranger: str) -> None:
    with (
        Database(stranger, role=Role.APP) as database,
        pytest.raises(Misconfigured, match="permission denied to set role"),
        database.transaction(),
    ):
        pass


def test_a_server_that_is_away_is_unavailable() -> None:
    with (
        Database("postgresql://127.0.0.1:1/none", role=Role.APP) as database,
        pytest.raises(Unavailable, match="the database is away"),
        database.transaction(),
    ):
        pass


def test_a_connection_that_the_server_ended_is_replaced(app_database: Database, superuser: Superuser) -> None:
    with app_database.transaction() as tx:
        row = tx.connection.execute("SELECT pg_backend_pid() AS pid").fetchone()
    assert row is not None
    superuser.execute("SELECT pg_terminate_backend(%s)", [row["pid"]])
    with app_database.transaction() as tx:
        assert tx.connection.execute("SELECT 1 AS one").fetchone() == {"one": 1}


def stand_still(database: Database) -> None:
    with database.transaction() as tx:
        tx.connection.execute("SET idle_in_transaction_session_timeout = '1ms'")
        assert select.select([tx.connection.fileno()], [], [], PATIENCE_S)[0]
        tx.connection.execute("SELECT 1")


@pytest.mark.parametrize(("role", "longest"), [(Role.INGEST, "5s"), (Role.APP, "30s")])
def test_who_stands_still_within_a_transaction_lets_go_of_it(database_url: str, role: Role, longest: str) -> None:
    with connect(database_url, role=role) as connection:
        found = connection.execute("SHOW idle_in_transaction_session_timeout").fetchone()
    assert found == {"idle_in_transaction_session_timeout": longest}


def test_a_transaction_that_was_let_go_of_can_be_tried_again(ingest_database: Database) -> None:
    # libpq repeats the server's words, unless the server has closed the socket before the next statement is sent
    said = r"the database is away: (terminating connection due to idle-in-transaction|.*server closed the connection)"
    with pytest.raises(Unavailable, match=said):
        stand_still(ingest_database)


def test_what_is_not_there_is_not_found(app_database: Database) -> None:
    with pytest.raises(NotFound, match="found nothing"), app_database.transaction() as tx:
        tx.one("assets.asset", site="none", tag="none")


def test_a_value_that_no_column_can_hold_is_rejected_in_one_line(app_database: Database) -> None:
    for tag in ("a\x00b", "\\"):
        with pytest.raises(Rejected, match=r"bad_value: .+\Z"), app_database.transaction() as tx:
            tx.connection.execute("SELECT %s::text, decode(%s, 'escape')", [tag, tag])
    with app_database.transaction() as tx:
        assert tx.connection.execute("SELECT 1 AS one").fetchone() == {"one": 1}
