"""Why there is an alert: which signals show it, how much of it each, their values and their limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from alerts.orders.document import evidence
from plant.clock import iso
from plant.finding import Finding

_MOST_SIGNALS = 5


def alert_evidence(finding: Finding, known: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """Write down, as JSON, what speaks for an alert: as for an order, and beside each signal its value and limits.

    `known` is what is known of the asset's signals, by key.
    """
    said = evidence(finding)
    del said["remaining_life"]
    shown = said["signals"][:_MOST_SIGNALS]
    said["signals"] = [{**one, **_at_signal(known.get(one["signal"]))} for one in shown]
    return said


def _at_signal(row: dict[str, Any] | None) -> dict[str, Any]:
    if row is None:
        return {}
    said = {name: row[name] for name in ("name", "name_zh", "low", "high", "value")}
    return {**said, "value_at": iso(row["time"]) if row["time"] else None}
