"""Figures as rows: of assets, classes or sites, over a span, as known at an instant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from plant.errors import Rejected
from storage.core.database import Transaction


class FiguresBy(StrEnum):
    """Whose figures: of each asset, each class at a site, or each site."""

    ASSET = "asset"
    CLASS = "class"
    SITE = "site"


class Bucket(StrEnum):
    """Over which time: the whole span, or each day or month of it in the site's zone."""

    WHOLE = "whole"
    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, kw_only=True, slots=True)
class PlantFigures:
    """The figures of one asset, class or site in [time_from, time_to), as known at `known_at`; None is "no case".

    Times are in hours, shares 0 to 1, `costs` by currency. How each is made: `lifecycle.figures.FIGURE_FORMULAE`.
    """

    site: str
    asset_class: str | None
    asset: str | None
    time_from: datetime
    time_to: datetime
    known_at: datetime
    required_h: float
    down_h: float
    failures: int
    mtbf_h: float | None
    mttr_h: float | None
    availability: float | None
    labour_h: float
    planned_share: float | None
    schedule_compliance: float | None
    open_orders: int
    backlog_weeks: float | None
    first_time_fix: float | None
    detection_precision: float | None
    detection_recall: float | None
    lead_h: float | None
    costs: dict[str, float]


def figures(
    tx: Transaction,
    *,
    since: datetime,
    until: datetime,
    known_at: datetime,
    by: FiguresBy = FiguresBy.ASSET,
    bucket: Bucket = Bucket.WHOLE,
    site: str | None = None,
    asset_class: str | None = None,
    asset: str | None = None,
) -> list[PlantFigures]:
    """Return the figures of [since, until) as they were known at an instant.

    Raises:
        Rejected: the span is empty.
    """
    if until <= since:
        raise Rejected("empty_span", "`to` must be later than `from`")
    rows = tx.all(
        "figures.figures",
        since=since,
        until=until,
        known_at=known_at,
        by=by.value,
        bucket=bucket.value,
        site=site,
        asset_class=asset_class,
        asset=asset,
    )
    return [PlantFigures(**row) for row in rows]


def note_state(tx: Transaction, asset_id: int, state: str, *, since: datetime, noted_at: datetime) -> None:
    """Note since when an asset has been in a state, also long after it was: figures are restated."""
    tx.run("figures.note_state", asset_id=asset_id, state=state, since=since, noted_at=noted_at)
