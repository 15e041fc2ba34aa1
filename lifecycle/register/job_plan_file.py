"""A file of job plans as a person writes it in TOML, read strictly; a step is written alike everywhere."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from lifecycle.register.toml_file import read_toml
from plant.errors import Rejected
from plant.orders.job_plan import JobPlan, JobStep, PlannedPart, TaskKind, TradeHours
from plant.orders.wording import readable


def _plain(text: str) -> str:
    try:
        return readable(text, what="text")
    except Rejected as error:
        raise ValueError(error.detail) from error


PlainLine = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), AfterValidator(_plain)]
_Named = Annotated[PlainLine, Field(min_length=1)]
_Hours = Annotated[Decimal, Field(ge=0, le=10_000, max_digits=8, decimal_places=2)]
_Quantity = Annotated[Decimal, Field(gt=0, le=1_000_000, max_digits=12, decimal_places=3)]
_Bound = Annotated[float | None, Field(ge=-1e12, le=1e12)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class JobStepEntry(_Entry):
    """A step of a job plan; `low` and `high` bound a reading."""

    text: _Named
    text_zh: PlainLine = ""
    kind: TaskKind = TaskKind.DO
    unit: PlainLine = ""
    low: _Bound = None
    high: _Bound = None
    trade: PlainLine = ""

    @model_validator(mode="after")
    def _limits_bound_a_reading(self) -> Self:
        if self.kind is not TaskKind.READING and (self.low, self.high) != (None, None):
            raise ValueError('low and high bound a reading: say kind = "reading"')
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"low {self.low} is above high {self.high}")
        return self

    def step(self) -> JobStep:
        """Return the step that is written here."""
        return JobStep(**self.model_dump())


class _Trade(_Entry):
    trade: _Named
    people: Annotated[int, Field(ge=1, le=1000)] = 1
    hours: _Hours = Decimal(0)


class _PlannedPart(_Entry):
    number: _Named
    quantity: _Quantity = Decimal(1)


class JobPlanDescription(_Entry):
    """A job plan as a person writes it down, in a file or over HTTP."""

    tag: _Named
    name: _Named
    name_zh: PlainLine = ""
    hours: _Hours = Decimal(0)
    trades: list[_Trade] = []
    parts: list[_PlannedPart] = []
    documents: list[_Named] = []
    safety: list[_Named] = []
    safety_zh: list[_Named] = []
    step: Annotated[list[JobStepEntry], Field(min_length=1, max_length=200)]

    def plan(self, class_tag: str) -> JobPlan:
        """Return the plan for a class; empty: for every one."""
        return JobPlan(
            tag=self.tag,
            name=self.name,
            name_zh=self.name_zh,
            class_tag=class_tag,
            hours=self.hours,
            trades=tuple(TradeHours(**one.model_dump()) for one in self.trades),
            parts=tuple(PlannedPart(**one.model_dump()) for one in self.parts),
            documents=tuple(self.documents),
            safety=tuple(self.safety),
            safety_zh=tuple(self.safety_zh),
            steps=tuple(one.step() for one in self.step),
        )


class _Plan(JobPlanDescription):
    class_: Annotated[PlainLine, Field(alias="class")] = ""


class _Library(_Entry):
    job_plan: Annotated[list[_Plan], Field(min_length=1)]


def read_job_plans(path: Path) -> list[JobPlan]:
    """Read a file of job plans.

    Raises:
        Rejected: it cannot be read, is not TOML, or says something that makes no sense; the text says where.
    """
    library = read_toml(path, _Library, absent="no_job_plans", bad="bad_job_plan")
    plans = [one.plan(one.class_) for one in library.job_plan]
    tags = [one.tag for one in plans]
    twice = next((tag for tag in tags if tags.count(tag) > 1), None)
    if twice is not None:
        raise Rejected("bad_job_plan", f"{path}: job plan {twice} is described twice")
    return plans
