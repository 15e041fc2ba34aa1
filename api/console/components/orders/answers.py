"""What engineering answered to an order, and how one answers: as engineering, or to a question of theirs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from nicegui import ui

from alerts.dispatch.answering.answers import AnswerKind, GivenAnswer, answer_order, settle_question
from api.console.components.elements import box, card, chip, mark, moment, words
from api.console.components.forms import Form, choice, remark, said
from api.console.texts.notices import NOTICE_TEXTS
from api.console.visit import Visit
from api.parts import Parts
from plant.people.rights import Right
from plant.work_order import WorkOrder
from storage.notices.answers import EngineeringAnswer

Done = Callable[[], Any]
_KINDS = {one.value: NOTICE_TEXTS[f"answer_kind_{one.value}"] for one in AnswerKind}
_TONES = {"accept": "good", "ask": "watch", "reject": "alarm"}


def answers_card(
    visit: Visit, order: WorkOrder, given: Sequence[EngineeringAnswer], *, is_engineering: bool, on_done: Done
) -> None:
    """Show what engineering answered; `is_engineering` says that the order's team is one that answers."""
    if not given and not is_engineering:
        return
    with card(visit.t("engineering_answers")), box("history", testid="answers"):
        for one in reversed(given):
            _answer(visit, one)
        if not given:
            words(visit.t("no_answer_yet"), "muted")
        if any(one.is_open for one in given):
            _settle(visit, order, on_done)
        elif is_engineering and order.state.is_open:
            _ask_for_answer(visit, order, on_done)


def _answer(visit: Visit, one: EngineeringAnswer) -> None:
    with box("step"):
        with box("spread"):
            chip(visit.word("answer_kind", one.kind), _TONES[one.kind])
            words(one.answered_by, "muted clip")
        if one.planned_on is not None:
            words(visit.t("planned_on", day=one.planned_on.isoformat()), "strong")
        if one.said:
            words(one.said, keeps_lines=True)
        moment(one.answered_at, "full").classes("small muted")
        if one.settled_at is not None:
            words(f"{one.settled_by}: {one.settled_said}", keeps_lines=True)
            moment(one.settled_at, "full").classes("small muted")


def _settle(visit: Visit, order: WorkOrder, on_done: Done) -> None:
    if not visit.may(Right.ACKNOWLEDGE, order.site):
        return
    words_field = remark(visit, "your_answer", "settle-words")

    def settle(parts: Parts) -> WorkOrder:
        return settle_question(
            parts.database, order.number, said(words_field), actor=parts.principal, clock=parts.clock
        )

    Form(
        visit,
        settle,
        need=(Right.ACKNOWLEDGE, order.site),
        on_done=on_done,
        action="settle_question",
        hint="settle_hint",
    )


def _ask_for_answer(visit: Visit, order: WorkOrder, on_done: Done) -> None:
    is_of_team = order.team in visit.principal.teams
    if not is_of_team or not visit.may(Right.ANSWER_FOR_ENGINEERING, order.site):
        return
    kind = choice(visit, "your_answer_is", _KINDS, AnswerKind.ACCEPT.value, "answer-kind")
    day = mark(ui.input(label=visit.t("planned_day")).props("outlined dense type=date"), "answer-day")
    words_field = remark(visit, "answer_said", "answer-words")

    def answer(parts: Parts) -> WorkOrder:
        is_accepting = kind.value == AnswerKind.ACCEPT.value
        planned_on = date.fromisoformat(said(day)) if is_accepting and said(day) else None
        given = GivenAnswer(
            kind=AnswerKind(kind.value), revision=order.revision, planned_on=planned_on, said=said(words_field)
        )
        return answer_order(
            parts.database, order.number, given, team=order.team or "", actor=parts.principal, clock=parts.clock
        )

    Form(
        visit,
        answer,
        need=(Right.ANSWER_FOR_ENGINEERING, order.site),
        on_done=on_done,
        action="give_answer",
        hint="answer_hint",
    )
