"""Parts of a site: received into stock, reserved for an order, issued to it at their price, and given back."""

from __future__ import annotations

from decimal import Decimal

from alerts.journal import JournalEntry
from alerts.orders.editing import refuse_ended
from alerts.orders.locked_order import LockedOrder, lock_order, touched, write_revision
from plant.clock import Clock
from plant.errors import Conflict, Rejected
from plant.orders.spending import MOST_PRICE, MOST_QUANTITY, Part, positive, priced
from plant.orders.wording import readable
from plant.people.principal import Principal
from plant.work_order import Booking, WorkOrder
from storage.core.database import Database, Transaction
from storage.orders import stock
from storage.work import orders as order_rows


def receive_part(
    database: Database,
    site: str,
    number: str,
    quantity: Decimal,
    *,
    price: Decimal | None = None,
    actor: Principal,
    clock: Clock,
    note: str = "",
) -> Part:
    """Put parts into a site's stock; a price that is said is the part's from then on.

    Raises:
        NotFound: there is no such site or part.
        Rejected: quantity or price makes no sense.
    """
    _quantity(quantity)
    if price is not None:
        positive(price, what="price", most=MOST_PRICE, places=4)
    with database.transaction() as tx:
        part = stock.get_part(tx, site, number)
        stock.receive(tx, part.part_id, quantity, price)
        said = readable(note, what="note")
        stock.note_movement(
            tx, part.part_id, "received", quantity, at=clock.now(), by=actor.name, price=price, note=said
        )
        return stock.get_part(tx, site, number)


def reserve_part(
    database: Database, number: str, part: str, quantity: Decimal, *, actor: Principal, clock: Clock
) -> WorkOrder:
    """Reserve parts of the order's site for an open order.

    Raises:
        NotFound: there is no such order, or no such part at its site.
        Conflict: it has ended, or fewer are free.
        Rejected: the quantity makes no sense.
    """
    _quantity(quantity)
    with database.transaction() as tx:
        locked = _open(tx, number)
        found = stock.get_part(tx, locked.order.site, part)
        if not stock.reserve(tx, locked.order.order_id, found.part_id, quantity):
            raise _too_few(found, quantity)
        return _moved(tx, locked, found, "reserved", quantity, actor=actor, clock=clock)


def release_part(
    database: Database, number: str, part: str, quantity: Decimal, *, actor: Principal, clock: Clock
) -> WorkOrder:
    """Give back what was reserved for an order and is not wanted.

    Raises:
        NotFound: there is no such order, or no such part at its site.
        Conflict: fewer are reserved for it.
        Rejected: the quantity makes no sense.
    """
    _quantity(quantity)
    with database.transaction() as tx:
        locked = _open(tx, number)
        found = stock.get_part(tx, locked.order.site, part)
        held = _reserved(tx, locked.order, found)
        if held < quantity:
            raise Conflict(f"{held.normalize():f} of {part} are reserved for work order {number}, not {quantity:f}")
        stock.release(tx, locked.order.order_id, found.part_id, quantity)
        return _moved(tx, locked, found, "released", quantity, actor=actor, clock=clock)


def issue_part(
    database: Database,
    number: str,
    part: str,
    quantity: Decimal,
    *,
    without_price: bool = False,
    actor: Principal,
    clock: Clock,
    note: str = "",
) -> WorkOrder:
    """Take parts out of stock for an open order, what is reserved for it first, and book them at their price.

    Raises:
        NotFound: there is no such order, or no such part at its site.
        Conflict: it has ended, or fewer are there for it.
        Rejected: the quantity makes no sense; or the part has no price, or the site no currency, and nobody said that
            it is to go `without_price`.
    """
    _quantity(quantity)
    note, now = readable(note, what="note"), clock.now()
    with database.transaction() as tx:
        locked = _open(tx, number)
        order, found = locked.order, stock.get_part(tx, locked.order.site, part)
        currency = stock.currency_of(tx, order.site)
        if not without_price:
            _refuse_unpriced(found, order.site, currency)
        of_reserved = min(quantity, _reserved(tx, order, found))
        if not stock.issue(tx, order.order_id, found.part_id, quantity, of_reserved=of_reserved):
            raise _too_few(found, quantity)
        is_priced = found.price is not None and bool(currency)
        booking = Booking(
            booked_at=now,
            booked_by=actor.name,
            cost=priced(quantity, found.price) if is_priced and found.price is not None else None,
            currency=currency if is_priced else None,
            note=note,
            part_id=found.part_id,
            quantity=quantity,
        )
        order_rows.book(tx, order.order_id, booking)
        return _moved(tx, locked, found, "issued", quantity, actor=actor, clock=clock)


def release_all(tx: Transaction, order: WorkOrder, *, actor: str, clock: Clock) -> None:
    """Give back whatever is reserved for an order that ends."""
    for part_id, held in stock.reservations_of(tx, order.order_id).items():
        stock.release(tx, order.order_id, part_id, held.quantity)
        stock.note_movement(tx, part_id, "released", held.quantity, at=clock.now(), by=actor, order_id=order.order_id)


def return_part(tx: Transaction, order: WorkOrder, booking: Booking, *, actor: str, clock: Clock) -> None:
    """Put back into stock what a booking took out of it, which is reversed."""
    if booking.part_id is not None and booking.quantity is not None:
        stock.receive(tx, booking.part_id, booking.quantity, None)
        stock.note_movement(
            tx, booking.part_id, "returned", booking.quantity, at=clock.now(), by=actor, order_id=order.order_id
        )


def _quantity(quantity: Decimal) -> None:
    positive(quantity, what="quantity", most=MOST_QUANTITY)


def _open(tx: Transaction, number: str) -> LockedOrder:
    locked = lock_order(tx, number)
    refuse_ended(locked)
    return locked


def _reserved(tx: Transaction, order: WorkOrder, part: Part) -> Decimal:
    held = stock.reservations_of(tx, order.order_id).get(part.part_id)
    return held.quantity if held else Decimal(0)


def _moved(
    tx: Transaction,
    locked: LockedOrder,
    part: Part,
    kind: stock.Movement,
    quantity: Decimal,
    *,
    actor: Principal,
    clock: Clock,
) -> WorkOrder:
    now, order = clock.now(), locked.order
    stock.note_movement(
        tx, part.part_id, kind, quantity, at=now, by=actor.name, order_id=order.order_id, price=part.price
    )
    booked = order.booked or kind == "issued"
    entry = JournalEntry(
        event=f"part_{kind}", actor=actor.name, at=now, note=f"{quantity.normalize():f} × {part.number}"
    )
    return write_revision(tx, locked, touched(order, actor.name, now, booked=booked), entry)


def _too_few(part: Part, quantity: Decimal) -> Conflict:
    free = f"{part.free.normalize():f}"
    return Conflict(f"{free} of {part.number} are free in stock, not {quantity:f}; order more or take fewer")


def _refuse_unpriced(part: Part, site: str, currency: str) -> None:
    if part.price is None:
        raise Rejected("no_price", f"part {part.number} has no price: give it one, or say that it goes without")
    if not currency:
        raise Rejected("no_currency", f"site {site} has no currency: say it in its stores file, or go without a price")
