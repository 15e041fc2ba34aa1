"""How the product does, over HTTP: that it lives, and what became of what devices sent."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.parts import GivenParts
from api.problems import answers
from api.protocol.paging import Pages
from api.schemas.instants import Instant
from api.schemas.telemetry import DeliveredMinuteShape, FaultShape, FlowShape, HealthShape, LiveShape
from plant.people.rights import Right
from storage.telemetry import delivery
from storage.views import overview, product_state

router = APIRouter(prefix="/ingest", tags=["ingest"])
_MOST_MINUTES = 100_000
_AN_HOUR = timedelta(hours=1)

Since = Annotated[Instant | None, Query(description="an hour ago if absent.")]
Device = Annotated[str, Query(description="Site and asset as the topic names them, as demo/P-101.", max_length=500)]


@router.get("/status", responses=answers(400))
def get_status(parts: GivenParts, since: Since = None, device: Device | None = None) -> FlowShape:
    """Say what became of what came, by device, in whole minutes since `since`; and how the ingest processes are."""
    with parts.database.transaction() as tx:
        found = FlowShape.model_validate(delivery.status(tx, since=_since(parts, since), device=device))
    seen = [one for one in found.devices if _is_seen(parts, one.device)]
    return found.model_copy(update={"devices": seen})


@router.get("/minutes", responses=answers(400))
def list_minutes(
    parts: GivenParts,
    pages: Pages,
    device: Device,
    since: Since = None,
) -> list[DeliveredMinuteShape]:
    """Say what became of what one device sent, minute by minute, the newest first."""
    if not _is_seen(parts, device):
        return []
    with parts.database.transaction() as tx:
        found = delivery.by_minute(tx, device, since=_since(parts, since), most=_MOST_MINUTES)
    listed = pages.through(found, lambda one: (one.minute,), newest_first=True)
    return [DeliveredMinuteShape.model_validate(one) for one in listed]


def _is_seen(parts: GivenParts, device: str) -> bool:
    """Say whether a device is at a site that is theirs to see; one that names no site is for who sees every site."""
    site, slash, _ = device.partition("/")
    return parts.principal.may(Right.SEE_INGEST, site if slash else "")


def _since(parts: GivenParts, since: datetime | None) -> datetime:
    return since or parts.clock.now() - _AN_HOUR


health_router = APIRouter(prefix="/health", tags=["health"])


@health_router.get("", responses=answers())
def get_health(request: Request, parts: GivenParts, response: Response) -> HealthShape:
    """Say how the product is: 200 while telemetry is stored, 503 while none is or the database is away.

    What exactly is wrong, which version this is and what it is called is for who is signed in.
    """
    with parts.database.transaction() as tx:
        installation = overview.beat(tx)
    faults = product_state.look(parts.database, folder=parts.data_folder)
    failing = any(fault.kind.stops_storing for fault in faults)
    if failing:
        response.status_code = 503
    is_known = getattr(request.state, "principal", None) is not None
    return HealthShape(
        status="failing" if failing else "degraded" if faults else "ok",
        version=parts.version if is_known else None,
        installation=installation if is_known else None,
        time=parts.clock.now(),
        faults=[FaultShape.model_validate(fault) for fault in faults] if is_known else [],
    )


@health_router.get("/live", responses=answers())
def get_live() -> LiveShape:
    """Answer as long as this process does, whatever its surroundings do: for who would restart it otherwise."""
    return LiveShape()
