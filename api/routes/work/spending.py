"""What a work order costs, over HTTP: labour, parts from stock, downtime."""

from __future__ import annotations

from dataclasses import asdict

from fastapi import APIRouter, Response

from alerts.orders import bookings, downtime, stock
from api.parts import GivenParts
from api.problems import answers
from api.protocol.paging import Pages
from api.revisions import VersionSeen, tag_version
from api.schemas.orders import OrderShape
from api.schemas.work.spending import (
    DowntimeShape,
    NewDowntime,
    NewDowntimeEnd,
    NewIssue,
    NewLabour,
    NewPartQuantity,
    NewReceipt,
    OrderCostShape,
    PartShape,
    PartWanted,
    ReservedPartShape,
    SpendingShape,
    TradeShape,
    TradeWanted,
)
from lifecycle.register import writing
from plant.orders.spending import Labour, spent_on
from plant.people.rights import Right
from storage.orders import downtimes
from storage.orders import stock as rows
from storage.register import assets
from storage.work import orders

router = APIRouter(prefix="/work-orders/{number}", tags=["work orders"])
part_router = APIRouter(prefix="/parts", tags=["work orders"])
trade_router = APIRouter(prefix="/trades", tags=["work orders"])
downtime_router = APIRouter(prefix="/downtimes", tags=["work orders"])
_CHANGED = answers(400, 404, 409)
_EVERY = 1_000_000


@router.get("/costs", responses=answers(404))
def get_cost(parts: GivenParts, number: str) -> SpendingShape:
    """Show what was spent on it, what of that has no price, and what is reserved for it."""
    with parts.database.transaction() as tx:
        order = orders.get_order(tx, number)
        spent = spent_on(orders.bookings(tx, order.order_id))
        reserved = rows.reservations_of(tx, order.order_id).values()
    return SpendingShape(
        costs=[OrderCostShape.model_validate(one) for one in spent.costs],
        hours=spent.hours,
        unpriced_hours=spent.unpriced_hours,
        unpriced_parts=spent.unpriced_parts,
        reserved=[ReservedPartShape.model_validate(one) for one in reserved],
    )


@router.post("/labour", responses=_CHANGED)
def book_labour(parts: GivenParts, number: str, worked: NewLabour) -> OrderShape:
    """Book the hours of a person on a day; nobody works more than 24 of them."""
    labour = Labour(**worked.model_dump())
    order = bookings.book_labour(parts.database, number, labour, actor=parts.principal, clock=parts.clock)
    return OrderShape.model_validate(order)


@router.post("/parts/reserve", responses=_CHANGED)
def reserve_part(parts: GivenParts, number: str, wanted: NewPartQuantity) -> OrderShape:
    """Reserve parts of its site for it."""
    order = stock.reserve_part(
        parts.database, number, wanted.part, wanted.quantity, actor=parts.principal, clock=parts.clock
    )
    return OrderShape.model_validate(order)


@router.post("/parts/release", responses=_CHANGED)
def release_part(parts: GivenParts, number: str, wanted: NewPartQuantity) -> OrderShape:
    """Give back what is reserved for it and not wanted."""
    order = stock.release_part(
        parts.database, number, wanted.part, wanted.quantity, actor=parts.principal, clock=parts.clock
    )
    return OrderShape.model_validate(order)


@router.post("/parts/issue", responses=_CHANGED)
def issue_part(parts: GivenParts, number: str, wanted: NewIssue) -> OrderShape:
    """Take parts out of stock for it, and book them at their price."""
    order = stock.issue_part(
        parts.database,
        number,
        wanted.part,
        wanted.quantity,
        without_price=wanted.without_price,
        actor=parts.principal,
        clock=parts.clock,
        note=wanted.note,
    )
    return OrderShape.model_validate(order)


@router.get("/downtimes", responses=answers(404))
def list_downtime_of_order(parts: GivenParts, number: str) -> list[DowntimeShape]:
    """List when its machine stood because of it."""
    with parts.database.transaction() as tx:
        found = downtimes.list_downtimes(tx, order_id=orders.get_order(tx, number).order_id)
    return [DowntimeShape.model_validate(one) for one in found]


@router.post("/downtimes", responses=_CHANGED)
def note_downtime(parts: GivenParts, number: str, stood: NewDowntime) -> OrderShape:
    """Note that its machine stood, or stands."""
    order = downtime.note_downtime(
        parts.database, number, **stood.model_dump(), actor=parts.principal, clock=parts.clock
    )
    return OrderShape.model_validate(order)


@router.post("/downtimes/end", responses=_CHANGED)
def end_downtime(parts: GivenParts, number: str, end: NewDowntimeEnd) -> OrderShape:
    """Say until when its machine stood."""
    order = downtime.end_downtime(parts.database, number, at=end.at, actor=parts.principal, clock=parts.clock)
    return OrderShape.model_validate(order)


@part_router.get("", responses=answers(400))
def list_parts(parts: GivenParts, pages: Pages, site: str | None = None) -> list[PartShape]:
    """List the parts of a site with their stock."""
    with parts.database.transaction() as tx:
        found = rows.list_parts(tx, site, most=_EVERY)
    return [PartShape.of(one) for one in pages.through(found, lambda one: (one.number, one.part_id))]


@part_router.post("", status_code=201, responses=answers(400, 403, 404, 412, 428))
def write_part(parts: GivenParts, wanted: PartWanted, seen: VersionSeen, response: Response) -> PartShape:
    """Add a part to a site, or, with If-Match, say something else of it; its stock stays."""
    part = writing.write_part(
        parts.database, wanted.site, wanted.part(), actor=parts.principal, clock=parts.clock, seen=seen
    )
    tag_version(response, writing.part_document(part))
    return PartShape.of(part)


@trade_router.get("", responses=answers(400, 404))
def list_trades(parts: GivenParts, pages: Pages, site: str) -> list[TradeShape]:
    """List the trades of a site with what an hour costs."""
    with parts.database.transaction() as tx:
        rows.currency_of(tx, site)
        found = rows.trades_of(tx, site)
    return [TradeShape.of(one) for one in pages.through(found, lambda one: (one.tag,))]


@trade_router.post("", status_code=201, responses=answers(400, 403, 404, 412, 428))
def write_trade(parts: GivenParts, wanted: TradeWanted, seen: VersionSeen, response: Response) -> TradeShape:
    """Add a trade to a site, or, with If-Match, say something else of it; what was booked keeps its rate."""
    trade = writing.write_trade(
        parts.database, wanted.site, wanted.trade(), actor=parts.principal, clock=parts.clock, seen=seen
    )
    tag_version(response, asdict(trade))
    return TradeShape.of(trade)


@part_router.post("/receive", responses=_CHANGED)
def receive_part(parts: GivenParts, received: NewReceipt) -> PartShape:
    """Put parts into the stock of a site."""
    parts.principal.demand(Right.WORK_ON_ORDERS, received.site)
    part = stock.receive_part(
        parts.database,
        received.site,
        received.part,
        received.quantity,
        price=received.price,
        actor=parts.principal,
        clock=parts.clock,
        note=received.note,
    )
    return PartShape.of(part)


@downtime_router.get("", responses=answers(400, 404))
def list_downtime(parts: GivenParts, pages: Pages, site: str, asset: str) -> list[DowntimeShape]:
    """List when an asset stood, the newest first, each with the order that it belongs to."""
    with parts.database.transaction() as tx:
        asset_id = assets.get_asset(tx, site, asset).asset_id
        found = downtimes.list_downtimes(tx, asset_id=asset_id)
    listed = pages.through(found, lambda one: (one.down_from, one.downtime_id), newest_first=True)
    return [DowntimeShape.model_validate(one) for one in listed]
