"""The tasks of an order on its page: the plan they come from, their answers, and what a failed one proposes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from nicegui import ui

from alerts.orders import checklist
from api.console.components.elements import box, card, chip, link, mark, moment, number, words
from api.console.components.forms import choice, offer, remark, said, sheet, sheet_form
from api.console.components.order_actions import amount_of, is_amount, to_work_on
from api.console.order_evidence import OrderWork
from api.console.texts.order_tasks import ORDER_TASK_TEXTS
from api.console.texts.texts import TEXTS, named
from api.console.visit import Visit
from api.parts import Parts
from plant.iso14224 import FAILURE_MODES
from plant.orders.job_plan import JobPlan, OrderTask, TaskKind, Verdict
from plant.people.rights import Right
from plant.severity import Severity
from plant.work_order import WorkOrder

Done = Callable[[], Any]
_TONES = {Verdict.PASS: "good", Verdict.FAIL: "alarm", Verdict.SKIPPED: "plain"}
_VERDICTS = {one.value: ORDER_TASK_TEXTS[f"verdict_{one.value}"] for one in Verdict}
_SEVERITIES = {one.value: TEXTS[f"severity_{one.value}"] for one in Severity if one is not Severity.INDETERMINATE}


def tasks_card(visit: Visit, order: WorkOrder, work: OrderWork, on_done: Done) -> None:
    """Show the tasks of an order, and let who may answer them."""
    may = order.state.is_open and visit.may(Right.WORK_ON_ORDERS, order.site)
    with card(visit.t("tasks")), box("history", testid="tasks"):
        if work.plan is not None:
            _plan(visit, work.plan)
        if work.tasks:
            done = sum(one.answer is not None for one in work.tasks)
            words(visit.t("tasks_done", done=done, all=len(work.tasks)), "small muted")
        else:
            words(visit.t("no_tasks"), "muted")
        for task in work.tasks:
            with box("step", testid=f"task-{task.position}"):
                _task(visit, order, task, may, on_done)
        if may:
            with box("line"):
                offer(visit, "add_task", partial(_ask_task, visit, order, on_done), is_quiet=True)
                if work.plan is None:
                    offer(visit, "plan_order", partial(_ask_plan, visit, order, work, on_done), is_quiet=True)


def _plan(visit: Visit, plan: JobPlan) -> None:
    hours = visit.t("plan_hours", hours=f"{plan.hours.normalize():f}")
    words(f"{named(visit.language, plan.name, plan.name_zh)} · {plan.tag} v{plan.version} · {hours}", "strong")
    safety = plan.safety_zh if visit.language.value == "zh" and plan.safety_zh else plan.safety
    trades = [f"{one.people} × {one.trade} {one.hours.normalize():f} h" for one in plan.trades]
    parts = [f"{one.quantity.normalize():f} × {one.number}" for one in plan.parts]
    for key, lines in (
        ("plan_safety", safety),
        ("plan_trades", trades),
        ("plan_parts", parts),
        ("plan_documents", plan.documents),
    ):
        if lines:
            words(f"{visit.t(key)}: {'; '.join(lines)}", "small" if key == "plan_safety" else "small muted")


def _task(visit: Visit, order: WorkOrder, task: OrderTask, may: bool, on_done: Done) -> None:
    step, answer = task.step, task.answer
    with box("spread"):
        words(f"{task.position}. {named(visit.language, step.text, step.text_zh)}", "strong")
        if answer is not None:
            chip(visit.word("verdict", answer.verdict.value), _TONES[answer.verdict])
    if (step.low, step.high) != (None, None):
        words(visit.t("reading_limits", low=number(step.low), high=number(step.high), unit=step.unit), "small muted")
    if answer is not None:
        reading = "" if answer.reading is None else f"{number(answer.reading)} {step.unit}".strip()
        words(" · ".join(one for one in (reading, answer.by, answer.note) if one), "small")
        moment(answer.at, "full").classes("small muted")
    if task.raised_order is not None:
        with link(f"/work-orders/{task.raised_order}", "plain-link small"):
            words(visit.t("task_raised", order=task.raised_order))
    if not may:
        return
    with box("line"):
        key = "answer_task" if answer is None else "answer_again"
        offer(visit, key, partial(_ask_answer, visit, order, task, on_done), is_quiet=True)
        if task.proposes_order:
            offer(visit, "raise_for_task", partial(_ask_order, visit, order, task, on_done), is_quiet=True)
            offer(visit, "dismiss_for_task", partial(_ask_dismissal, visit, order, task, on_done), is_quiet=True)


def _ask_task(visit: Visit, order: WorkOrder, on_done: Done) -> None:
    with sheet(f"{order.number}: {visit.t('add_task')}") as dialog:
        text = remark(visit, "task", "task-text")

        def act(parts: Parts) -> WorkOrder:
            return checklist.add_order_task(
                parts.database, order.number, said(text), actor=parts.principal, clock=parts.clock
            )

        sheet_form(visit, act, dialog, on_done, need=to_work_on(order), action="add_task", hint="add_task_hint")


def _ask_plan(visit: Visit, order: WorkOrder, work: OrderWork, on_done: Done) -> None:
    with sheet(f"{order.number}: {visit.t('plan_order')}") as dialog:
        if not work.plans:
            words(visit.t("no_job_plans"), "muted")
            return
        plans = {one.tag: (f"{one.name} v{one.version}", one.name_zh) for one in work.plans}
        plan = choice(visit, "job_plan", plans, work.plans[0].tag, "job-plan")

        def act(parts: Parts) -> WorkOrder:
            return checklist.plan_order(
                parts.database, order.number, plan.value, actor=parts.principal, clock=parts.clock
            )

        sheet_form(visit, act, dialog, on_done, need=to_work_on(order), action="plan_order", hint="plan_order_hint")


def _ask_answer(visit: Visit, order: WorkOrder, task: OrderTask, on_done: Done) -> None:
    step = task.step
    with sheet(f"{task.position}. {named(visit.language, step.text, step.text_zh)}") as dialog:
        wants_reading = step.kind is TaskKind.READING
        reading = None
        if wants_reading:
            field = ui.input(label=visit.t("reading_in", unit=step.unit)).props("outlined dense inputmode=decimal")
            reading = mark(field, "reading")
        verdicts = {"skipped": _VERDICTS["skipped"]} if wants_reading else _VERDICTS
        verdict = choice(visit, "verdict", verdicts, None if wants_reading else "pass", "verdict")
        note = remark(visit, "note", "step-note")

        def lacks() -> str | None:
            if verdict.value == "skipped" or reading is None:
                return (
                    None if verdict.value and (verdict.value != "skipped" or said(note)) else visit.t("verdict_needed")
                )
            return None if said(reading) and is_amount(reading.value) else visit.t("reading_needed")

        def act(parts: Parts) -> WorkOrder:
            return checklist.answer_task(
                parts.database,
                order.number,
                task.position,
                verdict=Verdict(verdict.value) if verdict.value else None,
                reading=amount_of(reading.value) if reading is not None and verdict.value != "skipped" else None,
                note=said(note),
                actor=parts.principal,
                clock=parts.clock,
            )

        sheet_form(
            visit, act, dialog, on_done, need=to_work_on(order), action="answer_task", hint="answer_hint", lacks=lacks
        )


def _ask_order(visit: Visit, order: WorkOrder, task: OrderTask, on_done: Done) -> None:
    with sheet(f"{order.number}: {visit.t('task_proposes')}") as dialog:
        mode = choice(visit, "failure_mode", FAILURE_MODES, None, "failure-mode")
        severity = choice(visit, "severity", _SEVERITIES, Severity.MINOR.value, "severity")

        def act(parts: Parts) -> WorkOrder:
            return checklist.raise_for_task(
                parts.database,
                order.number,
                task.position,
                failure_mode=mode.value or "",
                severity=Severity(severity.value),
                actor=parts.principal,
                clock=parts.clock,
                console_url=parts.console_url,
            )

        sheet_form(
            visit, act, dialog, on_done, need=to_work_on(order), action="raise_for_task", hint="raise_for_task_hint"
        )


def _ask_dismissal(visit: Visit, order: WorkOrder, task: OrderTask, on_done: Done) -> None:
    with sheet(f"{order.number}: {visit.t('dismiss_for_task')}") as dialog:
        note = remark(visit, "note", "step-note")

        def act(parts: Parts) -> WorkOrder:
            return checklist.dismiss_for_task(
                parts.database, order.number, task.position, note=said(note), actor=parts.principal, clock=parts.clock
            )

        sheet_form(
            visit, act, dialog, on_done, need=to_work_on(order), action="dismiss_for_task", hint="dismiss_for_task_hint"
        )
