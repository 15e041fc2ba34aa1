"""Whether assets can be heard, their devices speak and their sensors measure, over HTTP."""

from __future__ import annotations

from fastapi import APIRouter

from api.parts import GivenParts
from api.problems import answers
from api.schemas.plant import LivenessShape
from storage.views import liveness

router = APIRouter(tags=["liveness"])


@router.get("/liveness", responses=answers())
def list_liveness(parts: GivenParts) -> list[LivenessShape]:
    """List session, device and sensors of every asset."""
    with parts.database.transaction() as tx:
        found = liveness.of_all(tx)
    return [LivenessShape.model_validate(one) for one in found]


@router.get("/assets/{site}/{tag:path}/liveness", responses=answers(404))
def get_liveness(parts: GivenParts, site: str, tag: str) -> LivenessShape:
    """Show session, device and sensors of one asset."""
    with parts.database.transaction() as tx:
        return LivenessShape.model_validate(liveness.of_asset(tx, site, tag))
