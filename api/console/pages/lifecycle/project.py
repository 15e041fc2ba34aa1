"""One project: its gates in order, what the next one wants, milestones, documents, punches, and who has signed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, get_args

from nicegui import run, ui
from nicegui.element import Element

from api.console.components.elements import box, card, chip, heading, link, mark, moment, words
from api.console.components.forms import CredentialField, attempt, look_up, offer, remark, said, sheet
from api.console.components.frame import filling, framed
from api.console.components.handover.contents import (
    documents_card,
    manifest_lines,
    milestones_card,
    signatures_card,
    signed_line,
)
from api.console.components.handover.costs import costs_card
from api.console.components.handover.punches import punches_card
from api.console.components.handover.readiness import answers_for, ask_duty, spares_card, training_card
from api.console.components.handover.requirements import requirements_card
from api.console.components.orders.warranty import project_claims_card
from api.console.visit import Visit
from lifecycle.costs.cost_centre import CostCentre, cost_centre
from lifecycle.handover import looking, passing
from lifecycle.handover.gates import GateKind, GateName
from lifecycle.handover.looking import GateView, ProjectView
from lifecycle.handover.passing import signing_act, waiving_act
from lifecycle.requirements.agreeing import RequirementsView, look_at_requirements
from plant.orders.warranty import WarrantyClaim
from plant.people.principal import Principal
from plant.people.rights import Right
from storage.orders.warranty_claims import ClaimsWanted, list_claims
from storage.projects.gates import Side

_RIGHT_OF_SIDE: dict[str, Right] = {
    "engineering": Right.SIGN_FOR_ENGINEERING,
    "operations": Right.SIGN_FOR_OPERATIONS,
    "supervisor": Right.WAIVE_GATES,
}


async def show(visit: Visit, tag: str) -> None:
    """Draw the page."""
    with framed(visit, tag):
        await ProjectPage(visit, tag, filling(visit, box("stack", testid="project"))).read()


class ProjectPage:
    """The page's middle, drawn again after each change."""

    def __init__(self, visit: Visit, tag: str, room: Element) -> None:
        self._visit = visit
        self._tag = tag
        self._room = room

    async def read(self) -> None:
        """Read and show."""
        found = await look_up(self._visit, self._read)
        if found is None:
            return
        self._room.clear()
        with self._room:
            self._visit.is_about(found[0].project.site)
            self._draw(*found)

    def _read(self) -> tuple[ProjectView, CostCentre, RequirementsView, Sequence[WarrantyClaim]]:
        database, clock = self._visit.parts.database, self._visit.parts.clock
        view = looking.look(database, self._tag, clock=clock)
        with database.transaction() as tx:
            claims = list_claims(tx, ClaimsWanted(project=self._tag))
        return view, cost_centre(database, self._tag), look_at_requirements(database, self._tag), claims

    def _draw(
        self,
        view: ProjectView,
        costs: CostCentre,
        requirements: RequirementsView,
        claims: Sequence[WarrantyClaim],
    ) -> None:
        visit = self._visit
        with box("spread"):
            with box("title"):
                heading(view.project.name)
                words(f"{view.project.tag} · {view.project.site} · {', '.join(view.project.assets)}", "muted")
            with box("line"):
                for way, key in (("review", "joint_review"), ("certificate", "certificate")):
                    with link(f"/handover/{view.project.tag}/{way}", "button quiet", testid=way):
                        words(visit.t(key))
        with box("two"):
            with box("stack"), card(visit.t("gates")), box("history", testid="gates"):
                for one in view.gates:
                    self._gate(view, one)
            with box("stack"):
                requirements_card(visit, requirements, view.project.site, self.read)
                punches_card(visit, view, self.read)
                training_card(visit, view, self.read)
                spares_card(visit, view, self.read)
                milestones_card(visit, view, self.read)
                costs_card(visit, view.project, costs, self.read)
                documents_card(visit, view, self.read)
                signatures_card(visit, view)
                project_claims_card(visit, claims)

    def _gate(self, view: ProjectView, one: GateView) -> None:
        visit = self._visit
        today = visit.parts.clock.now().date()
        with box("step", testid=f"gate-{one.gate.value}"):
            with box("spread"):
                words(visit.word("gate", one.gate.value), "strong")
                if one.due is not None and not one.is_passed:
                    is_late = one.due < today
                    said_due = visit.t("gate_late" if is_late else "gate_due", day=one.due.isoformat())
                    if one.working_days:
                        said_due = visit.t("gate_due_work", day=one.due.isoformat(), days=one.working_days)
                    chip(said_due, "warning" if is_late else "plain")
            may_plan = visit.may(Right.PLAN_PROJECTS, view.project.site)
            ask = partial(ask_duty, visit, view, one.gate, one.duty, self.read)
            answers_for(visit, one, on_ask=ask if may_plan and not one.is_passed else None)
            if one.settled is not None:
                self._settled(one)
            elif one.is_passed:
                words(signed_line(visit, view, one.gate), "small")
            if one.is_next:
                for lack in one.lacks[:20]:
                    words(visit.t(f"lack_{lack.kind}", what=lack.what), "small")
                self._offers(view, one)

    def _settled(self, one: GateView) -> None:
        visit, settled = self._visit, one.settled
        if settled is None:
            return
        by = visit.who(settled.actor, settled.recognised)
        if settled.outcome == "waived":
            chip(visit.t("gate_waived_by", actor=by, note=settled.note), "warning")
        else:
            words(visit.t("gate_passed_by", actor=by), "small")
            if one.rule.kind is GateKind.SAID:
                words(settled.note, "small muted")
        moment(settled.at, "full").classes("small muted")

    def _offers(self, view: ProjectView, one: GateView) -> None:
        visit, site = self._visit, view.project.site
        with box("line"):
            if one.rule.kind is GateKind.SIGNED:
                sides = [side for side, right in _RIGHT_OF_SIDE.items() if visit.may(right, site)]
                if sides:
                    offer(visit, "gate_sign", partial(self._ask_signature, view, one.gate, sides))
            elif visit.may(one.rule.decides, site) and not one.lacks:
                offer(visit, "gate_pass", partial(self._ask_pass, one))
            if one.rule.can_be_waived and visit.may(Right.WAIVE_GATES, site):
                offer(visit, "gate_waive", partial(self._ask_waiver, one.gate), is_quiet=True)

    async def _do(self, dialog: ui.dialog, act: Callable[[], Any]) -> None:
        if await attempt(self._visit, act):
            dialog.close()
            await self.read()

    def _acting(self, right: Right) -> tuple[Any, Principal]:
        parts = self._visit.renewed(right)
        return parts.database, parts.principal

    def _ask_pass(self, one: GateView) -> None:
        visit = self._visit
        with sheet(visit.word("gate", one.gate.value)) as dialog:
            note = remark(visit, "gate_note", "gate-note")

            async def press() -> None:
                def act() -> None:
                    database, actor = self._acting(one.rule.decides)
                    passing.pass_gate(
                        database, self._tag, one.gate, note=said(note), actor=actor, clock=visit.parts.clock
                    )

                await self._do(dialog, act)

            offer(visit, "gate_pass", press, testid="gate-do")

    def _ask_waiver(self, gate: GateName) -> None:
        visit = self._visit
        with sheet(f"{visit.word('gate', gate.value)}: {visit.t('gate_waive')}") as dialog:
            reason = remark(visit, "gate_reason", "gate-reason")
            credential = CredentialField(visit)

            async def press() -> None:
                def act() -> None:
                    database, _ = self._acting(Right.WAIVE_GATES)
                    signer = credential.signed(waiving_act(self._tag, gate))
                    passing.waive_gate(
                        database, self._tag, gate, reason=said(reason), actor=signer, clock=visit.parts.clock
                    )

                await self._do(dialog, act)

            offer(visit, "gate_waive", press, testid="gate-do")

    def _ask_signature(self, view: ProjectView, gate: GateName, sides: list[str]) -> None:
        visit = self._visit
        with sheet(f"{visit.word('gate', gate.value)}: {visit.t('manifest')}") as dialog:
            manifest_lines(visit, view, most=200)
            credential = CredentialField(visit)

            async def press(side: Side) -> None:
                def act() -> None:
                    database, _ = self._acting(_RIGHT_OF_SIDE[side])
                    signer = credential.signed(signing_act(self._tag, gate, side, view.manifest_sha256))
                    passing.sign(
                        database,
                        self._tag,
                        gate,
                        side,
                        view.manifest_sha256,
                        actor=signer,
                        clock=visit.parts.clock,
                    )

                await self._do(dialog, act)

            with box("line"):
                for side in get_args(Side):
                    if side in sides:
                        with mark(box("button", tag="button"), f"sign-{side}") as button:
                            words(visit.t("gate_sign_now", side=visit.word("side", side)))
                        button.on("click", partial(press, side))


async def read_view(visit: Visit, tag: str) -> ProjectView | None:
    """Read a project in a thread."""
    return await run.io_bound(lambda: looking.look(visit.parts.database, tag, clock=visit.parts.clock))
