"""Alerts as rows: raise, keep, find, and which findings belong to which."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from plant.alert import Alert, AlertFlags
from plant.errors import NotFound
from plant.severity import Severity
from storage.core.database import Transaction

_FLAGS = ("active", "acknowledged", "shelved_until", "suppressed", "out_of_service")


def add(tx: Transaction, alert: Alert) -> None:
    """Write a new alert; the database allows one open per (asset, kind)."""
    tx.run("alerts.add", **_row(alert))


def keep(tx: Transaction, alert: Alert) -> None:
    """Write what has changed of an alert.

    Raises:
        NotFound: it was never added.
    """
    if not tx.run("alerts.keep", **_row(alert)):
        raise NotFound(f"there is no alert {alert.alert_id}")


def get_alert(tx: Transaction, alert_id: UUID) -> Alert:
    """Return one alert.

    Raises:
        NotFound: there is none.
    """
    row = tx.first("alerts.get", alert_id=alert_id)
    if row is None:
        raise NotFound(f"there is no alert {alert_id}")
    return _alert(row)


def list_alerts(tx: Transaction, *, open_only: bool = False, most: int = 200) -> list[Alert]:
    """Return alerts, the newest first; an open one is active or not yet acknowledged."""
    return [_alert(row) for row in tx.all("alerts.list", open_only=open_only, most=most)]


def open_alert(tx: Transaction, *, asset_id: int, kind: str) -> Alert | None:
    """Return the one open alert of an asset and a kind."""
    row = tx.first("alerts.open", asset_id=asset_id, kind=kind)
    return _alert(row) if row else None


def open_alerts(tx: Transaction, asset_id: int) -> list[Alert]:
    """Return an asset's open alerts, the oldest first."""
    return [_alert(row) for row in tx.all("alerts.open_of_asset", asset_id=asset_id)]


def alert_of_finding(tx: Transaction, finding_id: UUID) -> Alert | None:
    """Return the alert a finding belongs to."""
    row = tx.first("alerts.alert_of", finding_id=finding_id)
    return get_alert(tx, row["alert_id"]) if row else None


def open_findings(tx: Transaction, *, asset_id: int, failure_mode: str) -> list[tuple[UUID, UUID]]:
    """Return the findings of a failure mode that have not cleared and belong to an alert, each with that alert."""
    rows = tx.all("alerts.open_findings", asset_id=asset_id, failure_mode=failure_mode)
    return [(row["finding_id"], row["alert_id"]) for row in rows]


def add_finding(tx: Transaction, *, alert_id: UUID, finding_id: UUID) -> None:
    """Let a finding belong to an alert, once and for all."""
    tx.run("alerts.add_finding", alert_id=alert_id, finding_id=finding_id)


def other_episodes(tx: Transaction, *, alert_id: UUID, finding_id: UUID) -> int:
    """Count the alert's other findings that have not cleared."""
    return int(tx.one("alerts.other_episodes", alert_id=alert_id, finding_id=finding_id)["others"])


def _row(alert: Alert) -> dict[str, Any]:
    return {
        "alert_id": alert.alert_id,
        "asset_id": alert.asset_id,
        "kind": alert.kind,
        "severity": alert.severity.value,
        **{name: getattr(alert.flags, name) for name in _FLAGS},
        "onset": alert.onset,
        "raised_at": alert.raised_at,
        "cleared_at": alert.cleared_at,
        "acknowledged_at": alert.acknowledged_at,
        "acknowledged_by": alert.acknowledged_by,
        "count": alert.count,
    }


def _alert(row: dict[str, Any]) -> Alert:
    values = {name: value for name, value in row.items() if name not in _FLAGS}
    values["severity"] = Severity(row["severity"])
    return Alert(**values, flags=AlertFlags(**{name: row[name] for name in _FLAGS}))
