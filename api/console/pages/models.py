"""Which models there are, what is proposed, and how well each class of equipment is watched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from nicegui import run

from api.console.components.elements import age, box, card, chip, heading, link, moment, number, words, zone
from api.console.components.frame import empty, framed
from api.console.components.lists.filters import Filters, Pages
from api.console.components.proposal_actions import Done, proposal_button, reason_of
from api.console.texts.texts import named
from api.console.visit import Visit
from api.parts import Parts
from lifecycle.labels import FORMULAE, Detection, detection
from plant.errors import AssetloopError
from plant.model import ModelState
from storage.models import catalogue, proposals
from storage.models.catalogue import ModelLine
from storage.models.proposals import Proposal

_EVERY_S = 5.0
_SIZE = 50
_A_YEAR = timedelta(days=365)


@dataclass(frozen=True, kw_only=True, slots=True)
class Catalogue:
    """What the page shows, read at once."""

    lines: Sequence[ModelLine]
    machines: int
    proposed: Sequence[Proposal]
    watched: Sequence[Detection]


def read_catalogue(parts: Parts, text: str, skip: int) -> Catalogue:
    """Read a page of models in charge and their challengers, open proposals, and the figures of the last year.

    Raises:
        Unavailable: the database is away.
    """
    now = parts.clock.now()
    with parts.database.transaction() as tx:
        lines, machines = catalogue.list_standing(tx, text=text, most=_SIZE, skip=skip)
        return Catalogue(
            lines=lines,
            machines=machines,
            proposed=proposals.list_proposals(tx, open_only=True)[:_SIZE],
            watched=detection(tx, since=now - _A_YEAR, until=now + timedelta(microseconds=1)),
        )


async def show(visit: Visit) -> None:
    """Draw the page."""
    await visit.settle()
    with framed(visit, visit.t("models")):
        with box("title"):
            heading(visit.t("models"))
            words(visit.t("models_hint"), "muted")
        page = ModelsPage(visit)
        await page.read()
        visit.every(_EVERY_S, page.read)


class ModelsPage:
    """The page's middle; drawn again when something has changed."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._filters = Filters(visit)
        with box("filters"):
            self._filters.text("text", "asset").classes("wide-field")
        self._filters.on_change = self.read
        self._room = box("stack", testid="models-page")
        self._pages = Pages(visit, self._filters, size=_SIZE)
        self._drawn: Catalogue | None = None
        self._drawn_page = -1
        self._reads = 0

    async def read(self) -> None:
        """Read and show; while the database is away, what was shown stays."""
        self._reads += 1
        mine, skip = self._reads, self._pages.skip
        try:
            found = await run.io_bound(read_catalogue, self._visit.parts, self._filters.of("text") or "", skip)
        except AssetloopError:
            if self._drawn is None:
                self._room.clear()
                with self._room, box("card"):
                    empty(self._visit.t("away_first"), "cloud_off")
            return
        if found is not None and mine == self._reads and (found, skip) != (self._drawn, self._drawn_page):
            self._drawn, self._drawn_page = found, skip
            self._draw(found, self._visit.parts.clock.now())
            self._pages.show(len({line.asset_id for line in found.lines}), found.machines)

    def _draw(self, found: Catalogue, now: datetime) -> None:
        visit = self._visit
        self._room.clear()
        with self._room:
            with card(visit.t("proposals")), box("list plain", testid="proposals"):
                if not found.proposed:
                    words(visit.t("no_proposals"), "muted")
                for proposal in found.proposed:
                    _proposed(visit, proposal, self.read)
            with box("card list models", testid="models"):
                _models(visit, found, is_asked=self._filters.of("text") is not None)
            with card(visit.t("watched")):
                words(visit.t("watched_hint"), "muted small")
                with box("list watched", testid="watched"):
                    _watched(visit, found.watched)
                with box("line small muted"):
                    words(visit.t("as_known_at"))
                    moment(now, "full")


def _proposed(visit: Visit, proposal: Proposal, on_done: Done) -> None:
    with box("entry", testid=f"proposal-{proposal.proposal_id}"):
        with link(_page_of(proposal.site, proposal.asset)):
            words(proposal.asset, "strong clip")
        with box("wide"):
            words(reason_of(visit, proposal), "strong")
        moment(proposal.raised_at)
        with box("right"):
            proposal_button(visit, proposal, on_done)


def _models(visit: Visit, found: Catalogue, *, is_asked: bool) -> None:
    rows = _by_asset(found)
    if not rows and is_asked:
        empty(visit.t("no_models_asked"))
        return
    if not rows:
        empty(visit.t("no_models"), "model_training", visit.t("no_models_hint"))
        return
    with box("entry head"):
        for key in ("asset", "in_charge", "back_test", "line", "challenger"):
            words(visit.t(key))
        with box("line"):
            words(visit.t("trained_at"))
            zone()
    for champion, challenger in rows:
        _row(visit, champion, challenger)


def _by_asset(found: Catalogue) -> list[tuple[ModelLine | None, ModelLine | None]]:
    """Pair champions with challengers, in the order in which they were read."""
    pairs: dict[int, dict[ModelState, ModelLine]] = {}
    for line in found.lines:
        pairs.setdefault(line.asset_id, {})[line.state] = line
    return [(pair.get(ModelState.CHAMPION), pair.get(ModelState.CHALLENGER)) for pair in pairs.values()]


def _row(visit: Visit, champion: ModelLine | None, challenger: ModelLine | None) -> None:
    one = champion or challenger
    if one is None:
        return
    with link(_page_of(one.site, one.asset), "entry", testid=f"model-{one.asset}"):
        words(one.asset, "strong clip")
        with box("line"):
            words(f"v{champion.version}" if champion else "–", "figures strong")
            if champion and champion.refused:
                chip(visit.t("model_refused"), "alarm")
        words(back_test_of(visit, champion) if champion else "–", "wide clip muted")
        with box("line"):
            words(visit.t("line"), "only-small small muted")
            words(number(champion.line) + "×" if champion else "–", "figures")
        with box("line"):
            words(visit.t("challenger"), "only-small small muted")
            if challenger:
                chip(f"v{challenger.version}", "accent")
            else:
                words("–", "muted")
        with box("line wide"):
            words(visit.t("trained_at"), "only-small small muted")
            moment(one.trained_at)


def back_test_of(visit: Visit, line: ModelLine) -> str:
    """Say in a line how a model's back-test went."""
    held_back = line.figures.get("held_back") or {}
    alarms, hours = held_back.get("alarms"), number(held_back.get("hours"))
    said = [visit.t("not_tested") if alarms is None else visit.t("alarms_in", alarms=alarms, hours=hours)]
    faults, calm = line.figures.get("faults") or {}, line.figures.get("false_alarms") or {}
    if faults.get("kept"):
        said.append(visit.t("faults_found", found=faults["found"], kept=faults["kept"]))
    if calm.get("kept"):
        said.append(visit.t("false_silent", silent=calm["silent"], kept=calm["kept"]))
    said += [
        visit.t(key, signals=", ".join(line.figures[key]))
        for key in ("never_moved", "counters", "daily")
        if line.figures.get(key)
    ]
    if line.figures.get("apart"):
        said.append(visit.t("apart_count", count=len(line.figures["apart"])))
    return " · ".join(said)


def _watched(visit: Visit, watched: Sequence[Detection]) -> None:
    with box("entry head"):
        for key in ("class", "precision", "recall", "lead_time", "counts"):
            head = words(visit.t(key))
            name = {"lead_time": "lead_to_failure_s"}.get(key, key)
            if name in FORMULAE:
                head.props["title"] = visit.word("formula", name)
    for one in watched:
        counts = one.counts
        with box("entry", testid=f"class-{counts.asset_class}"):
            words(named(visit.language, counts.class_name, counts.class_name_zh) or counts.asset_class, "strong clip")
            _figure(visit, "precision", _percent(one.precision))
            _figure(visit, "recall", _percent(one.recall))
            with box():
                _figure(visit, "lead_time", _lasting(visit, counts.lead_to_failure_s))
                if counts.lead_to_work_s is not None:
                    words(f"{_lasting(visit, counts.lead_to_work_s)} {visit.t('lead_to_work')}", "small muted")
            words(
                visit.t(
                    "counts_of",
                    confirmed=counts.confirmed,
                    false=counts.false_alarms,
                    missed=counts.missed,
                    nothing=counts.no_fault_found,
                ),
                "wide small muted",
            )


def _figure(visit: Visit, key: str, said: str) -> None:
    """Show a figure; where the heads of the columns have no room, with its name."""
    with box("line"):
        words(visit.t(key), "only-small small muted")
        words(said, "figures")


def _percent(part: float | None) -> str:
    return "–" if part is None else f"{100 * part:.0f} %"


def _lasting(visit: Visit, seconds: float | None) -> str:
    return "–" if seconds is None else age(visit.language, seconds)


def _page_of(site: str, asset: str) -> str:
    return f"/models/{quote(site, safe='')}/{quote(asset, safe='')}"
