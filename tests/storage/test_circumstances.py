"""When the circumstances are bad one line names the mend, what can help is tried again, and nothing is half-done."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import psycopg
import pytest

from plant.errors import Misconfigured, Unavailable
from storage.bench.scratch_database import scratch_database
from storage.binary.columns import ReadingColumns
from storage.core.database import Database, Role, Transaction
from storage.core.grade import judge
from storage.schema.migrate import migrate, plan
from storage.schema.preflight import Patience
from storage.telemetry import readings
from storage.telemetry.windows import to_us
from tests.timescaledb import apache

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
Superuser = psycopg.Connection[tuple[object, ...]]
IMPATIENT = Patience(wait_s=0.1, pause_s=0.0, attempts=2, sleep=lambda _s: None)


class Told:
    """A transaction of a server that says of itself what it is told to say."""

    def __init__(self, **said: object) -> None:
        self._said = said

    def one(self, _name: str) -> dict[str, Any]:
        return {"version_text": "?", "timescale": None, "license": None, **self._said}


@pytest.mark.parametrize(
    ("said", "mend"),
    [
        ({"version": 140_011, "version_text": "14.11"}, "PostgreSQL 14.11 is too old; install 15 or newer"),
        ({"version": 150_004, "version_text": "15.4", "timescale": "2.20.0"}, "use PostgreSQL 16 or newer"),
        (
            {"version": 160_002, "timescale": "2.19.3", "license": "timescale"},
            r"TimescaleDB 2.19.3 is too old: install 2.20 or newer.*ALTER EXTENSION timescaledb UPDATE",
        ),
        (
            {"version": 160_002, "timescale": "2.18.0", "license": "apache"},
            "TimescaleDB 2.18.0 is too old: install 2.19 or newer",
        ),
    ],
)
def test_a_server_that_is_too_old_is_refused_with_what_to_install(said: dict[str, Any], mend: str) -> None:
    with pytest.raises(Misconfigured, match=mend):
        judge(Told(**said))  # type: ignore[arg-type]


@pytest.mark.needs("apache")
def test_who_may_not_create_the_extension_is_told_what_an_administrator_has_to_run() -> None:
    with apache.server() as server_url, scratch_database(server_url) as url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE ROLE a_guest LOGIN PASSWORD 'x'")
        guest = psycopg.conninfo.make_conninfo(url, user="a_guest", password="x")
        for attempt in (lambda: plan(guest), lambda: migrate(guest)):
            with pytest.raises(Misconfigured, match="let an administrator run, in this database:\nCREATE EXTENSION"):
                attempt()
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT to_regclass('public.schema_migration')").fetchone() == (None,)


def test_a_lock_that_a_dashboard_holds_is_waited_for(database_url: str) -> None:
    with psycopg.connect(database_url, application_name="grafana") as dashboard:
        dashboard.execute("SELECT * FROM watch.health")
        waits: list[float] = []

        def let_go(seconds: float) -> None:
            waits.append(seconds)
            dashboard.rollback()

        patience = Patience(wait_s=0.1, pause_s=2.0, attempts=3, sleep=let_go)
        assert migrate(database_url, patience=patience, allow_unsupported=True).applied == ()
    assert waits == [2.0]


def test_a_deadlock_with_a_product_that_runs_is_begun_again(database_url: str) -> None:
    waits: list[float] = []
    outcomes: list[type[Exception] | None] = [psycopg.errors.DeadlockDetected, psycopg.errors.LockNotAvailable, None]

    def attempt() -> str:
        if (refused := outcomes.pop(0)) is not None:
            raise refused
        return "done"

    patience = Patience(wait_s=0.1, pause_s=2.0, attempts=3, sleep=waits.append)
    with psycopg.connect(database_url) as connection:
        assert patience.with_locks(connection, attempt) == "done"
    assert waits == [2.0, 2.0]


def test_a_lock_that_is_never_given_back_is_named_and_nothing_is_changed(
    database_url: str, superuser: Superuser
) -> None:
    before = superuser.execute("SELECT oid FROM pg_class WHERE relname = 'health'").fetchall()
    with psycopg.connect(database_url, application_name="grafana") as dashboard:
        dashboard.execute("SELECT * FROM watch.health")
        pid = dashboard.info.backend_pid
        with pytest.raises(
            Unavailable, match=rf"held by grafana \(user \w+, process {pid}\).*; end that session"
        ) as told:
            migrate(database_url, patience=IMPATIENT, allow_unsupported=True)
    assert "\n" not in str(told.value)
    assert superuser.execute("SELECT oid FROM pg_class WHERE relname = 'health'").fetchall() == before


def test_a_second_migrate_at_the_same_time_is_told_so(database_url: str, superuser: Superuser) -> None:
    superuser.execute("SELECT pg_advisory_lock(%s)", [0x61_73_73_65_74])
    with pytest.raises(Unavailable, match="another migrate is at work on this database"):
        migrate(database_url, patience=IMPATIENT, allow_unsupported=True)


def test_a_migrate_that_was_interrupted_is_taken_up_where_it_was(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose(connection: psycopg.Connection[Any], *_: object) -> None:
        with psycopg.connect(empty_database_url, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [connection.info.backend_pid])
        connection.execute("SELECT 1")

    with monkeypatch.context() as broken:
        broken.setattr("storage.schema.migrate._redefine", lose)
        with pytest.raises(Unavailable, match="the database is away"):
            migrate(empty_database_url, allow_unsupported=True)
    assert plan(empty_database_url, allow_unsupported=True).names == ()
    migrate(empty_database_url, allow_unsupported=True)
    with Database(empty_database_url, role=Role.GRAFANA) as database, database.transaction() as tx:
        assert tx.connection.execute("SELECT * FROM watch.health").fetchall() == []


def rows(count: int, start: int = 0) -> ReadingColumns:
    number = np.arange(start, start + count)
    return ReadingColumns(
        signal_ids=np.full(count, 1, np.int32),
        times_us=to_us(NOW) + number * 1_000_000,
        values=number.astype(float),
        flags=np.zeros(count, np.int16),
    )


def test_a_connection_lost_in_the_middle_of_a_batch_leaves_nothing_behind(
    ingest_database: Database, superuser: Superuser
) -> None:
    def append_and_lose(tx: Transaction) -> None:
        readings.append(tx, rows(500), received_at=NOW)
        superuser.execute("SELECT pg_terminate_backend(%s)", [tx.connection.info.backend_pid])
        readings.append(tx, rows(500, start=500), received_at=NOW)

    with pytest.raises(Unavailable, match="the database is away"), ingest_database.transaction() as tx:
        append_and_lose(tx)
    assert superuser.execute("SELECT count(*) FROM reading").fetchone() == (0,)
    assert superuser.execute("SELECT count(*) FROM touched").fetchone() == (0,)
    with ingest_database.transaction() as tx:
        assert readings.append(tx, rows(1_000), received_at=NOW).stored == 1_000
