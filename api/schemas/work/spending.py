"""The documents about what an order costs: parts, labour, downtime."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from pydantic import Field

from api.schemas.instants import Day, Instant
from api.schemas.shape import Nothing, PlainText, Remark, Shape

_Amount = Field(gt=0, allow_inf_nan=False, max_digits=12, decimal_places=3)


class PartShape(Shape):
    """A spare part in the stock of a site; amounts are decimal numbers, written as strings."""

    number: str
    name: str
    name_zh: str
    unit: str
    price: Decimal | None = Field(description="Of one unit, in the currency of the site; null where nobody has said.")
    least: Decimal
    on_hand: Decimal
    reserved: Decimal
    free: Decimal = Field(description="How much may still be reserved or issued.")


class ReservedPartShape(Shape):
    """How much of a part is reserved for an order."""

    number: str
    name: str
    name_zh: str
    unit: str
    quantity: Decimal


class OrderCostShape(Shape):
    """What an order cost in one currency."""

    currency: str
    parts: Decimal
    labour: Decimal
    other: Decimal
    total: Decimal


class SpendingShape(Shape):
    """What was spent on an order; what has no price is said beside the costs, and is not in them."""

    costs: list[OrderCostShape]
    hours: Decimal
    unpriced_hours: Decimal
    unpriced_parts: int
    reserved: list[ReservedPartShape]


class DowntimeShape(Shape):
    """That a machine stood; `order` is the order that it belongs to."""

    downtime_id: int
    order: str | None
    down_from: datetime
    down_to: datetime | None = Field(description="Null while it still stands.")
    reason: str
    is_planned: bool
    noted_at: datetime
    noted_by: str
    down_to_noted_at: datetime | None = Field(description="When its end was noted, where that was later.")
    down_to_noted_by: str | None


class NewLabour(Remark):
    """Hours of a person of a trade on a day."""

    person: str = Field(description="As they sign in.")
    trade: str = Field(description="Tag of the trade, which gives what an hour costs.")
    day: Day
    hours: Decimal = Field(gt=0, le=24, allow_inf_nan=False, decimal_places=2)


class NewPartQuantity(Nothing):
    """How much of a part is to be reserved or given back."""

    part: str = Field(description="Number of the part.")
    quantity: Decimal = _Amount


class NewIssue(Remark):
    """How much of a part is taken out of stock."""

    part: str = Field(description="Number of the part.")
    quantity: Decimal = _Amount
    without_price: bool = Field(default=False, description="Take it although nobody has said what it costs.")


class NewReceipt(Remark):
    """How much of a part is put into the stock of a site."""

    site: str
    part: str = Field(description="Number of the part.")
    quantity: Decimal = _Amount
    price: Decimal | None = Field(default=None, gt=0, allow_inf_nan=False, description="Of one unit, from now on.")


class NewDowntime(Nothing):
    """That the machine of an order stood, or stands."""

    down_from: Instant
    down_to: Instant | None = None
    reason: PlainText = Field(min_length=1, max_length=500)
    is_planned: bool = False


class NewDowntimeEnd(Nothing):
    """Until when a machine stood."""

    at: Instant
