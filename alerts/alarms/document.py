"""What an alert says: the JSON document that goes out with each of its revisions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from plant.alert import Alert
from plant.clock import iso


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
