"""Work orders over HTTP: read them, acknowledge them."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query

from alerts.desk import acknowledge_order
from api.parts import GivenParts
from api.problems import answers
from api.shapes import Acknowledgement, OrderShape, OrderWithEvents
from storage import orders

router = APIRouter(prefix="/work-orders", tags=["work orders"])
Most = Annotated[int, Query(ge=1, le=1000, description="At most so many, the newest first.")]


@router.get("", responses=answers(400))
def list_work_orders(parts: GivenParts, state: Literal["open", "all"] = "open", most: Most = 200) -> list[OrderShape]:
    """List work orders, those that stand open or all."""
    with parts.database.transaction() as tx:
        found = orders.list_orders(tx, open_only=state == "open", most=most)
    return [OrderShape.model_validate(order) for order in found]


@router.get("/{number}", responses=answers(404))
def get_work_order(parts: GivenParts, number: str) -> OrderWithEvents:
    """Show one work order with its history."""
    with parts.database.transaction() as tx:
        order = orders.get_order(tx, number)
        return OrderWithEvents.of(order, orders.order_events(tx, order.order_id))


@router.post("/{number}/acknowledge", responses=answers(400, 404, 409))
def acknowledge_work_order(parts: GivenParts, number: str, acknowledgement: Acknowledgement) -> OrderShape:
    """Take note of a work order in a person's name."""
    order = acknowledge_order(parts.database, number, actor=acknowledgement.actor, clock=parts.clock)
    return OrderShape.model_validate(order)
