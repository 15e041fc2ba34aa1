"""The five figures above the plant, made once and then kept up to date."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from api.console.components.elements import age, box, link, mark, words
from api.console.visit import Visit, changed
from api.console.watch import Picture
from plant.health import Health
from storage.views.overview import AssetView

_NOW_S = 3.0
_ON_THE_METER = (Health.GOOD, *(health for health in Health if health is not Health.GOOD))


class Tile:
    """A name, a figure, and a note on it."""

    def __init__(self, visit: Visit, key: str, *, target: str | None = None) -> None:
        element = link(target, "card tile") if target else box("card tile")
        with mark(element, f"tile-{key}") as self.element:
            words(visit.t(key), "muted clip")
            self._figure = words("–", "figure figures clip")
            self._note = words("", "small muted clip")

    def say(self, figure: str, note: str, *, urgent: bool = False) -> None:
        """Show a figure and its note; an urgent one is coloured."""
        self._figure.set_text(figure)
        self._note.set_text(note)
        self._figure.classes(add="urgent" if urgent else "", remove="" if urgent else "urgent")


class Tiles:
    """All five."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        with box("tiles"):
            self._condition = Tile(visit, "condition")
            with self._condition.element:
                self._meter = box("meter")
            self._alerts = Tile(visit, "open_alerts", target="/alerts")
            self._orders = Tile(visit, "open_orders", target="/work-orders")
            self._freshness = Tile(visit, "freshness")
            self._quarantined = Tile(visit, "quarantined_day", target="/quarantine")
        self._show_health = changed(self._draw_meter, lambda picture: Counter(a.health for a in picture.assets))

    def show(self, picture: Picture) -> None:
        """Bring the figures up to date."""
        counts = picture.counts
        if counts is None:
            return
        self._show_health(picture)
        self._standing(self._alerts, counts.open_alerts, counts.unacknowledged_alerts)
        self._standing(self._orders, counts.open_orders, counts.unacknowledged_orders)
        self._freshness.say(*self._said_of_freshness(picture))
        self._quarantined.say(f"{counts.quarantined}", self._visit.t("payloads_held"))

    def _draw_meter(self, by_health: Counter[Health]) -> None:
        visit = self._visit
        self._condition.say(f"{by_health[Health.GOOD]} / {by_health.total()}", _said_of_health(visit, by_health))
        self._meter.clear()
        with self._meter:
            for health in _ON_THE_METER:
                if by_health[health]:
                    box(f"tone-{health.value}").style(f"flex: {by_health[health]}")

    def _standing(self, tile: Tile, standing: int, waiting: int) -> None:
        said = "all_acknowledged" if standing else "none_open"
        note = self._visit.t("unacknowledged", count=waiting) if waiting else self._visit.t(said)
        tile.say(f"{standing}", note, urgent=waiting > 0)

    def _said_of_freshness(self, picture: Picture) -> tuple[str, str]:
        newest = max((asset.newest for asset in picture.assets if asset.newest), default=None)
        if newest is None or picture.at is None:
            return "–", self._visit.t("no_readings")
        seconds = (picture.at - newest).total_seconds()
        said = self._visit.t("ago", age=age(self._visit.language, seconds))
        return said if seconds >= _NOW_S else self._visit.t("just_now"), _reporting(self._visit, picture.assets)


def _reporting(visit: Visit, assets: Sequence[AssetView]) -> str:
    silent = sum(asset.health is Health.SILENT for asset in assets)
    return visit.t("silent_assets", count=silent) if silent else visit.t("all_reporting")


def _said_of_health(visit: Visit, by_health: Counter[Health]) -> str:
    troubled = [health for health in reversed(_ON_THE_METER) if health is not Health.GOOD and by_health[health]]
    said = [f"{by_health[health]} {visit.word('health', health.value).lower()}" for health in troubled]
    return " · ".join([visit.t("healthy"), *said])
