"""The documents of live changes."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from api.schemas.shape import Shape


class ChangeShape(Shape):
    """One revision of an alert or an order: `event` says what became of it, its own path says all of it."""

    subject: Literal["alert", "order"]
    subject_id: str = Field(examples=["WO-000001"], description="Number of the order, or id of the alert.")
    site: str
    asset: str
    revision: int
    event: str = Field(examples=["approved"])
    at: datetime


class ScoreChangeShape(Shape):
    """What a round said of the asset: 0 to 1, 1 is worst."""

    time: datetime
    score_max: float
    score_last: float


class ReadingChangeShape(Shape):
    """What a signal of the asset said at an instant."""

    time: datetime
    signal: str
    value: float


class MissedShape(BaseModel):
    """Changes since the last event may have been let go of: read the collections again."""

    kept_days: int
