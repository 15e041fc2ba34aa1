"""Parts, trades and hours as rows; what the database lets through is never below zero nor over a day."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from plant.errors import NotFound
from plant.orders.spending import Part, ReservedPart, Trade
from storage.core.database import Transaction

Movement = Literal["received", "reserved", "released", "issued", "returned"]


def put_currency(tx: Transaction, site: str, currency: str) -> bool:
    """Say in which currency a site counts; False where it counts in another one, or is not there."""
    return tx.first("stock.put_currency", site=site, currency=currency) is not None


def currency_of(tx: Transaction, site: str) -> str:
    """Return in which currency a site counts, empty where nobody has said.

    Raises:
        NotFound: there is no such site.
    """
    row = tx.first("stock.currency", site=site)
    if row is None:
        raise NotFound(f"there is no site {site}")
    return str(row["currency"])


def put_trade(tx: Transaction, site: str, trade: Trade) -> str:
    """Add or change a trade; answers `added`, `changed` or `left`, as all `put_…` here do."""
    return _outcome(tx, "stock.put_trade", site=site, **asdict(trade))


def trades_of(tx: Transaction, site: str) -> list[Trade]:
    """Return the trades of a site."""
    return [Trade(**row) for row in tx.all("stock.trades", site=site)]


def put_part(tx: Transaction, site: str, part: Part) -> str:
    """Add or change what is said of a part, but not its stock; a price that is not said stays."""
    values = asdict(part)
    del values["on_hand"], values["reserved"], values["part_id"]
    return _outcome(tx, "stock.put_part", site=site, **values)


def lock_named(tx: Transaction, named: str) -> None:
    """Let nobody else say anything of a part or a trade until the transaction ends."""
    tx.all("stock.lock_named", named=named)


def list_parts(tx: Transaction, site: str | None = None, *, number: str | None = None, most: int = 1000) -> list[Part]:
    """Return the parts of every site, or of one; all, or those of a number."""
    return [Part(**row) for row in tx.all("stock.parts", site=site, number=number, most=most)]


def get_part(tx: Transaction, site: str, number: str) -> Part:
    """Return a part of a site; raises `NotFound` where there is none."""
    row = tx.first("stock.parts", site=site, number=number, most=1)
    if row is None:
        raise NotFound(f"there is no part {number} at site {site}")
    return Part(**row)


def receive(tx: Transaction, part_id: int, quantity: Decimal, price: Decimal | None) -> None:
    """Put parts into stock."""
    tx.run("stock.receive", part_id=part_id, quantity=quantity, price=price)


def reserve(tx: Transaction, order_id: int, part_id: int, quantity: Decimal) -> bool:
    """Reserve parts for an order; False where fewer are free."""
    if tx.first("stock.reserve", part_id=part_id, quantity=quantity) is None:
        return False
    tx.run("stock.change_reservation", order_id=order_id, part_id=part_id, change=quantity)
    return True


def release(tx: Transaction, order_id: int, part_id: int, quantity: Decimal) -> None:
    """Reserve fewer parts for an order."""
    tx.run("stock.less_reservation", order_id=order_id, part_id=part_id, quantity=quantity)
    tx.run("stock.release", part_id=part_id, quantity=quantity)


def issue(tx: Transaction, order_id: int, part_id: int, quantity: Decimal, *, of_reserved: Decimal) -> bool:
    """Take parts out of stock for an order, `of_reserved` of them reserved for it; False where too few are there."""
    if tx.first("stock.issue", part_id=part_id, quantity=quantity, of_reserved=of_reserved) is None:
        return False
    if of_reserved:
        tx.run("stock.less_reservation", order_id=order_id, part_id=part_id, quantity=of_reserved)
    return True


def reservations_of(tx: Transaction, order_id: int) -> dict[int, ReservedPart]:
    """Return what is reserved for an order, by the part's id."""
    rows = [dict(row) for row in tx.all("stock.reservations", order_id=order_id)]
    return {row.pop("part_id"): ReservedPart(**row) for row in rows}


def note_movement(
    tx: Transaction,
    part_id: int,
    kind: Movement,
    quantity: Decimal,
    *,
    at: datetime,
    by: str,
    order_id: int | None = None,
    price: Decimal | None = None,
    note: str = "",
) -> None:
    """Write down what moved in or out of stock."""
    values = {"part_id": part_id, "order_id": order_id, "kind": kind, "quantity": quantity, "price": price}
    tx.run("stock.move", **values, at=at, by=by, note=note)


def work_hours(tx: Transaction, person: str, day: date, hours: Decimal) -> bool:
    """Add hours to a person's day, of all orders together; False where it would have more than 24."""
    return tx.first("stock.work_hours", person=person, day=day, hours=hours) is not None


def take_hours_back(tx: Transaction, person: str, day: date, hours: Decimal) -> None:
    """Take hours off a person's day again."""
    tx.run("stock.take_hours_back", person=person, day=day, hours=hours)


def _outcome(tx: Transaction, statement: str, **values: object) -> str:
    row = tx.first(statement, **values)
    if row is None:
        return "left"
    return "added" if row["added"] else "changed"
