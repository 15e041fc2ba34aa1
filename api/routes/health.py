"""Whether the product lives and its database answers."""

from __future__ import annotations

from fastapi import APIRouter

from api.parts import GivenParts
from api.problems import answers
from api.schemas.plant import HealthShape
from storage.views import overview

router = APIRouter(prefix="/health", tags=["health"])


@router.get("", responses=answers())
def get_health(parts: GivenParts) -> HealthShape:
    """Answer that all is well, or 503 where the database is away."""
    with parts.database.transaction() as tx:
        installation = overview.beat(tx)
    return HealthShape(status="ok", version=parts.version, installation=installation, time=parts.clock.now())
