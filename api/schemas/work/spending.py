"""The documents about what an order costs: parts, labour, downtime."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Self

from pydantic import ConfigDict, Field

from api.schemas.instants import Day, Instant
from api.schemas.shape import ETAG, Nothing, PlainText, Remark, Shape
from lifecycle.register.plant_file import Tag
from lifecycle.register.stores_file import PartDescription, TradeDescription
from lifecycle.register.writing import part_document
from plant.orders.spending import Part, Trade
from plant.people.seen_version import version_tag

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
    etag: str = ETAG

    @classmethod
    def of(cls, part: Part) -> Self:
        """Show a part."""
        return cls(**asdict(part) | {"free": part.free, "etag": version_tag(part_document(part))})


class PartWanted(PartDescription):
    """A part that is to be added to a site, or of which something else is to be said; its stock stays."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"site": "demo", "number": "6205", "name": "Bearing", "price": "12.50"}]}
    )

    site: Tag


class TradeShape(Shape):
    """A kind of worker at a site."""

    tag: str
    name: str
    name_zh: str
    rate: Decimal | None = Field(description="What an hour costs, in the currency of the site; null: nobody has said.")
    etag: str = ETAG

    @classmethod
    def of(cls, trade: Trade) -> Self:
        """Show a trade."""
        return cls(**asdict(trade), etag=version_tag(asdict(trade)))


class TradeWanted(TradeDescription):
    """A trade that is to be added to a site, or of which something else is to be said."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"site": "demo", "tag": "mechanic", "name": "Mechanic", "rate": "64.00"}]}
    )

    site: Tag


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
