"""The documents about what belongs to a work order."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from api.schemas.instants import Instant
from api.schemas.shape import Nothing, Shape
from plant.orders.rules import WorkType

_Priority = Annotated[int | None, Field(ge=1, le=5, description="1 is the most urgent.")]


class CommentShape(Shape):
    """What somebody said about an order."""

    comment_id: int
    at: datetime
    by: str
    said: str


class NewComment(Nothing):
    """What is to be said about an order."""

    said: str = Field(min_length=1, max_length=4000)


class NewAssignment(Nothing):
    """Who is to do an order; null is nobody."""

    team: str | None = Field(default=None, description="Tag of the team.")
    assignee: str | None = Field(default=None, description="The name under which the person signs in.")


class NewOrderValues(Nothing):
    """What is to be another about an order; what is left out stays."""

    title: str | None = Field(default=None, min_length=1, max_length=300)
    priority: _Priority = None
    work_type: WorkType | None = None
    requested_finish: Instant | None = None


class AttachmentShape(Shape):
    """A file of an order."""

    attachment_id: UUID
    name: str = Field(examples=["bearing.jpg"])
    media_type: str = Field(description="What it holds, by its content.")
    bytes: int
    sha256: str
    words: str = Field(description="What its bringer said of it.")
    added_at: datetime
    added_by: str
