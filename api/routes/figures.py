"""Figures over HTTP, each with its formula and when it was known."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.parts import GivenParts
from api.problems import answers
from api.schemas.instants import Instant
from api.schemas.models import DetectionShape, FiguresAnswer, FiguresShape, PlantFiguresShape
from lifecycle.figures import FIGURE_FORMULAE
from lifecycle.labels import FORMULAE, detection
from plant.errors import Rejected
from storage.core.database import Database
from storage.figures.figures import Bucket, FiguresBy, PlantFigures, figures

router = APIRouter(prefix="/figures", tags=["figures"])
_A_YEAR = timedelta(days=365)
_MOST_DAYS = timedelta(days=92)
From = Annotated[Instant | None, Query(alias="from", description="a year before `to` if absent.")]
To = Annotated[Instant | None, Query(alias="to", description="now if absent.")]


class FiguresAsked:
    """Which figures are wanted; what is left out asks nothing."""

    def __init__(
        self,
        *,
        by: Annotated[
            FiguresBy, Query(description="Of each asset, each class at a site, or each site.")
        ] = FiguresBy.CLASS,
        bucket: Annotated[Bucket, Query(description="The whole span, or each day or month in the site's zone.")] = (
            Bucket.WHOLE
        ),
        time_from: From = None,
        time_to: To = None,
        known_at: Annotated[
            Instant | None, Query(description="As they were known then; as they are known now if absent.")
        ] = None,
        site: Annotated[str | None, Query(description="Of this site alone.")] = None,
        asset_class: Annotated[str | None, Query(alias="class", description="Of this class alone.")] = None,
        asset: Annotated[str | None, Query(description="Of this asset alone, by its tag.")] = None,
    ) -> None:
        self._by, self._bucket = by, bucket
        self._from, self._to = time_from, time_to
        self.known_at = known_at
        self._site, self._class, self._asset = site, asset_class, asset

    def read(self, database: Database, now: datetime) -> list[PlantFigures]:
        """Read the figures; what is left out means `now`.

        Raises:
            Rejected: the span is empty, or too long for figures by day.
        """
        until = self._to or now
        since = self._from or until - _A_YEAR
        if self._bucket is Bucket.DAY and until - since > _MOST_DAYS:
            raise Rejected("too_long", f"by day at most {_MOST_DAYS.days} days")
        with database.transaction() as tx:
            return figures(
                tx,
                since=since,
                until=until,
                known_at=self.known_at or now,
                by=self._by,
                bucket=self._bucket,
                site=self._site,
                asset_class=self._class,
                asset=self._asset,
            )


@router.get("", responses=answers(400))
def get_figures(parts: GivenParts, asked: Annotated[FiguresAsked, Depends()]) -> FiguresAnswer:
    """Say how the plant does: MTBF, MTTR, availability and the rest, each with its formula."""
    now = parts.clock.now()
    return FiguresAnswer(
        as_known_at=asked.known_at or now,
        formulae=dict(FIGURE_FORMULAE),
        figures=[PlantFiguresShape.model_validate(one) for one in asked.read(parts.database, now)],
    )


@router.get("/detection", responses=answers(400))
def get_detection(
    parts: GivenParts,
    time_from: From = None,
    time_to: To = None,
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
