"""What is out of view of the register, over HTTP: made by mistake, brought back, or merged into something else."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter

from api.parts import GivenParts
from api.problems import answers
from api.protocol.paging import Pages
from api.schemas.assets import Merging, RetiredShape, Retiring, ViewChangeShape
from lifecycle.register import retiring
from plant.errors import Rejected
from plant.people.rights import Right
from storage.register import retired

router = APIRouter(prefix="/assets", tags=["assets"])
list_router = APIRouter(prefix="/register", tags=["assets"])


@list_router.get("/retired", responses=answers(400))
def list_retired(parts: GivenParts, pages: Pages) -> list[RetiredShape]:
    """List the assets and signals that are out of view, since when and by whom."""
    with parts.database.transaction() as tx:
        found = retired.every(tx)
    listed = pages.through(found, lambda one: (one.site, one.asset, one.key or ""))
    return [RetiredShape.model_validate(one) for one in listed]


@router.post("/{site}/{tag:path}/retire", responses=answers(400, 404, 409))
def retire(parts: GivenParts, site: str, tag: str, asked: Retiring) -> ViewChangeShape:
    """Take an asset, or signals of it, out of view; the record keeps them and what they say."""
    return _changed(parts, site, tag, asked, retiring.retire_asset, retiring.retire_signals)


@router.post("/{site}/{tag:path}/restore", responses=answers(400, 404, 409))
def restore(parts: GivenParts, site: str, tag: str, asked: Retiring) -> ViewChangeShape:
    """Bring a retired asset, or retired signals of it, back into view."""
    return _changed(parts, site, tag, asked, retiring.restore_asset, retiring.restore_signals)


def _changed(
    parts: GivenParts,
    site: str,
    tag: str,
    asked: Retiring,
    change_asset: Callable[..., object],
    change_signals: Callable[..., list[str]],
) -> ViewChangeShape:
    """Change whether an asset, or signals of it, are in view; answer which signals were changed."""
    at, actor = parts.clock.now(), parts.principal
    with parts.database.transaction() as tx:
        if asked.signals is None:
            change_asset(tx, site=site, asset=tag, at=at, actor=actor)
            return ViewChangeShape(site=site, asset=tag, signals=[])
        done = change_signals(tx, site=site, asset=tag, keys=asked.signals, at=at, actor=actor)
    return ViewChangeShape(site=site, asset=tag, signals=done)


@router.post("/{site}/{tag:path}/merge", responses=answers(400, 404, 409))
def merge(parts: GivenParts, site: str, tag: str, asked: Merging) -> ViewChangeShape:
    """Merge an asset into another, or a signal into another of its asset: what it said and says becomes the other's."""
    at, actor = parts.clock.now(), parts.principal
    with parts.database.transaction() as tx:
        if asked.signal is not None:
            if asked.into_site is not None:
                raise Rejected("bad_merge", "a signal is merged into another of its own asset: leave into_site out")
            retiring.merge_signal(tx, site=site, asset=tag, key=asked.signal, into_key=asked.into, at=at, actor=actor)
            return ViewChangeShape(site=site, asset=tag, signals=[asked.signal])
        into_site = asked.into_site or site
        actor.demand(Right.REGISTER_ASSETS, into_site)
        done = retiring.merge_asset(
            tx, site=site, asset=tag, into_site=into_site, into_asset=asked.into, at=at, actor=actor
        )
    return ViewChangeShape(site=site, asset=tag, signals=done)
