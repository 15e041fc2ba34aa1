"""The documents about requests for a change of design."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from api.schemas.shape import Nothing, PlainText, Shape
from lifecycle.feedback.change_file import DesignChangesFile
from lifecycle.feedback.deciding import Effect
from lifecycle.feedback.looking import as_json
from storage.notices.design import DesignChange, DesignRequest


class DesignChangeShape(Shape):
    """What a request changed, by version; `before` and `after` say the version of what has versions of its own."""

    version: int
    kind: Literal["limit", "job_plan", "spares", "requirement"]
    what: str = Field(description="The signal, job plan, part or class.")
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


class RejectionWanted(Nothing):
    """Why a request is rejected."""

    reason: PlainText = Field(min_length=1, max_length=4000)


class AcceptanceWanted(DesignChangesFile):
    """Why a request is accepted, and what changes: all of it in one transaction, or nothing."""

    reason: PlainText = Field(min_length=1, max_length=4000)
