"""When machines stood, as rows."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from plant.orders.spending import Downtime
from storage.core.database import Transaction
from storage.work.orders import order_number


def add_downtime(tx: Transaction, downtime: Downtime, *, order_id: int | None) -> None:
    """Write down that a machine stood, and the order that it belongs to."""
    values = asdict(downtime)
    for told_by_the_row in ("downtime_id", "order", "down_to_noted_at", "down_to_noted_by"):
        del values[told_by_the_row]
    tx.run("downtimes.add", order_id=order_id, **values)


def end_downtime(tx: Transaction, asset_id: int, *, at: datetime, noted_at: datetime, by: str) -> bool:
    """Say until when a machine stood; False where none stands, or it stood only later."""
    return tx.first("downtimes.end", asset_id=asset_id, at=at, noted_at=noted_at, by=by) is not None


def overlaps(tx: Transaction, asset_id: int, down_from: datetime, down_to: datetime | None) -> bool:
    """Say whether the machine is known to have stood at some time of a stretch."""
    found = tx.first("downtimes.overlapping", asset_id=asset_id, down_from=down_from, down_to=down_to)
    return found is not None


def list_downtimes(
    tx: Transaction, *, order_id: int | None = None, asset_id: int | None = None, most: int = 100
) -> list[Downtime]:
    """Return when assets stood, the newest first."""
    rows = tx.all("downtimes.list", order_id=order_id, asset_id=asset_id, most=most)
    return [_downtime(dict(row)) for row in rows]


def _downtime(row: dict[str, Any]) -> Downtime:
    order_id = row.pop("order_id")
    return Downtime(**row, order=None if order_id is None else order_number(order_id))
