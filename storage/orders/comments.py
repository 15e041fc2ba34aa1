"""What was said about orders, as rows that are only ever added."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storage.core.database import Transaction


def add_comment(tx: Transaction, order_id: int, comment: OrderComment) -> None:
    """Write down what somebody said about an order."""
    tx.run("comments.add", order_id=order_id, at=comment.at, by=comment.by, said=comment.said)


def comments_of(tx: Transaction, order_id: int) -> list[OrderComment]:
    """Return what was said about an order, oldest first."""
    return [OrderComment(**row) for row in tx.all("comments.of_order", order_id=order_id)]


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderComment:
    """One comment; it stays as it was said."""

    at: datetime
    by: str
    said: str
    comment_id: int | None = None
