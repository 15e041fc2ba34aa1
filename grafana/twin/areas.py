"""How a plant is cut into drawings: a small site is one, a large one has a map, and a drawing for each area."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from grafana.links import TWIN_UID
from grafana.twin.layers import layers
from storage.views.twin import TwinAsset

MOST_ON_A_SITE = 40
MOST_IN_A_DRAWING = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawing:
    """Assets that are drawn together; `part` counts from 1 where an area is too large for one drawing, else 0."""

    site: str
    assets: tuple[TwinAsset, ...]
    area: str = ""
    part: int = 0

    @property
    def uid(self) -> str:
        """Return the uid of the drawing's dashboard: the same as long as site and area keep their names."""
        digest = hashlib.sha256(f"{self.site}\n{self.area}\n{self.part}".encode()).hexdigest()
        return f"{TWIN_UID}-{digest[:10]}"


def sites_of(assets: Sequence[TwinAsset]) -> list[list[Drawing]]:
    """Cut each site into its drawings: one, or one for each area, and for each part of a large area."""
    return [_drawings(site, list(group)) for site, group in groupby(assets, key=lambda asset: asset.site)]


def _drawings(site: str, assets: list[TwinAsset]) -> list[Drawing]:
    if len(assets) <= MOST_ON_A_SITE:
        return [Drawing(site=site, assets=tuple(assets))]
    found: list[Drawing] = []
    for area, group in groupby(sorted(assets, key=lambda one: (one.area, one.tag)), key=lambda one: one.area):
        parts = _parts(list(group))
        found += [
            Drawing(site=site, area=area, assets=tuple(part), part=number if len(parts) > 1 else 0)
            for number, part in enumerate(parts, start=1)
        ]
    return found


def _parts(assets: list[TwinAsset]) -> list[list[TwinAsset]]:
    """Cut a large area along its feeds, so that neighbours stay together where they can."""
    if len(assets) <= MOST_IN_A_DRAWING:
        return [assets]
    by_number = {asset.asset_id: asset for asset in assets}
    found = layers(list(by_number), {asset.asset_id: asset.feeds for asset in assets})
    place = {one: at / len(layer) for layer in found for at, one in enumerate(layer)}
    ordered = sorted(assets, key=lambda one: place[one.asset_id])
    return [ordered[first : first + MOST_IN_A_DRAWING] for first in range(0, len(ordered), MOST_IN_A_DRAWING)]
