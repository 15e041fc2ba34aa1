"""Incidents and floods as rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from plant.alarms.incident import Flood, Incident
from plant.alert import Alert
from plant.severity import Severity
from storage.core.database import Transaction
from storage.core.json_rows import json_rows
from storage.core.keyset import After, beyond
from storage.work.alerts import alert_of_row


def lock_site(tx: Transaction, site: str) -> None:
    """Let nobody else place a site's alerts in incidents until the transaction ends; the last lock anybody takes."""
    tx.all("incidents.lock_site", site=site)


def near(tx: Transaction, asset_ids: Collection[int], *, reach: int) -> dict[int, set[int]]:
    """Return, for each of some assets, those within some feeds of it, up and down, itself among them."""
    rows = tx.all("incidents.near", asset_ids=list(asset_ids), reach=reach)
    return {row["origin"]: set(row["near"]) for row in rows}


@dataclass(kw_only=True, slots=True)
class GrowingIncident:
    """An open incident that alerts may join: how many it has, at which assets, and whether people were told of it."""

    incident_id: UUID
    size: int
    is_told: bool
    asset_ids: set[int]


def growing(tx: Transaction, asset_ids: Collection[int], *, since: datetime, most: int) -> list[GrowingIncident]:
    """Return the open incidents that may still grow and have an alert at one of some assets.

    Those of which people were told come before the others, the oldest first.
    """
    rows = tx.all("incidents.growing", asset_ids=list(asset_ids), since=since, most=most)
    return [GrowingIncident(**{**row, "asset_ids": set(row["asset_ids"])}) for row in rows]


def of_alerts(tx: Transaction, alert_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Return the incidents that alerts are in, while those are not resolved, by alert."""
    return {row["alert_id"]: row["incident_id"] for row in tx.all("incidents.of_alerts", alert_ids=list(alert_ids))}


def of_alert(tx: Transaction, alert_id: UUID) -> UUID | None:
    """Return the incident that an alert is in, while that is not resolved."""
    return of_alerts(tx, [alert_id]).get(alert_id)


def begin(tx: Transaction, first_alerts: Mapping[UUID, Alert], *, at: datetime) -> None:
    """Begin incidents, each with one alert."""
    if first_alerts:
        tx.run(
            "incidents.begin",
            incident_ids=list(first_alerts),
            asset_ids=[one.asset_id for one in first_alerts.values()],
            alert_ids=[one.alert_id for one in first_alerts.values()],
            severities=[one.severity.value for one in first_alerts.values()],
            at=at,
        )


def merge(tx: Transaction, merged: Mapping[UUID, UUID], *, at: datetime) -> None:
    """Let incidents end in others, which take their alerts over."""
    if merged:
        tx.run("incidents.merge", incident_ids=list(merged), into_ids=list(merged.values()), at=at)


def add_alerts(tx: Transaction, placed: Mapping[UUID, UUID], *, at: datetime) -> None:
    """Let alerts belong to incidents."""
    tx.run("incidents.add_alerts", alert_ids=list(placed), incident_ids=list(placed.values()), at=at)


def keep(tx: Transaction, incidents: Sequence[Incident]) -> None:
    """Write what has changed of incidents."""
    tx.run("incidents.keep", rows=json_rows(incidents))


def get_incidents(tx: Transaction, incident_ids: Collection[UUID]) -> dict[UUID, Incident]:
    """Return some incidents by their ids."""
    rows = tx.all("incidents.get", incident_ids=list(incident_ids))
    return {row["incident_id"]: _incident(row) for row in rows}


def members(tx: Transaction, incident_ids: Collection[UUID], *, with_evidence: bool = True) -> dict[UUID, list[Alert]]:
    """Return the alerts of incidents, the earliest first."""
    found: dict[UUID, list[Alert]] = {incident_id: [] for incident_id in incident_ids}
    statement = "incidents.members" if with_evidence else "incidents.members_without_evidence"
    for row in tx.all(statement, incident_ids=list(incident_ids)):
        found[row.pop("incident_id")].append(alert_of_row(row))
    return found


def evidence(tx: Transaction, alert_ids: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """Return what speaks for some alerts."""
    return {row["alert_id"]: row["evidence"] for row in tx.all("incidents.evidence", alert_ids=list(alert_ids))}


def areas_of(tx: Transaction, asset_ids: Collection[int]) -> dict[int, str]:
    """Return the areas of some assets."""
    return {row["asset_id"]: row["area"] for row in tx.all("incidents.areas", asset_ids=list(asset_ids))}


def feeds_among(tx: Transaction, asset_ids: Collection[int]) -> set[tuple[int, int]]:
    """Return which of some assets feed which others of them, also by way of assets between."""
    rows = tx.all("incidents.upstream", asset_ids=list(asset_ids))
    return {(row["from_asset_id"], row["to_asset_id"]) for row in rows}


def changed(tx: Transaction, *, calm_before: datetime, most: int = 100) -> list[UUID]:
    """Name open incidents whose alerts have changed since somebody looked, or which have been calm for long enough."""
    return [row["incident_id"] for row in tx.all("incidents.changed", calm_before=calm_before, most=most)]


def list_incidents(
    tx: Transaction, *, open_only: bool = False, site: str | None = None, after: After | None = None, most: int = 100
) -> list[Incident]:
    """Return incidents, the newest first."""
    rows = tx.all("incidents.list", open_only=open_only, site=site, **beyond(after), most=most)
    return [_incident(row) for row in rows]


def told_lately(tx: Transaction, site_id: int, area: str, *, since: datetime) -> tuple[int, int]:
    """Return how many incidents of an area people were told of one by one, and how many began, since an instant."""
    row = tx.one("incidents.told_lately", site_id=site_id, area=area, since=since)
    return row["told"], row["began"]


def areas_of_floods(tx: Transaction, flood_ids: Collection[UUID]) -> dict[UUID | None, str]:
    """Return the areas of some floods."""
    if not flood_ids:
        return {}
    rows = tx.all("incidents.areas_of_floods", flood_ids=list(flood_ids))
    return {row["flood_id"]: row["area"] for row in rows}


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


@dataclass(frozen=True, kw_only=True, slots=True)
class BundledIncident:
    """An incident that a flood took in: how bad it is, how many alerts it has, and its likely root."""

    severity: Severity
    size: int
    asset: str
    kind: str


def in_flood(tx: Transaction, flood_id: UUID, *, most: int) -> tuple[int, list[BundledIncident]]:
    """Return how many open incidents a flood took in, and the worst of them, the worst first."""
    rows = tx.all("incidents.in_flood", flood_id=flood_id, most=most)
    taken_in = rows[0]["taken_in"] if rows else 0
    wanted = ("size", "asset", "kind")
    return taken_in, [
        BundledIncident(severity=Severity(row["severity"]), **{name: row[name] for name in wanted}) for row in rows
    ]


def _incident(row: dict[str, Any]) -> Incident:
    return Incident(**{**row, "severity": Severity(row["severity"]), "areas": tuple(row["areas"])})
