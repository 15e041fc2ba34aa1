"""Assets over HTTP: how they are, what they last said, and their series."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query

from alerts.alarms.suppression import (
    end_suppression,
    return_to_service,
    suppress_by_design,
    take_out_of_service,
)
from api.parts import GivenParts
from api.problems import answers
from api.protocol.paging import Pages
from api.schemas.alerts import ReasonGiven, SaidState, StateShape
from api.schemas.assets import AssetShape, AssetWithSignals, PointShape, SeriesShape
from api.schemas.instants import Instant
from api.schemas.shape import NOTHING, Nothing
from models.feedback import stating
from plant.errors import NotFound
from plant.health import Health
from storage.core.database import Transaction
from storage.models import remaining, state_labels
from storage.register import assets
from storage.views import overview
from storage.views.overview import AssetFilter, AssetView, SignalView

router = APIRouter(prefix="/assets", tags=["assets"])
_A_LOOK = 200
_AN_HOUR = timedelta(hours=1)


@router.get("", responses=answers(400))
def list_assets(
    parts: GivenParts,
    pages: Pages,
    site: str | None = None,
    asset_class: Annotated[str | None, Query(alias="class", description="Tag of a class.")] = None,
    health: Health | None = None,
) -> list[AssetShape]:
    """List assets with their health, by site and tag."""
    wanted = AssetFilter(site=site, asset_class=asset_class, after=pages.after_words())
    with parts.database.transaction() as tx:
        found = _some(tx, wanted, health, now=parts.clock.now(), most=pages.one_more)
    return [AssetShape.model_validate(one) for one in pages.page(found, lambda one: (one.site, one.asset))]


def _some(tx: Transaction, wanted: AssetFilter, health: Health | None, *, now: datetime, most: int) -> list[AssetView]:
    """Read assets up to `most`; those of a health are looked for as far as it takes."""
    found: list[AssetView] = []
    while len(found) < most:
        page = overview.list_assets(tx, now=now, key_values=True, wanted=wanted, most=max(most, _A_LOOK))
        found += [one for one in page if health is None or one.health is health]
        if len(page) < max(most, _A_LOOK):
            break
        wanted = replace(wanted, after=(page[-1].site, page[-1].asset))
    return found[:most]


@router.get("/{site}/{tag:path}/series", responses=answers(400, 404))
def get_series(
    parts: GivenParts,
    site: str,
    tag: str,
    signal: Annotated[str, Query(description="Key of the signal.")],
    time_from: Annotated[Instant | None, Query(alias="from", description="an hour before `to` if absent.")] = None,
    time_to: Annotated[Instant | None, Query(alias="to", description="now if absent.")] = None,
    most: Annotated[int, Query(ge=1, le=5000, description="About so many steps at most.")] = 600,
) -> SeriesShape:
    """Show one signal between two instants."""
    now = parts.clock.now()
    until = time_to or now
    since = time_from or until - _AN_HOUR
    with parts.database.transaction() as tx:
        found = _signal(overview.get_asset(tx, site, tag, now=now), signal)
        points = overview.get_series(tx, found.signal_id, time_from=since, time_to=until, most=most)
    return SeriesShape(
        signal=found.key,
        unit=found.unit,
        time_from=since,
        time_to=until,
        points=[PointShape.model_validate(point) for point in points],
    )


@router.post("/{site}/{tag:path}/out-of-service", responses=answers(400, 404, 409))
def put_out_of_service(parts: GivenParts, site: str, tag: str, _nothing: Nothing = NOTHING) -> AssetWithSignals:
    """Take an asset out of service; meanwhile what is found there is recorded as suppressed by design."""
    take_out_of_service(parts.database, site, tag, actor=parts.principal, clock=parts.clock)
    return get_asset(parts, site, tag)


@router.post("/{site}/{tag:path}/suppress", responses=answers(400, 404, 409))
def suppress(parts: GivenParts, site: str, tag: str, said: ReasonGiven) -> AssetWithSignals:
    """Suppress by design what is found at an asset, with the reason, until it is ended."""
    suppress_by_design(parts.database, site, tag, reason=said.reason, actor=parts.principal, clock=parts.clock)
    return get_asset(parts, site, tag)


@router.post("/{site}/{tag:path}/unsuppress", responses=answers(400, 404, 409))
def unsuppress(parts: GivenParts, site: str, tag: str, _nothing: Nothing = NOTHING) -> AssetWithSignals:
    """End that; what still stands is told within seconds."""
    end_suppression(parts.database, site, tag, actor=parts.principal, clock=parts.clock)
    return get_asset(parts, site, tag)


@router.post("/{site}/{tag:path}/return-to-service", responses=answers(400, 404, 409))
def put_back_to_service(parts: GivenParts, site: str, tag: str, _nothing: Nothing = NOTHING) -> AssetWithSignals:
    """Return an asset to service."""
    return_to_service(parts.database, site, tag, actor=parts.principal, clock=parts.clock)
    return get_asset(parts, site, tag)


@router.get("/{site}/{tag:path}/state", responses=answers(404))
def get_state(parts: GivenParts, site: str, tag: str) -> StateShape:
    """Say what is assumed of the machine's state after its last alarm, and what persons said of it."""
    with parts.database.transaction() as tx:
        return StateShape.of(state_labels.standing(tx, assets.get_asset(tx, site, tag).asset_id))


@router.post("/{site}/{tag:path}/state", responses=answers(400, 404))
def say_state(parts: GivenParts, site: str, tag: str, said: SaidState) -> StateShape:
    """Say that the machine is normal now, which the next training learns, or still faulty, which it leaves out."""
    with parts.database.transaction() as tx:
        asset_id = assets.get_asset(tx, site, tag).asset_id
    return StateShape.of(
        stating.say(
            parts.database,
            asset_id,
            said.says,
            actor=parts.principal,
            clock=parts.clock,
            since=said.since,
            note=said.note,
        )
    )


@router.get("/{site}/{tag:path}", responses=answers(404))
def get_asset(parts: GivenParts, site: str, tag: str) -> AssetWithSignals:
    """Show one asset with its signals and their latest values."""
    with parts.database.transaction() as tx:
        asset = overview.twin_of(tx, site, tag, now=parts.clock.now())
        return AssetWithSignals.of(asset, remaining.newest(tx, asset.asset_id))


def _signal(asset: AssetView, key: str) -> SignalView:
    for signal in asset.signals:
        if signal.key == key:
            return signal
    raise NotFound(f"asset {asset.asset} has no signal {key}")
