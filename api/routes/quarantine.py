"""What was put aside and why, over HTTP."""

from __future__ import annotations

from fastapi import APIRouter

from api.parts import GivenParts
from api.problems import answers
from api.routes.orders import Most
from api.shapes import QuarantinedPayload, QuarantinedShape
from storage import overview

router = APIRouter(prefix="/quarantine", tags=["quarantine"])


@router.get("", responses=answers(400))
def list_quarantine(parts: GivenParts, most: Most = 200) -> list[QuarantinedShape]:
    """List what is held, the newest first, without payloads."""
    with parts.database.transaction() as tx:
        found = overview.list_quarantine(tx, most=most)
    return [QuarantinedShape.model_validate(held) for held in found]


@router.get("/{quarantine_id}", responses=answers(404))
def get_quarantined(parts: GivenParts, quarantine_id: int) -> QuarantinedPayload:
    """Show one held payload, as much of it as was kept."""
    with parts.database.transaction() as tx:
        return QuarantinedPayload.of(overview.get_quarantined(tx, quarantine_id))
