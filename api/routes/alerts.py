"""Alerts and findings over HTTP: read them, acknowledge alerts."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query

from alerts.alarms.acknowledgement import acknowledge_alert
from api.parts import GivenParts
from api.problems import answers
from api.routes.orders import Most
from api.schemas.alerts import AlertShape, FindingShape
from api.schemas.shape import NOTHING, Nothing
from plant.errors import Rejected
from storage.models import findings
from storage.register import assets
from storage.work import alerts

router = APIRouter(prefix="/alerts", tags=["alerts"])


@router.get("", responses=answers(400))
def list_alerts(parts: GivenParts, state: Literal["open", "all"] = "open", most: Most = 200) -> list[AlertShape]:
    """List alerts, those that are active or not acknowledged, or all."""
    with parts.database.transaction() as tx:
        found = alerts.list_alerts(tx, open_only=state == "open", most=most)
    return [AlertShape.of(alert, parts.clock.now()) for alert in found]


@router.post("/{alert_id}/acknowledge", responses=answers(400, 404, 409))
def acknowledge(parts: GivenParts, alert_id: UUID, _nothing: Nothing = NOTHING) -> AlertShape:
    """Take note of an alert in a person's name."""
    alert = acknowledge_alert(parts.database, alert_id, actor=parts.principal, clock=parts.clock)
    return AlertShape.of(alert, parts.clock.now())


findings_router = APIRouter(prefix="/findings", tags=["findings"])


@findings_router.get("", responses=answers(400, 404))
def list_findings(
    parts: GivenParts,
    site: Annotated[str | None, Query(description="Site of the asset; with `asset`.")] = None,
    asset: Annotated[str | None, Query(description="Tag of the asset; with `site`. All where absent.")] = None,
    open_only: Annotated[bool, Query(description="Only what has not cleared.")] = False,
    suppressed_only: Annotated[bool, Query(description="Only what is suppressed by design.")] = False,
    most: Most = 200,
) -> list[FindingShape]:
    """List findings, those included that are suppressed by design."""
    if (site is None) != (asset is None):
        raise Rejected("half_an_asset", "site and asset go together")
    with parts.database.transaction() as tx:
        asset_id = assets.get_asset(tx, site, asset).asset_id if site and asset else None
        found = findings.list_findings(
            tx, asset_id=asset_id, open_only=open_only, suppressed_only=suppressed_only, most=most
        )
    return [FindingShape.model_validate(one) for one in found]
