"""The stores file: the currency of a site, its trades with what an hour costs, and its parts; read strictly."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from lifecycle.register.plant_file import Tag
from lifecycle.register.toml_file import read_toml
from plant.errors import Conflict, Rejected
from plant.orders.spending import Part, Trade
from storage.core.database import Transaction
from storage.orders import stock

_Price = Annotated[Decimal | None, Field(gt=0, lt=1_000_000_000, max_digits=14, decimal_places=4)]
_Rate = Annotated[Decimal | None, Field(gt=0, lt=1_000_000, max_digits=10, decimal_places=4)]
_Name = Annotated[str, Field(max_length=200)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class TradeDescription(_Entry):
    """A trade as a person writes it down, in a file or over HTTP."""

    tag: Tag
    name: _Name = ""
    name_zh: _Name = ""
    rate: _Rate = None

    def trade(self) -> Trade:
        """Return the trade; without a name it is called by its tag."""
        return Trade(tag=self.tag, name=self.name or self.tag, name_zh=self.name_zh, rate=self.rate)


class PartDescription(_Entry):
    """A spare part as a person writes it down, in a file or over HTTP; its stock is none of that."""

    number: Tag
    name: _Name = ""
    name_zh: _Name = ""
    unit: Annotated[str, Field(max_length=30)] = ""
    price: _Price = None
    least: Annotated[Decimal, Field(ge=0, le=1_000_000, max_digits=12, decimal_places=3)] = Decimal(0)

    def part(self) -> Part:
        """Return the part; without a name it is called by its number."""
        values = self.model_dump(include=set(PartDescription.model_fields))
        return Part(**{**values, "name": self.name or self.number})


class _Stores(_Entry):
    site: Tag
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    trade: list[TradeDescription] = []
    part: list[PartDescription] = []


@dataclass(frozen=True, kw_only=True, slots=True)
class Stores:
    """What a stores file says."""

    site: str
    currency: str
    trades: tuple[Trade, ...]
    parts: tuple[Part, ...]


def read_stores(path: Path) -> Stores:
    """Read a stores file; prices are read as they are written, to the last digit.

    Raises:
        Rejected: it cannot be read, is not TOML, or says something that makes no sense; the text says where.
    """
    parsed = read_toml(path, _Stores, absent="no_stores", bad="bad_stores", parse_float=Decimal)
    for what, tags in (("trade", [one.tag for one in parsed.trade]), ("part", [one.number for one in parsed.part])):
        twice = [tag for tag, count in Counter(tags).items() if count > 1]
        if twice:
            raise Rejected("bad_stores", f"{path}: {what} {twice[0]} is described twice")
    return Stores(
        site=parsed.site,
        currency=parsed.currency,
        trades=tuple(one.trade() for one in parsed.trade),
        parts=tuple(one.part() for one in parsed.part),
    )


def import_stores(tx: Transaction, stores: Stores) -> dict[str, dict[str, int]]:
    """Make the record say what a stores file says; stock is left as it is. Answers counts by kind, by what was done.

    Raises:
        NotFound: there is no such site.
        Conflict: the site counts in another currency already.
    """
    held = stock.currency_of(tx, stores.site)
    if not stock.put_currency(tx, stores.site, stores.currency):
        raise Conflict(f"site {stores.site} counts in {held}; what was booked would mean something else in another")
    outcomes: Counter[tuple[str, str]] = Counter()
    for trade in stores.trades:
        outcomes["trades", stock.put_trade(tx, stores.site, trade)] += 1
    for part in stores.parts:
        outcomes["parts", stock.put_part(tx, stores.site, part)] += 1
    return {
        how: {what: count for (what, done), count in sorted(outcomes.items()) if done == how}
        for how in ("added", "changed", "left")
    }
