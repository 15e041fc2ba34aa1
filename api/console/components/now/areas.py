"""By area: what is wrong, what is due, and who has it; one calm line where all is well."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode

from nicegui.element import Element

from api.console.components.elements import age, box, chip, heading, link, moment, words
from api.console.components.frame import empty
from api.console.components.lists.reading import ListReading
from api.console.texts.texts import named
from api.console.visit import Visit, changed
from api.console.watch import Picture
from api.parts import Parts
from plant.health import Health
from storage.views.order_list import StandingOrder, standing_orders
from storage.views.overview import AssetView

_WRONG = (Health.ALARM, Health.SILENT, Health.WATCH)
_SOON = timedelta(days=1)
_SHOWN = 6
_AREAS_SHOWN = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class TroubledAsset:
    """A machine that is not well, and the orders that stand for it."""

    site: str
    asset: str
    name: str
    name_zh: str
    health: Health
    orders: tuple[StandingOrder, ...]


@dataclass(kw_only=True, slots=True)
class AreaNow:
    """One area of a site: how many machines it has, which are not well, and what is due of the others."""

    site: str
    site_name: str
    site_name_zh: str
    area: str
    machines: int = 0
    wrong: list[TroubledAsset] = field(default_factory=list)
    due: list[tuple[str, StandingOrder]] = field(default_factory=list)

    @property
    def is_calm(self) -> bool:
        """Say whether nothing is wrong and nothing is due."""
        return not self.wrong and not self.due


def areas_of(assets: Sequence[AssetView], orders: Sequence[StandingOrder], *, now: datetime) -> list[AreaNow]:
    """Put machines and orders together by site and area, those with the most trouble first."""
    by_asset: dict[int, list[StandingOrder]] = defaultdict(list)
    for order in orders:
        by_asset[order.asset_id].append(order)
    areas: dict[tuple[str, str], AreaNow] = {}
    for one in assets:
        place = areas.setdefault(
            (one.site, one.area),
            AreaNow(site=one.site, site_name=one.site_name, site_name_zh=one.site_name_zh, area=one.area),
        )
        place.machines += 1
        _add(place, one, by_asset.get(one.asset_id, []), now)
    for place in areas.values():
        place.wrong.sort(key=lambda one: (_WRONG.index(one.health), one.asset))
        place.due.sort(key=lambda one: one[1].requested_finish)
    return sorted(areas.values(), key=_by_trouble)


def _add(place: AreaNow, one: AssetView, standing: list[StandingOrder], now: datetime) -> None:
    if one.health in _WRONG:
        place.wrong.append(
            TroubledAsset(
                site=one.site,
                asset=one.asset,
                name=one.name,
                name_zh=one.name_zh,
                health=one.health,
                orders=tuple(standing),
            )
        )
    else:
        place.due.extend((one.asset, order) for order in standing if order.is_due(now + _SOON))


def _by_trouble(place: AreaNow) -> tuple[int, int, str, str]:
    alarms = sum(one.health is Health.ALARM for one in place.wrong)
    return -alarms, -len(place.wrong) - len(place.due), place.site, place.area


class Areas:
    """The list of areas; drawn anew when a machine's health or an order has changed."""

    def __init__(self, visit: Visit, room: Element) -> None:
        self._visit, self._room = visit, room
        self._orders: Sequence[StandingOrder] | None = None
        self.reading = ListReading(
            visit, read=_read, show=self._take, seen=lambda counts: (counts.orders_changed_at, counts.open_orders)
        )

    async def begin(self) -> None:
        """Read for the first time, and go on as long as the page is open."""
        await self.reading.begin()
        self._visit.follow(changed(lambda _: self._draw(), _health_of))

    def _take(self, found: list[StandingOrder]) -> None:
        self._orders = found
        self._draw()

    def _draw(self) -> None:
        picture = self._visit.watch.look()
        if self._orders is None or picture.at is None:
            return
        self._room.clear()
        with self._room:
            found = areas_of(picture.assets, self._orders, now=picture.at)
            asked = self._visit.asked
            if "site" in asked:
                found = [one for one in found if (one.site, one.area) == (asked["site"], asked.get("area", ""))]
            troubled = [one for one in found if not one.is_calm]
            if not troubled and found:
                empty(self._visit.t("all_well"), "check_circle", self._visit.t("all_well_hint"))
            for one in troubled[:_AREAS_SHOWN]:
                self._area(one, picture.at)
            self._further(troubled[_AREAS_SHOWN:])
            self._calm([one for one in found if one.is_calm], with_heading=bool(troubled))

    def _area(self, one: AreaNow, now: datetime) -> None:
        visit = self._visit
        with box("card area", testid=f"area-{one.area or one.site}"):
            with box("spread"):
                with link(_machines_of(one), "plain-link"):
                    heading(_named(visit, one), 2)
                with box("line small muted"):
                    words(visit.t("area_counts", wrong=len(one.wrong), machines=one.machines))
                    asked = {"site": one.site, **({"area": one.area} if one.area else {})}
                    with link(f"/labels?{urlencode(asked)}", "plain-link"):
                        words(visit.t("labels"))
            for troubled in one.wrong[:_SHOWN]:
                self._troubled(troubled, now)
            if len(one.wrong) > _SHOWN:
                with link(_alerts_of(one), "plain-link small"):
                    words(visit.t("more_of_them", count=len(one.wrong) - _SHOWN))
            for asset, order in one.due[:_SHOWN]:
                with box("trouble"):
                    words(asset, "strong clip")
                    self._order(order, now)
            if len(one.due) > _SHOWN:
                with link("/work-orders?sort=due", "plain-link small"):
                    words(visit.t("more_of_them", count=len(one.due) - _SHOWN))

    def _troubled(self, one: TroubledAsset, now: datetime) -> None:
        visit = self._visit
        with box("trouble", testid=f"trouble-{one.asset}"):
            with box("line"):
                chip(visit.word("health", one.health.value), one.health.value)
                with link(f"/assets/{quote(one.site, safe='')}/{quote(one.asset, safe='')}", "plain-link strong clip"):
                    words(one.asset, "clip")
                name = named(visit.language, one.name, one.name_zh)
                words("" if name == one.asset else name, "small muted clip")
            if one.orders:
                self._order(one.orders[0], now)
            else:
                words(visit.t("no_order_yet"), "small muted")

    def _order(self, order: StandingOrder, now: datetime) -> None:
        visit = self._visit
        late = order.is_due(now)
        with box("line small"):
            with link(f"/work-orders/{order.number}", "plain-link strong"):
                words(order.number)
            words(visit.word("state", order.state.value), "muted")
            who = " · ".join(part for part in (order.assignee_name, order.team) if part)
            words(who or visit.t("nobody_yet"), "clip" if who else "alarming")
            if late:
                by = (now - order.requested_finish).total_seconds()
                words(visit.t("overdue_by", age=age(visit.language, by)), "alarming")
            else:
                words(visit.t("due_at"), "muted")
                moment(order.requested_finish).classes("muted")

    def _further(self, areas: Sequence[AreaNow]) -> None:
        """Name the other areas with trouble, each with how many are not well; a press shows one of them."""
        visit = self._visit
        if not areas:
            return
        with box("card calm", testid="further-areas"):
            words(visit.t("further_areas"), "small muted")
            with box("line"):
                for one in areas:
                    tone = one.wrong[0].health.value if one.wrong else "plain"
                    with link(_machines_of(one), f"chip tone-{tone}"):
                        counts = visit.t("area_counts", wrong=len(one.wrong), machines=one.machines)
                        words(f"{_named(visit, one)} · {counts}")

    def _calm(self, areas: Sequence[AreaNow], *, with_heading: bool) -> None:
        visit = self._visit
        if not areas or (len(areas) == 1 and not with_heading):
            return
        with box("card calm", testid="calm"):
            words(visit.t("calm_areas"), "small muted")
            with box("line"):
                for one in areas:
                    with link(_machines_of(one), "chip tone-good"):
                        words(f"{_named(visit, one)} · {one.machines}")


def _health_of(picture: Picture) -> object:
    return [(one.asset_id, one.health, one.area) for one in picture.assets]


def _named(visit: Visit, one: AreaNow) -> str:
    site = named(visit.language, one.site_name or one.site, one.site_name_zh)
    return f"{site} · {one.area}" if one.area else site


def _machines_of(one: AreaNow) -> str:
    return f"/?{urlencode({'site': one.site, 'area': one.area})}"


def _alerts_of(one: AreaNow) -> str:
    asked = {"site": one.site, "area": one.area}
    return f"/alerts?{urlencode({key: value for key, value in asked.items() if value})}"


def _read(parts: Parts) -> list[StandingOrder]:
    with parts.database.transaction() as tx:
        return standing_orders(tx)
