"""Proposed retraining over HTTP: read the evidence, accept or dismiss."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter

from api.parts import GivenParts
from api.problems import answers
from api.routes.orders import Most
from api.schemas.models import ProposalShape
from api.schemas.plant import Deed
from models.feedback import proposing
from plant.principal import typed
from storage.models import proposals

router = APIRouter(prefix="/proposals", tags=["models"])


@router.get("", responses=answers(400))
def list_proposals(parts: GivenParts, state: Literal["open", "all"] = "open", most: Most = 200) -> list[ProposalShape]:
    """List what is proposed and stands open, or all that ever was."""
    with parts.database.transaction() as tx:
        found = proposals.list_proposals(tx, open_only=state == "open", most=most)
    return [ProposalShape.model_validate(one) for one in found]


@router.post("/{proposal_id}/accept", responses=answers(400, 404, 409))
def accept(parts: GivenParts, proposal_id: int, deed: Deed) -> ProposalShape:
    """Accept it: its span counts as healthy, and a challenger is trained."""
    found = proposing.accept(parts.database, proposal_id, actor=typed(deed.actor), clock=parts.clock, note=deed.note)
    return ProposalShape.model_validate(found)


@router.post("/{proposal_id}/dismiss", responses=answers(400, 404, 409))
def dismiss(parts: GivenParts, proposal_id: int, deed: Deed) -> ProposalShape:
    """Dismiss it: the models stay as they are."""
    found = proposing.dismiss(parts.database, proposal_id, actor=typed(deed.actor), clock=parts.clock, note=deed.note)
    return ProposalShape.model_validate(found)
