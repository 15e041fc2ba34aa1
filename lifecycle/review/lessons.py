"""The post-project part of a review: design assumptions beside telemetry, recommendations, and their effect here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from lifecycle.feedback.rates import FailureRate
from lifecycle.handover.evidence import recommendation_is_met
from lifecycle.handover.looking import ProjectView
from lifecycle.review.document import ReviewLine, ReviewSection, Tone
from lifecycle.review.wording import called, class_names, figure, mode_name, phrase
from plant.notices.notice import Bilingual
from plant.orders.spending import money
from plant.orders.warranty import ClaimState
from storage.core.database import Transaction
from storage.orders.warranties import failures_of_project
from storage.orders.warranty_claims import claims_of_orders
from storage.projects import recommendations as rows
from storage.projects.recommendations import Assumed, DesignAssumption, Recommendation, SeenLimit


def lesson_sections(tx: Transaction, view: ProjectView, *, at: datetime) -> list[ReviewSection]:
    """Say what a project teaches, as far as it is in service, and what it took over from earlier ones."""
    project_id = view.project.project_id
    names = class_names(tx)
    assumed, limits = list[ReviewLine](), list[ReviewLine]()
    if view.project.service_from is not None:
        assumed = [_assumed(one, names) for one in rows.assumptions(tx, project_id, at=at)]
        limits = [_limit(one) for one in rows.limits(tx, project_id, at=at)]
    found = {
        "assumptions": assumed,
        "limits": limits,
        "warranty": list(_warranty(tx, project_id, at)),
        "recommendations": [_recommended(one, names) for one in rows.recommendations(tx, project_id)],
        "taken_over": list(_taken_over(tx, view, at, names)),
    }
    return [ReviewSection(key=key, title=phrase(key), lines=lines) for key, lines in found.items()]


def _warranty(tx: Transaction, project_id: int, at: datetime) -> Iterator[ReviewLine]:
    """Name each failure that fell within a warranty, with what became of the claim, or that none was made."""
    failures = failures_of_project(tx, project_id, at=at)
    claims = claims_of_orders(tx, [one.order_id for one in failures])
    for one in failures:
        mode = mode_name(one.failure_mode)
        what = phrase("warranty_failure", order=one.order, asset=one.asset, mode=mode)
        claim = claims.get(one.order)
        if claim is None:
            said = phrase("not_claimed", guarantor=one.guarantor or "–", ends=one.ends)
            yield ReviewLine(what=what, detail=said, tone="warning")
            continue
        state = phrase(f"claim_{claim.state.value}")
        amount = money(claim.amount, claim.currency) or "–"
        said = phrase("claimed", guarantor=claim.guarantor or "–", state=state, amount=amount)
        yield ReviewLine(what=what, detail=said, tone=_CLAIM_TONES[claim.state])


_CLAIM_TONES: Mapping[ClaimState, Tone] = {
    ClaimState.OPEN: "warning",
    ClaimState.ACCEPTED: "good",
    ClaimState.REJECTED: "alarm",
    ClaimState.SETTLED: "good",
}


def _assumed(one: DesignAssumption, names: Mapping[str, Bilingual]) -> ReviewLine:
    what = phrase(one.what.value, asset_class=names[one.asset_class], part=one.part)
    if one.what is Assumed.POWER or one.seen is None:
        return ReviewLine(
            what=what,
            detail=phrase("assumed", value=f"{figure(one.value)} kW", seen=f"{figure(one.seen)} kW"),
            tone="warning" if one.seen is not None and one.seen > 1.1 * one.value else "plain",
        )
    rate = FailureRate(failures=round(one.seen), years=one.years)
    said = phrase(
        "rate",
        value=figure(one.value),
        seen=figure(rate.a_year),
        count=round(one.seen),
        years=figure(one.years),
        low=figure(rate.low),
        high=figure(rate.high),
    )
    return ReviewLine(what=what, detail=said, tone=_tone(rate, one.value))


def _tone(rate: FailureRate, assumed: float) -> Tone:
    """Call out only what its interval rules out."""
    if rate.low is not None and rate.low > assumed:
        return "alarm"
    return "good" if rate.high is not None and rate.high <= assumed else "plain"


def _limit(one: SeenLimit) -> ReviewLine:
    values = {name: figure(getattr(one, name)) for name in ("low", "high", "lowest", "highest", "mean")}
    is_outside = (one.low is not None and one.lowest < one.low) or (one.high is not None and one.highest > one.high)
    return ReviewLine(
        what=phrase("signal_of", asset=one.asset, signal=called(one.key, one.name, one.name_zh)),
        detail=phrase("range", unit=one.unit, **values),
        tone="alarm" if is_outside else "plain",
    )


def _named(one: Recommendation, names: Mapping[str, Bilingual]) -> Bilingual:
    quantity = f" × {one.quantity.normalize():f}" if one.quantity != 1 else ""
    kind = phrase(f"kind_{one.kind.value}")
    return phrase("recommended", kind=kind, asset_class=names[one.asset_class], what=f"{one.what}{quantity}")


def _recommended(one: Recommendation, names: Mapping[str, Bilingual]) -> ReviewLine:
    word = {None: "proposed", True: "accepted", False: "rejected"}[one.is_accepted]
    state = phrase(f"state_{word}", who=one.decided_by)
    tone: Tone = "good" if one.is_accepted else "plain"
    return ReviewLine(what=_named(one, names), detail=phrase("because", state=state, because=one.because), tone=tone)


def _taken_over(
    tx: Transaction, view: ProjectView, at: datetime, names: Mapping[str, Bilingual]
) -> Iterator[ReviewLine]:
    found = rows.taken_over(tx, view.project.project_id)
    for one in found:
        is_met = recommendation_is_met(tx, view.project, one)
        said = phrase(
            "from_project",
            state=phrase("state_met" if is_met else "state_open"),
            origin=one.origin,
            because=one.because if one.answer is None else f"{one.because} – {one.answer}",
        )
        yield ReviewLine(what=_named(one, names), detail=said, tone="good" if is_met else "warning")
    origins = sorted({one.origin for one in found})
    failures = rows.first_month(tx, [view.project.tag, *origins], at=at)
    here = failures.get(view.project.tag)
    for origin in origins:
        there = failures.get(origin)
        if here is not None and there is not None:
            yield ReviewLine(
                what=phrase("effect"),
                detail=phrase("effect_of", here=f"{here:.0f}", origin=origin, there=f"{there:.0f}"),
                tone="good" if here < there else "plain" if here == there else "alarm",
            )
