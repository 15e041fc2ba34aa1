"""The documents about notices: messages, closed ways, what people want to be told, and what engineering answers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from alerts.dispatch.answering.answers import AnswerKind, GivenAnswer
from api.schemas.instants import Day
from api.schemas.shape import Nothing, PlainText, Shape
from plant.severity import Severity
from storage.notices.contacts import NoticePreference

MessageState = Literal["waiting", "sent", "dead", "superseded", "withdrawn"]


class BilingualShape(Shape):
    """One line in both languages."""

    en: str
    zh: str


class NoticeMessageShape(Shape):
    """A notice on its way to one receiver; `dispatch_id` is its idempotency key, `said` what was answered last."""

    dispatch_id: UUID
    notice_id: UUID
    revision: int
    step: int
    way: str
    person: str = Field(description="Sign-in; empty where the way itself is the receiver.")
    state: MessageState
    held: str = Field(description="Why it goes out later: own_hours or quiet_hours.")
    created_at: datetime
    next_at: datetime
    attempts: int
    ended_at: datetime | None
    said: str
    site: str
    subject: str
    subject_id: str
    team: str | None
    severity: Severity
    title: BilingualShape
    link: str | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None


class ClosedWayShape(Shape):
    """A way by which nothing goes out until a person opens it."""

    way: str
    closed_at: datetime
    because: str


class PreferenceShape(Nothing):
    """How a person narrows what reaches them."""

    at_least: Severity = Severity.INDETERMINATE
    areas: list[PlainText] | None = Field(default=None, max_length=100, description="Absent: every area.")
    hours: str = Field(default="", max_length=200, examples=["Mon-Fri 07:00-19:00"], description="Empty: always.")

    @classmethod
    def of(cls, wanted: NoticePreference) -> PreferenceShape:
        """Show what a person wants."""
        areas = None if wanted.areas is None else list(wanted.areas)
        return cls(at_least=wanted.at_least, areas=areas, hours=wanted.hours)

    def wanted(self) -> NoticePreference:
        """Return what a person wants."""
        areas = None if self.areas is None else tuple(self.areas)
        return NoticePreference(at_least=self.at_least, areas=areas, hours=self.hours)


class EngineeringAnswerShape(Shape):
    """One answer of engineering's; a question is open until it is settled."""

    revision: int
    team: str
    kind: AnswerKind
    planned_on: date | None
    said: str
    way: str = Field(description="api, mqtt or link.")
    answered_by: str
    answered_at: datetime
    settled_at: datetime | None
    settled_by: str | None
    settled_said: str


class AnswerWanted(Nothing):
    """What a team answers; `planned_on` goes with accepting, words with asking and rejecting."""

    team: PlainText = Field(min_length=1, max_length=200)
    kind: AnswerKind
    revision: int = Field(ge=1, le=2**31 - 1, description="The order's revision as it was read.")
    planned_on: Day | None = None
    said: PlainText = Field(default="", max_length=4000)

    def given(self) -> GivenAnswer:
        """Return what is answered."""
        return GivenAnswer(kind=self.kind, revision=self.revision, planned_on=self.planned_on, said=self.said)


class SettlementWanted(Nothing):
    """What operations answer to a question."""

    said: PlainText = Field(min_length=1, max_length=4000)
