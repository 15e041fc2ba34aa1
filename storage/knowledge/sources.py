"""Where knowledge comes from: closed orders, lessons and documents that cannot be found yet as they are now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from plant.errors import NotFound
from storage.core.database import Transaction


@dataclass(frozen=True, kw_only=True, slots=True)
class ClosedOrder:
    """A closed order with all that people said on it, `notes` oldest first."""

    order_id: int
    revision: int
    title: str
    evidence: dict[str, Any]
    site_id: int
    class_id: int
    asset_id: int
    failure_mode: str
    closed_at: datetime
    notes: tuple[str, ...]
    closing_note: str
    cause: str
    action: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LessonPlace:
    """Where a lesson belongs, by the numbers of the register; without `asset_id` it came from no order."""

    site_id: int
    class_id: int
    asset_id: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Rationalised:
    """What was thought through about an alarm of a class: cause, consequence and action, in the languages it is in."""

    class_id: int
    kind: str
    class_name: str
    class_name_zh: str
    lines: tuple[str, ...]
    stamp: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TitledDocument:
    """A document by its title: of an asset, a class or a whole site; `at` is when it was handed in, if known."""

    key: str
    title: str
    version: str
    file: str
    site_id: int
    asset_id: int | None
    class_id: int | None
    at: datetime | None
    stamp: str


def documents_due(tx: Transaction, *, version: int, most: int) -> list[TitledDocument]:
    """Return documents whose titles cannot be found as they are now."""
    return [TitledDocument(**row) for row in tx.all("sources.documents", version=str(version), most=most)]


def rationalisations_due(tx: Transaction, *, version: int, most: int) -> list[Rationalised]:
    """Return rationalisations that cannot be found as they are now."""
    rows = tx.all("sources.rationalisations", version=str(version), most=most)
    return [Rationalised(**{**row, "lines": tuple(row["lines"])}) for row in rows]


def lost_rationalisations(tx: Transaction) -> list[str]:
    """Name entries of rationalisations that are no more."""
    return [row["key"] for row in tx.all("sources.lost_rationalisations")]


def orders_due(tx: Transaction, *, version: int, most: int) -> list[int]:
    """Name closed orders that cannot be found as they are now."""
    return [row["order_id"] for row in tx.all("sources.orders", version=str(version), most=most)]


def lessons_due(tx: Transaction, *, version: int, most: int) -> list[UUID]:
    """Name lessons that cannot be found as they are now, or can and are withdrawn."""
    return [row["lesson_id"] for row in tx.all("sources.lessons", version=str(version), most=most)]


def closed_order(tx: Transaction, order_id: int) -> ClosedOrder:
    """Return a closed order.

    Raises:
        NotFound: there is none of this number.
    """
    row = tx.first("sources.order", order_id=order_id)
    if row is None:
        raise NotFound(f"there is no closed order {order_id}")
    return ClosedOrder(**{**row, "notes": tuple(row["notes"])})


def place_of_lesson(tx: Transaction, lesson_id: UUID) -> LessonPlace:
    """Return where a lesson belongs."""
    return LessonPlace(**tx.one("sources.place_of_lesson", lesson_id=lesson_id))
