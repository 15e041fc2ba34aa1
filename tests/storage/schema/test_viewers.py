"""A viewer can send any SQL, and raise its own limits; what it asks still ends."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest

from storage.core.database import Database, Role
from storage.schema import viewers
from tests.patience import wait_for

FOR_EVER = "SELECT count(*) FROM pg_proc AS a, pg_proc AS b, pg_proc AS c, pg_proc AS d"
CATCHING = f"""
DO $$ BEGIN LOOP BEGIN PERFORM 1 FROM ({FOR_EVER}) AS x; EXCEPTION WHEN query_canceled THEN END; END LOOP; END $$
"""
AT_ONCE = timedelta(milliseconds=200)


@pytest.fixture
def viewer(database_url: str, superuser: psycopg.Connection[tuple[object, ...]]) -> Iterator[str]:
    """A login such as `deploy/database/accounts.sql` makes for Grafana."""
    login = f"viewer_{secrets.token_hex(4)}"
    superuser.execute(f"CREATE ROLE {login} LOGIN IN ROLE assetloop_grafana".encode())
    superuser.execute(f"ALTER ROLE {login} SET statement_timeout = '15s'".encode())
    yield psycopg.conninfo.make_conninfo(database_url, user=login)
    superuser.execute(f"DROP ROLE {login}".encode())


@pytest.mark.parametrize("asked", [FOR_EVER, CATCHING])
def test_a_viewer_that_lifts_its_own_limit_is_ended(
    viewer: str, asked: str, app_database: Database, superuser: psycopg.Connection[tuple[object, ...]]
) -> None:
    login = psycopg.conninfo.conninfo_to_dict(viewer)["user"]
    superuser.execute(f"GRANT {login} TO assetloop_owner".encode())
    said: list[str] = []
    with psycopg.connect(viewer, autocommit=True) as hostile:
        hostile.execute("SET statement_timeout = 0")

        def ask() -> None:
            try:
                hostile.execute(asked.encode())
            except psycopg.Error as error:
                said.append(str(error))

        asking = threading.Thread(target=ask)
        asking.start()
        ended = wait_for(lambda: viewers.end_long(app_database, longest=AT_ONCE), what="session that was ended")
        asking.join()
    assert [one.login for one in ended] == [login]
    assert ended[0].took_s >= AT_ONCE.total_seconds()
    assert "terminating connection" in said[0]


def test_whoever_is_no_viewer_is_left_alone(
    database_url: str, app_database: Database, superuser: psycopg.Connection[tuple[object, ...]]
) -> None:
    superuser.execute("BEGIN")
    superuser.execute("SELECT 1")
    with Database(database_url, role=Role.GRAFANA, most=1) as ours, ours.transaction() as tx:
        tx.connection.execute("SELECT 1")
        assert viewers.end_long(app_database, longest=timedelta(0)) == []
        tx.connection.execute("SELECT 1")
    superuser.execute("ROLLBACK")


def test_a_login_that_the_product_may_not_end_is_named(
    viewer: str, app_database: Database, superuser: psycopg.Connection[tuple[object, ...]]
) -> None:
    login = psycopg.conninfo.conninfo_to_dict(viewer)["user"]
    with app_database.transaction() as tx:
        assert login in viewers.out_of_reach(tx)
        superuser.execute(f"GRANT {login} TO assetloop_owner".encode())
    with app_database.transaction() as tx:
        assert login not in viewers.out_of_reach(tx)
