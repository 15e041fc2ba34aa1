"""The documents about what engineering answers."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from alerts.dispatch.answering.answers import AnswerKind, GivenAnswer
from api.schemas.shape import Nothing, PlainText, Shape


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
    planned_on: date | None = None
    said: PlainText = Field(default="", max_length=4000)

    def given(self) -> GivenAnswer:
        """Return what is answered."""
        return GivenAnswer(kind=self.kind, revision=self.revision, planned_on=self.planned_on, said=self.said)


class SettlementWanted(Nothing):
    """What operations answer to a question."""

    said: PlainText = Field(min_length=1, max_length=4000)
