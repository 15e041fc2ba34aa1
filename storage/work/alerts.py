"""Alerts as rows: raise, keep, find, and which findings belong to which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from plant.alert import Alert, AlertFlags
from plant.errors import NotFound
from plant.severity import Severity
from storage.core.database import Transaction


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertEvent:
    """What became of an alert in one revision, with the document that goes out; `tells`: people were told by it."""

    alert_id: UUID
    revision: int
    at: datetime
    actor: str
    event: str
    document: dict[str, Any]
    note: str = ""
    tells: bool = False
    published_at: datetime | None = None


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
    return alert_of_row(row)


def list_alerts(tx: Transaction, *, open_only: bool = False, most: int = 200) -> list[Alert]:
    """Return alerts, the newest first; an open one is active or not yet acknowledged."""
    return [alert_of_row(row) for row in tx.all("alerts.list", open_only=open_only, most=most)]


def open_alert(tx: Transaction, *, asset_id: int, kind: str) -> Alert | None:
    """Return the one open alert of an asset and a kind."""
    row = tx.first("alerts.open", asset_id=asset_id, kind=kind)
    return alert_of_row(row) if row else None


def open_alerts(tx: Transaction, asset_id: int) -> list[Alert]:
    """Return an asset's open alerts, the oldest first."""
    return [alert_of_row(row) for row in tx.all("alerts.open_of_asset", asset_id=asset_id)]


def hidden_or_open_alerts(tx: Transaction, asset_id: int) -> list[Alert]:
    """Return an asset's alerts that are open, or over and still marked as hidden, the oldest first."""
    return [alert_of_row(row) for row in tx.all("alerts.hidden_or_open_of_asset", asset_id=asset_id)]


def open_findings(tx: Transaction, *, asset_id: int, failure_mode: str) -> list[tuple[UUID, UUID]]:
    """Return the findings of a failure mode that have not cleared and belong to an alert, each with that alert."""
    rows = tx.all("alerts.open_findings", asset_id=asset_id, failure_mode=failure_mode)
    return [(row["finding_id"], row["alert_id"]) for row in rows]


def add_finding(tx: Transaction, *, alert_id: UUID, finding_id: UUID) -> None:
    """Let a finding belong to an alert, once and for all."""
    tx.run("alerts.add_finding", alert_id=alert_id, finding_id=finding_id)


def other_episodes(tx: Transaction, *, alert_id: UUID, finding_id: UUID) -> list[Severity]:
    """Return how bad the alert's other findings are that have not cleared."""
    rows = tx.all("alerts.other_episodes", alert_id=alert_id, finding_id=finding_id)
    return [Severity(row["grade"]) for row in rows]


def signals_of(tx: Transaction, asset_id: int, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return some signals of an asset by key: name, unit, limits and newest value."""
    return {row["signal"]: row for row in tx.all("alerts.signals", asset_id=asset_id, keys=list(keys))}


def add_event(tx: Transaction, event: AlertEvent) -> None:
    """Write down what became of an alert."""
    values = {name: getattr(event, name) for name in ("alert_id", "revision", "at", "actor", "event", "note", "tells")}
    tx.run("alerts.add_event", **values, document=Jsonb(event.document))


def alert_events(tx: Transaction, alert_id: UUID) -> list[AlertEvent]:
    """Return all that became of an alert, oldest first."""
    return [AlertEvent(**row) for row in tx.all("alerts.events", alert_id=alert_id)]


def unpublished(tx: Transaction, *, most: int) -> list[AlertEvent]:
    """Return what has not gone out yet, oldest first."""
    return [AlertEvent(**row) for row in tx.all("alerts.unpublished", most=most)]


def mark_published(tx: Transaction, events: Sequence[AlertEvent], *, at: datetime) -> None:
    """Remember when events went out."""
    alert_ids, revisions = [one.alert_id for one in events], [one.revision for one in events]
    tx.run("alerts.mark_published", alert_ids=alert_ids, revisions=revisions, at=at)


def _row(alert: Alert) -> dict[str, Any]:
    return {**values_of_alert(alert), "evidence": Jsonb(alert.evidence)}


def values_of_alert(alert: Alert) -> dict[str, Any]:
    """Return what is stored of an alert, by column."""
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
        "comment": alert.comment,
        "count": alert.count,
        "shelved_by": alert.shelved_by,
        "shelved_why": alert.shelved_why,
        "told_at": alert.told_at,
        "told": alert.told,
        "milder": alert.milder.value if alert.milder else None,
        "milder_since": alert.milder_since,
        "evidence": alert.evidence,
        "revision": alert.revision,
    }


def alert_of_row(row: dict[str, Any]) -> Alert:
    """Read a row of `alert_at_asset`."""
    values = {name: value for name, value in row.items() if name not in _FLAGS}
    values["severity"] = Severity(row["severity"])
    values["milder"] = Severity(row["milder"]) if row["milder"] else None
    return Alert(**values, flags=AlertFlags(**{name: row[name] for name in _FLAGS}))
