"""Models over HTTP: who is in charge and why, promoted and rolled back; and proposed retraining."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query

from api.parts import GivenParts
from api.problems import answers
from api.protocol.paging import Pages
from api.schemas.models import ModelShape, ModelWithHistory, ProposalShape
from api.schemas.shape import NO_REMARK, NOTHING, Nothing, Remark
from models.feedback import proposing
from models.training import promotion
from plant.errors import Rejected
from storage.models import catalogue, drift, proposals
from storage.register import assets

router = APIRouter(prefix="/models", tags=["models"])
_EVERY = 1_000_000


@router.get("", responses=answers(400, 404))
def list_models(
    parts: GivenParts,
    pages: Pages,
    site: Annotated[str | None, Query(description="Site of the asset; with `asset`.")] = None,
    asset: Annotated[str | None, Query(description="Tag of the asset; with `site`. All where absent.")] = None,
    retired: Annotated[bool, Query(description="Retired versions too.")] = False,
) -> list[ModelShape]:
    """List the models in charge and those that challenge them."""
    if (site is None) != (asset is None):
        raise Rejected("half_an_asset", "site and asset go together")
    with parts.database.transaction() as tx:
        asset_id = assets.get_asset(tx, site, asset).asset_id if site and asset else None
        found = catalogue.list_models(tx, asset_id=asset_id, standing_only=not retired, most=_EVERY)
    listed = pages.through(found, lambda one: (one.site, one.asset, -one.model_id))
    return [ModelShape.model_validate(one) for one in listed]


@router.get("/{model_id}", responses=answers(404))
def get_model(parts: GivenParts, model_id: int) -> ModelWithHistory:
    """Show one model with all that happened to it and its checks for drift."""
    with parts.database.transaction() as tx:
        line = catalogue.line_of(tx, model_id)
        return ModelWithHistory.of(line, catalogue.events(tx, model_id), drift.checks(tx, model_id))


@router.post("/{model_id}/promote", responses=answers(400, 404, 409))
def promote(parts: GivenParts, model_id: int, _nothing: Nothing = NOTHING) -> ModelShape:
    """Put a challenger in charge."""
    line = promotion.promote(parts.database, model_id, actor=parts.principal, clock=parts.clock)
    return ModelShape.model_validate(line)


@router.post("/{model_id}/rollback", responses=answers(400, 404, 409))
def roll_back(parts: GivenParts, model_id: int, _nothing: Nothing = NOTHING) -> ModelShape:
    """Take a champion out of charge; answers the one before it, which takes over again."""
    line = promotion.roll_back(parts.database, model_id, actor=parts.principal, clock=parts.clock)
    return ModelShape.model_validate(line)


proposal_router = APIRouter(prefix="/proposals", tags=["models"])


@proposal_router.get("", responses=answers(400))
def list_proposals(parts: GivenParts, pages: Pages, state: Literal["open", "all"] = "open") -> list[ProposalShape]:
    """List what is proposed and stands open, or all that ever was."""
    with parts.database.transaction() as tx:
        found = proposals.list_proposals(tx, open_only=state == "open", after=pages.after(), most=pages.one_more)
    return [
        ProposalShape.model_validate(one) for one in pages.page(found, lambda one: (one.raised_at, one.proposal_id))
    ]


@proposal_router.post("/{proposal_id}/accept", responses=answers(400, 404, 409))
def accept(parts: GivenParts, proposal_id: int, deed: Remark = NO_REMARK) -> ProposalShape:
    """Accept it: its span counts as healthy, and a challenger is trained."""
    found = proposing.accept(parts.database, proposal_id, actor=parts.principal, clock=parts.clock, note=deed.note)
    return ProposalShape.model_validate(found)


@proposal_router.post("/{proposal_id}/dismiss", responses=answers(400, 404, 409))
def dismiss(parts: GivenParts, proposal_id: int, deed: Remark = NO_REMARK) -> ProposalShape:
    """Dismiss it: the models stay as they are."""
    found = proposing.dismiss(parts.database, proposal_id, actor=parts.principal, clock=parts.clock, note=deed.note)
    return ProposalShape.model_validate(found)
