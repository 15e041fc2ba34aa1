"""The job library comes in from a TOML file, any number of times; what changed is kept as a new version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from lifecycle.register.toml_file import read_toml
from plant.errors import NotFound, Rejected
from plant.orders.job_plan import JobPlan, JobStep, PlannedPart, TaskKind, TradeHours
from plant.orders.wording import readable
from storage.core.database import Transaction
from storage.orders.job_plans import find_job_plan, keep_job_plan
from storage.register import assets


def _plain(text: str) -> str:
    try:
        return readable(text, what="text")
    except Rejected as error:
        raise ValueError(error.detail) from error


_Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), AfterValidator(_plain)]
_Named = Annotated[_Line, Field(min_length=1)]
_Hours = Annotated[Decimal, Field(ge=0, le=10_000, max_digits=8, decimal_places=2)]
_Quantity = Annotated[Decimal, Field(gt=0, le=1_000_000, max_digits=12, decimal_places=3)]
_Bound = Annotated[float | None, Field(ge=-1e12, le=1e12)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class _Step(_Entry):
    text: _Named
    text_zh: _Line = ""
    kind: TaskKind = TaskKind.DO
    unit: _Line = ""
    low: _Bound = None
    high: _Bound = None
    trade: _Line = ""

    @model_validator(mode="after")
    def _limits_bound_a_reading(self) -> Self:
        if self.kind is not TaskKind.READING and (self.low, self.high) != (None, None):
            raise ValueError('low and high bound a reading: say kind = "reading"')
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"low {self.low} is above high {self.high}")
        return self


class _Trade(_Entry):
    trade: _Named
    people: Annotated[int, Field(ge=1, le=1000)] = 1
    hours: _Hours = Decimal(0)


class _PlannedPart(_Entry):
    number: _Named
    quantity: _Quantity = Decimal(1)


class _Plan(_Entry):
    tag: _Named
    name: _Named
    name_zh: _Line = ""
    class_: Annotated[_Line, Field(alias="class")] = ""
    hours: _Hours = Decimal(0)
    trades: list[_Trade] = []
    parts: list[_PlannedPart] = []
    documents: list[_Named] = []
    safety: list[_Named] = []
    safety_zh: list[_Named] = []
    step: Annotated[list[_Step], Field(min_length=1, max_length=200)]

    def plan(self) -> JobPlan:
        return JobPlan(
            tag=self.tag,
            name=self.name,
            name_zh=self.name_zh,
            class_tag=self.class_,
            hours=self.hours,
            trades=tuple(TradeHours(**one.model_dump()) for one in self.trades),
            parts=tuple(PlannedPart(**one.model_dump()) for one in self.parts),
            documents=tuple(self.documents),
            safety=tuple(self.safety),
            safety_zh=tuple(self.safety_zh),
            steps=tuple(JobStep(**one.model_dump()) for one in self.step),
        )


class _Library(_Entry):
    job_plan: Annotated[list[_Plan], Field(min_length=1)]


def read_job_plans(path: Path) -> list[JobPlan]:
    """Read a file of job plans.

    Raises:
        Rejected: it cannot be read, is not TOML, or says something that makes no sense; the text says where.
    """
    library = read_toml(path, _Library, absent="no_job_plans", bad="bad_job_plan")
    plans = [one.plan() for one in library.job_plan]
    tags = [one.tag for one in plans]
    twice = next((tag for tag in tags if tags.count(tag) > 1), None)
    if twice is not None:
        raise Rejected("bad_job_plan", f"{path}: job plan {twice} is described twice")
    return plans


@dataclass(frozen=True, kw_only=True, slots=True)
class LibraryDifference:
    """What an import of job plans did: their tags, with the version of those that are kept anew."""

    added: dict[str, int]
    changed: dict[str, int]
    left: tuple[str, ...]


def import_job_plans(tx: Transaction, plans: list[JobPlan], *, at: datetime, by: str) -> LibraryDifference:
    """Keep job plans: one that says something new is its next version, the others are left.

    Raises:
        NotFound: a plan is for a class that the register does not know.
    """
    classes = assets.list_classes(tx)
    added, changed, left = {}, {}, []
    for plan in plans:
        if plan.class_tag and plan.class_tag not in classes:
            raise NotFound(f"job plan {plan.tag} is for class {plan.class_tag}, which is not in the register")
        before = find_job_plan(tx, plan.tag)
        kept = keep_job_plan(tx, plan, at=at, by=by)
        if before is None:
            added[plan.tag] = kept.version
        elif kept.version > before.version:
            changed[plan.tag] = kept.version
        else:
            left.append(plan.tag)
    return LibraryDifference(added=added, changed=changed, left=tuple(left))
