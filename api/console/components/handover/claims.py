"""Claims of warranties as lines: at the project that handed the machines over, and on the page of all of them."""

from __future__ import annotations

from collections.abc import Sequence

from api.console.components.elements import box, card, chip, link, words
from api.console.components.orders.warranty import CLAIM_TONES
from api.console.visit import Visit
from plant.orders.spending import money
from plant.orders.warranty import WarrantyClaim


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
