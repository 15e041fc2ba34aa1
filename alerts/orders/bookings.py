"""Work and cost that people book on an order, and how a booking that was wrong is reversed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from alerts.journal import JournalEntry
from alerts.orders.locked_order import LockedOrder, lock_order, touched, write_revision
from alerts.orders.stock import return_part
from plant.clock import Clock
from plant.errors import Conflict, NotFound, Rejected
from plant.orders.spending import Labour, Trade, positive, priced
from plant.orders.wording import readable
from plant.people.principal import Principal
from plant.work_order import Booking, WorkOrder
from storage.core.database import Database, Transaction
from storage.identity import people
from storage.orders import stock
from storage.work import orders as order_rows

_CURRENCY = re.compile(r"[A-Z]{3}")
_MOST_HOURS = Decimal(10_000)  # five people for a year
_MOST_COST = Decimal(10) ** 12
_DAY_HOURS = Decimal(24)
_LATEST_ZONE = timedelta(hours=14)  # where a day begins first


def book(database: Database, number: str, booking: Booking, *, actor: Principal, clock: Clock) -> WorkOrder:
    """Book work or cost on an open order in `actor`'s name, now; from then on it cannot be cancelled.

    Raises:
        NotFound: there is no such order.
        Conflict: it is closed or cancelled.
        Rejected: neither hours nor cost, an amount that is not positive or beyond reason, or a currency that is none.
    """
    _refuse_nonsense(booking)
    now = clock.now()
    booking = replace(booking, booked_at=now, booked_by=actor.name)
    with database.transaction() as tx:
        locked = _open(tx, number)
        order_rows.book(tx, locked.order.order_id, booking)
        entry = JournalEntry(event="booked", actor=actor.name, at=now, note=booking.note)
        return write_revision(tx, locked, touched(locked.order, actor.name, now, booked=True), entry)


def book_labour(database: Database, number: str, labour: Labour, *, actor: Principal, clock: Clock) -> WorkOrder:
    """Book the hours of a person on a day, at what an hour of their trade costs at the order's site.

    Raises:
        NotFound: there is no such order or person, or no such trade at its site.
        Conflict: the order is closed or cancelled.
        Rejected: the hours make no sense, the day lies ahead, or the person's day would have more than 24 of them.
    """
    now = clock.now()
    hours = positive(labour.hours, what="hours", most=_DAY_HOURS, places=2)
    note = readable(labour.note, what="note")
    if labour.day > (now + _LATEST_ZONE).date():
        raise Rejected("in_the_future", f"{labour.day.isoformat()} lies ahead")
    with database.transaction() as tx:
        locked = _open(tx, number)
        order, trade = locked.order, _trade(tx, locked.order.site, labour)
        if not stock.work_hours(tx, labour.person, labour.day, hours):
            raise Rejected("too_many_hours", f"{labour.person} would have worked more than 24 hours on {labour.day}")
        currency = stock.currency_of(tx, order.site)
        cost = priced(hours, trade.rate) if trade.rate is not None and currency else None
        booking = Booking(
            booked_at=now,
            booked_by=actor.name,
            hours=hours,
            cost=cost,
            currency=None if cost is None else currency,
            note=note,
            person=labour.person,
            trade=trade.tag,
            worked_on=labour.day,
        )
        order_rows.book(tx, order.order_id, booking)
        entry = JournalEntry(event="labour_booked", actor=actor.name, at=now, note=note)
        return write_revision(tx, locked, touched(order, actor.name, now, booked=True), entry)


def _trade(tx: Transaction, site: str, labour: Labour) -> Trade:
    if people.by_sign_in(tx, labour.person) is None:
        raise NotFound(f"there is nobody who signs in as {labour.person}")
    trade = next((one for one in stock.trades_of(tx, site) if one.tag == labour.trade), None)
    if trade is None:
        raise NotFound(f"there is no trade {labour.trade} at site {site}")
    return trade


def reverse_booking(
    database: Database, number: str, booking_id: int, *, actor: Principal, clock: Clock, note: str = ""
) -> WorkOrder:
    """Take a booking on an open order back, by one that books as much less; both stay in the record.

    Once nothing is booked any more, an order on which work has not begun can be cancelled again.

    Raises:
        NotFound: there is no such order, or no such booking on it.
        Conflict: the order is closed or cancelled, or the booking was reversed before or is a reversal itself.
    """
    now = clock.now()
    with database.transaction() as tx:
        locked = _open(tx, number)
        bookings = order_rows.bookings(tx, locked.order.order_id)
        wrong = next((one for one in bookings if one.booking_id == booking_id), None)
        if wrong is None:
            raise NotFound(f"there is no booking {booking_id} on work order {number}")
        if not wrong.counts:
            raise Conflict(f"booking {booking_id} was reversed before, or is a reversal itself")
        order_rows.book(tx, locked.order.order_id, _reversal(wrong, actor, now, note))
        return_part(tx, locked.order, wrong, actor=actor.name, clock=clock)
        if wrong.person and wrong.worked_on and wrong.hours:
            stock.take_hours_back(tx, wrong.person, wrong.worked_on, wrong.hours)
        is_left = any(one.counts for one in bookings if one is not wrong)
        entry = JournalEntry(event="booking_reversed", actor=actor.name, at=now, note=note)
        return write_revision(tx, locked, touched(locked.order, actor.name, now, booked=is_left), entry)


def _open(tx: Transaction, number: str) -> LockedOrder:
    locked = lock_order(tx, number)
    if not locked.order.state.is_open:
        raise Conflict(f"work order {number} is {locked.order.state.value}; nothing can be booked on it any more")
    return locked


def _reversal(wrong: Booking, actor: Principal, at: datetime, note: str) -> Booking:
    return Booking(
        booked_at=at,
        booked_by=actor.name,
        hours=None if wrong.hours is None else -wrong.hours,
        cost=None if wrong.cost is None else -wrong.cost,
        currency=wrong.currency,
        note=note,
        reverses=wrong.booking_id,
        person=wrong.person,
        trade=wrong.trade,
        worked_on=wrong.worked_on,
        part_id=wrong.part_id,
        quantity=None if wrong.quantity is None else -wrong.quantity,
    )


def _refuse_nonsense(booking: Booking) -> None:
    if booking.hours is None and booking.cost is None:
        raise Rejected("nothing_booked", "book hours, or a cost with its currency, or both")
    if (booking.cost is None) != (booking.currency is None):
        raise Rejected("currency_needed", "a cost and its currency go together")
    if booking.currency is not None and not _CURRENCY.fullmatch(booking.currency):
        raise Rejected("bad_currency", f"{booking.currency!r} is no currency code of ISO 4217, as EUR or CNY")
    for amount, most in ((booking.hours, _MOST_HOURS), (booking.cost, _MOST_COST)):
        if amount is not None and not 0 < amount <= most:
            raise Rejected("bad_amount", f"hours and cost are positive numbers, here of at most {most:,.0f}")
