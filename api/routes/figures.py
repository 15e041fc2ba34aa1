"""Figures over HTTP, each with its formula and when it was known."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from api.parts import GivenParts
from api.problems import answers
from api.schemas.models import DetectionShape, FiguresShape
from lifecycle.labels import FORMULAE, detection

router = APIRouter(prefix="/figures", tags=["figures"])
_A_YEAR = timedelta(days=365)


@router.get("/detection", responses=answers(400))
def get_detection(
    parts: GivenParts,
    time_from: Annotated[
        AwareDatetime | None, Query(alias="from", description="ISO 8601 with offset; a year before `to` if absent.")
    ] = None,
    time_to: Annotated[
        AwareDatetime | None, Query(alias="to", description="ISO 8601 with offset; now if absent.")
    ] = None,
) -> FiguresShape:
    """Say how well each class of equipment is watched, by the orders that were closed in a span."""
    now = parts.clock.now()
    until = time_to or now
    since = time_from or until - _A_YEAR
    with parts.database.transaction() as tx:
        found = detection(tx, since=since, until=until)
    return FiguresShape(
        time_from=since,
        time_to=until,
        as_known_at=now,
        formulae=FORMULAE,
        classes=[DetectionShape.of(one) for one in found],
    )
