"""What people do in a joint review: hold it, decide, agree to goals, and recommend something to the next project."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from nicegui import ui

from api.console.components.elements import box, mark, words
from api.console.components.forms import choice, day_of, number_of, offer, remark, said, sheet, sheet_form
from api.console.visit import Visit
from api.parts import Parts
from lifecycle.review import decisions, goals, recommending, reviewing
from lifecycle.review.document import ReviewDocument
from lifecycle.review.goals import RIGHT_OF_SIDE
from lifecycle.review.recommending import WantedRecommendation
from lifecycle.review.wording import PHRASES
from plant.people.rights import Right
from storage.projects.goals import Measure, ProposedGoal
from storage.projects.recommendations import Recommendation, RecommendedKind
from storage.projects.reviews import OwingSide, ReviewDecision

Done = Callable[[], Any]
_SIDES: tuple[OwingSide, ...] = ("engineering", "operations")
_OWNERS = {"engineering": ("Engineering", "工程部门"), "operations": ("Operations", "运行部门")}
_MEASURES = {one.value: PHRASES[f"measure_{one.value}"] for one in Measure}
_KINDS = {one.value: PHRASES[f"kind_{one.value}"] for one in RecommendedKind}


def print_page() -> None:
    """Let the browser print the page."""
    ui.run_javascript("window.print()")


def ask_hold(visit: Visit, review: ReviewDocument, on_done: Done) -> None:
    """Ask whether the review is kept as it stands."""
    with sheet(visit.t("review_hold")) as dialog:

        def act(parts: Parts) -> None:
            reviewing.hold(parts.database, review.project, actor=parts.principal, clock=parts.clock, with_lessons=True)

        need = (Right.WORK_ON_PROJECTS, review.site)
        sheet_form(visit, act, dialog, on_done, need=need, action="review_keep", hint="review_hold_hint")


def offer_decisions(visit: Visit, review: ReviewDocument, open_ones: Sequence[ReviewDecision], on_done: Done) -> None:
    """Offer to write a decision down, and to say what came of those that are open."""
    if not visit.may(Right.WORK_ON_PROJECTS, review.site):
        return
    offer(visit, "decision_raise", partial(_ask_decision, visit, review, on_done))
    for one in open_ones:
        finish = partial(_ask_outcome, visit, review, one, on_done)
        _offer_numbered(visit, "decision_done", one.decision_id, finish, f"decision-done-{one.decision_id}")


def _offer_numbered(visit: Visit, key: str, number: int, on_click: Done, testid: str) -> None:
    with mark(box("button quiet", tag="button"), testid) as button:
        words(visit.t(key, number=number))
    button.on("click", on_click)


def _ask_decision(visit: Visit, review: ReviewDocument, on_done: Done) -> None:
    with sheet(visit.t("decision_raise")) as dialog:
        text = remark(visit, "decision_text", "decision-text")
        side = choice(visit, "decision_side", _OWNERS, "engineering", "decision-side")
        owner = remark(visit, "decision_owner", "decision-owner")
        day = remark(visit, "day", "decision-day")

        def lacks() -> str | None:
            return None if day_of(said(day)) else visit.t("decision_lacks")

        def act(parts: Parts) -> None:
            whose: OwingSide = "operations" if side.value == "operations" else "engineering"
            decisions.raise_decision(
                parts.database,
                review.project,
                said(text),
                side=whose,
                owner=said(owner),
                due=day_of(said(day)) or date.max,
                actor=parts.principal,
                clock=parts.clock,
            )

        need = (Right.WORK_ON_PROJECTS, review.site)
        sheet_form(visit, act, dialog, on_done, need=need, action="decision_keep", hint="decision_hint", lacks=lacks)


def _ask_outcome(visit: Visit, review: ReviewDocument, one: ReviewDecision, on_done: Done) -> None:
    with sheet(f"{one.decision_id}. {one.text}") as dialog:
        outcome = remark(visit, "decision_outcome", "decision-outcome")

        def act(parts: Parts) -> None:
            decisions.finish_decision(
                parts.database,
                review.project,
                one.decision_id,
                said(outcome),
                actor=parts.principal,
                clock=parts.clock,
            )

        need = (Right.WORK_ON_PROJECTS, review.site)
        sheet_form(visit, act, dialog, on_done, need=need, action="decision_finish", hint="decision_finish_hint")


def offer_goals(visit: Visit, review: ReviewDocument, newest: Sequence[ProposedGoal], on_done: Done) -> None:
    """Offer to propose a goal, and to agree to those that a side has not agreed to."""
    if visit.may(Right.PLAN_PROJECTS, review.site):
        offer(visit, "goal_propose", partial(_ask_goal, visit, review, on_done), is_quiet=True)
    for one in newest:
        for side, agreed in (("engineering", one.engineering_by), ("operations", one.operations_by)):
            if agreed is None and visit.may(RIGHT_OF_SIDE[_side(side)], review.site):
                _offer_agreeing(visit, review, one, _side(side), on_done)


def _side(side: str) -> OwingSide:
    return "operations" if side == "operations" else "engineering"


def _offer_agreeing(visit: Visit, review: ReviewDocument, one: ProposedGoal, side: OwingSide, on_done: Done) -> None:
    measure = visit.word("measure", one.measure.value)

    def ask() -> None:
        with sheet(f"{measure}: {one.target:g}") as dialog:

            def act(parts: Parts) -> None:
                goals.agree_to_goal(
                    parts.database, review.project, one.goal_id, side, actor=parts.principal, clock=parts.clock
                )

            need = (RIGHT_OF_SIDE[side], review.site)
            sheet_form(visit, act, dialog, on_done, need=need, action="goal_agree_now", hint="goal_hint")

    with mark(box("button quiet", tag="button"), f"goal-agree-{one.measure.value}-{side}") as button:
        words(visit.t("goal_agree", measure=measure, side=visit.word("side", side)))
    button.on("click", ask)


def _ask_goal(visit: Visit, review: ReviewDocument, on_done: Done) -> None:
    with sheet(visit.t("goal_propose")) as dialog:
        measure = choice(visit, "goal_measure", _MEASURES, Measure.AVAILABILITY.value, "goal-measure")
        target = remark(visit, "goal_target", "goal-target")

        def lacks() -> str | None:
            return None if number_of(said(target)) is not None else visit.t("goal_lacks")

        def act(parts: Parts) -> None:
            goals.propose_goal(
                parts.database,
                review.project,
                Measure(str(measure.value)),
                float(number_of(said(target)) or 0),
                actor=parts.principal,
                clock=parts.clock,
            )

        need = (Right.PLAN_PROJECTS, review.site)
        sheet_form(visit, act, dialog, on_done, need=need, action="goal_keep", hint="goal_hint", lacks=lacks)


def offer_recommendations(
    visit: Visit, review: ReviewDocument, undecided: Sequence[Recommendation], classes: Sequence[str], on_done: Done
) -> None:
    """Offer to recommend something to later projects, and to decide on what somebody else recommends."""
    if visit.may(Right.WORK_ON_PROJECTS, review.site):
        offer(visit, "recommend", partial(_ask_recommendation, visit, review, classes, on_done), is_quiet=True)
    if any(visit.may(right, review.site) for right in RIGHT_OF_SIDE.values()):
        for one in undecided:
            ask = partial(_ask_acceptance, visit, review, one, on_done)
            number = one.recommendation_id
            _offer_numbered(visit, "recommendation_decide", number, ask, f"recommendation-{number}")


def _ask_recommendation(visit: Visit, review: ReviewDocument, classes: Sequence[str], on_done: Done) -> None:
    with sheet(visit.t("recommend")) as dialog:
        known = {one: (one, one) for one in classes}
        asset_class = choice(visit, "training_class", known, next(iter(classes), None), "recommend-class")
        kind = choice(visit, "recommend_kind", _KINDS, RecommendedKind.CHECK.value, "recommend-kind")
        what = remark(visit, "recommend_what", "recommend-what")
        quantity = remark(visit, "spare_quantity", "recommend-quantity")
        quantity.value = "1"
        because = remark(visit, "recommend_because", "recommend-because")

        def lacks() -> str | None:
            return None if asset_class.value and number_of(said(quantity)) else visit.t("spare_lacks")

        def act(parts: Parts) -> None:
            wanted = WantedRecommendation(
                asset_class=str(asset_class.value),
                kind=RecommendedKind(str(kind.value)),
                what=said(what),
                because=said(because),
                quantity=number_of(said(quantity)) or Decimal(0),
            )
            recommending.recommend(parts.database, review.project, wanted, actor=parts.principal, clock=parts.clock)

        need = (Right.WORK_ON_PROJECTS, review.site)
        sheet_form(visit, act, dialog, on_done, need=need, action="recommend_keep", hint="recommend_hint", lacks=lacks)


def _ask_acceptance(visit: Visit, review: ReviewDocument, one: Recommendation, on_done: Done) -> None:
    with sheet(f"{visit.word('kind', one.kind.value)}: {one.what}") as dialog:

        def deciding(parts: Parts, *, is_accepted: bool) -> None:
            recommending.decide_on_recommendation(
                parts.database,
                review.project,
                one.recommendation_id,
                is_accepted=is_accepted,
                actor=parts.principal,
                clock=parts.clock,
            )

        sheet_form(
            visit,
            partial(deciding, is_accepted=True),
            dialog,
            on_done,
            need=(Right.SEE, review.site),
            action="recommendation_accept",
            hint="recommendation_hint",
            other=("recommendation_reject", partial(deciding, is_accepted=False)),
        )


def offer_checks(visit: Visit, review: ReviewDocument, checks: Sequence[Recommendation], on_done: Done) -> None:
    """Offer to answer the checks that earlier projects recommend."""
    for one in checks if visit.may(Right.WORK_ON_PROJECTS, review.site) else ():
        number = one.recommendation_id
        ask = partial(_ask_answer, visit, review, one, on_done)
        _offer_numbered(visit, "check_answer", number, ask, f"check-{number}")


def _ask_answer(visit: Visit, review: ReviewDocument, one: Recommendation, on_done: Done) -> None:
    with sheet(one.what) as dialog:
        answer = remark(visit, "check_found", "check-found")

        def act(parts: Parts) -> None:
            recommending.answer_check(
                parts.database,
                review.project,
                one.recommendation_id,
                said(answer),
                actor=parts.principal,
                clock=parts.clock,
            )

        need = (Right.WORK_ON_PROJECTS, review.site)
        sheet_form(visit, act, dialog, on_done, need=need, action="check_keep", hint="check_hint")
