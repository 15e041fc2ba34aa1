"""What incidents have become is said by notices: one an incident, or one for a whole flood."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid5

from alerts.alarms.incidents import wording
from plant.alarms.incident import Flood, FloodRules, Incident, IncidentRules, is_bundled, root_of
from plant.alarms.rationalisation import Rationalisation
from plant.alert import Alert
from plant.notices.notice import Notice, NoticeSubject
from plant.severity import Severity
from storage.core.database import Transaction
from storage.notices import notices
from storage.projects.readiness import commissioning_team, in_commissioning
from storage.register.rationalisations import rationalisations_of
from storage.work import incidents as rows

SUBJECT = NoticeSubject.INCIDENT
RULES = IncidentRules()
FLOOD_RULES = FloodRules()


def settle(tx: Transaction, *, at: datetime, console_url: str = "") -> int:
    """Bring incidents up to date whose alerts have changed, end what is over, and return how many there were."""
    seen = rows.get_incidents(tx, rows.changed(tx, calm_before=at - RULES.calm))
    for site in sorted({one.site for one in seen.values()}):
        rows.lock_site(tx, site)
    changed = rows.changed(tx, calm_before=at - RULES.calm) if seen else []
    bring_up_to_date(tx, changed, at=at, console_url=console_url)
    for flood in rows.open_floods(tx):
        _end_flood_if_over(tx, flood, at=at, console_url=console_url)
    return len(changed)


def bring_up_to_date(tx: Transaction, incident_ids: Sequence[UUID], *, at: datetime, console_url: str) -> None:
    """Look at the alerts of incidents again, and let their notices say what they have become."""
    before = rows.get_incidents(tx, incident_ids)
    looked_at = [before[one] for one in incident_ids if before[one].resolved_at is None]
    if not looked_at:
        return
    members = rows.members(tx, [one.incident_id for one in looked_at], with_evidence=False)
    asset_ids = {one.asset_id for held in members.values() for one in held}
    feeds, where = rows.feeds_among(tx, asset_ids), rows.areas_of(tx, asset_ids)
    sides, areas = _sides(tx, members), _Areas(tx, at)
    now: list[Incident] = []
    for one in looked_at:
        incident = _of_alerts(one, members[one.incident_id], feeds, at)
        incident = replace(incident, areas=_areas_of(incident, members[one.incident_id], where))
        if incident.resolved_at is None and one.told_at is None:
            is_engineerings = sides[one.incident_id] is not None
            told = replace(incident, told_at=at, flood_id=None)
            incident = told if is_engineerings else areas.told_or_bundled(one, incident)
        now.append(incident)
    rows.keep(tx, now)
    moved = [
        _Moved(
            before=before[one.incident_id],
            now=one,
            alerts=members[one.incident_id],
            team=sides[one.incident_id],
        )
        for one in now
    ]
    _say(tx, moved, at, console_url)
    for flood in areas.floods:
        _say_flood(tx, flood, at=at, console_url=console_url)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Moved:
    """An incident as it was and as it is, with its alerts, and engineering's team whose it is, if it is."""

    before: Incident
    now: Incident
    alerts: Sequence[Alert]
    team: str | None


def _sides(tx: Transaction, members: Mapping[UUID, Sequence[Alert]]) -> dict[UUID, str | None]:
    """Return the team of engineering whose each incident is, while all its assets are in commissioning."""
    assets = {incident_id: {one.asset_id for one in held} for incident_id, held in members.items()}
    commissioned = in_commissioning(tx, set().union(*assets.values()))
    return {
        incident_id: commissioning_team(tx, held) if held <= commissioned else None
        for incident_id, held in assets.items()
    }


def _say(tx: Transaction, moved: Sequence[_Moved], at: datetime, console_url: str) -> None:
    """Post what incidents have become."""
    told = [one for one in moved if one.now.resolved_at is None and one.now.told_at is not None]
    _post(tx, told, at=at, console_url=console_url)
    for one in moved:
        if one.now.resolved_at is not None:
            notices.end(tx, SUBJECT, str(one.now.incident_id), at=at)
        elif one in told and one.now.acknowledged_at is not None and one.before.acknowledged_at is None:
            last = max(one.alerts, key=lambda alert: alert.acknowledged_at or alert.onset)
            notices.acknowledge(tx, SUBJECT, str(one.now.incident_id), at=at, by=last.acknowledged_by or "nobody")


def _of_alerts(
    incident: Incident, alerts: Sequence[Alert], feeds: Collection[tuple[int, int]], at: datetime
) -> Incident:
    open_ones = [one for one in alerts if one.flags.is_open]
    standing = [one for one in open_ones if one.flags.active] or open_ones or list(alerts)
    is_noted = all(one.flags.acknowledged for one in alerts)
    calm = None if open_ones else incident.calm_since or at
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


def _areas_of(incident: Incident, alerts: Sequence[Alert], where: Mapping[int, str]) -> tuple[str, ...]:
    """Return the areas of an incident's assets, the one in which it began first."""
    return tuple(dict.fromkeys((incident.area, *sorted({where[one.asset_id] for one in alerts}))))


class _Areas:
    """How many incidents operators' areas were told of lately, and their floods; each area is asked once.

    `floods` are those that took something in.
    """

    def __init__(self, tx: Transaction, at: datetime) -> None:
        self._tx, self._at = tx, at
        self._flood: dict[tuple[int, str], Flood | None] = {}
        self._told: dict[tuple[int, str], int] = {}
        self.floods: list[Flood] = []

    def told_or_bundled(self, before: Incident, incident: Incident) -> Incident:
        """Say whether people are told of an incident by itself, or a flood takes it in, or has it already.

        In an area with a flood it is the flood's; in its other areas people are told of it.
        """
        for area in incident.areas:
            self._ask((incident.site_id, area))
        if before.flood_id is not None and incident.severity is not Severity.CRITICAL:
            told = [area for area in incident.areas if area not in before.areas]
        else:
            flooded = next((area for area in incident.areas if self._is_bundled(incident, area)), None)
            flood_id = None if flooded is None else self._flood_in(incident, flooded).flood_id
            incident = replace(incident, flood_id=flood_id)
            told = [area for area in incident.areas if area != flooded]
        for area in told:
            self._told[incident.site_id, area] += 1
        goes_on = (self._flood[incident.site_id, area] for area in incident.areas)
        self.floods += [one for one in goes_on if one and one.flood_id == incident.flood_id and one not in self.floods]
        return replace(incident, told_at=self._at if told else None)

    def _is_bundled(self, incident: Incident, area: str) -> bool:
        key = (incident.site_id, area)
        is_in_flood = self._flood[key] is not None
        return is_bundled(incident.severity, told=self._told[key], is_in_flood=is_in_flood, rules=FLOOD_RULES)

    def _ask(self, area: tuple[int, str]) -> None:
        if area not in self._flood:
            site_id, name = area
            self._flood[area] = rows.open_flood(self._tx, site_id=site_id, area=name)
            self._told[area], _ = rows.told_lately(self._tx, site_id, name, since=self._at - FLOOD_RULES.span)

    def _flood_in(self, incident: Incident, area: str) -> Flood:
        """Return the flood of an area, which begins with this incident where there is none."""
        standing = self._flood[incident.site_id, area]
        if standing is not None:
            return standing
        flood = Flood(
            flood_id=uuid5(incident.incident_id, f"flood {self._at.isoformat()}"),
            site_id=incident.site_id,
            site=incident.site,
            area=area,
            began=self._at,
        )
        rows.begin_flood(self._tx, flood)
        self._flood[incident.site_id, area] = flood
        return flood


def _post(tx: Transaction, told: Sequence[_Moved], *, at: datetime, console_url: str) -> None:
    """Revise the notices of incidents; people are told of what is new, got worse, or becomes theirs."""
    if not told:
        return
    roots = {one.now.incident_id: _root(one.now, one.alerts) for one in told}
    said = rationalisations_of(tx, {one.asset_id for one in roots.values()})
    evidence = rows.evidence(tx, [one.alert_id for one in roots.values()])
    teams = notices.teams_of(tx, SUBJECT, [str(one) for one in roots])
    flooded = rows.areas_of_floods(tx, [one.now.flood_id for one in told if one.now.flood_id])
    posts: list[tuple[Notice, bool]] = []
    for one in told:
        root = replace(roots[one.now.incident_id], evidence=evidence[one.now.root_alert_id])
        areas = [area for area in one.now.areas if area != flooded.get(one.now.flood_id)]
        notice = _notice(one, root, said.get((root.asset_id, root.kind)), areas, console_url)
        is_worse = one.now.severity.rank > one.before.severity.rank
        knows = one.team in teams.get(str(one.now.incident_id), ())
        posts.append((notice, one.before.told_at is None or is_worse or not knows))
    notices.post_all(tx, posts, at=at)


def _root(incident: Incident, alerts: Sequence[Alert]) -> Alert:
    return next(one for one in alerts if one.alert_id == incident.root_alert_id)


def _notice(moved: _Moved, root: Alert, said: Rationalisation | None, areas: Sequence[str], console_url: str) -> Notice:
    """Write the notice of an incident for some areas; where an asset is in none, it is for the whole site."""
    incident = moved.now
    named = () if "" in areas else areas
    return Notice(
        subject=SUBJECT,
        subject_id=str(incident.incident_id),
        severity=incident.severity,
        title=wording.incident_title(root.asset, root.kind, incident.size),
        site=incident.site,
        asset_id=root.asset_id,
        area=next(iter(named), None),
        areas=tuple(named[1:]),
        team=moved.team,
        priority=(said.priority if said else None) or _PRIORITIES[incident.severity],
        critical=incident.severity is Severity.CRITICAL,
        lines=tuple(wording.incident_lines(root, moved.alerts, said)),
        link=f"{console_url}/alerts" if console_url else None,
        evidence=root.evidence,
    )


_PRIORITIES = {
    Severity.CRITICAL: 1,
    Severity.MAJOR: 2,
    Severity.MINOR: 3,
    Severity.WARNING: 4,
    Severity.INDETERMINATE: 5,
}


def _say_flood(tx: Transaction, flood: Flood, *, at: datetime, console_url: str) -> None:
    """Let the flood's one notice say all that it took in; people are told when it begins, afterwards it is revised."""
    count, taken_in = rows.in_flood(tx, flood.flood_id, most=wording.MOST_BUNDLED_LISTED)
    worst = taken_in[0].severity if taken_in else Severity.WARNING
    notice = Notice(
        subject=SUBJECT,
        subject_id=str(flood.flood_id),
        severity=worst,
        title=wording.flood_title(flood, count),
        site=flood.site,
        area=flood.area or None,
        priority=_PRIORITIES[worst],
        lines=tuple(wording.flood_lines([(one.asset, one.kind, one.size) for one in taken_in], count)),
        link=f"{console_url}/alerts" if console_url else None,
    )
    notices.post(tx, notice, tell=flood.began == at, at=at)


def _end_flood_if_over(tx: Transaction, flood: Flood, *, at: datetime, console_url: str) -> None:
    _, began = rows.told_lately(tx, flood.site_id, flood.area, since=at - FLOOD_RULES.span)
    if began < FLOOD_RULES.ends_below and at - flood.began >= FLOOD_RULES.span:
        rows.end_flood(tx, flood, at=at)
        _say_flood(tx, replace(flood, ended=at), at=at, console_url=console_url)
        notices.end(tx, SUBJECT, str(flood.flood_id), at=at)
