"""Alerts of which people are told become incidents, and incidents notices: one an incident, or one for a whole flood.

The rule of joining: an alert joins the oldest open incident that has an alert at its asset, or at one within two feeds
of it, while that incident is younger than half an hour and has fewer than a hundred alerts. Nothing joins what is
resolved, and since the time counts from the begin, a trickle does not keep it open. The likely root is the farthest
upstream of what began within five minutes of the first (`plant.alarms.incident.root_of`).

While every asset of an incident is in commissioning, engineering is told and not operations, and no flood takes it in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid5

from alerts.alarms import wording
from plant.alarms.incident import Flood, FloodRules, Incident, IncidentRules, is_bundled, root_of
from plant.alert import Alert
from plant.notices.notice import Notice, NoticeSubject
from plant.severity import Severity
from storage.core.database import Transaction
from storage.notices import notices
from storage.projects.readiness import commissioning_team
from storage.register.rationalisations import rationalisations_of
from storage.work import incidents as rows

_SUBJECT = NoticeSubject.INCIDENT
RULES = IncidentRules()
FLOOD_RULES = FloodRules()


def place(tx: Transaction, told: Sequence[Alert], *, at: datetime, console_url: str = "") -> None:
    """Let alerts of which people are told become incidents, or join them, and post the notices."""
    touched: dict[UUID, None] = {}
    for site in sorted({alert.site for alert in told}):
        rows.lock_site(tx, site)
    for alert in told:
        incident_id = rows.of_alert(tx, alert.alert_id) or rows.to_join(
            tx, alert, since=at - RULES.longest, most=RULES.most, reach=RULES.reach
        )
        if incident_id is None:
            incident_id = uuid5(alert.alert_id, f"incident {at.isoformat()}")
            rows.begin(tx, incident_id, alert, at=at)
        rows.add_alert(tx, incident_id, alert.alert_id, at=at)
        touched[incident_id] = None
    for incident_id in touched:
        bring_up_to_date(tx, incident_id, at=at, console_url=console_url)


def settle(tx: Transaction, *, at: datetime, console_url: str = "") -> int:
    """Bring incidents up to date whose alerts have changed, end what is over, and return how many there were."""
    for site in sorted({rows.get_incident(tx, one).site for one in rows.changed(tx, calm_before=at - RULES.calm)}):
        rows.lock_site(tx, site)
    changed = rows.changed(tx, calm_before=at - RULES.calm)
    for incident_id in changed:
        bring_up_to_date(tx, incident_id, at=at, console_url=console_url)
    for flood in rows.open_floods(tx):
        _end_flood_if_over(tx, flood, at=at, console_url=console_url)
    return len(changed)


def bring_up_to_date(tx: Transaction, incident_id: UUID, *, at: datetime, console_url: str) -> None:
    """Look at an incident's alerts again, and let its notice say what it has become."""
    before = rows.get_incident(tx, incident_id)
    if before.resolved_at is not None:
        return
    alerts = rows.members(tx, [incident_id])[incident_id]
    incident = _of_alerts(tx, before, alerts, at)
    if incident.resolved_at is not None:
        rows.keep(tx, incident)
        notices.end(tx, _SUBJECT, str(incident_id), at=at)
        return
    is_worse = incident.severity.rank > before.severity.rank
    team = commissioning_team(tx, {one.asset_id for one in alerts})
    if team is not None and before.told_at is None:
        incident = replace(incident, told_at=at, flood_id=None)
    elif before.told_at is None and (before.flood_id is None or incident.severity is Severity.CRITICAL):
        incident = _told_or_bundled(tx, incident, at)
    rows.keep(tx, incident)
    if incident.told_at is None and incident.flood_id is not None:
        _post_flood(tx, incident, at=at, console_url=console_url)
        return
    tell = before.told_at is None or is_worse or not _knows(tx, incident, team)
    _post(tx, incident, alerts, team=team, tell=tell, at=at, console_url=console_url)
    if incident.acknowledged_at is not None and before.acknowledged_at is None:
        last = max(alerts, key=lambda one: one.acknowledged_at or one.onset)
        notices.acknowledge(tx, _SUBJECT, str(incident_id), at=at, by=last.acknowledged_by or "nobody")


def _knows(tx: Transaction, incident: Incident, team: str | None) -> bool:
    """Say whether a team was told of an incident: one of commissioning may become operations' own."""
    return any(one.notice.team == team for one in notices.about(tx, _SUBJECT, str(incident.incident_id)))


def _of_alerts(tx: Transaction, incident: Incident, alerts: Sequence[Alert], at: datetime) -> Incident:
    open_ones = [one for one in alerts if one.flags.is_open]
    standing = [one for one in open_ones if one.flags.active] or open_ones or list(alerts)
    is_noted = all(one.flags.acknowledged for one in alerts)
    calm = None if open_ones else incident.calm_since or at
    feeds = rows.feeds_among(tx, {one.asset_id for one in alerts}) if len(alerts) > 1 else set()
    return replace(
        incident,
        root_alert_id=root_of(alerts, feeds, RULES).alert_id,
        severity=max((one.severity for one in standing), key=lambda one: one.rank),
        size=len(alerts),
        calm_since=calm,
        acknowledged_at=(incident.acknowledged_at or at) if is_noted else None,
        resolved_at=at if calm is not None and at - calm >= RULES.calm else None,
        looked=sum(one.revision for one in alerts),
    )


def _told_or_bundled(tx: Transaction, incident: Incident, at: datetime) -> Incident:
    """Say whether people are told of a new incident by itself, or a flood takes it in."""
    flood = rows.open_flood(tx, site_id=incident.site_id, area=incident.area)
    told, _ = rows.told_lately(tx, incident, since=at - FLOOD_RULES.span)
    if not is_bundled(incident.severity, told=told, is_in_flood=flood is not None, rules=FLOOD_RULES):
        return replace(incident, told_at=at, flood_id=None)
    if flood is None:
        flood = Flood(
            flood_id=uuid5(incident.incident_id, "flood"),
            site_id=incident.site_id,
            site=incident.site,
            area=incident.area,
            began=at,
        )
        rows.begin_flood(tx, flood)
    return replace(incident, flood_id=flood.flood_id)


def _post(
    tx: Transaction,
    incident: Incident,
    alerts: Sequence[Alert],
    *,
    team: str | None,
    tell: bool,
    at: datetime,
    console_url: str,
) -> None:
    root = next(one for one in alerts if one.alert_id == incident.root_alert_id)
    said = rationalisations_of(tx, [root.asset_id]).get((root.asset_id, root.kind))
    notice = Notice(
        subject=_SUBJECT,
        subject_id=str(incident.incident_id),
        severity=incident.severity,
        title=wording.incident_title(root, incident.size),
        site=incident.site,
        asset_id=root.asset_id,
        area=incident.area or None,
        team=team,
        priority=(said.priority if said else None) or _PRIORITIES[incident.severity],
        critical=incident.severity is Severity.CRITICAL,
        lines=tuple(wording.incident_lines(root, alerts, said)),
        link=f"{console_url}/alerts" if console_url else None,
        evidence=root.evidence,
    )
    notices.post(tx, notice, tell=tell, at=at)


_PRIORITIES = {
    Severity.CRITICAL: 1,
    Severity.MAJOR: 2,
    Severity.MINOR: 3,
    Severity.WARNING: 4,
    Severity.INDETERMINATE: 5,
}


def _post_flood(tx: Transaction, incident: Incident, *, at: datetime, console_url: str) -> None:
    """Let the flood's one notice say all that it took in; people are told when it begins, afterwards it is revised."""
    flood = rows.open_flood(tx, site_id=incident.site_id, area=incident.area)
    if flood is not None:
        _say_flood(tx, flood, at=at, console_url=console_url)


def _say_flood(tx: Transaction, flood: Flood, *, at: datetime, console_url: str) -> None:
    taken_in = rows.in_flood(tx, flood.flood_id)
    alerts = rows.members(tx, [one.incident_id for one in taken_in])
    roots = {alert.alert_id: alert for held in alerts.values() for alert in held}
    worst = max((one.severity for one in taken_in), key=lambda one: one.rank, default=Severity.WARNING)
    notice = Notice(
        subject=_SUBJECT,
        subject_id=str(flood.flood_id),
        severity=worst,
        title=wording.flood_title(flood, len(taken_in)),
        site=flood.site,
        area=flood.area or None,
        priority=_PRIORITIES[worst],
        lines=tuple(wording.flood_lines([(one, roots[one.root_alert_id]) for one in taken_in])),
        link=f"{console_url}/alerts" if console_url else None,
    )
    notices.post(tx, notice, tell=flood.began == at, at=at)


def _end_flood_if_over(tx: Transaction, flood: Flood, *, at: datetime, console_url: str) -> None:
    _, began = rows.told_lately(tx, flood, since=at - FLOOD_RULES.span)
    if began < FLOOD_RULES.ends_below and at - flood.began >= FLOOD_RULES.span:
        rows.end_flood(tx, flood, at=at)
        _say_flood(tx, replace(flood, ended=at), at=at, console_url=console_url)
        notices.end(tx, _SUBJECT, str(flood.flood_id), at=at)
