"""What happens in a simulated year, as findings: faults that spread, limits that chatter, upsets of the plant.

The plant is a substation that feeds the utility of each area, which feeds ten lines of five assets in a row. An area is
what one operator watches. Nothing here knows of alerts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from plant.asset import Asset, AssetClass, Plant, Site
from plant.severity import Severity

SITE, SUBSTATION = "plant", "S-1"
_CLASS = "machine"
_LINE, _LINES = 5, 10
_OF_AREA = _LINE * _LINES
DAY_S = 86_400.0

FAULTS_A_YEAR = 1.0
"""Of an asset, exponentially distributed."""
SPREADS = 0.6
"""So likely a fault of an asset is felt by the next one in its line, 30 s to 4 min later; and so on down the line."""
NOTICED_S = 45.0
"""What is wrong is noticed after so long, exponentially distributed: also the cause after what it brought about."""
BAD_ACTORS = 0.01
"""So large a part of the assets has a limit that chatters."""
BURSTS_A_YEAR, SPELLS = 12.0, 40
"""Of a bad actor, each of so many episodes of 1 to 15 s, with 5 to 60 s between them."""
UPSETS_A_YEAR, MOST_AREAS = 12.0, 6
"""Of the whole plant: a dip of the substation is felt by 4 of 5 assets in 1 to so many areas, for 5 to 30 min."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MadeUpEpisode:
    """What a detector or a limit finds at an asset, in seconds from the begin; `fault` is the one that it is due to."""

    asset: str
    kind: str
    onset_s: float
    cleared_s: float
    severity: Severity
    fault: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class MadeUpFault:
    """Something that broke: where, and whether it was the whole plant's."""

    number: int
    root: str
    is_upset: bool


@dataclass(kw_only=True, slots=True)
class MadeUpYear:
    """All that happens."""

    faults: list[MadeUpFault] = field(default_factory=list)
    episodes: list[MadeUpEpisode] = field(default_factory=list)


def made_up_plant(assets: int) -> Plant:
    """Return the register of a plant with so many assets in lines, beside what feeds them."""
    areas = -(-assets // _OF_AREA)
    below = [
        Asset(
            tag=_tag(number),
            name=_tag(number),
            class_tag=_CLASS,
            area=f"area {number // _OF_AREA:02}",
            feeds=(_tag(number + 1),) if number % _LINE < _LINE - 1 and number + 1 < assets else (),
        )
        for number in range(assets)
    ]
    utilities = [
        Asset(
            tag=_utility(area),
            name=_utility(area),
            class_tag=_CLASS,
            area=f"area {area:02}",
            feeds=tuple(_tag(head) for head in range(area * _OF_AREA, min((area + 1) * _OF_AREA, assets), _LINE)),
        )
        for area in range(areas)
    ]
    feeds = tuple(_utility(area) for area in range(areas))
    substation = Asset(tag=SUBSTATION, name=SUBSTATION, class_tag=_CLASS, area="substation", feeds=feeds)
    return Plant(
        site=Site(tag=SITE, name="Plant"),
        classes=(AssetClass(tag=_CLASS, name="Machine"),),
        assets=(*below, *utilities, substation),
    )


def make_up(chance: np.random.Generator, *, assets: int, days: float) -> MadeUpYear:
    """Make up all that happens in so many days, in the order of its begin."""
    year, seconds = MadeUpYear(), days * DAY_S
    for _ in range(chance.poisson(FAULTS_A_YEAR * assets * days / 365)):
        _single_fault(year, chance, assets, float(chance.uniform(0, seconds)))
    for _ in range(chance.poisson(UPSETS_A_YEAR * days / 365)):
        upset(year, chance, assets, float(chance.uniform(0, seconds)))
    for actor in chance.choice(assets, size=max(1, round(BAD_ACTORS * assets)), replace=False).tolist():
        for _ in range(chance.poisson(BURSTS_A_YEAR * days / 365)):
            year.episodes += _burst(chance, _tag(actor), float(chance.uniform(0, seconds)))
    year.episodes = _one_at_a_time(sorted(year.episodes, key=lambda one: (one.onset_s, one.asset, one.kind)))
    return year


def _single_fault(year: MadeUpYear, chance: np.random.Generator, assets: int, at_s: float) -> None:
    number, lasts_s = int(chance.integers(assets)), float(chance.lognormal(np.log(2 * 3600), 1.0))
    fault = MadeUpFault(number=len(year.faults), root=_tag(number), is_upset=False)
    year.faults.append(fault)
    while True:
        severity = Severity.MAJOR if _tag(number) == fault.root else Severity.MINOR
        year.episodes += _felt(chance, _tag(number), at_s, lasts_s, severity, fault.number)
        number, at_s = number + 1, at_s + float(chance.uniform(30, 240))
        if number % _LINE == 0 or number >= assets or chance.random() > SPREADS:
            return


def upset(year: MadeUpYear, chance: np.random.Generator, assets: int, at_s: float) -> None:
    """Let the substation dip at an instant."""
    fault = MadeUpFault(number=len(year.faults), root=SUBSTATION, is_upset=True)
    year.faults.append(fault)
    areas = -(-assets // _OF_AREA)
    hit = chance.choice(areas, size=int(chance.integers(1, min(MOST_AREAS, areas) + 1)), replace=False).tolist()
    lasts_s = float(chance.uniform(300, 1800))
    year.episodes += _felt(chance, SUBSTATION, at_s, lasts_s, Severity.CRITICAL, fault.number)
    for area in hit:
        year.episodes += _felt(chance, _utility(area), at_s, lasts_s, Severity.MAJOR, fault.number)
        for number in range(area * _OF_AREA, min((area + 1) * _OF_AREA, assets)):
            if chance.random() < 0.8:
                lag_s = float(chance.uniform(0, 60))
                year.episodes += _felt(chance, _tag(number), at_s + lag_s, lasts_s, Severity.MINOR, fault.number)


def _felt(
    chance: np.random.Generator, asset: str, at_s: float, lasts_s: float, severity: Severity, fault: int
) -> Iterator[MadeUpEpisode]:
    """What is found at an asset that is ill: its condition, and in a third of the cases a limit that it passes too."""
    for kind in ("condition", "limit"):
        if kind == "condition" or chance.random() < 1 / 3:
            onset_s = at_s + float(chance.exponential(NOTICED_S))
            end_s = max(at_s + lasts_s, onset_s + 60) + float(chance.uniform(0, 120))
            yield MadeUpEpisode(
                asset=asset, kind=kind, onset_s=onset_s, cleared_s=end_s, severity=severity, fault=fault
            )


def _burst(chance: np.random.Generator, asset: str, at_s: float) -> Iterator[MadeUpEpisode]:
    for _ in range(SPELLS):
        end_s = at_s + float(chance.uniform(1, 15))
        yield MadeUpEpisode(asset=asset, kind="rate", onset_s=at_s, cleared_s=end_s, severity=Severity.MINOR)
        at_s = end_s + float(chance.uniform(5, 60))


def _one_at_a_time(episodes: list[MadeUpEpisode]) -> list[MadeUpEpisode]:
    """Leave out what begins while the same is found at the asset already: a detector opens one episode at a time."""
    ends: dict[tuple[str, str], float] = {}
    left = []
    for one in episodes:
        if one.onset_s > ends.get((one.asset, one.kind), -1.0):
            ends[(one.asset, one.kind)] = one.cleared_s
            left.append(one)
    return left


def _tag(number: int) -> str:
    return f"M-{number:05}"


def _utility(area: int) -> str:
    return f"U-{area:02}"
