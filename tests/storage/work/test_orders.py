"""Work orders are kept as they are, one open per asset and failure mode, each revision with its document."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from plant.asset import Asset, AssetClass, Site
from plant.errors import Conflict, NotFound
from plant.severity import Severity
from plant.work_order import OrderState, WorkOrder, is_overdue, states_called
from storage.core.database import Database, Transaction
from storage.register import assets, facts
from storage.views.order_list import page_of_orders
from storage.work import orders
from storage.work.orders import OrderEvent, OrderFilter, order_number

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
REPOSITORY = Path(__file__).parents[3]


@pytest.fixture
def order(app_database: Database) -> WorkOrder:
    """An order at P-101 that nobody has written down yet."""
    with app_database.transaction() as tx:
        assets.put_site(tx, Site(tag="demo", name="Demo"))
        assets.put_class(tx, AssetClass(tag="pump", name="Pump"))
        facts.put_assets(tx, "demo", [Asset(tag="P-101", name="Feed pump A", class_tag="pump")])
        asset_id = assets.get_asset(tx, "demo", "P-101").asset_id
        order_id = orders.next_order_id(tx)
    return WorkOrder(
        order_id=order_id,
        number=order_number(order_id),
        asset_id=asset_id,
        site="demo",
        asset="P-101",
        asset_class="pump",
        failure_mode="VIB",
        state=OrderState.WAPPR,
        priority=2,
        severity=Severity.MAJOR,
        title="P-101 Feed pump A: condition deviates",
        evidence={"score": 0.5, "signals": []},
        requested_finish=AT + timedelta(days=3),
        created_at=AT,
        changed_at=AT,
        revision=1,
    )


def write(tx: Transaction, order: WorkOrder) -> None:
    orders.add(tx, order, alert_id=None)
    event(tx, order, "raised")


def event(tx: Transaction, order: WorkOrder, what: str) -> None:
    document = {"number": order.number, "revision": order.revision, "event": what}
    orders.add_event(
        tx,
        OrderEvent(
            order_id=order.order_id, revision=order.revision, at=AT, actor="desk", event=what, document=document
        ),
    )


def test_an_order_comes_back_as_it_was_written(app_database: Database, order: WorkOrder) -> None:
    changed = replace(
        order,
        state=OrderState.APPR,
        priority=1,
        severity=Severity.CRITICAL,
        title="worse",
        evidence={"score": 0.9},
        requested_finish=AT,
        changed_at=AT + timedelta(hours=1),
        revision=2,
        acknowledged_at=AT + timedelta(hours=1),
        acknowledged_by="ann",
    )
    with app_database.transaction() as tx:
        write(tx, order)
        assert orders.get_order(tx, order.number) == order
        orders.keep(tx, changed)
        assert orders.get_order(tx, order.number) == changed


def test_ids_are_drawn_once_even_where_the_order_never_came_to_be(app_database: Database, order: WorkOrder) -> None:
    def draw_and_fail() -> None:
        with app_database.transaction() as tx:
            orders.next_order_id(tx)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        draw_and_fail()
    with app_database.transaction() as tx:
        assert orders.next_order_id(tx) == order.order_id + 2


def test_a_second_open_order_for_one_failure_mode_is_refused_by_the_database(
    app_database: Database, order: WorkOrder
) -> None:
    with app_database.transaction() as tx:
        write(tx, order)
    with pytest.raises(psycopg.errors.UniqueViolation, match="work_order_one_open"), app_database.transaction() as tx:
        orders.add(tx, replace(order, order_id=orders.next_order_id(tx)), alert_id=None)


@pytest.mark.parametrize("state", list(OrderState))
def test_an_order_is_open_as_the_vocabulary_says(app_database: Database, order: WorkOrder, state: OrderState) -> None:
    moved = replace(order, state=state)
    expected = [moved] if state.is_open else []
    with app_database.transaction() as tx:
        write(tx, moved)
        assert orders.list_orders(tx, orders.OPEN_ORDERS) == expected
        assert orders.open_orders(tx, order.asset_id) == expected
        assert len(orders.list_documents(tx, open_only=True)) == len(expected)
        assert orders.list_orders(tx) == [moved]


def test_of_two_who_change_one_revision_the_second_is_refused(app_database: Database, order: WorkOrder) -> None:
    with app_database.transaction() as tx:
        write(tx, order)
        orders.keep(tx, replace(order, title="one", revision=2))
        with pytest.raises(Conflict, match="changed by somebody else"):
            orders.keep(tx, replace(order, title="other", revision=2))
        assert orders.get_order(tx, order.number).title == "one"


def test_orders_are_listed_newest_first_and_no_more_than_asked_for(app_database: Database, order: WorkOrder) -> None:
    with app_database.transaction() as tx:
        for mode in ("VIB", "OHE", "PDE"):
            number = orders.next_order_id(tx)
            write(tx, replace(order, order_id=number, number=order_number(number), failure_mode=mode))
        assert [one.failure_mode for one in orders.list_orders(tx)] == ["PDE", "OHE", "VIB"]
        assert [one.failure_mode for one in orders.list_orders(tx, most=1)] == ["PDE"]
        numbers = [one.number for one in orders.list_orders(tx, most=2)]
        assert [one["number"] for one in orders.list_documents(tx, most=2)] == numbers


def test_the_newest_document_is_the_one_that_counts(app_database: Database, order: WorkOrder) -> None:
    with app_database.transaction() as tx:
        write(tx, order)
        later = replace(order, revision=2)
        orders.keep(tx, later)
        event(tx, later, "acknowledged")
        assert orders.get_document(tx, order.number)["event"] == "acknowledged"
        assert [one["event"] for one in orders.list_documents(tx)] == ["acknowledged"]
        assert [one.event for one in orders.order_events(tx, order.order_id)] == ["raised", "acknowledged"]


def test_the_first_publication_is_the_one_that_is_remembered(app_database: Database, order: WorkOrder) -> None:
    with app_database.transaction() as tx:
        write(tx, order)
        waiting = orders.unpublished(tx, most=9)
        for hours in (1, 2):
            orders.mark_published(tx, waiting, at=AT + timedelta(hours=hours))
        assert orders.order_event(tx, order.order_id, 1).published_at == AT + timedelta(hours=1)


def test_what_is_not_there_is_not_found(app_database: Database) -> None:
    with app_database.transaction() as tx:
        for number in ("WO-000001", "WO-1", "1", "WO-00000x"):
            with pytest.raises(NotFound, match="there is no work order"):
                orders.get_order(tx, number)
            with pytest.raises(NotFound, match="there is no work order"):
                orders.get_document(tx, number)
        with pytest.raises(NotFound):
            orders.order_event(tx, 1, 1)


def test_the_database_and_the_program_write_one_number_of_an_order(app_database: Database) -> None:
    ids = [1, 999_999, 1_000_000, 2**31 - 1]
    with app_database.transaction() as tx:
        written = tx.connection.execute("SELECT order_number(one) FROM unnest(%s::bigint[]) AS one", [ids]).fetchall()
    assert [row["order_number"] for row in written] == [order_number(one) for one in ids]
    statements = [*REPOSITORY.glob("storage/**/*.sql"), *REPOSITORY.glob("grafana/**/*.sql")]
    assert [one.name for one in statements if "'WO-'" in one.read_text(encoding="utf-8")] == ["17_order_number.sql"]


def test_the_database_and_the_program_know_the_same_orders_for_overdue(app_database: Database) -> None:
    cases = [(state, AT + timedelta(seconds=s)) for state in OrderState for s in (-1, 0, 1)]
    with app_database.transaction() as tx:
        judged = [tx.connection.execute("SELECT is_overdue(%s, %s, %s)", [*case, AT]).fetchone() for case in cases]
    assert [row["is_overdue"] for row in judged if row] == [is_overdue(*case, AT) for case in cases]


def test_orders_are_asked_for_by_state_and_by_their_finish(app_database: Database, order: WorkOrder) -> None:
    waiting = replace(order, state=OrderState.WMATL)
    with app_database.transaction() as tx:
        write(tx, waiting)
        for asked, is_found in [
            (OrderFilter(states=states_called("waits")), True),
            (OrderFilter(states=states_called("APPR")), False),
            (OrderFilter(overdue_at=waiting.requested_finish + timedelta(seconds=1)), True),
            (OrderFilter(overdue_at=waiting.requested_finish), False),
            (OrderFilter(due_from=waiting.requested_finish, text=f"{waiting.number} p-101"), True),
            (OrderFilter(due_to=waiting.requested_finish), False),
        ]:
            assert orders.list_orders(tx, asked) == [one.order for one in page_of_orders(tx, asked, most=9)]
            assert bool(orders.list_orders(tx, asked)) is is_found
