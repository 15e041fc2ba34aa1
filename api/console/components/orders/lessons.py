"""The offer to keep what a closed order taught, so that the next order of its class shows it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from nicegui import ui

from alerts.knowledge.lessons import keep_order_lesson
from api.console.components.elements import box, card, mark, words
from api.console.components.forms import choice, offer, said, sheet, sheet_form
from api.console.visit import Visit
from api.parts import Parts
from plant.iso14224 import FAILURE_MODES
from plant.people.rights import Right
from plant.work_order import WorkOrder
from storage.knowledge.lessons import Lesson, LessonWords


def lesson_card(visit: Visit, order: WorkOrder, offered: LessonWords | None, on_done: Callable[[], Any]) -> None:
    """Offer to keep the lesson of a closed order that has taught none."""
    if offered is None or not visit.may(Right.CLOSE_ORDERS, order.site):
        return
    with card(visit.t("lesson_offer"), "acting"), box("form", testid="lesson-offer"):
        words(visit.t("lesson_offer_hint", name=visit.class_name(order.asset_class)), "muted")
        offer(visit, "lesson_keep", partial(ask_lesson, visit, order, offered, on_done))


def ask_lesson(visit: Visit, order: WorkOrder, offered: LessonWords, on_done: Callable[[], Any]) -> None:
    """Ask for the lesson's words, beginning with what the order and its codes say."""
    with sheet(f"{order.number}: {visit.t('lesson_offer')}") as dialog:
        mode = choice(visit, "failure_mode", FAILURE_MODES, offered.failure_mode, "lesson-mode")
        seen = _text(visit, "lesson_seen", offered.seen, "lesson-seen")
        cause = _text(visit, "lesson_cause", offered.cause, "lesson-cause")
        helped = _text(visit, "lesson_helped", offered.helped, "lesson-helped")

        def lacks() -> str | None:
            return None if mode.value and said(seen) and said(helped) else visit.t("lesson_lacks")

        def act(parts: Parts) -> Lesson:
            says = LessonWords(
                failure_mode=str(mode.value),
                seen=said(seen),
                cause=said(cause),
                helped=said(helped),
                signals=offered.signals,
            )
            return keep_order_lesson(parts.database, order.number, says, actor=parts.principal, clock=parts.clock)

        need = (Right.CLOSE_ORDERS, order.site)
        sheet_form(
            visit, act, dialog, on_done, need=need, action="lesson_keep_do", hint="lesson_keep_hint", lacks=lacks
        )


def _text(visit: Visit, label: str, value: str, testid: str) -> ui.textarea:
    field = ui.textarea(label=visit.t(label), value=value).props("outlined dense autogrow maxlength=4000")
    return mark(field, testid)
