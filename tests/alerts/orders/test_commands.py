"""People move a work order through the Maximo life; each move leaves event, document, ledger entry and job at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import psycopg
import pytest

from alerts.alarms.desk import Desk
from alerts.orders.bookings import book
from alerts.orders.commands import Codes, close_order, report_failure, take_step
from lifecycle import ledger
from plant.alert import AlertState
from plant.clock import ManualClock
from plant.errors import Conflict, NotFound, Rejected
from plant.finding import Finding
from plant.iso14224 import Activity
from plant.people.principal import typed
from plant.severity import Severity
from plant.work_order import Booking, FailureReport, OrderState, Outcome, Step, WorkOrder
from storage.core.database import Database
from storage.work import alerts as alert_rows
from storage.work import orders
from tests.alerts.conftest import ONSET

Found = Callable[..., Finding]
Look = psycopg.Connection[tuple[object, ...]]

NUMBER = "WO-000001"
BEARING = Codes(outcome=Outcome.CONFIRMED, failure_mode="VIB", cause="3.4", action=Activity.REPLACE, note="bearing")
TO_INPRG = (Step.APPROVE, Step.START)
TO_COMP = (*TO_INPRG, Step.COMPLETE)


@pytest.fixture
def order(desk: Desk, found: Found, app_database: Database) -> WorkOrder:
    """A fresh order that the desk has raised."""
    found()
    desk.round()
    with app_database.transaction() as tx:
        return orders.get_order(tx, NUMBER)


@pytest.fixture
def go(order: WorkOrder, app_database: Database, clock: ManualClock) -> Callable[..., WorkOrder]:
    """Take steps with that order in Ada's name, a minute each."""

    def take(*steps: Step) -> WorkOrder:
        for step in steps:
            clock.sleep(60)
            moved = take_step(app_database, order.number, step, actor=typed("Ada"), clock=clock)
        return moved

    return take


def test_an_order_lives_from_approval_to_its_closing_codes(
    order: WorkOrder, go: Callable[..., WorkOrder], app_database: Database, clock: ManualClock
) -> None:
    began = clock.now()
    go(Step.APPROVE, Step.AWAIT_MATERIAL, Step.START, Step.COMPLETE)
    clock.sleep(60)
    closed = close_order(app_database, NUMBER, BEARING, actor=typed("Bo"), clock=clock)
    assert (closed.state, closed.steps) == (OrderState.CLOSE, ())
    minute = timedelta(minutes=1)
    assert (closed.started_at, closed.completed_at) == (began + 3 * minute, began + 4 * minute)
    with app_database.transaction() as tx:
        closing = orders.closing_of(tx, order.order_id)
        events = orders.order_events(tx, order.order_id)
        verdict = ledger.verify(tx, "demo")
    assert closing is not None
    assert (closing.outcome, closing.cause, closing.action) == (Outcome.CONFIRMED, "3.4", Activity.REPLACE)
    assert (closing.closed_by, closing.restored_at, closing.relearn) == ("Bo", closed.completed_at, True)
    assert [event.event for event in events] == [
        "raised", "approved", "awaiting_material", "started", "completed", "closed"
    ]  # fmt: skip
    told = events[-1].document
    assert (told["state"], told["closing"]["action"], told["note"]) == ("CLOSE", "replace", "bearing")
    assert isinstance(verdict, ledger.VerifiedChain)


def test_each_move_leaves_one_event_one_ledger_entry_and_one_job(go: Callable[..., WorkOrder], superuser: Look) -> None:
    def left() -> tuple[object, ...] | None:
        return superuser.execute(
            "SELECT (SELECT count(*) FROM work_order_event), "
            "(SELECT count(*) FROM procrastinate_jobs WHERE queue_name = 'orders'), "
            "(SELECT count(*) FROM ledger WHERE entry->>'event' LIKE 'order.%%')"
        ).fetchone()

    before = left()
    go(Step.APPROVE, Step.START)
    assert before == (1, 1, 1)
    assert left() == (3, 3, 3)


def test_a_refused_move_leaves_nothing(order: WorkOrder, go: Callable[..., WorkOrder], app_database: Database) -> None:
    with pytest.raises(Conflict, match="WO-000001 is WAPPR, which allows approve, cancel, not complete"):
        go(Step.COMPLETE)
    with app_database.transaction() as tx:
        assert orders.get_order(tx, NUMBER) == order


def test_whoever_moves_an_order_has_taken_note_of_it_and_of_its_alert(
    go: Callable[..., WorkOrder], app_database: Database, clock: ManualClock
) -> None:
    moved = go(Step.APPROVE)
    assert moved.acknowledged_by == "Ada"
    with app_database.transaction() as tx:
        (alert,) = alert_rows.list_alerts(tx)
    assert alert.flags.state(clock.now()) is AlertState.ACKNOWLEDGED


def test_completed_work_moves_only_to_its_closing(
    go: Callable[..., WorkOrder], app_database: Database, clock: ManualClock
) -> None:
    go(*TO_COMP)
    for step in Step:
        if step is not Step.CLOSE:
            with pytest.raises(Conflict, match="is COMP, which allows close"):
                take_step(app_database, NUMBER, step, actor=typed("Ada"), clock=clock)


def test_closing_needs_its_codes_and_completed_work(
    go: Callable[..., WorkOrder], app_database: Database, clock: ManualClock
) -> None:
    with pytest.raises(Rejected, match="codes_needed"):
        take_step(app_database, NUMBER, Step.CLOSE, actor=typed("Ada"), clock=clock)
    go(*TO_INPRG)
    with pytest.raises(Conflict, match="is INPRG"):
        close_order(app_database, NUMBER, BEARING, actor=typed("Ada"), clock=clock)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"failure_mode": "XYZ"}, "unknown_failure_mode: 'XYZ' is not one of"),
        ({"cause": "9.9"}, "unknown_cause"),
        ({"failed_at": ONSET + timedelta(days=9)}, "in_the_future"),
        ({"restored_at": ONSET - timedelta(hours=1), "failed_at": ONSET}, "bad_time"),
        ({"outcome": Outcome.FALSE_ALARM, "failed_at": ONSET}, "contradiction"),
    ],
)
def test_codes_that_make_no_sense_are_refused_and_the_order_stays(
    order: WorkOrder,
    go: Callable[..., WorkOrder],
    app_database: Database,
    clock: ManualClock,
    change: dict[str, object],
    says: str,
) -> None:
    completed = go(*TO_COMP)
    with pytest.raises(Rejected, match=says):
        close_order(app_database, NUMBER, replace(BEARING, **change), actor=typed("Ada"), clock=clock)  # type: ignore[arg-type]
    with app_database.transaction() as tx:
        assert orders.get_order(tx, NUMBER) == completed
        assert orders.closing_of(tx, order.order_id) is None


def test_what_was_done_says_whether_the_machine_is_learnt_again_unless_a_person_says_otherwise(
    order: WorkOrder, go: Callable[..., WorkOrder], app_database: Database, clock: ManualClock
) -> None:
    go(*TO_COMP)
    codes = replace(BEARING, action=Activity.REPAIR, relearn=True)
    close_order(app_database, NUMBER, codes, actor=typed("Ada"), clock=clock)
    with app_database.transaction() as tx:
        closing = orders.closing_of(tx, order.order_id)
    assert closing is not None
    assert closing.relearn
    assert not Activity.REPAIR.renews


def test_an_order_on_which_nothing_is_booked_can_be_cancelled(go: Callable[..., WorkOrder]) -> None:
    assert go(Step.APPROVE, Step.CANCEL).state is OrderState.CAN


@pytest.mark.parametrize("amount", [{"hours": 1.5}, {"cost": 120.0, "currency": "EUR"}])
def test_nothing_is_cancelled_once_work_or_cost_is_booked(
    order: WorkOrder,
    go: Callable[..., WorkOrder],
    app_database: Database,
    clock: ManualClock,
    amount: dict[str, object],
) -> None:
    booking = Booking(booked_at=clock.now(), booked_by="Ada", **amount)  # type: ignore[arg-type]
    booked = book(app_database, NUMBER, booking, actor=typed("Ada"), clock=clock)
    assert Step.CANCEL not in booked.steps
    with pytest.raises(Conflict, match="cannot be cancelled: work or cost is booked"):
        go(Step.CANCEL)
    with app_database.transaction() as tx:
        (stored,) = orders.bookings(tx, order.order_id)
    assert replace(stored, booking_id=None, recognised="") == booking


def test_work_that_began_counts_as_booked_also_while_it_waits(go: Callable[..., WorkOrder]) -> None:
    moved = go(*TO_INPRG, Step.AWAIT_MATERIAL)
    assert Step.CANCEL not in moved.steps
    with pytest.raises(Conflict, match="cannot be cancelled"):
        go(Step.CANCEL)


def test_work_that_goes_on_after_waiting_keeps_when_it_began(go: Callable[..., WorkOrder]) -> None:
    began = go(*TO_INPRG).started_at
    assert go(Step.AWAIT_MATERIAL, Step.START).started_at == began


SENSELESS_BOOKINGS: list[tuple[dict[str, object], str]] = [
    ({}, "nothing_booked"),
    ({"cost": 1.0}, "currency_needed"),
    ({"hours": 1.0, "currency": "EUR"}, "currency_needed"),
    ({"cost": 1.0, "currency": "euro"}, "bad_currency"),
    ({"hours": -1.0}, "bad_amount"),
    ({"hours": float("nan")}, "bad_amount"),
    ({"hours": float("inf")}, "bad_amount"),
    ({"hours": 1e308}, "bad_amount"),
    ({"hours": 10_001.0}, "bad_amount"),
    ({"cost": 1e308, "currency": "EUR"}, "bad_amount"),
    ({"hours": 1.0, "cost": 1e13, "currency": "EUR"}, "bad_amount"),
]


@pytest.mark.usefixtures("order")
def test_a_booking_that_makes_no_sense_is_refused(app_database: Database, clock: ManualClock) -> None:
    for amount, says in SENSELESS_BOOKINGS:
        booking = Booking(booked_at=clock.now(), booked_by="Ada", **amount)  # type: ignore[arg-type]
        with pytest.raises(Rejected, match=says):
            book(app_database, NUMBER, booking, actor=typed("Ada"), clock=clock)


def test_nothing_is_booked_on_an_ended_order(
    go: Callable[..., WorkOrder], app_database: Database, clock: ManualClock
) -> None:
    go(Step.CANCEL)
    with pytest.raises(Conflict, match="is CAN; nothing can be booked"):
        book(
            app_database,
            NUMBER,
            Booking(booked_at=clock.now(), booked_by="Ada", hours=1),
            actor=typed("Ada"),
            clock=clock,
        )


def report(failed_at: datetime | None = None, failure_mode: str = "VIB") -> FailureReport:
    return FailureReport(
        actor=typed("Ada"), failure_mode=failure_mode, severity=Severity.MAJOR, what="shaft seized", failed_at=failed_at
    )


@pytest.mark.usefixtures("pump")
def test_a_person_reports_a_failure_that_nothing_had_noticed(app_database: Database, clock: ManualClock) -> None:
    order = report_failure(
        app_database, "demo", "P-101", report(ONSET), clock=clock, console_url="http://console.example"
    )
    assert (order.state, order.title, order.acknowledged_by) == (
        OrderState.WAPPR,
        "P-101 Feed pump A: shaft seized",
        "Ada",
    )
    with app_database.transaction() as tx:
        assert orders.get_order(tx, order.number) == order
        (event,) = orders.order_events(tx, order.order_id)
        assert orders.alert_of_order(tx, order.order_id) is None
    assert event.event == "reported"
    assert event.document["link"] == f"http://console.example/work-orders/{order.number}"
    assert event.document["evidence"]["failed_at"] == "2026-03-01T12:00:00.000Z"


@pytest.mark.usefixtures("order")
def test_a_report_of_what_an_open_order_is_about_names_that_order(app_database: Database, clock: ManualClock) -> None:
    with pytest.raises(Conflict, match="WO-000001 stands open for VIB at P-101"):
        report_failure(app_database, "demo", "P-101", report(), clock=clock)
    other = report_failure(app_database, "demo", "P-101", report(failure_mode="ELP"), clock=clock)
    assert other.failure_mode == "ELP"


@pytest.mark.usefixtures("pump")
def test_a_report_that_makes_no_sense_is_refused(app_database: Database, clock: ManualClock) -> None:
    with pytest.raises(Rejected, match="unknown_failure_mode"):
        report_failure(app_database, "demo", "P-101", report(failure_mode="BANG"), clock=clock)
    with pytest.raises(Rejected, match="in_the_future"):
        report_failure(app_database, "demo", "P-101", report(ONSET + timedelta(days=1)), clock=clock)
    with pytest.raises(NotFound):
        report_failure(app_database, "demo", "X-1", report(), clock=clock)


def test_an_order_that_is_not_there_is_not_found(app_database: Database, clock: ManualClock) -> None:
    with pytest.raises(NotFound):
        take_step(app_database, "WO-000099", Step.APPROVE, actor=typed("Ada"), clock=clock)
