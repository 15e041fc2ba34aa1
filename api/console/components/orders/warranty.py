"""The warranty of a machine: at its asset, and at an order whose failure fell within it, with the claim of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any

from nicegui import ui

from api.console.components.elements import box, card, chip, link, mark, moment, words
from api.console.components.forms import choice, day_of, offer, remark, said, sheet, sheet_form
from api.console.components.order_actions import decimal_of, is_amount
from api.console.texts.texts import TEXTS
from api.console.visit import Visit
from api.parts import Parts
from lifecycle.warranty.claiming import answer_claim, claim_warranty
from lifecycle.warranty.setting import say_warranty
from plant.orders.spending import money
from plant.orders.warranty import ClaimState, ClaimStep, CoveredFailure, StandingWarranty, Warranty, WarrantyClaim
from plant.people.rights import Right
from plant.work_order import WorkOrder

Done = Callable[[], Any]
CLAIM_TONES = {
    ClaimState.OPEN: "warning",
    ClaimState.ACCEPTED: "good",
    ClaimState.REJECTED: "alarm",
    ClaimState.SETTLED: "good",
}


def warranty_chip(visit: Visit, until: date | None) -> None:
    """Mark what fell within a warranty."""
    if until is not None:
        mark(chip(visit.t("warranty_until", day=until.isoformat()), "accent"), "warranty")


def order_warranty_card(
    visit: Visit,
    order: WorkOrder,
    failure: CoveredFailure | None,
    claim: WarrantyClaim | None,
    steps: Sequence[ClaimStep],
    on_done: Done,
) -> None:
    """Show the warranty within which an order's failure fell, and the claim of it; offer what may be done."""
    warranty = failure or claim
    if warranty is None:
        return
    with card(visit.t("warranty")), box("stack", testid="order-warranty"):
        _guaranteed(visit, warranty)
        if claim is not None:
            with box("line"):
                chip(visit.t(f"claim_{claim.state.value}"), CLAIM_TONES[claim.state])
                if claim.amount is not None:
                    words(money(claim.amount, claim.currency), "strong figures")
            _steps(visit, steps)
        with box("line"):
            if visit.may(Right.CLAIM_WARRANTY, order.site):
                if claim is None:
                    offer(visit, "claim_make", partial(_ask_claim, visit, order, on_done))
                elif claim.state.follows:
                    offer(visit, "claim_answer", partial(_ask_answer, visit, order, claim, on_done))
            with link(f"/api/v1/work-orders/{order.number}/warranty/evidence", "button quiet", testid="claim-evidence"):
                words(visit.t("claim_evidence"))


def _guaranteed(visit: Visit, one: CoveredFailure | WarrantyClaim | StandingWarranty) -> None:
    words(visit.t("warranty_span", starts=one.starts.isoformat(), ends=one.ends.isoformat()), "strong figures")
    if one.guarantor:
        words(visit.t("guarantor_named", who=one.guarantor), "small")
    else:
        words(visit.t("guarantor_unknown"), "small muted")
    if not isinstance(one, WarrantyClaim):
        if one.terms:
            words(one.terms, "small", keeps_lines=True)
        words(visit.t(f"warranty_by_{one.source}"), "small muted")


def _steps(visit: Visit, steps: Sequence[ClaimStep]) -> None:
    with box("history"):
        for one in reversed(steps):
            with box("step"):
                with box("spread"):
                    words(visit.t(f"claim_{one.state.value}"), "strong")
                    words(visit.who(one.by, one.recognised), "muted clip")
                moment(one.at, "full").classes("small muted")
                said_of = " · ".join(filter(None, (money(one.amount), one.note)))
                if said_of:
                    words(said_of, "small")


def _ask_claim(visit: Visit, order: WorkOrder, on_done: Done) -> None:
    with sheet(f"{order.number}: {visit.t('claim_make')}") as dialog:
        amount = remark(visit, "claim_amount", "claim-amount")
        note = remark(visit, "claim_note", "claim-note")

        def act(parts: Parts) -> None:
            claim_warranty(
                parts.database,
                order.number,
                amount=decimal_of(amount.value),
                note=said(note),
                actor=parts.principal,
                clock=parts.clock,
            )

        need = (Right.CLAIM_WARRANTY, order.site)
        lacks = partial(_bad_amount, visit, amount)
        sheet_form(visit, act, dialog, on_done, need=need, action="claim_make", hint="claim_hint", lacks=lacks)


def _bad_amount(visit: Visit, field: ui.input) -> str | None:
    return None if is_amount(field.value) else visit.t("claim_bad_amount", what=said(field))


def _ask_answer(visit: Visit, order: WorkOrder, claim: WarrantyClaim, on_done: Done) -> None:
    with sheet(f"{order.number}: {visit.t('claim_answer')}") as dialog:
        states = [one for one in ClaimState if one in claim.state.follows]
        names = {one.value: TEXTS[f"claim_{one.value}"] for one in states}
        state = choice(visit, "claim_says", names, states[0].value, "claim-state")
        amount = remark(visit, "claim_amount_agreed", "claim-amount")
        note = remark(visit, "claim_note", "claim-note")

        def act(parts: Parts) -> None:
            answer_claim(
                parts.database,
                order.number,
                ClaimState(str(state.value)),
                amount=decimal_of(amount.value),
                note=said(note),
                actor=parts.principal,
                clock=parts.clock,
            )

        need = (Right.CLAIM_WARRANTY, order.site)
        lacks = partial(_bad_amount, visit, amount)
        sheet_form(visit, act, dialog, on_done, need=need, action="claim_keep", hint="claim_answer_hint", lacks=lacks)


def asset_warranty_card(visit: Visit, site: str, asset: str, standing: StandingWarranty | None, on_done: Done) -> None:
    """Show until when somebody answers for the machine at an asset; offer to say so to who may."""
    may = visit.may(Right.REGISTER_ASSETS, site)
    if standing is None and not may:
        return
    with card(visit.t("warranty")), box("stack", testid="asset-warranty"):
        if standing is None:
            words(visit.t("warranty_none"), "muted")
        else:
            _guaranteed(visit, standing)
            if standing.ends < visit.parts.clock.now().date():
                chip(visit.t("warranty_over", day=standing.ends.isoformat()), "plain")
        if may:
            offer(visit, "warranty_set", partial(_ask_warranty, visit, site, asset, standing, on_done), is_quiet=True)


def _ask_warranty(visit: Visit, site: str, asset: str, standing: StandingWarranty | None, on_done: Done) -> None:
    with sheet(f"{asset}: {visit.t('warranty_set')}") as dialog:
        with box("fields"):
            starts = remark(visit, "warranty_starts", "warranty-starts")
            ends = remark(visit, "warranty_ends", "warranty-ends")
        guarantor = remark(visit, "guarantor", "warranty-guarantor")
        terms = remark(visit, "warranty_terms", "warranty-terms")
        if standing is not None:
            starts.value, ends.value = standing.starts.isoformat(), standing.ends.isoformat()
            guarantor.value, terms.value = standing.guarantor, standing.terms

        def lacks() -> str | None:
            is_said = day_of(said(starts)) is not None and day_of(said(ends)) is not None
            return None if is_said else visit.t("warranty_lacks")

        def act(parts: Parts) -> None:
            wanted = Warranty(
                starts=day_of(said(starts)) or date.max,
                ends=day_of(said(ends)) or date.min,
                guarantor=said(guarantor),
                terms=said(terms),
            )
            say_warranty(parts.database, site, asset, wanted, actor=parts.principal, clock=parts.clock)

        need = (Right.REGISTER_ASSETS, site)
        sheet_form(
            visit, act, dialog, on_done, need=need, action="warranty_keep", hint="warranty_set_hint", lacks=lacks
        )


def project_claims_card(visit: Visit, claims: Sequence[WarrantyClaim]) -> None:
    """Show what was claimed for a project's machines; nothing where nothing was."""
    if claims:
        with card(visit.t("claims")), box("lines", testid="claims"):
            claim_lines(visit, claims)


def claim_lines(visit: Visit, claims: Sequence[WarrantyClaim]) -> None:
    """Show each claim: its order, of whom, for how much, and how it stands."""
    for one in claims:
        with link(f"/work-orders/{one.order}", "spread plain-link", testid=f"claim-{one.order}"):
            with box("clip"):
                words(f"{one.order} {one.asset}: {visit.word('mode', one.failure_mode)}", "strong clip")
                who = visit.t("guarantor_named", who=one.guarantor) if one.guarantor else visit.t("guarantor_unknown")
                words(" · ".join(filter(None, (who, one.project))), "small muted clip")
            with box("line"):
                if one.amount is not None:
                    words(money(one.amount, one.currency), "figures")
                chip(visit.t(f"claim_{one.state.value}"), CLAIM_TONES[one.state])
