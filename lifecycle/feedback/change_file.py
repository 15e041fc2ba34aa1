"""What engineering wants changed, as a person writes it in TOML and a program in JSON; read strictly."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from lifecycle.feedback.changing import DesignWish, JobPlanChange, LimitChange, RequirementChange, SpareChange
from lifecycle.register.job_plan_file import JobStepEntry, PlainLine
from lifecycle.register.plant_file import Tag
from lifecycle.register.toml_file import read_toml
from lifecycle.requirements.requirement import ClassAskedEntry

_Amount = Annotated[Decimal, Field(ge=0, le=1_000_000, max_digits=12, decimal_places=3)]
_Name = Annotated[PlainLine, Field(max_length=200)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class LimitEntry(_Entry):
    """New limits of a signal at the machines of the request; one that is not said is taken away."""

    signal: Tag
    low: float | None = None
    high: float | None = None


class JobPlanChangeEntry(_Entry):
    """Steps that a job plan of the class loses, by number, and gets at its end; with a `name` a new one is made."""

    plan: Tag
    version: Annotated[int | None, Field(ge=1, description="The version whose steps were seen.")] = None
    remove: Annotated[list[Annotated[int, Field(ge=1, le=200)]], Field(max_length=200)] = []
    step: Annotated[list[JobStepEntry], Field(max_length=200)] = []
    name: _Name = ""


class SpareEntry(_Entry):
    """How many of a part a machine of the class uses, 0: none any more; with a `name` a new part is made."""

    part: Tag
    quantity: _Amount = Decimal(1)
    least: _Amount | None = None
    name: _Name = ""


class DesignChangesFile(_Entry):
    """The file, or the body of a request over HTTP."""

    limits: Annotated[list[LimitEntry], Field(max_length=50)] = []
    job_plan: Annotated[list[JobPlanChangeEntry], Field(max_length=50)] = []
    spares: Annotated[list[SpareEntry], Field(max_length=50)] = []
    requirements: ClassAskedEntry | None = None

    def wishes(self) -> list[DesignWish]:
        """Return what is to be changed."""
        found: list[DesignWish] = [LimitChange(**one.model_dump()) for one in self.limits]
        for plan in self.job_plan:
            said = plan.model_dump(include={"plan", "version", "name"})
            found.append(JobPlanChange(**said, remove=tuple(plan.remove), add=tuple(one.step() for one in plan.step)))
        found += [SpareChange(**one.model_dump()) for one in self.spares]
        if self.requirements is not None:
            found.append(RequirementChange(asked=self.requirements.asked("")))
        return found


def read_design_changes(path: Path) -> list[DesignWish]:
    """Read a file of changes.

    Raises:
        Rejected: it cannot be read, is not TOML, or says something that makes no sense; the text says where.
    """
    return read_toml(path, DesignChangesFile, absent="no_changes", bad="bad_changes").wishes()
