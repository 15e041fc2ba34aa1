"""Alerts over HTTP: read them, acknowledge them."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from fastapi import APIRouter

from alerts.alarms.acknowledgement import acknowledge_alert
from api.parts import GivenParts
from api.problems import answers
from api.routes.orders import Most
from api.schemas.plant import Acknowledgement, AlertShape
from plant.principal import typed
from storage.work import alerts

router = APIRouter(prefix="/alerts", tags=["alerts"])


@router.get("", responses=answers(400))
def list_alerts(parts: GivenParts, state: Literal["open", "all"] = "open", most: Most = 200) -> list[AlertShape]:
    """List alerts, those that are active or not acknowledged, or all."""
    with parts.database.transaction() as tx:
        found = alerts.list_alerts(tx, open_only=state == "open", most=most)
    return [AlertShape.of(alert, parts.clock.now()) for alert in found]


@router.post("/{alert_id}/acknowledge", responses=answers(400, 404, 409))
def acknowledge(parts: GivenParts, alert_id: UUID, acknowledgement: Acknowledgement) -> AlertShape:
    """Take note of an alert in a person's name."""
    alert = acknowledge_alert(parts.database, alert_id, actor=typed(acknowledgement.actor), clock=parts.clock)
    return AlertShape.of(alert, parts.clock.now())
