"""What was booked wrongly is taken back by another booking; nothing that was written goes away."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from alerts.alarms.desk import Desk
from alerts.orders.bookings import book, reverse_booking
from alerts.orders.commands import take_step
from plant.clock import ManualClock
from plant.errors import Conflict, NotFound
from plant.finding import Finding
from plant.people.principal import typed
from plant.work_order import Booking, OrderState, Step, WorkOrder
from storage.core.database import Database
from storage.work import orders

ADA, LI = typed("Ada"), typed("Li Wei")


@pytest.fixture
def order(desk: Desk, found: Callable[..., Finding], app_database: Database) -> WorkOrder:
    found()
    desk.round()
    with app_database.transaction() as tx:
        return orders.get_order(tx, "WO-000001")


def bookings(database: Database, order: WorkOrder) -> list[Booking]:
    with database.transaction() as tx:
        return orders.bookings(tx, order.order_id)


def spend(database: Database, order: WorkOrder, clock: ManualClock, hours: float) -> int:
    one = Booking(booked_at=clock.now(), booked_by="", hours=hours, cost=10.0, currency="EUR")
    book(database, order.number, one, actor=ADA, clock=clock)
    return bookings(database, order)[-1].booking_id or 0


def test_a_reversal_takes_as_much_away_and_both_stay(
    app_database: Database, order: WorkOrder, clock: ManualClock
) -> None:
    wrong = spend(app_database, order, clock, 80.0)
    spend(app_database, order, clock, 8.0)
    moved = reverse_booking(app_database, order.number, wrong, actor=LI, clock=clock, note="80 for 8")
    written = bookings(app_database, order)
    assert [one.hours for one in written] == [80.0, 8.0, -80.0]
    assert [one.cost for one in written] == [10.0, 10.0, -10.0]
    assert [one.is_reversed for one in written] == [True, False, False]
    assert (written[2].reverses, written[2].booked_by, written[2].note) == (wrong, "Li Wei", "80 for 8")
    assert moved.booked
    assert moved.revision == order.revision + 3


def test_once_nothing_is_booked_the_order_can_be_cancelled_again(
    app_database: Database, order: WorkOrder, clock: ManualClock
) -> None:
    wrong = spend(app_database, order, clock, 80.0)
    moved = reverse_booking(app_database, order.number, wrong, actor=ADA, clock=clock)
    assert not moved.booked
    with app_database.transaction() as tx:
        assert orders.get_order(tx, order.number).booked is False
    cancelled = take_step(app_database, order.number, Step.CANCEL, actor=ADA, clock=clock)
    assert cancelled.state is OrderState.CAN


def test_a_booking_is_reversed_once_and_a_reversal_never(
    app_database: Database, order: WorkOrder, clock: ManualClock
) -> None:
    wrong = spend(app_database, order, clock, 80.0)
    reverse_booking(app_database, order.number, wrong, actor=ADA, clock=clock)
    reversal = bookings(app_database, order)[-1].booking_id or 0
    for again in (wrong, reversal):
        with pytest.raises(Conflict, match="reversed before, or is a reversal"):
            reverse_booking(app_database, order.number, again, actor=ADA, clock=clock)
    assert len(bookings(app_database, order)) == 2


def test_a_booking_that_is_not_there_is_not_found(app_database: Database, order: WorkOrder, clock: ManualClock) -> None:
    with pytest.raises(NotFound, match="no booking 7 on work order WO-000001"):
        reverse_booking(app_database, order.number, 7, actor=ADA, clock=clock)


def test_a_reversal_leaves_an_event_a_ledger_entry_and_a_job(
    app_database: Database, order: WorkOrder, clock: ManualClock
) -> None:
    wrong = spend(app_database, order, clock, 80.0)
    before = traces(app_database)
    reverse_booking(app_database, order.number, wrong, actor=LI, clock=clock)
    assert before == {"events": 0, "entries": 0, "jobs": before["jobs"]}
    assert traces(app_database) == {"events": 1, "entries": 1, "jobs": before["jobs"] + 1}


def traces(database: Database) -> dict[str, int]:
    with database.transaction() as tx:
        row = tx.connection.execute(
            "SELECT (SELECT count(*) FROM work_order_event WHERE event = 'booking_reversed') AS events,"
            " (SELECT count(*) FROM ledger WHERE entry->>'event' = 'order.booking_reversed') AS entries,"
            " (SELECT count(*) FROM procrastinate_jobs WHERE queue_name = 'orders') AS jobs"
        ).fetchone()
    assert row is not None
    return row
