"""The documents about alerts, findings, and the state a machine is in after an alarm."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, Field

from alerts.alarms.bulk import BulkOutcome
from api.schemas.instants import Instant
from api.schemas.rationalisations import RationalisationShape
from api.schemas.shape import Nothing, PlainText, Shape
from plant.alert import Alert, AlertState
from plant.finding import Assumption, FindingSource, StateWord
from plant.severity import Severity
from storage.models.state_labels import StandingState
from storage.views.alert_list import AlertFilter, ListedAlert


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
    acknowledged_recognised: str | None = Field(description="How it was proved who did so; `typed`: by nobody.")
    count: int = Field(description="How many findings it stands for.")
    comment: str | None = Field(description="What was said when it was acknowledged.")
    shelved_until: datetime | None
    shelved_by: str | None
    shelved_why: str | None
    revision: int

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
            comment=alert.comment or None,
            shelved_until=alert.flags.shelved_until if alert.flags.is_shelved(now) else None,
            shelved_by=alert.shelved_by,
            shelved_why=alert.shelved_why,
            revision=alert.revision,
        )


class AlertQuery:
    """Which alerts are wanted; what is left out asks nothing."""

    def __init__(
        self,
        *,
        state: Annotated[
            Literal["open", "all"] | AlertState,
            Query(description="`open`: active or not acknowledged; `all`; or one state of ISA-18.2."),
        ] = "open",
        site: str | None = None,
        area: Annotated[str | None, Query(description="Area of the site.")] = None,
        asset: Annotated[str | None, Query(description="Tag of the asset.")] = None,
        severity: Severity | None = None,
        kind: str | None = None,
        text: Annotated[
            PlainText | None,
            Query(max_length=200, description="Part of the asset's tag or name, the kind, or what was said."),
        ] = None,
        sort: Literal["newest", "severity", "times", "asset"] = "newest",
        raised_from: Annotated[Instant | None, Query(alias="from", description="Raised at or after.")] = None,
        raised_to: Annotated[Instant | None, Query(alias="to", description="Raised before.")] = None,
    ) -> None:
        self.is_newest_first = sort == "newest"
        self.wanted = AlertFilter(
            state=state,
            site=site,
            area=area,
            asset=asset,
            severity=severity,
            kind=kind,
            text=text,
            sort=sort,
            raised_from=raised_from,
            raised_to=raised_to,
        )


class ListedAlertShape(AlertShape):
    """An alert with where it is, and what is assumed of its machine."""

    area: str
    assumed: Assumption | None = Field(
        description="Of a model's condition alarm: `fault` while it stands; once it cleared `as_before`, or "
        "`new_normal` where the machine stayed elsewhere. Null of other kinds. A person's word is at the asset's state."
    )
    assumed_since: datetime | None
    warranty_until: date | None = Field(description="Last day of its machine's warranty; null where it began in none.")

    @classmethod
    def listed(cls, one: ListedAlert, now: datetime) -> Self:
        """Show an alert of a list as of `now`."""
        own = {name: getattr(one, name) for name in ("area", "assumed", "assumed_since", "warranty_until")}
        return cls(**AlertShape.of(one.alert, now).model_dump(), **own)


class Comment(Nothing):
    """What a person says when taking note of an alert."""

    comment: PlainText = Field(default="", max_length=2000)


class Shelving(Nothing):
    """For how long, in hours, an alert is put aside, and why."""

    hours: float = Field(gt=0, le=720, examples=[2.0])
    reason: PlainText = Field(min_length=1, max_length=2000, examples=["Part is on its way"])


class CommentOnAlerts(Comment):
    """Several alerts of which note is taken, with one comment."""

    alert_ids: list[UUID] = Field(min_length=1, max_length=500)


class ShelvingOfAlerts(Shelving):
    """Several alerts that are put aside, for one reason."""

    alert_ids: list[UUID] = Field(min_length=1, max_length=500)


class AlertRefusal(BaseModel):
    """One of several alerts to which it was not done, and why."""

    alert_id: UUID
    detail: str


class BulkShape(BaseModel):
    """To which alerts it was done, and why not to the others."""

    done: list[UUID]
    refused: list[AlertRefusal]

    @classmethod
    def of(cls, outcome: BulkOutcome) -> Self:
        """Show what was done."""
        refused = [AlertRefusal(alert_id=alert_id, detail=detail) for alert_id, detail in outcome.refused]
        return cls(done=list(outcome.done), refused=refused)


class ReasonGiven(Nothing):
    """Why something is done."""

    reason: PlainText = Field(min_length=1, max_length=2000)


class AlertEventShape(Shape):
    """What became of an alert in one revision."""

    revision: int
    at: datetime
    actor: str
    event: str
    note: str
    tells: bool = Field(description="Whether people were told by it.")


class AlertDetail(ListedAlertShape):
    """An alert with why it is there, what was thought through about it, and all that became of it."""

    evidence: dict[str, Any] = Field(description="Signals with share, value and limits; times in data time.")
    rationalisation: RationalisationShape | None
    incident_id: UUID | None
    events: list[AlertEventShape]


class IncidentShape(BaseModel):
    """Alerts that belong together, the likely root first."""

    incident_id: UUID
    site: str
    area: str = Field(description="Where it began.")
    areas: list[str] = Field(description="Every area of its assets; operators of each are told.")
    began: datetime
    severity: Severity
    in_flood: bool = Field(description="Whether people were told of it in the notice of a flood.")
    acknowledged_at: datetime | None
    resolved_at: datetime | None
    alerts: list[AlertShape]


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
    since: Instant | None = Field(
        default=None, description="Data time; without it normal is from now on, faulty since the last alarm began."
    )
    note: str = Field(default="", max_length=2000)
