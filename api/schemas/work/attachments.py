"""The documents about files of work orders."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from api.schemas.shape import Shape


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
