"""Lists of work orders as people want them: filtered, sorted, by the page, or column by column of a board."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from plant.iso14224 import Names
from plant.work_order import OrderState, WorkOrder, is_overdue
from storage.core.database import Transaction
from storage.identity import people
from storage.work.orders import OrderFilter, order_number, order_of_row

OrderSort = Literal["newest", "due", "priority", "asset"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedOrder:
    """An order with its asset's names and area; `total` is how many there are in its list or column.

    `warranty_until` is the last day of the warranty within which its failure fell, None where it fell in none.
    """

    order: WorkOrder
    name: str
    name_zh: str
    area: str
    acknowledged_recognised: str | None
    warranty_until: date | None
    total: int


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderChoices:
    """What lists of orders may be narrowed to: teams, people and sites by their tags, and each site's zone."""

    teams: dict[str, Names]
    people: dict[str, Names]
    sites: dict[str, Names]
    zones: dict[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class StandingOrder:
    """An order that stands, in short."""

    order_id: int
    asset_id: int
    state: OrderState
    priority: int
    requested_finish: datetime
    failure_mode: str
    title: str
    team: str | None
    assignee_name: str | None
    is_acknowledged: bool

    @property
    def number(self) -> str:
        """Return its number."""
        return order_number(self.order_id)

    def is_due(self, before: datetime) -> bool:
        """Say whether its work is to be done before an instant, and is not."""
        return is_overdue(self.state, self.requested_finish, before)


def standing_orders(tx: Transaction) -> list[StandingOrder]:
    """Return every order that stands, the most urgent first, in short."""
    rows = tx.all("order_list.standing")
    return [StandingOrder(**{**row, "state": OrderState(row["state"])}) for row in rows]


def page_of_orders(
    tx: Transaction, wanted: OrderFilter, *, most: int, skip: int = 0, sort: OrderSort = "newest"
) -> list[ListedOrder]:
    """Return a page of the wanted orders, in order."""
    return _listed(tx.all("order_list.page", **wanted.parameters(), sort=sort, most=most, skip=skip, columns=False))


def board_of_orders(tx: Transaction, wanted: OrderFilter, *, most: int) -> list[ListedOrder]:
    """Return up to `most` of the wanted orders of each column of the board, which is a state; the waits are one."""
    return _listed(tx.all("order_list.page", **wanted.parameters(), sort="priority", most=most, skip=0, columns=True))


def order_choices(tx: Transaction) -> OrderChoices:
    """Return what lists of orders may be narrowed to."""
    sites = tx.all("order_list.sites")
    return OrderChoices(
        teams={one.tag: (one.name, one.name_zh) for one in people.teams(tx)},
        people={row["sign_in"]: (row["name"], "") for row in tx.all("order_list.people")},
        sites={row["site"]: (row["name"] or row["site"], row["name_zh"]) for row in sites},
        zones={row["site"]: row["zone"] for row in sites},
    )


def _listed(rows: list[dict[str, Any]]) -> list[ListedOrder]:
    return [_one(dict(row)) for row in rows]


def _one(row: dict[str, Any]) -> ListedOrder:
    del row["place"]
    return ListedOrder(
        name=row.pop("asset_name"),
        name_zh=row.pop("asset_name_zh"),
        area=row.pop("area"),
        acknowledged_recognised=row.pop("acknowledged_recognised"),
        warranty_until=row.pop("warranty_until"),
        total=row.pop("total"),
        order=order_of_row(row),
    )
