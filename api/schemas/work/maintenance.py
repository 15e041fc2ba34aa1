"""The document about a maintenance plan."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from alerts.preventive.plan_file import PlanDescription
from alerts.preventive.planning import plan_document
from api.schemas.shape import ETAG, Nothing
from lifecycle.register.plant_file import Tag
from plant.orders.maintenance_plan import KeptPlan, PlanKind
from plant.orders.rules import WorkType
from plant.people.seen_version import version_tag

_DAY = timedelta(days=1)


class MaintenancePlanWanted(PlanDescription):
    """A plan of an asset: due by a rule of the calendar from a local time on, by a meter, or on a condition."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "site": "demo",
                    "asset": "P-101",
                    "tag": "grease",
                    "name": "Grease the bearings",
                    "rule": "FREQ=WEEKLY;BYDAY=MO",
                    "begins": "2026-03-02T08:00:00",
                }
            ]
        }
    )

    site: Tag


class PlanNamed(Nothing):
    """A plan, by its asset and its tag."""

    site: str
    asset: str
    tag: str


class MaintenancePlanShape(BaseModel):
    """A maintenance plan as it stands."""

    plan_id: int
    site: str
    asset: str
    tag: str
    name: str
    name_zh: str
    kind: PlanKind = Field(description="By what it is due: calendar, meter or condition.")
    begins: datetime | None = Field(description="From which local time of the site on its rule counts.")
    working_days: str
    running_above: float | None
    above: float | None
    below: float | None
    finish_within_days: float
    lead_days: float
    rule: str = Field(description="Of RFC 5545, in the local time of the site.", examples=["FREQ=WEEKLY;BYDAY=MO"])
    signal: str
    every: float | None
    job_plan: str
    team: str
    work_type: WorkType
    priority: int
    floats: bool = Field(description="Counted from when the last order was done, not from when it was due.")
    is_active: bool
    occurrences: int = Field(description="How often it was due.")
    next_due: datetime | None = Field(description="Null where that is not known yet, or no matter of the calendar.")
    last_order: str | None
    etag: str = ETAG

    @classmethod
    def of(cls, kept: KeptPlan) -> Self:
        """Write a plan down."""
        plan = kept.plan
        return cls(
            plan_id=kept.plan_id,
            site=kept.site,
            asset=plan.asset,
            tag=plan.tag,
            name=plan.name,
            name_zh=plan.name_zh,
            kind=plan.kind,
            rule=plan.rule,
            signal=plan.signal,
            every=plan.every,
            job_plan=plan.job_plan,
            team=plan.team,
            work_type=plan.work_type,
            priority=plan.priority,
            floats=plan.floats,
            is_active=kept.is_active,
            occurrences=kept.occurrences,
            next_due=kept.next_due,
            last_order=kept.last_order,
            begins=plan.begins,
            working_days=plan.working_days,
            running_above=plan.running_above,
            above=plan.above,
            below=plan.below,
            finish_within_days=plan.finish_within / _DAY,
            lead_days=plan.lead / _DAY,
            etag=version_tag(plan_document(plan)),
        )
