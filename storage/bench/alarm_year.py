"""What a simulated year of alarms looks up in its scratch database."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from storage.core.database import Transaction


@dataclass(frozen=True, kw_only=True, slots=True)
class FindingFate:
    """What became of a finding; None where it never became an alert, or its alert was never told.

    `told_at` is when people were first told of its alert after it began. `root` is the asset that its incident of
    `size` alerts shows first, and `is_incident_told` says that the incident, or the flood that took it in, is a notice.
    """

    finding_id: UUID
    asset: str
    alert_id: UUID | None
    told_at: datetime | None
    incident_id: UUID | None
    root: str | None
    size: int | None
    is_incident_told: bool | None


def assets(tx: Transaction) -> dict[str, int]:
    """Return the assets' ids by their tags."""
    return {row["tag"]: row["asset_id"] for row in tx.all("alarm_year.areas")}


def told_alerts(tx: Transaction, at: datetime) -> list[tuple[UUID, str]]:
    """Return the alerts of which people were told at an instant, each with its area."""
    return [(row["alert_id"], row["area"]) for row in tx.all("alarm_year.told_alerts", at=at)]


def told_notices(tx: Transaction, at: datetime) -> list[tuple[str, str, int]]:
    """Return the notices that changed at an instant: id, each area, and as which revision people were last told."""
    rows = tx.all("alarm_year.told_notices", at=at)
    return [
        (str(row["notice_id"]), area, row["told_revision"]) for row in rows for area in (row["area"], *row["areas"])
    ]


def unacknowledged(tx: Transaction, alert_ids: Collection[UUID]) -> list[UUID]:
    """Return those of some alerts that people were told of and have not acknowledged."""
    return [row["alert_id"] for row in tx.all("alarm_year.unacknowledged", alert_ids=list(alert_ids))]


def fates(tx: Transaction) -> list[FindingFate]:
    """Return what became of each finding."""
    return [FindingFate(**row) for row in tx.all("alarm_year.fates")]
