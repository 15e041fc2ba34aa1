"""What a desk reads and writes for many findings at once: one statement for each kind of row."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from plant.alert import Alert
from plant.errors import Conflict
from plant.severity import Severity
from plant.work_order import WorkOrder
from storage.core.database import Transaction
from storage.core.json_rows import json_rows
from storage.work.alerts import AlertEvent, alert_of_row, values_of_alert
from storage.work.orders import OrderEvent, order_of_row, values_of_order

AssetAnd = Collection[tuple[int, str]]
"""Assets, each with a kind of finding, a failure mode, or a signal's key."""


def memberships(tx: Transaction, finding_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Return which alert findings belong to."""
    rows = tx.all("desk_batch.memberships", finding_ids=list(finding_ids))
    return {row["finding_id"]: row["alert_id"] for row in rows}


def alerts(tx: Transaction, alert_ids: Collection[UUID], kinds: AssetAnd) -> list[Alert]:
    """Return some alerts, and the open ones of some assets and kinds."""
    asset_ids, named = _apart(kinds)
    rows = tx.all("desk_batch.alerts", alert_ids=list(alert_ids), asset_ids=asset_ids, kinds=named)
    return [alert_of_row(row) for row in rows]


def episodes(tx: Transaction, alert_ids: Collection[UUID]) -> dict[UUID, dict[UUID, Severity]]:
    """Return the findings of alerts that have not cleared, and how bad each is, by alert."""
    found: dict[UUID, dict[UUID, Severity]] = {alert_id: {} for alert_id in alert_ids}
    for row in tx.all("desk_batch.episodes", alert_ids=list(alert_ids)):
        found[row["alert_id"]][row["finding_id"]] = Severity(row["grade"])
    return found


def orders_of_findings(tx: Transaction, finding_ids: Sequence[UUID]) -> dict[UUID, set[int]]:
    """Return the orders that findings belong to, open or not."""
    found: dict[UUID, set[int]] = {}
    for row in tx.all("desk_batch.orders_of_findings", finding_ids=list(finding_ids)):
        found.setdefault(row["finding_id"], set()).add(row["order_id"])
    return found


def open_orders(tx: Transaction, order_ids: Collection[int], failure_modes: AssetAnd) -> list[WorkOrder]:
    """Return the open ones of some orders, and those of some assets and failure modes, the oldest first."""
    asset_ids, named = _apart(failure_modes)
    rows = tx.all("desk_batch.orders", order_ids=list(order_ids), asset_ids=asset_ids, failure_modes=named)
    return [order_of_row(row) for row in rows]


def joined(tx: Transaction, order_ids: Collection[int]) -> dict[int, int]:
    """Count the findings that belong to orders."""
    return {row["order_id"]: row["findings"] for row in tx.all("desk_batch.joined", order_ids=list(order_ids))}


def signals(tx: Transaction, keys: AssetAnd) -> dict[int, dict[str, dict[str, Any]]]:
    """Return signals by asset and key: name, unit, limits and newest value."""
    asset_ids, named = _apart(keys)
    found: dict[int, dict[str, dict[str, Any]]] = {}
    for row in tx.all("desk_batch.signals", asset_ids=asset_ids, keys=named):
        found.setdefault(row.pop("asset_id"), {})[row["signal"]] = row
    return found


def draw_orders(tx: Transaction, count: int) -> list[int]:
    """Draw the ids of so many orders; those whose transaction fails stay unused."""
    return [row["order_id"] for row in tx.all("desk_batch.draw_orders", count=count)] if count else []


def write_alerts(
    tx: Transaction,
    *,
    raised: Sequence[Alert],
    changed: Sequence[Alert],
    joined: Mapping[UUID, UUID],
    events: Sequence[AlertEvent],
) -> None:
    """Write alerts that are new, those that have changed, which findings belong to which, and what became of them."""
    _rows(tx, "desk_batch.add_alerts", [values_of_alert(one) for one in raised])
    _rows(tx, "desk_batch.keep_alerts", [values_of_alert(one) for one in changed])
    if joined:
        tx.run("desk_batch.join_alerts", finding_ids=list(joined), alert_ids=list(joined.values()))
    _rows(tx, "desk_batch.add_alert_events", events)


def write_orders(
    tx: Transaction,
    *,
    raised: Sequence[tuple[WorkOrder, UUID | None]],
    changed: Sequence[WorkOrder],
    joined: Sequence[tuple[int, UUID]],
    events: Sequence[OrderEvent],
) -> None:
    """Write orders that are new, each with its alert, those that have changed, and the rest as for alerts.

    Raises:
        Conflict: one that has changed has another revision than it was read with.
    """
    _rows(tx, "desk_batch.add_orders", [{**values_of_order(one), "alert_id": alert} for one, alert in raised])
    if _rows(tx, "desk_batch.keep_orders", [values_of_order(one) for one in changed]) < len(changed):
        raise Conflict("work orders were changed by somebody else; read them again")
    if joined:
        order_ids, finding_ids = zip(*joined, strict=True)
        tx.run("desk_batch.join_orders", order_ids=list(order_ids), finding_ids=list(finding_ids))
    _rows(tx, "desk_batch.add_order_events", events)


def wait(tx: Transaction, waiting: Mapping[UUID, tuple[str | None, datetime | None]]) -> None:
    """Remember why nothing came of findings yet, and when to look again; None: a finding waits for nothing."""
    if waiting:
        waits, look_at = zip(*waiting.values(), strict=True)
        tx.run("desk_batch.wait", finding_ids=list(waiting), waits=list(waits), look_at=list(look_at))


def _apart(named: AssetAnd) -> tuple[list[int], list[str]]:
    return [asset_id for asset_id, _ in named], [name for _, name in named]


def _rows(tx: Transaction, statement: str, rows: Sequence[dict[str, Any] | AlertEvent | OrderEvent]) -> int:
    return tx.run(statement, rows=json_rows(rows)) if rows else 0
