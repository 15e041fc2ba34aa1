"""What an order costs: parts from stock, labour by trade, and everything else that was booked, in decimal numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from plant.errors import Rejected
from plant.work_order import Booking

CENT = Decimal("0.01")
MOST_QUANTITY = Decimal(1_000_000)
MOST_PRICE = Decimal(1_000_000_000)


@dataclass(frozen=True, kw_only=True, slots=True)
class Trade:
    """A kind of worker at a site; an hour costs `rate`, None where nobody has said."""

    tag: str
    name: str
    name_zh: str = ""
    rate: Decimal | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A spare part at a site; at least `least` should be there. `price` is that of one `unit`, None where unknown."""

    number: str
    name: str
    name_zh: str = ""
    unit: str = ""
    price: Decimal | None = None
    least: Decimal = Decimal(0)
    on_hand: Decimal = Decimal(0)
    reserved: Decimal = Decimal(0)
    part_id: int = 0

    @property
    def free(self) -> Decimal:
        """Return how much may still be reserved or issued."""
        return self.on_hand - self.reserved


@dataclass(frozen=True, kw_only=True, slots=True)
class ReservedPart:
    """How much of a part is reserved for an order."""

    number: str
    name: str
    name_zh: str
    unit: str
    quantity: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Labour:
    """Hours of a person, by sign-in, of a trade on a day of the site's calendar."""

    person: str
    trade: str
    day: date
    hours: Decimal
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Downtime:
    """That a machine stood, from when to when, and why; `order` is the order that it belongs to.

    `down_to_noted_at` is when it was noted until when it stood, where that was later.
    """

    asset_id: int
    down_from: datetime
    down_to: datetime | None
    reason: str
    is_planned: bool
    noted_at: datetime
    noted_by: str
    downtime_id: int = 0
    order: str | None = None
    down_to_noted_at: datetime | None = None
    down_to_noted_by: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderCost:
    """What an order cost in one currency; `unpriced_hours` and `unpriced_parts` have no price and are not in it."""

    currency: str
    parts: Decimal
    labour: Decimal
    other: Decimal

    @property
    def total(self) -> Decimal:
        """Return all of it."""
        return self.parts + self.labour + self.other


@dataclass(frozen=True, kw_only=True, slots=True)
class Spending:
    """What was spent on an order, by currency, and what of it has no price: that is said, not left out."""

    costs: tuple[OrderCost, ...]
    hours: Decimal
    unpriced_hours: Decimal
    unpriced_parts: int


def spent_on(bookings: Iterable[Booking]) -> Spending:
    """Add up what was booked, without what was reversed."""
    found = [one for one in bookings if one.counts]
    currencies = sorted({one.currency for one in found if one.currency})
    return Spending(
        costs=tuple(_cost(currency, found) for currency in currencies),
        hours=sum((one.hours for one in found if one.hours is not None), Decimal(0)),
        unpriced_hours=sum((one.hours for one in found if one.hours is not None and one.cost is None), Decimal(0)),
        unpriced_parts=sum(one.part_id is not None and one.cost is None for one in found),
    )


def _cost(currency: str, bookings: list[Booking]) -> OrderCost:
    def of(*, labour: bool, part: bool) -> Decimal:
        wanted = [one for one in bookings if one.currency == currency and (one.part_id is not None) == part]
        costs = (one.cost for one in wanted if (one.person is not None) == labour)
        return sum((cost for cost in costs if cost is not None), Decimal(0))

    return OrderCost(
        currency=currency,
        parts=of(labour=False, part=True),
        labour=of(labour=True, part=False),
        other=of(labour=False, part=False),
    )


def money(amount: Decimal | None, currency: str = "") -> str:
    """Write an amount for a person, to the cent; empty where nobody has said it.

    >>> money(Decimal("1234.5"), "EUR"), money(Decimal(900)), money(None, "EUR")
    ('1,234.50 EUR', '900.00', '')
    """
    return "" if amount is None else f"{amount:,.2f} {currency}".rstrip()


def positive(amount: Decimal, *, what: str, most: Decimal, places: int = 3) -> Decimal:
    """Return an amount that makes sense.

    Raises:
        Rejected: it is no number, not positive, too large, or finer than anybody counts.

    >>> positive(Decimal("2.5"), what="hours", most=Decimal(24))
    Decimal('2.5')
    """
    if not amount.is_finite() or not 0 < amount <= most:
        raise Rejected("bad_amount", f"{what} is more than 0 and at most {most:,}")
    if amount != amount.quantize(Decimal(1).scaleb(-places)):
        raise Rejected("bad_amount", f"{what} has at most {places} decimal places")
    return amount


def priced(quantity: Decimal, price: Decimal) -> Decimal:
    """Return what a quantity costs, to the cent, half up.

    >>> priced(Decimal("0.5"), Decimal("10.25"))
    Decimal('5.13')
    """
    return (quantity * price).quantize(CENT, rounding="ROUND_HALF_UP")
