"""Stock is never below zero, a day has 24 hours, nothing has no price unsaid, and a machine stands for a reason."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest

from alerts.alarms.desk import Desk
from alerts.orders.bookings import book, book_labour, reverse_booking
from alerts.orders.commands import Codes, close_order, report_failure, take_step
from alerts.orders.downtime import end_downtime, note_downtime
from alerts.orders.stock import issue_part, receive_part, release_part, reserve_part
from lifecycle.register.importing import register_asset
from lifecycle.register.stores_file import import_stores, read_stores
from plant.clock import ManualClock
from plant.errors import AssetloopError, Conflict, NotFound, Rejected
from plant.finding import Finding
from plant.iso14224 import Activity
from plant.orders.spending import Labour, Part, Spending, spent_on
from plant.people.principal import typed
from plant.people.rights import PlantRole
from plant.severity import Severity
from plant.work_order import Booking, FailureReport, Outcome, Step, WorkOrder
from storage.core.database import Database, Role
from storage.orders import downtimes, stock
from storage.work import orders
from tests import people

ADA = typed("Ada")
STORES = """
site = "demo"
currency = "CNY"
[[trade]]
tag = "mechanic"
name = "Mechanic"
name_zh = "钳工"
rate = 85.5
[[trade]]
tag = "helper"
[[part]]
number = "6205"
name = "Bearing 6205"
unit = "pcs"
price = 12.35
[[part]]
number = "SEAL"
"""
DAY = date(2026, 3, 1)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "stores.toml"
    path.write_text(STORES, encoding="utf-8")
    return path


@pytest.fixture
def order(
    desk: Desk, found: Callable[..., Finding], app_database: Database, file: Path, clock: ManualClock
) -> WorkOrder:
    found()
    desk.round()
    people.enter(app_database, clock, "li", name="Li Wei", roles=((PlantRole.MAINTENANCE, "demo"),))
    with app_database.transaction() as tx:
        import_stores(tx, read_stores(file))
        return orders.get_order(tx, "WO-000001")


def part(database: Database, number: str = "6205") -> Part:
    with database.transaction() as tx:
        return stock.get_part(tx, "demo", number)


def booked(database: Database) -> list[Booking]:
    with database.transaction() as tx:
        return orders.bookings(tx, orders.get_order(tx, "WO-000001").order_id)


def spent(database: Database) -> Spending:
    return spent_on(booked(database))


def receive(database: Database, clock: ManualClock, much: str, number: str = "6205") -> None:
    receive_part(database, "demo", number, Decimal(much), actor=ADA, clock=clock)


def issue(database: Database, clock: ManualClock, much: str, number: str = "6205", **how: bool) -> WorkOrder:
    return issue_part(database, "WO-000001", number, Decimal(much), **how, actor=ADA, clock=clock)


def work(database: Database, clock: ManualClock, hours: str, trade: str = "mechanic", day: date = DAY) -> WorkOrder:
    labour = Labour(person="li", trade=trade, day=day, hours=Decimal(hours))
    return book_labour(database, "WO-000001", labour, actor=ADA, clock=clock)


def test_parts_are_reserved_issued_and_booked_at_their_price(
    app_database: Database, order: WorkOrder, clock: ManualClock
) -> None:
    receive(app_database, clock, "5")
    reserve_part(app_database, order.number, "6205", Decimal(3), actor=ADA, clock=clock)
    assert (part(app_database).on_hand, part(app_database).free) == (5, 2)
    moved = issue(app_database, clock, "4")  # three reserved, one free
    assert (part(app_database).on_hand, part(app_database).reserved) == (1, 0)
    (cost,) = spent(app_database).costs
    assert (cost.currency, cost.parts, cost.total) == ("CNY", Decimal("49.40"), Decimal("49.40"))
    assert moved.booked
    assert Step.CANCEL not in moved.steps


def test_what_is_reserved_for_one_order_is_not_issued_to_another(
    app_database: Database, order: WorkOrder, clock: ManualClock
) -> None:
    receive(app_database, clock, "3")
    reserve_part(app_database, order.number, "6205", Decimal(2), actor=ADA, clock=clock)
    report = FailureReport(actor=ADA, failure_mode="NOI", severity=Severity.MINOR, what="it sings")
    other = report_failure(app_database, "demo", "P-101", report, clock=clock)
    with pytest.raises(Conflict, match="1 of 6205 are free in stock, not 2"):
        issue_part(app_database, other.number, "6205", Decimal(2), actor=ADA, clock=clock)
    with pytest.raises(Conflict, match="2 of 6205 are reserved for work order WO-000001, not 3"):
        release_part(app_database, order.number, "6205", Decimal(3), actor=ADA, clock=clock)
    take_step(app_database, order.number, Step.CANCEL, actor=ADA, clock=clock)
    assert part(app_database).free == 3  # an order that ends gives back what was reserved for it
    assert issue_part(app_database, other.number, "6205", Decimal(2), actor=ADA, clock=clock).booked


def test_twenty_who_take_the_last_seven_at_once_get_seven(
    app_database: Database, order: WorkOrder, clock: ManualClock, database_url: str
) -> None:
    receive(app_database, clock, "7")
    with app_database.transaction() as tx:
        for number in range(4):
            register_asset(tx, site="demo", asset=f"X-{number}", asset_class="pump", keys=(), at=clock.now())
    report = FailureReport(actor=ADA, failure_mode="NOI", severity=Severity.MINOR, what="it sings")
    numbers = [report_failure(app_database, "demo", f"X-{one}", report, clock=clock).number for one in range(4)]

    def take(number: str) -> bool:
        try:
            issue_part(database, number, "6205", Decimal(1), actor=ADA, clock=clock)
        except Conflict:
            return False
        return True

    with Database(database_url, role=Role.APP, most=8) as database, ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(take, numbers * 5))
    assert (sum(taken), part(app_database).on_hand, order.number) == (7, 0, "WO-000001")


def test_the_database_itself_lets_no_stock_fall_below_zero_and_no_day_have_more_hours(
    app_database: Database, order: WorkOrder, superuser: psycopg.Connection[tuple[object, ...]], clock: ManualClock
) -> None:
    assert order.number
    receive(app_database, clock, "1")
    for statement in (
        "UPDATE part SET on_hand = on_hand - 2 WHERE number = '6205'",
        "UPDATE part SET reserved = 2 WHERE number = '6205'",
        "INSERT INTO labour_day VALUES ('li', '2026-03-01', 24.5)",
    ):
        with pytest.raises(psycopg.errors.CheckViolation):
            superuser.execute(statement.encode())


def test_a_part_without_a_price_goes_only_where_somebody_says_so_and_is_counted(
    app_database: Database, order: WorkOrder, clock: ManualClock
) -> None:
    receive(app_database, clock, "2", "SEAL")
    with pytest.raises(Rejected, match="part SEAL has no price"):
        issue(app_database, clock, "1", "SEAL")
    assert booked(app_database) == []
    assert issue(app_database, clock, "1", "SEAL", without_price=True).number == order.number
    assert (spent(app_database).costs, spent(app_database).unpriced_parts) == ((), 1)


def test_hours_cost_what_the_trade_costs_and_those_without_a_rate_are_said(
    app_database: Database, order: WorkOrder, clock: ManualClock
) -> None:
    work(app_database, clock, "3.5")
    work(app_database, clock, "2", "helper")
    book(
        app_database,
        order.number,
        Booking(booked_at=clock.now(), booked_by="", cost=Decimal("100.10"), currency="CNY"),
        actor=ADA,
        clock=clock,
    )
    (cost,) = spent(app_database).costs
    assert (cost.labour, cost.other, cost.total) == (Decimal("299.25"), Decimal("100.10"), Decimal("399.35"))
    assert (spent(app_database).hours, spent(app_database).unpriced_hours) == (Decimal("5.5"), 2)


def test_nobody_works_more_than_24_hours_a_day_on_all_orders_together_also_at_once(
    app_database: Database, order: WorkOrder, clock: ManualClock, database_url: str
) -> None:
    work(app_database, clock, "20")
    with pytest.raises(Rejected, match="li would have worked more than 24 hours on 2026-03-01"):
        work(app_database, clock, "4.01")

    def try_it(_: int) -> bool:
        try:
            work(database, clock, "1")
        except Rejected:
            return False
        return True

    with Database(database_url, role=Role.APP, most=6) as database, ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(try_it, range(8))) == 4
    assert work(app_database, clock, "24", day=DAY - timedelta(days=1)).number == order.number


def test_a_reversal_puts_the_part_back_and_takes_the_hours_off_the_day(
    app_database: Database, order: WorkOrder, clock: ManualClock
) -> None:
    receive(app_database, clock, "2")
    issue(app_database, clock, "2")
    work(app_database, clock, "24")
    for one in booked(app_database):
        reverse_booking(app_database, order.number, one.booking_id or 0, actor=ADA, clock=clock)
    assert part(app_database).on_hand == 2
    assert spent(app_database) == Spending(costs=(), hours=Decimal(0), unpriced_hours=Decimal(0), unpriced_parts=0)
    work(app_database, clock, "24")


SENSELESS: list[tuple[Callable[[Database, ManualClock], object], type[AssetloopError]]] = [
    (lambda db, clock: work(db, clock, "0"), Rejected),
    (lambda db, clock: work(db, clock, "24.5"), Rejected),
    (lambda db, clock: work(db, clock, "1e308"), Rejected),
    (lambda db, clock: work(db, clock, "NaN"), Rejected),
    (lambda db, clock: work(db, clock, "0.333"), Rejected),
    (lambda db, clock: work(db, clock, "1", "wizard"), NotFound),
    (lambda db, clock: work(db, clock, "1", day=DAY + timedelta(days=2)), Rejected),
    (lambda db, clock: issue(db, clock, "1"), Conflict),
    (lambda db, clock: issue(db, clock, "-1"), Rejected),
    (lambda db, clock: issue(db, clock, "1", "NONE"), NotFound),
    (lambda db, clock: receive(db, clock, "1e308"), Rejected),
    (lambda db, clock: receive(db, clock, "Infinity"), Rejected),
]


def test_what_makes_no_sense_is_refused_and_nothing_is_written(
    app_database: Database, order: WorkOrder, clock: ManualClock
) -> None:
    for number, (act, error) in enumerate(SENSELESS):
        with pytest.raises(error):
            act(app_database, clock)
        assert (booked(app_database), part(app_database).on_hand, order.revision) == ([], 0, 1), number


def test_a_stores_file_is_read_twice_and_a_second_currency_refused(
    app_database: Database, order: WorkOrder, file: Path, clock: ManualClock
) -> None:
    assert order.number
    receive(app_database, clock, "2")
    with app_database.transaction() as tx:
        assert import_stores(tx, read_stores(file))["left"] == {"parts": 2, "trades": 2}
    assert part(app_database).on_hand == 2
    file.write_text(STORES.replace("CNY", "EUR"), encoding="utf-8")
    with pytest.raises(Conflict, match="counts in CNY"), app_database.transaction() as tx:
        import_stores(tx, read_stores(file))
    for wrong in ("price = -1", "price = 1e308", "price = nan"):
        file.write_text(STORES.replace("price = 12.35", wrong), encoding="utf-8")
        with pytest.raises(Rejected, match="part, 1, price"):
            read_stores(file)


def test_a_machine_stood_for_a_reason_that_is_found_from_order_and_asset(
    app_database: Database, order: WorkOrder, clock: ManualClock
) -> None:
    begun = clock.now() - timedelta(hours=2)
    stand(app_database, clock, begun, None)
    with pytest.raises(Conflict, match="is known to have stood"):
        stand(app_database, clock, begun + timedelta(minutes=1), clock.now())
    end_downtime(app_database, order.number, at=clock.now(), actor=ADA, clock=clock)
    with pytest.raises(Conflict, match="is not known to stand"):
        end_downtime(app_database, order.number, at=clock.now(), actor=ADA, clock=clock)
    with app_database.transaction() as tx:
        of_order = downtimes.list_downtimes(tx, order_id=order.order_id)
        of_asset = downtimes.list_downtimes(tx, asset_id=order.asset_id)
    assert of_order == of_asset
    assert (of_asset[0].order, of_asset[0].down_to, of_asset[0].reason) == (order.number, clock.now(), "seal leaks")


def stand(database: Database, clock: ManualClock, since: datetime, until: datetime | None) -> WorkOrder:
    return note_downtime(
        database,
        "WO-000001",
        down_from=since,
        down_to=until,
        reason="seal leaks",
        is_planned=False,
        actor=ADA,
        clock=clock,
    )


def test_a_time_that_makes_no_sense_is_refused(app_database: Database, order: WorkOrder, clock: ManualClock) -> None:
    hour = timedelta(hours=1)
    for since, until in (
        (clock.now() + hour, None),
        (clock.now(), clock.now() - hour),
        (clock.now() - hour, clock.now() + hour),
    ):
        with pytest.raises(Rejected, match="bad_time"):
            stand(app_database, clock, since, until)
    assert order.revision == 1


def test_a_machine_that_failed_stood_from_then_until_it_was_restored(
    app_database: Database, order: WorkOrder, clock: ManualClock
) -> None:
    failed = clock.now() - timedelta(hours=3)
    for step in (Step.APPROVE, Step.START, Step.COMPLETE):
        take_step(app_database, order.number, step, actor=ADA, clock=clock)
    codes = Codes(outcome=Outcome.CONFIRMED, failure_mode="VIB", cause="3.4", action=Activity.REPLACE, failed_at=failed)
    close_order(app_database, order.number, codes, actor=ADA, clock=clock)
    with app_database.transaction() as tx:
        (stood,) = downtimes.list_downtimes(tx, order_id=order.order_id)
    assert (stood.down_from, stood.down_to, stood.is_planned) == (failed, clock.now(), False)
