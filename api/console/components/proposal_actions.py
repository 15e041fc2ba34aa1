"""What is proposed, the evidence for it, and how a person decides."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from api.console.components.elements import age, box, heading, mark, moment, number, words
from api.console.components.forms import Act, Form, remark, said, sheet
from api.console.visit import Visit
from models.feedback import proposing
from plant.model import RetrainingReason
from plant.people.rights import Right
from storage.models.proposals import Proposal

Done = Callable[[], Any]


def reason_of(visit: Visit, proposal: Proposal) -> str:
    """Say in words why a retraining is proposed."""
    return visit.word("why", proposal.reason.value)


def proposal_button(visit: Visit, proposal: Proposal, on_done: Done) -> None:
    """Offer to look at a proposal and to decide about it to who may."""
    if not visit.may(Right.DECIDE_ON_MODELS, proposal.site):
        return
    with mark(box("button quiet", tag="button"), f"decide-{proposal.proposal_id}") as button:
        words(visit.t("decide"))
    button.on("click", partial(_ask, visit, proposal, on_done))


def _ask(visit: Visit, proposal: Proposal, on_done: Done) -> None:
    with sheet(f"{proposal.asset}: {reason_of(visit, proposal)}") as dialog:
        with box("stack", testid="evidence"):
            show_evidence(visit, proposal)
        note = remark(visit, "note", "step-note")
        words(visit.t("dismiss_hint"), "muted small")

        def deciding(decide: Callable[..., Proposal]) -> Act:
            return lambda parts: decide(
                parts.database, proposal.proposal_id, actor=parts.principal, clock=parts.clock, note=said(note)
            )

        def done() -> Any:
            dialog.close()
            return on_done()

        Form(
            visit,
            deciding(proposing.accept),
            need=(Right.DECIDE_ON_MODELS, proposal.site),
            on_done=done,
            action="accept",
            hint="accept_hint",
            other=("dismiss", deciding(proposing.dismiss)),
        )


def show_evidence(visit: Visit, proposal: Proposal) -> None:
    """Show what speaks for a proposal."""
    for line in _evidence(visit, proposal):
        words(line)
    if proposal.data_from and proposal.data_to:
        with box("line muted"):
            words(f"{visit.t('span')}:")
            moment(proposal.data_from, "minute")
            words("–")
            moment(proposal.data_to, "minute")
    moved = [one for one in proposal.evidence.get("signals") or () if one.get("drifts")]
    if moved:
        heading(visit.t("moved"), 2)
        for one in moved:
            with box("spread"):
                words(one["signal"], "clip")
                words(
                    visit.t(
                        "moved_from_to", before=number(one["before"]), now=number(one["now"]), unit=one["unit"]
                    ).rstrip(),
                    "figures strong",
                )
            words(visit.t("psi", psi=number(one["psi"]), distance=number(one["distance"])), "small muted")


def _evidence(visit: Visit, proposal: Proposal) -> list[str]:
    evidence = proposal.evidence
    match proposal.reason:
        case RetrainingReason.RELEARNING:
            spans = {name: age(visit.language, evidence.get(f"{name}_s") or 0.0) for name in ("clean", "needed")}
            lines = [visit.t("evidence_clean", **spans)]
            if evidence.get("old_model_alarm_part") is not None:
                lines.append(visit.t("evidence_shadow", part=f"{100 * evidence['old_model_alarm_part']:.0f} %"))
            return lines
        case RetrainingReason.ALARM_RATE:
            return [
                visit.t("evidence_alarms", episodes=evidence.get("episodes"), expected=number(evidence.get("expected")))
            ]
        case RetrainingReason.MODEL_REFUSED:
            return [visit.t("evidence_because", because=evidence.get("because"))]
        case RetrainingReason.NEW_BASELINE:
            spans = {name: age(visit.language, evidence.get(f"{name}_s") or 0.0) for name in ("clean", "needed")}
            by = evidence.get("said_by")
            return [
                visit.t("evidence_said", by=by) if by else visit.t("evidence_flat"),
                visit.t("evidence_clean", **spans),
            ]
        case RetrainingReason.INPUT_DRIFT:
            return []
