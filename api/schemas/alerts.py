"""The documents about alerts, findings, and the state a machine is in after an alarm."""

from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from api.schemas.shape import Shape
from plant.alert import Alert, AlertState
from plant.finding import Assumption, FindingSource, StateWord
from plant.severity import Severity
from storage.models.state_labels import StandingState


class AlertShape(BaseModel):
    """An alert; `state` is the ISA-18.2 name, `thingsboard_state` the one ThingsBoard's clients expect."""

    alert_id: UUID
    site: str
    asset: str
    kind: str
    severity: Severity
    state: AlertState
    thingsboard_state: str = Field(examples=["ACTIVE_UNACK"])
    active: bool
    acknowledged: bool
    onset: datetime = Field(description="Data time at which it began.")
    raised_at: datetime = Field(description="Clock time at which it was raised.")
    cleared_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    acknowledged_recognised: str | None = Field(
        description="How it was proved who did so; `typed`: a name that nobody proved."
    )
    count: int = Field(description="How many findings it stands for.")

    @classmethod
    def of(cls, alert: Alert, now: datetime) -> Self:
        """Name the alert's states as of `now`."""
        return cls(
            alert_id=alert.alert_id,
            site=alert.site,
            asset=alert.asset,
            kind=alert.kind,
            severity=alert.severity,
            state=alert.flags.state(now),
            thingsboard_state=alert.flags.thingsboard(),
            active=alert.flags.active,
            acknowledged=alert.flags.acknowledged,
            onset=alert.onset,
            raised_at=alert.raised_at,
            cleared_at=alert.cleared_at,
            acknowledged_at=alert.acknowledged_at,
            acknowledged_by=alert.acknowledged_by,
            acknowledged_recognised=alert.acknowledged_recognised,
            count=alert.count,
        )


class FindingShape(Shape):
    """What was found at an asset: one episode, times in data time."""

    finding_id: UUID
    site: str
    asset: str
    kind: str
    failure_mode: str
    source: FindingSource
    source_version: str
    onset: datetime
    updated: datetime
    cleared: datetime | None
    severity: Severity
    score: float = Field(description="The worst so far, 0 to 1.")
    suppressed: str | None = Field(
        description="Why nobody is told (ISA-18.2, suppressed by design): work, out_of_service or relearning."
    )
    revision: int
    assumed: Assumption | None = Field(
        description="After a model's condition alarm: `fault` while it stands; once it cleared `as_before`, or "
        "`new_normal` where the machine stayed elsewhere. Null of other kinds. A person's word is at the asset's state."
    )
    assumed_since: datetime | None


class StateLabelShape(Shape):
    """What a person said: from `since` on, data time, the machine is normal, or faulty."""

    says: StateWord
    since: datetime
    said_at: datetime
    said_by: str
    note: str


class StateShape(Shape):
    """What is assumed of a machine's state, and what persons said of it, in the order in which they did."""

    assumed: Assumption | None = Field(
        description="`fault` while a condition alarm of its model stands; once it cleared `as_before`, or `new_normal` "
        "where the machine stayed elsewhere. Null where its model never alarmed."
    )
    assumed_since: datetime | None
    labels: list[StateLabelShape]

    @classmethod
    def of(cls, state: StandingState) -> Self:
        """Show a state."""
        return cls(
            assumed=state.assumed,
            assumed_since=state.assumed_since,
            labels=[StateLabelShape.model_validate(label) for label in state.labels],
        )


class SaidState(Shape):
    """What a person says of a machine's state."""

    says: StateWord
    since: AwareDatetime | None = Field(
        default=None, description="Data time; without it normal is from now on, faulty since the last alarm began."
    )
    note: str = Field(default="", max_length=2000)
