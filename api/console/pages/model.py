"""The models of one machine: who is in charge, who challenges, how they did, and all that happened to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import quote

from nicegui import run
from nicegui.element import Element

from api.console.components.elements import box, card, chip, heading, link, mark, moment, number, words
from api.console.components.forms import Form, sheet
from api.console.components.frame import empty, filling, framed
from api.console.components.proposal_actions import proposal_button, reason_of, show_evidence
from api.console.pages.models import back_test_of
from api.console.visit import Visit
from api.parts import Parts
from models.training import promotion
from plant.errors import AssetloopError, NotFound
from plant.escaped import escaped
from plant.model import ModelState, ProposalState
from plant.people.rights import Right
from storage.models import catalogue, drift, findings, proposals
from storage.models.catalogue import ModelEvent, ModelLine
from storage.models.drift import DriftCheck
from storage.models.findings import FindingLine
from storage.models.proposals import Proposal
from storage.register import assets

_EVERY_S = 5.0
_MOST = 20
_TONES = {ModelState.CHAMPION: "good", ModelState.CHALLENGER: "accent", ModelState.RETIRED: "off"}


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelDossier:
    """All about the models of one asset, read at once."""

    lines: Sequence[ModelLine]
    events: Sequence[tuple[int, ModelEvent]]
    checks: Sequence[DriftCheck]
    proposed: Sequence[Proposal]
    suppressed: Sequence[FindingLine]


def read_models(parts: Parts, site: str, tag: str) -> ModelDossier:
    """Read the versions of an asset's models, what happened to them, proposals, checks and what nobody was told of.

    Raises:
        NotFound: there is no such asset.
        Unavailable: the database is away.
    """
    with parts.database.transaction() as tx:
        asset_id = assets.get_asset(tx, site, tag).asset_id
        lines = catalogue.list_models(tx, asset_id=asset_id, most=_MOST)
        champion = next((one for one in lines if one.state is ModelState.CHAMPION), None)
        events = [(line.version, event) for line in lines for event in catalogue.events(tx, line.model_id)]
        return ModelDossier(
            lines=lines,
            events=sorted(events, key=lambda one: one[1].at, reverse=True)[:_MOST],
            checks=drift.checks(tx, champion.model_id, most=5) if champion else (),
            proposed=proposals.list_proposals(tx, asset_id=asset_id, most=_MOST),
            suppressed=findings.list_findings(tx, asset_id=asset_id, suppressed_only=True, most=_MOST),
        )


async def show(visit: Visit, site: str, tag: str) -> None:
    """Draw the page."""
    await visit.settle()
    with framed(visit, visit.t("model_of", asset=tag)):
        page = ModelPage(visit, site, tag, filling(visit, box("stack", testid="model-page")))
        await page.read()
        visit.every(_EVERY_S, page.read)


class ModelPage:
    """The page's middle; drawn again when something has changed."""

    def __init__(self, visit: Visit, site: str, tag: str, room: Element) -> None:
        self._visit = visit
        self._site, self._tag = site, tag
        self._room = room
        self._drawn: ModelDossier | None = None

    async def read(self) -> None:
        """Read and show; while the database is away, what was shown stays."""
        try:
            found = await run.io_bound(read_models, self._visit.parts, self._site, self._tag)
        except NotFound:
            self._say(self._visit.t("not_there", what=self._tag), "search_off")
            return
        except AssetloopError:
            if self._drawn is None:
                self._say(self._visit.t("away_first"), "cloud_off")
            return
        if found is not None and found != self._drawn:
            self._drawn = found
            self._draw(found)

    def _say(self, said: str, sign: str) -> None:
        self._drawn = None
        self._room.clear()
        with self._room, box("card"):
            empty(said, sign)

    def _draw(self, found: ModelDossier) -> None:
        visit = self._visit
        self._room.clear()
        with self._room:
            with link("/models", "plain-link small"):
                words(f"← {visit.t('all_models')}")
            heading(visit.t("model_of", asset=self._tag))
            with link(f"/assets/{quote(self._site, safe='')}/{quote(self._tag, safe='')}", "plain-link strong"):
                words(f"{visit.t('asset')} {self._tag}")
            with box("two"):
                with box("stack"):
                    with card(visit.t("versions")), box("history", testid="versions"):
                        self._versions(found.lines)
                    with card(visit.t("checks")), box("history", testid="checks"):
                        _checks(visit, found.checks)
                    with card(visit.t("suppressed_findings")), box("history", testid="suppressed"):
                        _suppressed(visit, found.suppressed)
                with box("stack"):
                    with card(visit.t("proposals"), "acting"), box("history", testid="proposals"):
                        _proposals(visit, found.proposed, self.read)
                    with card(visit.t("happened")), box("history", testid="happened"):
                        _happened(visit, found.events)

    def _versions(self, lines: Sequence[ModelLine]) -> None:
        visit = self._visit
        if not lines:
            words(visit.t("no_model_of"), "muted")
        can_go_back = any(one.state is ModelState.RETIRED and one.promoted_at and one.installed for one in lines)
        for one in lines:
            with box("step", testid=f"version-{one.version}"):
                with box("spread"):
                    with box("line"):
                        words(f"v{one.version}", "strong figures")
                        chip(visit.word("model", one.state), _TONES[one.state])
                        if one.refused:
                            chip(visit.t("model_refused"), "alarm").props["title"] = escaped(one.refused)
                    if one.installed and one.state is ModelState.CHALLENGER:
                        self._act(one, "promote", promotion.promote)
                    if one.installed and one.state is ModelState.CHAMPION and can_go_back:
                        self._act(one, "roll_back", promotion.roll_back)
                words(f"{back_test_of(visit, one)} · {visit.t('line_times', line=number(one.line))}")
                with box("line small muted"):
                    words(visit.t("data_span"))
                    moment(one.data_from)
                    words("–")
                    moment(one.data_to)
                    words(visit.t("rows", count=f"{one.data_rows:,}"))
                with box("line small muted"):
                    words(visit.t("trained_at"))
                    moment(one.trained_at, "full")
                    words(visit.t("trained_by_whom", actor=one.trained_by))
                for stretch in one.figures.get("apart", ()):
                    _apart(visit, stretch)

    def _act(self, line: ModelLine, action: str, change: Callable[..., ModelLine]) -> None:
        visit = self._visit
        if not visit.may(Right.DECIDE_ON_MODELS, self._site):
            return
        with mark(box("button quiet", tag="button"), f"{action}-{line.version}") as button:
            words(visit.t(action))
        button.on("click", partial(self._ask, line, action, change))

    def _ask(self, line: ModelLine, action: str, change: Callable[..., ModelLine]) -> None:
        visit = self._visit
        with sheet(f"{line.asset} v{line.version}: {visit.t(action)}") as dialog:

            def act(parts: Parts) -> ModelLine:
                return change(parts.database, line.model_id, actor=parts.principal, clock=parts.clock)

            def done() -> Any:
                dialog.close()
                return self.read()

            need = (Right.DECIDE_ON_MODELS, self._site)
            Form(visit, act, need=need, on_done=done, action=action, hint=f"{action}_hint")


def _apart(visit: Visit, stretch: dict[str, Any]) -> None:
    """Say which stretch of the training lies apart from the rest, and whether it was learnt from."""
    with box("line small", testid="apart"):
        words(f"{visit.t('apart')}: {visit.t('apart_' + stretch['departure'])}")
        moment(datetime.fromisoformat(stretch["from"]))
        words("–")
        moment(datetime.fromisoformat(stretch["to"]))
        words(visit.t("apart_left_out" if stretch["left_out"] else "apart_learnt_from"), "strong")


def _checks(visit: Visit, checks: Sequence[DriftCheck]) -> None:
    if not checks:
        words(visit.t("no_checks"), "muted")
    for one in checks:
        drifting = [signal["signal"] for signal in one.signals if signal["drifts"]]
        said = [visit.t("check_inputs", signals=", ".join(drifting))] if drifting else []
        if one.alarms_drift:
            said.append(visit.t("check_alarms", episodes=one.episodes, expected=number(one.expected)))
        with box("step"):
            words(" · ".join(said) or visit.t("check_calm"), "strong" if said else "")
            moment(one.data_to, "full").classes("small muted")


def _suppressed(visit: Visit, found: Sequence[FindingLine]) -> None:
    words(visit.t("suppressed_hint"), "muted small")
    if not found:
        words(visit.t("no_suppressed"), "muted")
    for one in found:
        with box("step"):
            with box("spread"):
                words(visit.word("kind", one.kind), "strong clip")
                words(visit.word("suppressed", one.suppressed or ""), "muted")
            moment(one.onset, "full").classes("small muted")


def _proposals(visit: Visit, proposed: Sequence[Proposal], on_done: Callable[[], Any]) -> None:
    if not proposed:
        words(visit.t("no_proposals"), "muted")
    for one in proposed:
        with box("step", testid=f"proposal-{one.proposal_id}"):
            with box("spread"):
                words(reason_of(visit, one), "strong")
                chip(visit.word("proposal", one.state), "accent" if one.state is ProposalState.OPEN else "plain")
            moment(one.raised_at, "full").classes("small muted")
            if one.state is ProposalState.OPEN:
                proposal_button(visit, one, on_done)
            else:
                show_evidence(visit, one)
                words(_came_of(visit, one), "small muted")


def _came_of(visit: Visit, one: Proposal) -> str:
    decided = f"{visit.word('proposal', one.state)}: {one.decided_by or ''}"
    if not one.training_state:
        return decided
    return f"{decided} · {visit.t(f'training_{one.training_state}', why=one.training_outcome or '')}"


def _happened(visit: Visit, events: Sequence[tuple[int, ModelEvent]]) -> None:
    for version, event in events:
        with box("step"):
            with box("spread"):
                words(f"v{version} {visit.t(f'did_{event.event}', line=number(event.detail.get('line')))}", "strong")
                words(visit.who(event.actor, event.recognised), "muted clip")
            moment(event.at, "full").classes("small muted")
