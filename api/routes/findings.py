"""Findings over HTTP: what the models and rules found, and what of it nobody is told by design."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.parts import GivenParts
from api.problems import answers
from api.routes.orders import Most
from api.schemas.plant import FindingShape
from plant.errors import Rejected
from storage.models import findings
from storage.register import assets

router = APIRouter(prefix="/findings", tags=["findings"])


@router.get("", responses=answers(400, 404))
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
