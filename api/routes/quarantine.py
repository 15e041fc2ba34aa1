"""What was put aside and why, over HTTP."""

from __future__ import annotations

from fastapi import APIRouter

from api.parts import GivenParts
from api.problems import answers
from api.protocol.paging import Pages
from api.schemas.quarantine import (
    Approval,
    ApprovedShape,
    Dismissal,
    DismissedShape,
    QuarantinedPayload,
    QuarantinedShape,
    StrangerShape,
)
from lifecycle.register import approval
from plant.people.rights import EVERY_SITE, Right
from storage.telemetry import quarantine
from storage.views import overview

router = APIRouter(prefix="/quarantine", tags=["quarantine"])
_EVERY = 1_000_000


@router.get("", responses=answers(400))
def list_quarantine(
    parts: GivenParts, pages: Pages, reason: str | None = None, site: str | None = None
) -> list[QuarantinedShape]:
    """List what is held, the newest first, without payloads."""
    with parts.database.transaction() as tx:
        found = overview.list_quarantine(tx, reason=reason, site=site, after=pages.after(), most=pages.one_more)
    listed = pages.page(found, lambda one: (one.last_seen, one.quarantine_id))
    return [QuarantinedShape.model_validate(held) for held in listed]


@router.get("/assets", responses=answers(400))
def list_strangers(parts: GivenParts, pages: Pages) -> list[StrangerShape]:
    """List the assets that the register does not know, with what waits for their approval, those heard last first."""
    with parts.database.transaction() as tx:
        found = quarantine.strangers(tx, most=_EVERY)
    listed = pages.through(found, lambda one: (one.last_seen, one.site, one.asset), newest_first=True)
    return [StrangerShape.model_validate(one) for one in listed]


@router.post("/assets/approve", status_code=201, responses=answers(400, 409))
def approve_asset(parts: GivenParts, asked: Approval) -> ApprovedShape:
    """Take an asset into the register; ingest then stores what was held of it, in order and once."""
    parts.principal.demand(Right.REGISTER_ASSETS, asked.site)
    with parts.database.transaction() as tx:
        approved = approval.approve(
            tx,
            site=asked.site,
            asset=asked.asset,
            asset_class=asked.asset_class,
            at=parts.clock.now(),
            actor=parts.principal,
            name=asked.name,
            name_zh=asked.name_zh,
            new_class=asked.new_class,
        )
    return ApprovedShape.model_validate(approved)


@router.post("/assets/dismiss", responses=answers(400, 409))
def dismiss_asset(parts: GivenParts, asked: Dismissal) -> DismissedShape:
    """Dismiss an asset that the register does not know: what it says is counted and not kept, until it is approved."""
    parts.principal.demand(Right.REGISTER_ASSETS, asked.site or EVERY_SITE)
    with parts.database.transaction() as tx:
        held = approval.dismiss(tx, site=asked.site, asset=asked.asset, at=parts.clock.now(), actor=parts.principal)
    return DismissedShape.model_validate(held)


@router.get("/{quarantine_id}", responses=answers(404))
def get_quarantined(parts: GivenParts, quarantine_id: int) -> QuarantinedPayload:
    """Show one held payload, as much of it as was kept."""
    with parts.database.transaction() as tx:
        return QuarantinedPayload.of(overview.get_quarantined(tx, quarantine_id))
