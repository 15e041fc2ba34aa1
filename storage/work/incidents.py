"""Incidents and floods as rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from plant.alarms.incident import Flood, Incident
from plant.alert import Alert
from plant.errors import NotFound
from plant.severity import Severity
from storage.core.database import Transaction
from storage.work.alerts import alert_of_row


def lock_site(tx: Transaction, site: str) -> None:
    """Let nobody else place a site's alerts in incidents until the transaction ends; the last lock anybody takes."""
    tx.all("incidents.lock_site", site=site)


def to_join(tx: Transaction, alert: Alert, *, since: datetime, most: int, reach: int) -> UUID | None:
    """Return the open incident that an alert belongs to; None where it is a new one."""
    near = [row["asset_id"] for row in tx.all("incidents.near", asset_id=alert.asset_id, reach=reach)]
    row = tx.first("incidents.to_join", asset_id=alert.asset_id, near=near, since=since, most=most)
    return row["incident_id"] if row else None


def of_alert(tx: Transaction, alert_id: UUID) -> UUID | None:
    """Return the incident that an alert is in, while that is not resolved."""
    row = tx.first("incidents.of_alert", alert_id=alert_id)
    return row["incident_id"] if row else None


def begin(tx: Transaction, incident_id: UUID, alert: Alert, *, at: datetime) -> None:
    """Begin an incident with one alert."""
    tx.run(
        "incidents.begin",
        incident_id=incident_id,
        asset_id=alert.asset_id,
        alert_id=alert.alert_id,
        severity=alert.severity.value,
        at=at,
    )


def add_alert(tx: Transaction, incident_id: UUID, alert_id: UUID, *, at: datetime) -> None:
    """Let an alert belong to an incident."""
    tx.run("incidents.add_alert", incident_id=incident_id, alert_id=alert_id, at=at)


def keep(tx: Transaction, incident: Incident) -> None:
    """Write what has changed of an incident."""
    values: dict[str, Any] = {one.name: getattr(incident, one.name) for one in fields(Incident)}
    tx.run("incidents.keep", **{**values, "severity": incident.severity.value})


def get_incident(tx: Transaction, incident_id: UUID) -> Incident:
    """Return an incident.

    Raises:
        NotFound: there is none.
    """
    row = tx.first("incidents.get", incident_id=incident_id)
    if row is None:
        raise NotFound(f"there is no incident {incident_id}")
    return _incident(row)


def members(tx: Transaction, incident_ids: Collection[UUID]) -> dict[UUID, list[Alert]]:
    """Return the alerts of incidents, the earliest first."""
    found: dict[UUID, list[Alert]] = {incident_id: [] for incident_id in incident_ids}
    for row in tx.all("incidents.members", incident_ids=list(incident_ids)):
        found[row.pop("incident_id")].append(alert_of_row(row))
    return found


def feeds_among(tx: Transaction, asset_ids: Collection[int]) -> set[tuple[int, int]]:
    """Return which of some assets feed which others of them, also by way of assets between."""
    rows = tx.all("incidents.upstream", asset_ids=list(asset_ids))
    return {(row["from_asset_id"], row["to_asset_id"]) for row in rows}


def changed(tx: Transaction, *, calm_before: datetime, most: int = 100) -> list[UUID]:
    """Name open incidents whose alerts have changed since somebody looked, or which have been calm for long enough."""
    return [row["incident_id"] for row in tx.all("incidents.changed", calm_before=calm_before, most=most)]


def list_incidents(tx: Transaction, *, open_only: bool = False, most: int = 100) -> list[Incident]:
    """Return incidents, the newest first."""
    return [_incident(row) for row in tx.all("incidents.list", open_only=open_only, most=most)]


def told_lately(tx: Transaction, incident: Incident | Flood, *, since: datetime) -> tuple[int, int]:
    """Return how many incidents of an area people were told of one by one, and how many began, since an instant."""
    row = tx.one("incidents.told_lately", site_id=incident.site_id, area=incident.area, since=since)
    return row["told"], row["began"]


def open_flood(tx: Transaction, *, site_id: int, area: str) -> Flood | None:
    """Return the flood that goes on in an area."""
    row = tx.first("incidents.open_flood", site_id=site_id, area=area)
    return Flood(**row) if row else None


def open_floods(tx: Transaction) -> list[Flood]:
    """Return the floods that go on."""
    return [Flood(**row) for row in tx.all("incidents.open_floods")]


def begin_flood(tx: Transaction, flood: Flood) -> None:
    """Begin a flood; the database allows one in an area."""
    tx.run("incidents.begin_flood", flood_id=flood.flood_id, site_id=flood.site_id, area=flood.area, at=flood.began)


def end_flood(tx: Transaction, flood: Flood, *, at: datetime) -> None:
    """End a flood."""
    tx.run("incidents.end_flood", flood_id=flood.flood_id, at=at)


def in_flood(tx: Transaction, flood_id: UUID) -> Sequence[Incident]:
    """Return the open incidents that a flood took in, the worst first."""
    return [_incident(row) for row in tx.all("incidents.in_flood", flood_id=flood_id)]


def _incident(row: dict[str, Any]) -> Incident:
    return Incident(**{**row, "severity": Severity(row["severity"])})
