"""A desk may die at any point, and others may be at work: everything is done, and done once."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from alerts.alarms.desk import Desk, DeskReport
from lifecycle import ledger
from plant.clock import ManualClock
from plant.errors import Unavailable
from plant.finding import Finding
from storage.core.database import Database, Role
from storage.work import orders as order_rows
from storage.work.orders import list_orders, order_events
from tests.commands import start_program
from tests.patience import wait_for

Found = Callable[..., Finding]
Look = psycopg.Connection[tuple[object, ...]]

EFFECTS = """
SELECT
    (SELECT count(*) FROM alert), (SELECT sum(count) FROM alert), (SELECT count(*) FROM work_order),
    (SELECT count(*) FROM work_order_event), (SELECT count(*) FROM ledger), (SELECT count(*) FROM procrastinate_jobs)
"""
NOTHING = (0, None, 0, 0, 0, 0)
ONE_OF_EACH = (1, 1, 1, 1, 2, 2)  # a job for the alert and one for the order


def effects(superuser: Look) -> tuple[object, ...] | None:
    return superuser.execute(EFFECTS).fetchone()


def test_desks_at_once_do_each_thing_once(
    database_url: str, app_database: Database, clock: ManualClock, found: Found
) -> None:
    for number in range(12):
        found(f"episode {number}", cleared=True)
    with Database(database_url, role=Role.APP, most=8) as shared:
        reports: list[DeskReport] = []
        start = threading.Barrier(4)

        def work() -> None:
            desk = Desk(shared, clock)
            start.wait()
            reports.extend(desk.round() for _ in range(4))

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    total = sum(reports, DeskReport())
    expected = DeskReport(
        seen=12, alerts_raised=1, alerts_repeated=11, alerts_cleared=12, orders_raised=1, orders_changed=11
    )
    assert total == expected
    with app_database.transaction() as tx:
        (order,) = list_orders(tx)
        assert [event.event for event in order_events(tx, order.order_id)] == ["raised", "joined"]
        assert order_rows.count_findings(tx, order.order_id) == 12
        assert isinstance(ledger.verify(tx, "demo"), ledger.VerifiedChain)


@contextmanager
def held_up_before(superuser: Look, table: str) -> Iterator[None]:
    """Make every INSERT into `table` wait for as long as the block lasts."""
    superuser.execute(
        "CREATE FUNCTION wait_for_the_test() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN PERFORM pg_advisory_xact_lock(4711); RETURN NEW; END'"
    )
    superuser.execute(
        f"CREATE TRIGGER held_up BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION wait_for_the_test()".encode()
    )
    superuser.execute("SELECT pg_advisory_lock(4711)")
    yield
    superuser.execute("SELECT pg_advisory_unlock(4711)")


DESK_IN_A_PROCESS = """
import sys
from datetime import UTC, datetime
from alerts.alarms.desk import Desk
from plant.clock import ManualClock
from storage.core.database import Database, Role
Desk(Database(sys.argv[1], role=Role.APP), ManualClock(datetime(2026, 3, 1, 12, 1, tzinfo=UTC))).round()
"""
WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711 AND NOT granted"


@pytest.mark.parametrize(
    "table",
    ["finding_seen", "alert", "alert_finding", "work_order", "work_order_event", "ledger", "procrastinate_jobs"],
)
def test_a_desk_killed_in_mid_flow_leaves_nothing_half_done(
    database_url: str, desk: Desk, found: Found, superuser: Look, table: str, tmp_path: Path
) -> None:
    found()
    with held_up_before(superuser, table):
        process = start_program(DESK_IN_A_PROCESS, database_url, streams=tmp_path)
        try:
            wait_for(lambda: superuser.execute(WAITING).fetchone() == (1,), what=f"desk that reached {table}")
        finally:
            process.kill()
            process.wait()
        assert effects(superuser) == NOTHING
        assert desk.round() == DeskReport(), "the finding is still held by the connection of the dead"
    wait_for(lambda: desk.round().seen == 1, what="server that has noticed that the desk is dead")
    assert effects(superuser) == ONE_OF_EACH


def test_a_connection_that_breaks_in_mid_flow_is_unavailable_and_leaves_nothing(
    desk: Desk, found: Found, superuser: Look
) -> None:
    found()
    errors: list[Exception] = []

    def work() -> None:
        try:
            desk.round()
        except Unavailable as error:
            errors.append(error)

    with held_up_before(superuser, "procrastinate_jobs"):
        thread = threading.Thread(target=work)
        thread.start()
        wait_for(lambda: superuser.execute(WAITING).fetchone() == (1,), what="desk that reached the queue")
        superuser.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE objid = 4711 AND NOT granted")
        thread.join()
    assert len(errors) == 1
    assert effects(superuser) == NOTHING
    assert desk.round().orders_raised == 1
    assert effects(superuser) == ONE_OF_EACH


class Flaky(Database):
    """A database that is away the first few times."""

    away = 3

    @contextmanager
    def transaction(self) -> Iterator[object]:  # type: ignore[override]
        if self.away:
            self.away -= 1
            raise Unavailable("the database is away")
        with super().transaction() as tx:
            yield tx


def test_a_desk_waits_for_the_database_says_so_once_and_goes_on(
    database_url: str, clock: ManualClock, found: Found, superuser: Look, caplog: pytest.LogCaptureFixture
) -> None:
    found()
    stop = threading.Event()
    with Flaky(database_url, role=Role.APP) as database, caplog.at_level(logging.INFO, logger="alerts.alarms.desk"):
        thread = threading.Thread(target=Desk(database, clock).run, args=(stop, 0.01))
        thread.start()
        wait_for(lambda: effects(superuser) == ONE_OF_EACH, what="desk that came back")
        stop.set()
        thread.join()
    assert [record.message for record in caplog.records] == ["the desk waits for the database", "the desk goes on"]
