"""The part of the register file that says which orders a class gets: `[[class.order_rule]]`."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator

from plant.errors import Rejected
from plant.iso14224 import known_failure_mode
from plant.orders.rules import OrderRule, WorkType
from plant.severity import Severity

_Days = Annotated[float | None, Field(gt=0, le=3650)]
_DAY_S = 86_400.0


class OrderRuleEntry(BaseModel):
    """One rule as a person writes it; days are days of 24 hours."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    name: Annotated[str, Field(min_length=1, max_length=100)]
    severity: Severity = Severity.INDETERMINATE
    lasting_s: Annotated[float, Field(ge=0, le=365 * _DAY_S)] = 0.0
    remaining_life_days: _Days = None
    failure_mode: str | None = None
    work_type: WorkType = WorkType.CORRECTIVE
    priority: Annotated[int | None, Field(ge=1, le=5)] = None
    finish_within_days: _Days = None
    team: Annotated[str, Field(max_length=100)] = ""
    job_plan: Annotated[str, Field(max_length=100)] = ""

    @field_validator("failure_mode")
    @classmethod
    def _failure_mode_is_known(cls, code: str | None) -> str | None:
        try:
            return None if code is None else known_failure_mode(code)
        except Rejected as error:
            raise ValueError(error.detail) from error

    def rule(self) -> OrderRule:
        """Return the rule."""
        return OrderRule(
            name=self.name,
            from_severity=self.severity,
            lasting_s=self.lasting_s,
            life_within_s=None if self.remaining_life_days is None else self.remaining_life_days * _DAY_S,
            failure_mode=self.failure_mode,
            work_type=self.work_type,
            priority=self.priority,
            finish_within=None if self.finish_within_days is None else timedelta(days=self.finish_within_days),
            team=self.team,
            job_plan=self.job_plan,
        )
