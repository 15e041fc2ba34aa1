"""How an alert moves: raised, repeated, risen, cleared, acknowledged. Pure; the record is elsewhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import uuid5

from plant.alert import Alert, AlertFlags
from plant.finding import Finding
from storage.register.assets import RegisteredAsset


def raised(finding: Finding, asset: RegisteredAsset, at: datetime) -> Alert:
    """Raise the alert that a finding deserves; its id follows from the finding's, so it exists once."""
    return Alert(
        alert_id=uuid5(finding.finding_id, "alert"),
        asset_id=finding.asset_id,
        site=asset.site,
        asset=asset.asset,
        kind=finding.kind,
        severity=finding.severity,
        flags=AlertFlags(active=True, acknowledged=False),
        onset=finding.onset,
        raised_at=at,
        count=1,
    )


def repeated(alert: Alert, finding: Finding) -> Alert:
    """Count a further episode; the alert is active again."""
    return replace(
        risen(alert, finding),
        flags=replace(alert.flags, active=True),
        count=alert.count + 1,
        cleared_at=None,
    )


def risen(alert: Alert, finding: Finding) -> Alert:
    """Take over a worse finding's severity; an alert never becomes milder while it stands."""
    return replace(alert, severity=max(alert.severity, finding.severity, key=lambda one: one.rank))


def cleared(alert: Alert, at: datetime) -> Alert:
    """Let the condition end; unacknowledged, the alert stays open (RTN-Unacknowledged)."""
    return replace(alert, flags=replace(alert.flags, active=False), cleared_at=at)


def acknowledged(alert: Alert, actor: str, at: datetime) -> Alert:
    """Say that somebody has taken note."""
    return replace(alert, flags=replace(alert.flags, acknowledged=True), acknowledged_at=at, acknowledged_by=actor)
