"""The documents about requests for a change of design."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from api.schemas.shape import Nothing, PlainText, Shape
from lifecycle.feedback.deciding import Effect, LimitChange, WordedChange
from lifecycle.feedback.looking import as_json
from storage.notices.design import DesignChange, DesignRequest


class DesignChangeShape(Shape):
    """What a request changed, by version."""

    version: int
    kind: str
    what: str
    before: Any
    after: Any
    changed_at: datetime
    changed_by: str


class DesignRequestShape(Shape):
    """A request that engineering change a design; `evidence` holds orders, rates with intervals, and costs."""

    request_id: int
    site: str
    asset_class: str
    failure_mode: str
    manufacturer: str
    model: str
    context: str = Field(description="Area in which the machines run.")
    state: Literal["open", "accepted", "rejected"]
    opened_at: datetime
    evidence: dict[str, Any]
    decided_at: datetime | None
    decided_by: str | None
    reason: str
    bcf_status: str = Field(description="The status that a BIM tool gave it.")
    changes: list[DesignChangeShape] = Field(default_factory=list)
    effect: dict[str, Any] | None = Field(default=None, description="Rates before and after, and what it brought.")

    @classmethod
    def whole(cls, request: DesignRequest, changes: list[DesignChange], measured: Effect | None) -> DesignRequestShape:
        """Show a request with what it changed and what that brought."""
        shape = cls.model_validate(request)
        shape.changes = [DesignChangeShape.model_validate(one) for one in changes]
        if measured is not None:
            before, after = as_json(measured.before), as_json(measured.after)
            shape.effect = {"verdict": measured.verdict, "before": before, "after": after}
        return shape


class LimitWanted(Nothing):
    """New limits of a signal at the machines of the request; absent: none."""

    signal: PlainText = Field(min_length=1, max_length=200)
    low: float | None = None
    high: float | None = None


class WordsWanted(Nothing):
    """What changes in the job plan, the spare list or the requirements."""

    kind: Literal["job_plan", "spares", "requirement"]
    said: PlainText = Field(min_length=1, max_length=4000)


class RejectionWanted(Nothing):
    """Why a request is rejected."""

    reason: PlainText = Field(min_length=1, max_length=4000)


class AcceptanceWanted(RejectionWanted):
    """Why a request is accepted, and what changes."""

    limits: list[LimitWanted] = Field(default=[], max_length=50)
    words: list[WordsWanted] = Field(default=[], max_length=50)

    def changes(self) -> list[LimitChange | WordedChange]:
        """Return what changes."""
        limits = [LimitChange(signal=one.signal, low=one.low, high=one.high) for one in self.limits]
        return [*limits, *(WordedChange(kind=one.kind, said=one.said) for one in self.words)]
