"""The certificate of a handover, as a page to be printed: gates, signatures, and all that was signed."""

from __future__ import annotations

from api.console.components.elements import box, heading, moment, words
from api.console.components.frame import framed
from api.console.components.handover.contents import manifest_lines, signed_line
from api.console.components.handover.readiness import answers_for
from api.console.pages.lifecycle.project import read_view
from api.console.visit import Visit
from lifecycle.handover.looking import GateView, ProjectView


async def show(visit: Visit, tag: str) -> None:
    """Draw the page."""
    view = await read_view(visit, tag)
    with framed(visit, visit.t("certificate")):
        if view is not None:
            visit.is_about(view.project.site)
            _draw(visit, view)


def _draw(visit: Visit, view: ProjectView) -> None:
    with box("card certificate stack", testid="certificate"):
        heading(visit.t("certificate_of", name=view.project.name))
        words(f"{view.project.tag} · {view.project.site} · {', '.join(view.project.assets)}", "muted")
        if not view.is_handed_over:
            words(visit.t("certificate_draft"), "strong")
        heading(visit.t("signatures"), 2)
        for one in view.signatures:
            if one.voided_at is None:
                with box("spread"):
                    by = visit.who(one.signed_by, one.recognised)
                    words(visit.t("signed_by_for", actor=by, side=visit.word("side", one.side)), "strong")
                    words(visit.word("gate", one.gate))
                    moment(one.signed_at, "full")
        if not any(one.voided_at is None for one in view.signatures):
            words(visit.t("none_yet"), "muted")
        heading(visit.t("gates"), 2)
        for gate in view.gates:
            with box("spread"):
                words(visit.word("gate", gate.gate.value), "strong")
                words(_outcome(visit, view, gate))
            answers_for(visit, gate)
        heading(visit.t("trainings"), 2)
        for training in view.trainings:
            what = visit.class_name(training.asset_class)
            words(f"{training.person} · {what} · {training.held_on.isoformat()} · {training.taught_by}", "small")
        if not view.trainings:
            words(visit.t("none_yet"), "muted")
        heading(visit.t("manifest"), 2)
        manifest_lines(visit, view)


def _outcome(visit: Visit, view: ProjectView, gate: GateView) -> str:
    settled = gate.settled
    if settled is None:
        return signed_line(visit, view, gate.gate) if gate.is_passed else visit.t("gate_open")
    by = visit.who(settled.actor, settled.recognised)
    if settled.outcome == "waived":
        return visit.t("gate_waived_by", actor=by, note=settled.note)
    return visit.t("gate_passed_by", actor=by)
