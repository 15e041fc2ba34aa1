"""The documents about job plans and the tasks of orders."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Self

from pydantic import ConfigDict, Field

from api.schemas.shape import Nothing, PlainText, Remark, Shape
from lifecycle.register.job_plan_file import JobPlanDescription, PlainLine
from plant.orders.job_plan import OrderTask, TaskKind, Verdict
from plant.severity import Severity


class AnswerShape(Shape):
    """What somebody found at a task."""

    at: datetime
    by: str
    verdict: Verdict
    reading: float | None
    note: str


class TaskShape(Shape):
    """A task of an order with its newest answer."""

    position: int
    kind: TaskKind
    text: str
    text_zh: str
    unit: str
    low: float | None
    high: float | None
    trade: str
    added_by: str = Field(description="A person, or the job plan and its version.")
    answer: AnswerShape | None
    answers: int = Field(description="How often it was answered; the newest counts, the others stay.")
    proposes_order: bool = Field(description="Whether it failed and nobody has decided about an order for that.")
    raised_order: str | None = Field(description="The order that was raised because it failed.")

    @classmethod
    def of(cls, task: OrderTask) -> Self:
        """Write a task down."""
        step = task.step
        return cls(
            position=task.position,
            kind=step.kind,
            text=step.text,
            text_zh=step.text_zh,
            unit=step.unit,
            low=step.low,
            high=step.high,
            trade=step.trade,
            added_by=task.added_by,
            answer=None if task.answer is None else AnswerShape.model_validate(task.answer),
            answers=task.answers,
            proposes_order=task.proposes_order,
            raised_order=task.raised_order,
        )


class TradeHoursShape(Shape):
    """How many people of a trade a job wants, each for how many hours."""

    trade: str
    people: int
    hours: Decimal


class PlannedPartShape(Shape):
    """A spare part that a job wants."""

    number: str
    quantity: Decimal


class StepShape(Shape):
    """One step of a job plan."""

    kind: TaskKind
    text: str
    text_zh: str
    unit: str
    low: float | None
    high: float | None
    trade: str


class JobPlanShape(Shape):
    """A version of a job plan."""

    tag: str
    version: int
    name: str
    name_zh: str
    class_tag: str = Field(description="The class of equipment it is for; empty for every one.")
    hours: Decimal
    trades: list[TradeHoursShape]
    parts: list[PlannedPartShape]
    documents: list[str]
    safety: list[str] = Field(description="What is to be minded before work begins.")
    safety_zh: list[str]
    steps: list[StepShape]
    request_id: int | None = Field(description="The request for a change of design that brought this version.")


class JobPlanWanted(JobPlanDescription):
    """A job plan that is to be made, or its next version; with a class it is for that class alone."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"tag": "seal", "name": "Change the seal", "step": [{"text": "Drain it", "kind": "do"}]}]
        }
    )

    class_tag: PlainLine = ""


class NewPlan(Nothing):
    """The job plan that an order is to follow, the newest version unless told."""

    job_plan: str = Field(description="Tag of the plan.")
    version: int | None = Field(default=None, ge=1)


class NewTask(Nothing):
    """A task to be added."""

    text: PlainText = Field(min_length=1, max_length=500)
    kind: TaskKind = TaskKind.DO


class NewAnswer(Remark):
    """What was found at a task: a verdict, or the reading it asks for, which its limits judge."""

    verdict: Verdict | None = None
    reading: float | None = Field(default=None, allow_inf_nan=False)


class NewFollowUp(Nothing):
    """The order that is to be raised because a task failed."""

    failure_mode: str = Field(examples=["VIB"])
    severity: Severity = Severity.MINOR
