"""The tasks of an order: given by a job plan or added by people, answered, and what a failed one leads to."""

from __future__ import annotations

from dataclasses import replace

from alerts.journal import JournalEntry
from alerts.orders.editing import refuse_ended
from alerts.orders.locked_order import LockedOrder, lock_order, touched, write_revision
from alerts.orders.raising import raise_order
from alerts.orders.transitions import Occasion
from plant.clock import Clock
from plant.errors import Conflict, NotFound
from plant.iso14224 import known_failure_mode
from plant.orders.job_plan import JobStep, OrderTask, TaskAnswer, TaskKind, Verdict
from plant.orders.rules import OrderCase, choose_anyway
from plant.orders.wording import plain_text, readable
from plant.people.principal import Principal
from plant.severity import Severity
from plant.work_order import WorkOrder
from storage.core.database import Database, Transaction
from storage.orders import job_plans, tasks
from storage.orders.order_rules import order_rules_of
from storage.work import orders as order_rows

_MOST_TASKS = 500
_MOST_TEXT = 500


def plan_order(
    database: Database, number: str, plan: str, *, version: int | None = None, actor: Principal, clock: Clock
) -> WorkOrder:
    """Give an open order a job plan, the newest version unless told: its steps become tasks after those there are.

    Raises:
        NotFound: there is no such order or plan.
        Conflict: it has ended or has a plan, or the plan is for another class.
    """
    now = clock.now()
    with database.transaction() as tx:
        locked = lock_order(tx, number)
        refuse_ended(locked)
        order, found = locked.order, job_plans.get_job_plan(tx, plan, version)
        if order.job_plan is not None:
            raise Conflict(f"work order {number} follows job plan {order.job_plan} already")
        if found.class_tag not in ("", order.asset_class):
            raise Conflict(f"job plan {plan} is for class {found.class_tag}, not for {order.asset_class}")
        for step in found.steps:
            tasks.add_task(tx, order.order_id, step, at=now, by=f"{found.tag} v{found.version}")
        changed = touched(order, actor.name, now, job_plan=found.tag, job_plan_version=found.version)
        entry = JournalEntry(event="planned", actor=actor.name, at=now, note=f"{found.tag} v{found.version}")
        return write_revision(tx, locked, changed, entry)


def add_order_task(
    database: Database, number: str, text: str, *, kind: TaskKind = TaskKind.DO, actor: Principal, clock: Clock
) -> WorkOrder:
    """Add a task to an open order.

    Raises:
        NotFound: there is no such order.
        Conflict: it has ended, or has too many tasks.
        Rejected: the text is empty, too long or holds a control character.
    """
    step, now = JobStep(text=plain_text(text, what="task", most=_MOST_TEXT), kind=kind), clock.now()
    with database.transaction() as tx:
        locked = lock_order(tx, number)
        refuse_ended(locked)
        if len(tasks.tasks_of(tx, locked.order.order_id)) >= _MOST_TASKS:
            raise Conflict(f"work order {number} has {_MOST_TASKS} tasks; that is enough for one order")
        tasks.add_task(tx, locked.order.order_id, step, at=now, by=actor.name)
        entry = JournalEntry(event="task_added", actor=actor.name, at=now, note=step.text)
        return write_revision(tx, locked, touched(locked.order, actor.name, now), entry)


def answer_task(
    database: Database,
    number: str,
    position: int,
    *,
    verdict: Verdict | None = None,
    reading: float | None = None,
    note: str = "",
    actor: Principal,
    clock: Clock,
) -> WorkOrder:
    """Say what was found at a task of an open order; a later answer counts, the earlier ones stay.

    Raises:
        NotFound: there is no such order or task.
        Conflict: the order has ended.
        Rejected: the task asks for something else, or a task is skipped without a word.
    """
    note, now = readable(note, what="note"), clock.now()
    if verdict is Verdict.SKIPPED:
        note = plain_text(note, what="reason")
    with database.transaction() as tx:
        locked = lock_order(tx, number)
        refuse_ended(locked)
        task = _task(tx, locked, position)
        found = task.step.judge(verdict, reading)
        answer = TaskAnswer(at=now, by=actor.name, verdict=found, reading=reading, note=note)
        tasks.add_answer(tx, locked.order.order_id, position, answer)
        event = {Verdict.PASS: "task_passed", Verdict.FAIL: "task_failed", Verdict.SKIPPED: "task_skipped"}[found]
        entry = JournalEntry(event=event, actor=actor.name, at=now, note=task.step.text)
        return write_revision(tx, locked, touched(locked.order, actor.name, now), entry)


def raise_for_task(
    database: Database,
    number: str,
    position: int,
    *,
    failure_mode: str,
    severity: Severity = Severity.MINOR,
    actor: Principal,
    clock: Clock,
    console_url: str = "",
) -> WorkOrder:
    """Raise the order that a failed task proposes, once, and return it.

    Raises:
        NotFound: there is no such order or task.
        Conflict: the task did not fail, somebody decided before, or an order stands open for this failure mode.
        Rejected: the failure mode is not in its list.
    """
    known_failure_mode(failure_mode)
    now = clock.now()
    with database.transaction() as tx:
        locked = lock_order(tx, number)
        order, task = locked.order, _proposing(tx, locked, position)
        for standing in order_rows.open_orders(tx, order.asset_id):
            if standing.failure_mode == failure_mode:
                raise Conflict(f"{standing.number} stands open for {failure_mode} at {order.asset}: work on that one")
        choice = choose_anyway(
            order_rules_of(tx, order.asset_class), OrderCase(severity=severity, failure_mode=failure_mode)
        )
        because = {"condition": "failed_task", "order": order.number, "task": task.step.text}
        occasion = Occasion(
            failure_mode=failure_mode,
            severity=severity,
            title=f"{order.asset}: {task.step.text}",
            evidence={"source": "task", "order": order.number, "task": task.position, "reported_by": actor.name},
            choice=replace(choice, why={**choice.why, "because": [because, *choice.why["because"]]}),
            words=task.answer.note if task.answer else "",
            noted_by=actor.name,
        )
        entry = JournalEntry(event="reported", actor=actor.name, at=now, note=f"{order.number}: {task.step.text}")
        raised = raise_order(tx, locked.asset, occasion, entry, console_url=console_url)
        tasks.add_follow_up(tx, order.order_id, position, raised=raised.order_id, at=now, by=actor.name)
        follow_up = JournalEntry(event="order_proposed", actor=actor.name, at=now, note=raised.number)
        write_revision(tx, locked, touched(order, actor.name, now), follow_up)
        return raised


def dismiss_for_task(
    database: Database, number: str, position: int, *, note: str, actor: Principal, clock: Clock
) -> WorkOrder:
    """Decide that a failed task leads to no order, and say why.

    Raises:
        NotFound: there is no such order or task.
        Conflict: the task did not fail, or somebody decided before.
        Rejected: nothing is said.
    """
    note, now = plain_text(note, what="reason"), clock.now()
    with database.transaction() as tx:
        locked = lock_order(tx, number)
        _proposing(tx, locked, position)
        tasks.add_follow_up(tx, locked.order.order_id, position, raised=None, at=now, by=actor.name, note=note)
        entry = JournalEntry(event="proposal_dismissed", actor=actor.name, at=now, note=note)
        return write_revision(tx, locked, touched(locked.order, actor.name, now), entry)


def refuse_unanswered(tx: Transaction, order: WorkOrder) -> None:
    """Let nobody say that the work is done while a task is unanswered.

    Raises:
        Conflict: some are.
    """
    left = [one.position for one in tasks.tasks_of(tx, order.order_id) if one.answer is None]
    if left:
        said = ", ".join(str(one) for one in left[:10])
        raise Conflict(f"tasks {said} of work order {order.number} are not answered: answer or skip them first")


def _task(tx: Transaction, locked: LockedOrder, position: int) -> OrderTask:
    found = next((one for one in tasks.tasks_of(tx, locked.order.order_id) if one.position == position), None)
    if found is None:
        raise NotFound(f"work order {locked.order.number} has no task {position}")
    return found


def _proposing(tx: Transaction, locked: LockedOrder, position: int) -> OrderTask:
    task = _task(tx, locked, position)
    if not task.proposes_order:
        raise Conflict(f"task {position} of work order {locked.order.number} proposes no order, or it was decided")
    return task
