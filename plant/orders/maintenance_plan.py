"""Planned maintenance: what is to be done to an asset again and again, and by what it is known to be due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from plant.orders.rules import WorkType


class PlanKind(StrEnum):
    """By what a plan is due."""

    CALENDAR = "calendar"
    METER = "meter"
    CONDITION = "condition"


@dataclass(frozen=True, kw_only=True, slots=True)
class MaintenancePlan:
    """One plan of an asset.

    By the calendar: `rule` (RFC 5545) from `begins` on, local time of the site; `working_days` is the country whose
    days off it moves past, empty for none. By a meter: every `every` of what `signal` counts, or of the hours in which
    it is above `running_above`. On a condition: `signal` above `above` or below `below`.
    `floats`: counted from when the last order was done, not from when it was due. `lead` is how long ahead of its due
    time an order is raised.
    """

    asset: str
    tag: str
    name: str
    name_zh: str = ""
    job_plan: str = ""
    team: str = ""
    work_type: WorkType = WorkType.PREVENTIVE
    priority: int = 3
    finish_within: timedelta = timedelta(days=7)
    lead: timedelta = timedelta(0)
    floats: bool = False
    rule: str = ""
    begins: datetime | None = None
    working_days: str = ""
    signal: str = ""
    every: float | None = None
    running_above: float | None = None
    above: float | None = None
    below: float | None = None

    @property
    def kind(self) -> PlanKind:
        """Return by what it is due.

        >>> MaintenancePlan(asset="P-1", tag="oil", name="Oil", signal="hours", every=500.0).kind.value
        'meter'
        """
        if self.rule:
            return PlanKind.CALENDAR
        return PlanKind.METER if self.every is not None else PlanKind.CONDITION


@dataclass(frozen=True, kw_only=True, slots=True)
class MeterCount:
    """How far a counter has counted: from `anchor` to `seen`, and `carried` what it had before it was set back.

    `fell_to` is a lower value that one reading said at `fell_at`, until a second one says so, too.
    """

    anchor: float
    seen: float
    carried: float = 0.0
    fell_to: float | None = None
    fell_at: datetime | None = None

    @property
    def total(self) -> float:
        """Return all that was counted."""
        return self.carried + self.seen - self.anchor


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptPlan:
    """A plan as the record has it: how often it was due, when it is next, and from what it counts."""

    plan_id: int
    asset_id: int
    site: str
    zone: str
    plan: MaintenancePlan
    is_active: bool
    occurrences: int
    next_due: datetime | None
    anchor_at: datetime
    meter: MeterCount | None
    last_order: str | None
    last_is_open: bool
    last_done_at: datetime | None
