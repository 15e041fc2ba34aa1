"""How the product itself is: one judgement that comes and goes with what it is of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest

from api.app import create_app
from api.identity.access import Access
from plant.clock import SystemClock
from plant.product_state import FaultKind, ProductFault
from storage.core import disk
from storage.core.database import Database, Role
from storage.telemetry import slots
from storage.views import product_state
from tests import people
from tests.api.conftest import TestClient

Superuser = psycopg.Connection[tuple[object, ...]]


class Usage(NamedTuple):
    """What `shutil.disk_usage` answers."""

    total: int
    used: int
    free: int


SINCE = datetime(2026, 3, 4, tzinfo=UTC)


@pytest.fixture
def client(app_database: Database) -> Any:
    application = create_app(app_database, SystemClock(), access=Access(), console=False, version="1")
    with TestClient(application, base_url="http://localhost") as client:
        people.sign_in(client, app_database, SystemClock())
        yield client


def kinds(database: Database) -> list[FaultKind]:
    return [fault.kind for fault in product_state.look(database)]


def in_grafana(url: str) -> set[str]:
    with Database(url, role=Role.GRAFANA) as database, database.transaction() as tx:
        return {row["fault"] for row in tx.connection.execute("SELECT fault FROM watch.product_fault").fetchall()}


def say_of_slot(database: Database, *, is_listening: bool, lease_s: float = 60.0) -> None:
    with database.transaction() as tx:
        slots.acquire(tx, "me", lease_s=lease_s, most=1)
        slots.report(tx, 0, "me", lag_s=0, is_listening=is_listening, last_commit=None)
        slots.renew(tx, "me", lease_s=lease_s)


def test_a_new_installation_is_well(app_database: Database, client: TestClient) -> None:
    assert product_state.look(app_database) == ()
    answer = client.get("/api/v1/health")
    assert (answer.status_code, answer.json()["status"], answer.json()["faults"]) == (200, "ok", [])


def test_ingest_that_is_gone_is_a_fault_for_all_who_ask_until_it_is_back(
    app_database: Database, ingest_database: Database, client: TestClient
) -> None:
    say_of_slot(ingest_database, is_listening=True, lease_s=-1)
    assert kinds(app_database) == [FaultKind.INGEST_AWAY]
    assert in_grafana(app_database.url) == {"ingest_away"}
    answer = client.get("/api/v1/health")
    assert (answer.status_code, answer.json()["status"]) == (503, "failing")
    assert [fault["kind"] for fault in answer.json()["faults"]] == ["ingest_away"]
    assert client.get("/api/v1/health/live").status_code == 200
    say_of_slot(ingest_database, is_listening=True)
    assert (kinds(app_database), client.get("/api/v1/health").status_code) == ([], 200)


def test_ingest_without_a_broker_is_a_fault(app_database: Database, ingest_database: Database) -> None:
    say_of_slot(ingest_database, is_listening=False)
    assert kinds(app_database) == [FaultKind.BROKER_AWAY]


def test_what_a_process_reports_counts_while_it_goes_on_reporting(
    app_database: Database, ingest_database: Database, superuser: Superuser
) -> None:
    fault = ProductFault(kind=FaultKind.NOT_STORING, says="the database's disk is full", since=SINCE)
    with ingest_database.transaction() as tx:
        product_state.report(tx, "me", [fault])
        product_state.report(tx, "me", [fault])
    assert product_state.look(app_database) == (fault,)
    superuser.execute("UPDATE process_report SET seen_at = now() - interval '11 s'")
    assert product_state.look(app_database) == ()
    with ingest_database.transaction() as tx:
        product_state.report(tx, "me", [fault])
        product_state.report(tx, "me", [])
    assert product_state.look(app_database) == ()
    with ingest_database.transaction() as tx:
        product_state.withdraw(tx, "me")
    assert superuser.execute("SELECT count(*) FROM process_report").fetchone() == (0,)


def test_jobs_that_nobody_does_are_a_fault(app_database: Database, superuser: Superuser) -> None:
    superuser.execute(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, scheduled_at)"
        " VALUES ('q', 'later', now() + interval '1 h'), ('q', 'old', NULL)"
    )
    assert kinds(app_database) == []
    superuser.execute("UPDATE procrastinate_events SET at = now() - interval '3 min'")
    assert [(one.kind, one.says) for one in product_state.look(app_database)] == [
        (FaultKind.JOBS_STUCK, "1 jobs wait, the oldest for 3 min, and nobody does them")
    ]
    superuser.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")
    assert kinds(app_database) == []


def test_a_database_that_takes_no_writes_is_a_fault(app_database: Database, superuser: Superuser) -> None:
    name = superuser.info.dbname
    superuser.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'.encode())
    with Database(app_database.url, role=Role.APP) as database:
        assert kinds(database) == [FaultKind.DATABASE_READ_ONLY]


def test_a_database_that_is_away_is_a_fault() -> None:
    with Database("postgresql://nobody@127.0.0.1:1/none", role=Role.APP, wait_s=0.2) as database:
        assert kinds(database) == [FaultKind.DATABASE_AWAY]


@pytest.mark.parametrize(
    ("total", "free", "is_full"),
    [(10**12, 3 * 2**30, False), (10**12, 2**30, True), (10**9, 2 * 10**8, False), (10**9, 5 * 10**7, True)],
)
def test_a_disk_is_nearly_full_below_two_gib_or_a_tenth(
    app_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, total: int, free: int, is_full: bool
) -> None:
    usage = Usage(total=total, used=total - free, free=free)
    monkeypatch.setattr(disk.shutil, "disk_usage", lambda _folder: usage)
    found = product_state.look(app_database, folder=tmp_path / "not" / "yet")
    assert [fault.kind for fault in found] == ([FaultKind.DISK_NEARLY_FULL] if is_full else [])


def test_the_worst_is_said_first(app_database: Database, ingest_database: Database, superuser: Superuser) -> None:
    say_of_slot(ingest_database, is_listening=False)
    superuser.execute("INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('q', 'old')")
    superuser.execute("UPDATE procrastinate_events SET at = now() - interval '3 min'")
    assert kinds(app_database) == [FaultKind.BROKER_AWAY, FaultKind.JOBS_STUCK]
    assert timedelta(minutes=2) < datetime.now(UTC) - (product_state.look(app_database)[1].since or SINCE)
