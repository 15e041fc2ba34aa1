"""How an alert moves, by the states of ISA-18.2. Pure; the record is elsewhere. Each move is a revision of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid5

from plant.alert import Alert, AlertFlags
from plant.finding import Finding
from plant.severity import Severity
from storage.register.assets import RegisteredAsset


def raised(finding: Finding, asset: RegisteredAsset, at: datetime, *, shelved_until: datetime | None = None) -> Alert:
    """Raise the alert that a finding deserves; its id follows from the finding's, so it exists once."""
    return Alert(
        alert_id=uuid5(finding.finding_id, "alert"),
        asset_id=finding.asset_id,
        site=asset.site,
        asset=asset.asset,
        kind=finding.kind,
        severity=finding.severity,
        flags=AlertFlags(active=True, acknowledged=False, shelved_until=shelved_until),
        onset=finding.onset,
        raised_at=at,
        count=1,
    )


def told(alert: Alert, at: datetime) -> Alert:
    """Say that people are told that it stands: it comes back unacknowledged where a person had put it aside."""
    was_shelved = alert.flags.shelved_until is not None
    flags = replace(alert.flags, acknowledged=alert.flags.acknowledged and not was_shelved, shelved_until=None)
    return replace(alert, flags=flags, told_at=at, told=alert.told + 1, shelved_by=None, shelved_why=None)


def told_again(alert: Alert, at: datetime) -> Alert:
    """Say that people are told of it although nothing else became of it: what hid it is over."""
    return _changed(told(alert, at))


def repeated(alert: Alert, finding: Finding, grade: Severity | None = None) -> Alert:
    """Count a further episode; the alert is active again. Where it was over for everybody it is told anew."""
    was_over = not alert.flags.is_open
    return _changed(
        alert,
        severity=max(alert.severity, grade or finding.severity, key=lambda one: one.rank),
        flags=replace(alert.flags, active=True, acknowledged=alert.flags.acknowledged and not was_over),
        told_at=None if was_over else alert.told_at,
        count=alert.count + 1,
        cleared_at=None,
    )


def risen(alert: Alert, grade: Severity) -> Alert:
    """Take over how bad it has become."""
    return _changed(alert, severity=grade, milder=None, milder_since=None)


def noted_milder(alert: Alert, grade: Severity, at: datetime) -> Alert:
    """Remember since when, data time, it is milder, and how bad it was at most since then. It is no revision."""
    worst = grade if alert.milder is None else max(alert.milder, grade, key=lambda one: one.rank)
    return replace(alert, milder=worst, milder_since=alert.milder_since or at)


def not_milder(alert: Alert) -> Alert:
    """Forget that it was milder: it is as bad as before."""
    return replace(alert, milder=None, milder_since=None)


def eased(alert: Alert) -> Alert:
    """Let it be as mild as it was for a while."""
    return _changed(alert, severity=alert.milder or alert.severity, milder=None, milder_since=None)


def cleared(alert: Alert, at: datetime) -> Alert:
    """Let the condition end; unacknowledged, the alert stays open (RTN-Unacknowledged).

    Of what nobody was told nobody has to take note.
    """
    flags = replace(alert.flags, active=False, acknowledged=alert.flags.acknowledged or alert.told == 0)
    return _changed(alert, flags=flags, cleared_at=at, milder=None, milder_since=None)


def acknowledged(alert: Alert, actor: str, at: datetime, comment: str = "") -> Alert:
    """Say that somebody has taken note. What is shelved is told all the same when it comes back."""
    return _changed(
        alert,
        flags=replace(alert.flags, acknowledged=True),
        acknowledged_at=at,
        acknowledged_by=actor,
        comment=comment or alert.comment,
        told_at=alert.told_at or (None if alert.flags.shelved_until else at),
    )


def shelved(alert: Alert, actor: str, until: datetime, why: str) -> Alert:
    """Put it aside until a time; what still stands then is told once more."""
    flags = replace(alert.flags, shelved_until=until)
    return _changed(alert, flags=flags, shelved_by=actor, shelved_why=why, told_at=None)


def unshelved(alert: Alert) -> Alert:
    """Take it up again before its time: it counts as put aside until people are told."""
    flags = replace(alert.flags, shelved_until=None, acknowledged=alert.flags.acknowledged and not alert.flags.active)
    return _changed(alert, flags=flags, shelved_by=None, shelved_why=None)


def hidden(alert: Alert, *, suppressed: bool, out_of_service: bool) -> Alert:
    """Bring the flags to what stands at the asset. What is hidden unacknowledged is told again when it comes back."""
    flags = replace(alert.flags, suppressed=suppressed, out_of_service=out_of_service)
    is_forgotten = (suppressed or out_of_service) and not alert.flags.acknowledged
    return _changed(alert, flags=flags, told_at=None if is_forgotten else alert.told_at)


def _changed(alert: Alert, **changes: Any) -> Alert:
    """Make it a revision of its own."""
    return replace(alert, revision=alert.revision + 1, **changes)
