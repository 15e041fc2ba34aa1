"""What the bench of the desk counts."""

from __future__ import annotations

from datetime import datetime

from storage.core.database import Database, Role, Transaction


def waiting(tx: Transaction) -> int:
    """Count the findings that no desk has seen yet."""
    return int(tx.one("desk_counts.waiting")["waiting"])


def count(url: str) -> dict[str, int]:
    """Count what came of the findings."""
    with Database(url, role=Role.APP) as database, database.transaction() as tx:
        return {name: int(value) for name, value in tx.one("desk_counts.count").items()}


def unsent(tx: Transaction) -> int:
    """Count the revisions of alerts and orders that have not gone out."""
    return int(tx.one("desk_counts.unsent")["unsent"])


def delays_ms(url: str, since: datetime) -> list[float]:
    """Return how long findings took that were written since an instant, from their row to their alert's, sorted."""
    with Database(url, role=Role.APP) as database, database.transaction() as tx:
        return [row["ms"] for row in tx.all("desk_counts.delays", since=since)]
