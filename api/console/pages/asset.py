"""One asset: how it is, what its signals say now and how they went, what became of it, and what belongs to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from urllib.parse import quote, urlencode

from nicegui import run
from nicegui.element import Element

from api.console.components.asset.belongings import show_belongings
from api.console.components.asset.past import PastTimeline
from api.console.components.asset.trends import Trends
from api.console.components.elements import box, chip, heading, link, moment, number, score, words, zone
from api.console.components.failure_report import report_button
from api.console.components.frame import empty, filling, framed
from api.console.components.machine_state import show_state
from api.console.components.orders.maintenance import work_at_asset
from api.console.components.register.register_changes import register_button
from api.console.components.remaining_life import in_words
from api.console.components.service_state import service_button
from api.console.texts.texts import named
from api.console.visit import Visit
from api.parts import Parts
from plant.errors import AssetloopError, NotFound
from plant.work_order import WorkOrder
from storage.models import catalogue, remaining, state_labels
from storage.models.remaining import RemainingLifeEstimate
from storage.models.state_labels import StandingState
from storage.views import asset_course, liveness, overview
from storage.views.liveness import Liveness
from storage.views.overview import AssetView, SignalView
from storage.work import orders

_EVERY_S = 3.0
_MOST_ORDERS = 5
_TONES = {
    **dict.fromkeys(("up", "alive", "fresh"), "good"),
    **dict.fromkeys(("down", "silent"), "alarm"),
    **dict.fromkeys(("stale", "bad"), "watch"),
    **dict.fromkeys(("unknown", "never"), "silent"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class AssetDossier:
    """An asset, how long it has left, whether it can be heard, what never moved, open orders, others of its class."""

    asset: AssetView
    left: RemainingLifeEstimate | None
    alive: Liveness
    still: frozenset[str]
    state: StandingState
    orders: Sequence[WorkOrder]
    others: Sequence[tuple[str, str]]


def read_asset(parts: Parts, site: str, tag: str) -> AssetDossier:
    """Read all that the page shows of an asset; raise NotFound where there is none, Unavailable without a database."""
    with parts.database.transaction() as tx:
        asset = overview.get_asset(tx, site, tag, now=parts.clock.now())
        return AssetDossier(
            asset=asset,
            left=remaining.newest(tx, asset.asset_id),
            alive=liveness.of_asset(tx, site, tag),
            still=catalogue.never_moved(tx, asset.asset_id),
            state=state_labels.standing(tx, asset.asset_id),
            orders=orders.open_orders(tx, asset.asset_id),
            others=asset_course.others_of_class(tx, asset.asset_id),
        )


def _link_to_grafana(visit: Visit, asset_id: int) -> None:
    """Lead to the asset's dashboard, in the reader's language, where there is a Grafana."""
    grafana = visit.whole.grafana_url
    if not grafana:
        return
    suffix = "-zh" if visit.language.startswith("zh") else ""
    with link(f"{grafana}/d/assetloop-asset{suffix}?var-asset={asset_id}", "plain-link", testid="grafana"):
        words(visit.t("in_grafana"))


async def show(visit: Visit, site: str, tag: str) -> None:
    """Draw the page."""
    await visit.settle()
    with framed(visit, tag):
        page = AssetPage(visit, site, tag, filling(visit, box("stack")))
        below = box("stack")

        async def keep_up() -> None:
            await page.read()
            if page.shown is not None and not below.default_slot.children:
                with below:
                    await _below(visit, page.shown)

        await keep_up()
        visit.every(_EVERY_S, keep_up)


async def _below(visit: Visit, found: AssetDossier) -> None:
    """Show what is read once, or at its own pace: how the signals went, what became of it, what belongs to it."""
    asset = found.asset
    with box("stack"):
        await Trends(visit, asset, found.others).begin()
    with box("halves even"):
        with box("stack"):
            await PastTimeline(visit, asset.asset_id).reading.begin()
        with box("stack"):
            await show_belongings(visit, asset)
            await work_at_asset(visit, asset.site, asset.asset)


class AssetPage:
    """The page's middle: made once, then only values and curves are sent."""

    def __init__(self, visit: Visit, site: str, tag: str, room: Element) -> None:
        self._visit = visit
        self._site, self._tag = site, tag
        self._room = room
        self._drawn: tuple[object, ...] | None = None
        self.shown: AssetDossier | None = None

    async def read(self) -> None:
        """Read and show; while the database is away, what was shown stays."""
        visit = self._visit
        try:
            found = await run.io_bound(read_asset, visit.parts, self._site, self._tag)
        except NotFound:
            self._say(visit.t("not_there", what=self._tag), "search_off")
            return
        except AssetloopError:
            if self._drawn is None:
                self._say(visit.t("away_first"), "cloud_off")
            return
        if found is not None:
            self._show(found)

    def _say(self, said: str, sign: str) -> None:
        self._drawn = None
        self._room.clear()
        with self._room, box("card"):
            empty(said, sign)

    def _show(self, found: AssetDossier) -> None:
        self.shown = found
        asset, left = found.asset, found.left
        numbers = (order.number for order in found.orders)
        signals = (signal.signal_id for signal in asset.signals)
        made_of = (asset.state, asset.relearning_since, asset.model, found.still, found.state, *numbers, *signals)
        if self._drawn != made_of:
            self._drawn = made_of
            self._draw(found)
        self._health.set_text(self._visit.word("health", asset.health.value))
        self._health.classes(replace=f"chip tone-{asset.health.value}")
        self._score.set_text(score(asset.score))
        self._life.set_text(in_words(self._visit.language, asdict(left) if left else None))
        self._show_liveness(found.alive)
        for line, signal in zip(self._lines, asset.signals, strict=True):
            line.show(signal)

    def _draw(self, found: AssetDossier) -> None:
        visit, asset, still = self._visit, found.asset, found.still
        self._room.clear()
        with self._room:
            with link("/", "plain-link small"):
                words(f"← {visit.t('nav_overview')}")
            with box("spread"):
                with box("line"):
                    heading(f"{asset.asset} {visit.name(asset)}".rstrip())
                    self._health = chip("", "plain")
                with box("line"):
                    _link_to_grafana(visit, asset.asset_id)
                    report_button(visit, asset.site, asset.asset)
                    service_button(visit, asset, self.read)
                    register_button(visit, asset, self.read)
                    asked = urlencode({"site": asset.site, "asset": asset.asset})
                    with link(f"/labels?{asked}", "button quiet", testid="label"):
                        words(visit.t("print_label"))
            with box("card facts"):
                self._facts(found)
            show_state(visit, asset, found.state, self.read)
            with box("card list signals", testid="signals"):
                _head(visit)
                self._lines = [SignalLine(visit, signal, signal.key in still) for signal in asset.signals]

    def _facts(self, found: AssetDossier) -> None:
        visit, asset = self._visit, found.asset
        with box():
            words(visit.t("class"), "name")
            words(named(visit.language, asset.class_name, asset.class_name_zh) or asset.asset_class, "strong")
        with box():
            words(visit.t("model"), "name")
            with link(f"/models/{quote(asset.site, safe='')}/{quote(asset.asset, safe='')}", "plain-link strong"):
                words(asset.model or visit.t("no_model"))
        with box():
            words(visit.t("score"), "name")
            self._score = words("", "strong figures")
        with box(testid="remaining-life"):
            words(visit.t("remaining_life"), "name")
            self._life = words("", "strong")
        if asset.relearning_since:
            with box(testid="learning"):
                words(visit.t("learning_since"), "name")
                moment(asset.relearning_since, "full").classes("strong")
        with box():
            words(visit.t("nav_orders"), "name")
            self._orders(found)
        self._liveness()

    def _liveness(self) -> None:
        visit = self._visit
        self._alive = {}
        for name in ("session", "device", "sensors"):
            with box(testid=f"liveness-{name}"):
                words(visit.t(name), "name")
                self._alive[name] = chip("", "plain")

    def _show_liveness(self, alive: Liveness) -> None:
        which = ", ".join(alive.stale if alive.sensors == "stale" else alive.bad)
        for name, state in (("session", alive.session), ("device", alive.device), ("sensors", alive.sensors)):
            said = self._visit.t(f"{name}_{state}", which=which)
            self._alive[name].set_text(said)
            self._alive[name].classes(replace=f"chip tone-{_TONES[state]}")

    def _orders(self, found: AssetDossier) -> None:
        tag = quote(found.asset.asset, safe="")
        with box("line"):
            for order in found.orders[:_MOST_ORDERS]:
                with link(f"/work-orders/{order.number}", "plain-link strong"):
                    words(order.number)
            with link(f"/work-orders?asset={tag}&state=all", "plain-link small", testid="past-orders"):
                words(self._visit.t("orders_all_of_asset"))
            with link(f"/alerts?asset={tag}&state=all", "plain-link small", testid="past-alerts"):
                words(self._visit.t("alerts_all_of_asset"))


def _head(visit: Visit) -> None:
    with box("entry head"):
        for key in ("signal", "value", "limits"):
            words(visit.t(key))
        with box("line"):
            words(visit.t("measured"))
            zone()


class SignalLine:
    """One signal's line in the table."""

    def __init__(self, visit: Visit, signal: SignalView, still: bool) -> None:
        with box("entry", testid=f"signal-{signal.key}"):
            with box("line"):
                words(visit.signal_name(signal), "strong clip")
                words(
                    signal.key if signal.role == "measurement" else f"{signal.key} · {visit.t('setting')}",
                    "small muted",
                )
                if signal.holds_s is not None:
                    words(_holding(visit, signal.holds_s), "small muted")
                if still:
                    chip(visit.t("still_signal"), "plain")
            self._value = words("", "strong figures right")
            words(_limits(signal), "muted figures")
            self._time = moment(None, "second").classes("muted right")

    def show(self, signal: SignalView) -> None:
        """Bring the line up to date."""
        self._value.set_text(f"{number(signal.value)} {signal.unit}".rstrip())
        self._value.style(f"color: {'var(--alarm)' if signal.outside else 'inherit'}")
        self._time.props["at"] = signal.time.isoformat() if signal.time else ""


def _holding(visit: Visit, holds_s: float) -> str:
    unit, unit_s = ("min", 60) if holds_s < 3600 else ("h", 3600)
    return visit.t(f"on_change_{unit}", time=number(holds_s / unit_s))


def _limits(signal: SignalView) -> str:
    if signal.low is None and signal.high is None:
        return "–"
    return f"{number(signal.low)} … {number(signal.high)} {signal.unit}".rstrip()
