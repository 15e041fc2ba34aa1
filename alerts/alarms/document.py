"""What an alert says: why there is one, and the JSON document that goes out with each of its revisions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from alerts.orders.document import evidence
from plant.alert import Alert
from plant.clock import iso
from plant.finding import Finding


def alert_document(alert: Alert, *, event: str, actor: str, at: datetime, note: str = "") -> dict[str, Any]:
    """Write an alert as the document that goes out on MQTT; receivers tell messages by `alert_id` and `revision`."""
    flags = alert.flags
    return {
        "alert_id": str(alert.alert_id),
        "revision": alert.revision,
        "event": event,
        "actor": actor,
        "at": iso(at),
        "note": note or None,
        "site": alert.site,
        "asset": alert.asset,
        "kind": alert.kind,
        "severity": alert.severity.value,
        "state": flags.state(at).value,
        "thingsboard_state": flags.thingsboard(),
        "active": flags.active,
        "acknowledged": flags.acknowledged,
        "shelved_until": _iso(flags.shelved_until),
        "suppressed": flags.suppressed,
        "out_of_service": flags.out_of_service,
        "count": alert.count,
        "onset": iso(alert.onset),
        "raised_at": iso(alert.raised_at),
        "told_at": _iso(alert.told_at),
        "cleared_at": _iso(alert.cleared_at),
        "acknowledged_at": _iso(alert.acknowledged_at),
        "acknowledged_by": alert.acknowledged_by,
        "comment": alert.comment or None,
        "evidence": alert.evidence,
    }


def _iso(at: datetime | None) -> str | None:
    return None if at is None else iso(at)


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
