"""Why there is an alert: which signals show it, how much of it each, their values and their limits."""

from __future__ import annotations

from typing import Any

from alerts.orders.document import evidence
from plant.clock import iso
from plant.finding import Finding
from storage.core.database import Transaction
from storage.work import alerts as alert_rows

_MOST_SIGNALS = 5


def alert_evidence(tx: Transaction, finding: Finding) -> dict[str, Any]:
    """Write down, as JSON, what speaks for an alert: as for an order, and beside each signal its value and limits."""
    said = evidence(finding)
    del said["remaining_life"]
    shown = said["signals"][:_MOST_SIGNALS]
    known = alert_rows.signals_of(tx, finding.asset_id, [one["signal"] for one in shown])
    said["signals"] = [{**one, **_at_signal(known.get(one["signal"]))} for one in shown]
    return said


def _at_signal(row: dict[str, Any] | None) -> dict[str, Any]:
    if row is None:
        return {}
    said = {name: row[name] for name in ("name", "name_zh", "low", "high", "value")}
    return {**said, "value_at": iso(row["time"]) if row["time"] else None}
