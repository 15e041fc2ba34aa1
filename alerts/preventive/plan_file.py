"""Maintenance plans come in from a TOML file, read strictly; a plan that repeats every 0 is refused."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from alerts.preventive.calendar import checked_rule, is_working_day, next_due
from lifecycle.register.plant_file import Tag
from lifecycle.register.toml_file import read_toml
from plant.clock import Clock
from plant.errors import Misconfigured, Rejected
from plant.orders.maintenance_plan import MaintenancePlan, PlanKind
from plant.orders.rules import WorkType
from storage.core.database import Transaction
from storage.orders import maintenance_plans
from storage.register import assets

_Days = Annotated[float, Field(ge=0, le=3650)]
_Number = Annotated[float | None, Field(ge=-1e12, le=1e12)]
_Text = Annotated[str, Field(max_length=200)]


class PlanDescription(BaseModel):
    """A plan as a person writes it down, in a file or over HTTP."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    asset: Tag
    tag: Tag
    name: Annotated[str, Field(min_length=1, max_length=200)]
    name_zh: _Text = ""
    job_plan: _Text = ""
    team: _Text = ""
    work_type: WorkType = WorkType.PREVENTIVE
    priority: Annotated[int, Field(ge=1, le=5)] = 3
    finish_within_days: Annotated[float, Field(gt=0, le=3650)] = 7.0
    lead_days: _Days = 0.0
    floats: bool = False
    rule: _Text = ""
    begins: datetime | None = None
    working_days: Annotated[str, Field(pattern=r"^([A-Z]{2})?$")] = ""
    signal: _Text = ""
    every: Annotated[float | None, Field(gt=0, le=1e12)] = None
    running_above: _Number = None
    above: _Number = None
    below: _Number = None

    @model_validator(mode="after")
    def _is_due_by_one_thing(self) -> Self:
        kinds = (bool(self.rule), self.every is not None, (self.above, self.below) != (None, None))
        if sum(kinds) != 1:
            raise ValueError("say one thing by which it is due: rule and begins, every, or above or below")
        if bool(self.rule) == bool(self.signal):
            raise ValueError("a rule needs no signal; every, above and below want one")
        if self.rule:
            self._check_rule()
        return self

    def _check_rule(self) -> None:
        if self.begins is None or self.begins.tzinfo is not None:
            raise ValueError("begins is a local time without a zone, as 2026-01-05T08:00:00")
        try:
            checked_rule(self.rule)
            if self.working_days:
                is_working_day(self.begins.date(), self.working_days)
        except (Rejected, Misconfigured) as error:
            raise ValueError(str(error)) from error

    def plan(self) -> MaintenancePlan:
        """Return what is described."""
        values = self.model_dump(include=set(PlanDescription.model_fields))
        finish, lead = values.pop("finish_within_days"), values.pop("lead_days")
        return MaintenancePlan(**values, finish_within=timedelta(days=finish), lead=timedelta(days=lead))


class _Plans(BaseModel):
    model_config = ConfigDict(extra="forbid")

    site: Tag
    maintenance_plan: Annotated[list[PlanDescription], Field(min_length=1)]


def read_maintenance_plans(path: Path) -> tuple[str, list[MaintenancePlan]]:
    """Read a file of maintenance plans; return the site and its plans.

    Raises:
        Rejected: it cannot be read, is not TOML, or says something that makes no sense; the text says where.
    """
    parsed = read_toml(path, _Plans, absent="no_maintenance_plans", bad="bad_maintenance_plan")
    plans = [one.plan() for one in parsed.maintenance_plan]
    twice = [key for key, count in Counter((one.asset, one.tag) for one in plans).items() if count > 1]
    if twice:
        raise Rejected("bad_maintenance_plan", f"{path}: plan {twice[0][1]} of {twice[0][0]} is described twice")
    return parsed.site, plans


def import_maintenance_plans(
    tx: Transaction, site: str, plans: list[MaintenancePlan], *, clock: Clock, by: str
) -> dict[str, int]:
    """Keep plans; one that is kept already says its new things from now on, and goes on counting. Answers counts.

    Raises:
        NotFound: an asset is not there.
    """
    done: Counter[str] = Counter()
    for plan in plans:
        assets.get_asset(tx, site, plan.asset)
        first = None
        if plan.kind is PlanKind.CALENDAR and plan.begins is not None:
            zone = assets.time_zone_of(tx, site)
            first = next_due(plan.rule, begins=plan.begins, zone=zone, after=None, working_days=plan.working_days)
            if first is None:
                raise Rejected("never_due", f"plan {plan.tag} of {plan.asset} is never due by {plan.rule}")
        done[maintenance_plans.put_plan(tx, site, plan, first_due=first, at=clock.now(), by=by)] += 1
    return {how: done[how] for how in ("added", "changed", "left")}
