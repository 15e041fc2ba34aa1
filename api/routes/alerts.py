"""Alerts and findings over HTTP: read them, acknowledge alerts."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from alerts.alarms import bulk
from alerts.alarms.acknowledgement import acknowledge_alert
from alerts.alarms.shelving import shelve_alert, unshelve_alert
from api.parts import GivenParts
from api.problems import answers
from api.protocol.paging import Pages
from api.revisions import VersionSeen, tag_version
from api.schemas.alerts import (
    AlertDetail,
    AlertEventShape,
    AlertQuery,
    AlertShape,
    BulkShape,
    Comment,
    CommentOnAlerts,
    FindingShape,
    IncidentShape,
    ListedAlertShape,
    Shelving,
    ShelvingOfAlerts,
)
from api.schemas.rationalisations import RationalisationShape, RationalisationWanted
from api.schemas.shape import NOTHING, Nothing
from lifecycle.register import writing
from plant.alarms.incident import Incident
from plant.alert import Alert
from plant.errors import Rejected
from storage.models import findings
from storage.register import assets
from storage.register.rationalisations import list_rationalisations, rationalisations_of
from storage.views.alarm_figures import alarm_figures
from storage.views.alert_list import listed_alert, page_of_alerts
from storage.work import alerts, incidents

NO_COMMENT = Comment()
router = APIRouter(prefix="/alerts", tags=["alerts"])


@router.get("", responses=answers(400))
def list_alerts(parts: GivenParts, pages: Pages, asked: Annotated[AlertQuery, Depends()]) -> list[ListedAlertShape]:
    """List alerts: those that stand open, all, or those in one state; of a site, area, asset, severity or kind."""
    now = parts.clock.now()
    after, skip = (pages.after(), 0) if asked.is_newest_first else (None, pages.after_number() or 0)
    with parts.database.transaction() as tx:
        found = page_of_alerts(tx, asked.wanted, now=now, most=pages.one_more, skip=skip, after=after, grouped=False)
    listed = pages.page(
        found.groups,
        lambda one: (one.root.alert.raised_at, one.group_id) if asked.is_newest_first else (skip + pages.limit,),
    )
    return [ListedAlertShape.listed(group.root, now) for group in listed]


@router.post("/acknowledge", responses=answers(400))
def acknowledge_several(parts: GivenParts, said: CommentOnAlerts) -> BulkShape:
    """Take note of several alerts with one comment; of one to which it cannot be done the answer says why."""
    outcome = bulk.acknowledge_alerts(
        parts.database, said.alert_ids, actor=parts.principal, clock=parts.clock, comment=said.comment
    )
    return BulkShape.of(outcome)


@router.post("/shelve", responses=answers(400))
def shelve_several(parts: GivenParts, said: ShelvingOfAlerts) -> BulkShape:
    """Put several alerts aside for one reason; of one to which it cannot be done the answer says why."""
    outcome = bulk.shelve_alerts(
        parts.database,
        said.alert_ids,
        hours=said.hours,
        reason=said.reason,
        actor=parts.principal,
        clock=parts.clock,
    )
    return BulkShape.of(outcome)


@router.get("/{alert_id}", responses=answers(400, 404))
def get_alert(parts: GivenParts, alert_id: UUID) -> AlertDetail:
    """Say all of an alert: why it is there, what was thought through about it, and what became of it."""
    with parts.database.transaction() as tx:
        listed = listed_alert(tx, alert_id)
        alert = listed.alert
        said = rationalisations_of(tx, [alert.asset_id]).get((alert.asset_id, alert.kind))
        events = alerts.alert_events(tx, alert_id)
        incident_id = incidents.of_alert(tx, alert_id)
    return AlertDetail(
        **ListedAlertShape.listed(listed, parts.clock.now()).model_dump(),
        evidence=alert.evidence,
        rationalisation=RationalisationShape.of(said) if said else None,
        incident_id=incident_id,
        events=[AlertEventShape.model_validate(one) for one in events],
    )


@router.post("/{alert_id}/acknowledge", responses=answers(400, 404, 409))
def acknowledge(parts: GivenParts, alert_id: UUID, said: Comment = NO_COMMENT) -> AlertShape:
    """Take note of an alert in a person's name."""
    alert = acknowledge_alert(parts.database, alert_id, actor=parts.principal, clock=parts.clock, comment=said.comment)
    return AlertShape.of(alert, parts.clock.now())


@router.post("/{alert_id}/shelve", responses=answers(400, 404, 409))
def shelve(parts: GivenParts, alert_id: UUID, said: Shelving) -> AlertShape:
    """Put an alert aside for some hours, with the reason; what still stands then is told once."""
    alert = shelve_alert(
        parts.database, alert_id, hours=said.hours, reason=said.reason, actor=parts.principal, clock=parts.clock
    )
    return AlertShape.of(alert, parts.clock.now())


@router.post("/{alert_id}/unshelve", responses=answers(400, 404, 409))
def unshelve(parts: GivenParts, alert_id: UUID, _nothing: Nothing = NOTHING) -> AlertShape:
    """Take an alert up again before its time."""
    alert = unshelve_alert(parts.database, alert_id, actor=parts.principal, clock=parts.clock)
    return AlertShape.of(alert, parts.clock.now())


incidents_router = APIRouter(tags=["alerts"])


@incidents_router.get("/incidents", responses=answers(400))
def list_incidents(
    parts: GivenParts, pages: Pages, state: Literal["open", "all"] = "open", site: str | None = None
) -> list[IncidentShape]:
    """List incidents with their alerts, the likely root first, the newest incident first."""
    now = parts.clock.now()
    with parts.database.transaction() as tx:
        read = incidents.list_incidents(
            tx, open_only=state == "open", site=site, after=pages.after(), most=pages.one_more
        )
        found = pages.page(read, lambda one: (one.began, one.incident_id))
        members = incidents.members(tx, [one.incident_id for one in found])
    return [_incident(one, members[one.incident_id], now) for one in found]


def _incident(one: Incident, members: list[Alert], now: datetime) -> IncidentShape:
    rooted = sorted(members, key=lambda alert: alert.alert_id != one.root_alert_id)
    return IncidentShape(
        incident_id=one.incident_id,
        site=one.site,
        area=one.area,
        areas=list(one.areas or (one.area,)),
        began=one.began,
        severity=one.severity,
        in_flood=one.flood_id is not None,
        acknowledged_at=one.acknowledged_at,
        resolved_at=one.resolved_at,
        alerts=[AlertShape.of(alert, now) for alert in rooted],
    )


@incidents_router.get("/rationalisations")
def get_rationalisations(parts: GivenParts, pages: Pages) -> list[RationalisationShape]:
    """List what was thought through about alarms, by class and kind."""
    with parts.database.transaction() as tx:
        found = list_rationalisations(tx)
    listed = pages.through(found, lambda one: (one.class_tag, one.kind))
    return [RationalisationShape.of(one) for one in listed]


@incidents_router.post("/rationalisations", status_code=201, responses=answers(400, 403, 404, 412, 428))
def write_rationalisation(
    parts: GivenParts, wanted: RationalisationWanted, seen: VersionSeen, response: Response
) -> RationalisationShape:
    """Say what was thought through about a class and kind, or, with If-Match, say it anew."""
    said = writing.write_rationalisation(
        parts.database, wanted.of_class(wanted.class_tag), actor=parts.principal, clock=parts.clock, seen=seen
    )
    tag_version(response, asdict(said))
    return RationalisationShape.of(said)


@incidents_router.get("/figures/alarms")
def get_alarm_figures(parts: GivenParts) -> dict[str, list[dict[str, Any]]]:
    """Say how the alarm system did in the last 30 days, by EEMUA 191: how it is spread, no means."""
    with parts.database.transaction() as tx:
        return alarm_figures(tx)


findings_router = APIRouter(prefix="/findings", tags=["findings"])


@findings_router.get("", responses=answers(400, 404))
def list_findings(
    parts: GivenParts,
    pages: Pages,
    site: Annotated[str | None, Query(description="Site of the asset; with `asset`.")] = None,
    asset: Annotated[str | None, Query(description="Tag of the asset; with `site`. All where absent.")] = None,
    open_only: Annotated[bool, Query(description="Only what has not cleared.")] = False,
    suppressed_only: Annotated[bool, Query(description="Only what is suppressed by design.")] = False,
) -> list[FindingShape]:
    """List findings, those included that are suppressed by design."""
    if (site is None) != (asset is None):
        raise Rejected("half_an_asset", "site and asset go together")
    with parts.database.transaction() as tx:
        asset_id = assets.get_asset(tx, site, asset).asset_id if site and asset else None
        found = findings.list_findings(
            tx,
            asset_id=asset_id,
            open_only=open_only,
            suppressed_only=suppressed_only,
            after=pages.after(),
            most=pages.one_more,
        )
    return [FindingShape.model_validate(one) for one in pages.page(found, lambda one: (one.onset, one.finding_id))]
