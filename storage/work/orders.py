"""Work orders as rows: raise, keep, find, and the event and document of each revision."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from plant.errors import Conflict, NotFound
from plant.iso14224 import Activity
from plant.orders.rules import WorkType
from plant.severity import Severity
from plant.work_order import Booking, Closing, OrderState, Outcome, WorkOrder, states_called
from storage.core.database import Transaction

_NUMBER = re.compile(r"WO-([0-9]{6,9})")


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderEvent:
    """What happened to an order in one revision, and the JSON document that goes out with it.

    `recognised` is how it was proved who did it.
    """

    order_id: int
    revision: int
    at: datetime
    actor: str
    event: str
    document: dict[str, Any]
    published_at: datetime | None = None
    recognised: str = ""


def order_number(order_id: int) -> str:
    """Write an order's number.

    >>> order_number(17)
    'WO-000017'
    """
    return f"WO-{order_id:06d}"


def _order_id(number: str) -> int:
    match = _NUMBER.fullmatch(number)
    if match is None:
        raise NotFound(f"there is no work order {number}")
    return int(match[1])


def next_order_id(tx: Transaction) -> int:
    """Draw the id of the next order; one whose transaction fails stays unused."""
    return int(tx.one("orders.next_id")["order_id"])


def add(tx: Transaction, order: WorkOrder, *, alert_id: UUID | None) -> None:
    """Write a new order; the database allows one open per (asset, failure mode)."""
    tx.run("orders.add", **_row(order), alert_id=alert_id)


def keep(tx: Transaction, order: WorkOrder) -> None:
    """Write what has changed of an order, whose revision is one above the stored one.

    Raises:
        Conflict: the stored revision is another.
    """
    if not tx.run("orders.keep", **_row(order)):
        raise Conflict(f"work order {order.number} was changed by somebody else; read it again")


def get_order(tx: Transaction, number: str) -> WorkOrder:
    """Return one order by its number.

    Raises:
        NotFound: there is none.
    """
    row = tx.first("orders.get", order_id=_order_id(number))
    if row is None:
        raise NotFound(f"there is no work order {number}")
    return order_of_row(row)


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderFilter:
    """Which orders are wanted; what is None or False asks nothing.

    `text` is a part of number, asset, title or words. `overdue_at`: those overdue at that instant. `due_from` and
    `due_to`: those to be done within. `in_warranty`: those of failures within a warranty.
    """

    states: tuple[OrderState, ...] | None = None
    site: str | None = None
    asset: str | None = None
    team: str | None = None
    assignee: str | None = None
    work_type: WorkType | None = None
    priority: int | None = None
    text: str | None = None
    overdue_at: datetime | None = None
    due_from: datetime | None = None
    due_to: datetime | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None
    in_warranty: bool = False

    def parameters(self) -> dict[str, Any]:
        """Return what the function `wanted_orders` takes."""
        return {**asdict(self), "states": None if self.states is None else [one.value for one in self.states]}


OPEN_ORDERS = OrderFilter(states=states_called("open"))


def list_orders(
    tx: Transaction, wanted: OrderFilter | None = None, *, most: int = 200, after: int | None = None
) -> list[WorkOrder]:
    """Return orders, the newest first; those older than the one `after`, an order's id."""
    asked = wanted or OrderFilter()
    return [order_of_row(row) for row in tx.all("orders.list", **asked.parameters(), most=most, after=after)]


def open_orders(tx: Transaction, asset_id: int) -> list[WorkOrder]:
    """Return an asset's open orders, oldest first."""
    return [order_of_row(row) for row in tx.all("orders.open_of_asset", asset_id=asset_id)]


def alert_of_order(tx: Transaction, order_id: int) -> UUID | None:
    """Return the id of the alert an order was raised with."""
    row = tx.first("orders.alert_of", order_id=order_id)
    return row["alert_id"] if row else None


def add_finding(tx: Transaction, *, order_id: int, finding_id: UUID) -> None:
    """Let a finding belong to an order; a second time changes nothing."""
    tx.run("orders.add_finding", order_id=order_id, finding_id=finding_id)


def count_findings(tx: Transaction, order_id: int) -> int:
    """Count the findings that belong to an order."""
    return int(tx.one("orders.count_findings", order_id=order_id)["findings"])


def add_event(tx: Transaction, event: OrderEvent) -> None:
    """Write down what happened to an order; each revision happens once."""
    tx.run(
        "orders.add_event",
        order_id=event.order_id,
        revision=event.revision,
        at=event.at,
        actor=event.actor,
        event=event.event,
        document=Jsonb(event.document),
    )


def order_events(tx: Transaction, order_id: int) -> list[OrderEvent]:
    """Return all that happened to an order, oldest first."""
    return [OrderEvent(**row) for row in tx.all("orders.events", order_id=order_id)]


def order_event(tx: Transaction, order_id: int, revision: int) -> OrderEvent:
    """Return what happened in one revision.

    Raises:
        NotFound: the order never had that revision.
    """
    return OrderEvent(**tx.one("orders.event", order_id=order_id, revision=revision))


def get_document(tx: Transaction, number: str) -> dict[str, Any]:
    """Return the newest document of an order, as it went out.

    Raises:
        NotFound: there is no such order.
    """
    row = tx.first("orders.document", order_id=_order_id(number))
    if row is None:
        raise NotFound(f"there is no work order {number}")
    document: dict[str, Any] = row["document"]
    return document


def list_documents(tx: Transaction, *, open_only: bool = False, most: int = 200) -> list[dict[str, Any]]:
    """Return the newest document of each order, the newest order first."""
    return [row["document"] for row in tx.all("orders.documents", open_only=open_only, most=most)]


def unpublished(tx: Transaction, *, most: int) -> list[OrderEvent]:
    """Return what has not gone out yet, oldest first."""
    return [OrderEvent(**row) for row in tx.all("orders.unpublished", most=most)]


def mark_published(tx: Transaction, events: Sequence[OrderEvent], *, at: datetime) -> None:
    """Remember when events went out; the first time counts."""
    order_ids, revisions = [one.order_id for one in events], [one.revision for one in events]
    tx.run("orders.mark_published", order_ids=order_ids, revisions=revisions, at=at)


def book(tx: Transaction, order_id: int, booking: Booking) -> None:
    """Book work or cost on an order."""
    tx.run("orders.book", order_id=order_id, **asdict(booking))


def bookings(tx: Transaction, order_id: int) -> list[Booking]:
    """Return what was booked on an order, oldest first."""
    return [Booking(**row) for row in tx.all("orders.bookings", order_id=order_id)]


def close(tx: Transaction, order_id: int, closing: Closing) -> None:
    """Write down the codes with which an order is closed, once."""
    codes = {"outcome": closing.outcome.value, "action": closing.action.value}
    tx.run("orders.close", order_id=order_id, **{**asdict(closing), **codes})


def closing_of(tx: Transaction, order_id: int) -> Closing | None:
    """Return the codes with which an order was closed; None where it was not."""
    row = tx.first("orders.closing", order_id=order_id)
    if row is None:
        return None
    return Closing(**{**row, "outcome": Outcome(row["outcome"]), "action": Activity(row["action"])})


def _row(order: WorkOrder) -> dict[str, Any]:
    return {**values_of_order(order), "evidence": Jsonb(order.evidence), "why": Jsonb(order.why)}


def values_of_order(order: WorkOrder) -> dict[str, Any]:
    """Return what is stored of an order, by column."""
    return {
        "order_id": order.order_id,
        "asset_id": order.asset_id,
        "failure_mode": order.failure_mode,
        "state": order.state.value,
        "priority": order.priority,
        "severity": order.severity.value,
        "title": order.title,
        "evidence": order.evidence,
        "requested_finish": order.requested_finish,
        "created_at": order.created_at,
        "changed_at": order.changed_at,
        "revision": order.revision,
        "acknowledged_at": order.acknowledged_at,
        "acknowledged_by": order.acknowledged_by,
        "started_at": order.started_at,
        "completed_at": order.completed_at,
        "work_type": order.work_type.value,
        "why": order.why,
        "words": order.words,
        "team": order.team,
        "assignee": order.assignee,
        "job_plan": order.job_plan,
        "job_plan_version": order.job_plan_version,
        "overdue_at": order.overdue_at,
    }


def order_of_row(row: dict[str, Any]) -> WorkOrder:
    """Read a row of `work_order_at_asset`."""
    return WorkOrder(
        **{
            **row,
            "number": order_number(row["order_id"]),
            "state": OrderState(row["state"]),
            "severity": Severity(row["severity"]),
            "work_type": WorkType(row["work_type"]),
        }
    )
