"""The tasks of orders as rows, and what was answered to them; both are only ever added."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from plant.orders.job_plan import JobStep, OrderTask, TaskAnswer, TaskKind, Verdict
from storage.core.database import Transaction
from storage.work.orders import order_number

_STEP = ("text", "text_zh", "unit", "low", "high", "trade")


def add_task(tx: Transaction, order_id: int, step: JobStep, *, at: datetime, by: str) -> None:
    """Add a task to an order, after those it has."""
    tx.run("tasks.add", order_id=order_id, **{**asdict(step), "kind": step.kind.value}, at=at, by=by)


def add_answer(tx: Transaction, order_id: int, position: int, answer: TaskAnswer) -> None:
    """Write down what somebody found at a task."""
    tx.run("tasks.answer", order_id=order_id, position=position, **{**asdict(answer), "verdict": answer.verdict.value})


def add_follow_up(
    tx: Transaction, order_id: int, position: int, *, raised: int | None, at: datetime, by: str, note: str = ""
) -> bool:
    """Write down what became of the order that a failed task proposes; False where that was decided before."""
    values = {"order_id": order_id, "position": position, "raised_order_id": raised, "at": at, "by": by, "note": note}
    return tx.run("tasks.decide", **values) == 1


def tasks_of(tx: Transaction, order_id: int) -> list[OrderTask]:
    """Return the tasks of an order with their newest answers."""
    return [_task(row) for row in tx.all("tasks.of_order", order_id=order_id)]


def _task(row: dict[str, Any]) -> OrderTask:
    answer = None
    if row["verdict"] is not None:
        answer = TaskAnswer(
            at=row["at"], by=row["by"], verdict=Verdict(row["verdict"]), reading=row["reading"], note=row["note"]
        )
    return OrderTask(
        position=row["position"],
        step=JobStep(kind=TaskKind(row["kind"]), **{name: row[name] for name in _STEP}),
        added_at=row["added_at"],
        added_by=row["added_by"],
        answer=answer,
        answers=row["answers"],
        is_decided=row["is_decided"],
        raised_order=None if row["raised_order_id"] is None else order_number(row["raised_order_id"]),
    )
