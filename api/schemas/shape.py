"""What every document of the API has in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Shape(BaseModel):
    """A document that is read off a value's attributes."""

    model_config = ConfigDict(from_attributes=True)


class Acknowledgement(BaseModel):
    """Who has seen it."""

    model_config = ConfigDict(str_strip_whitespace=True, extra="forbid")

    actor: str = Field(min_length=1, max_length=100, description="Name of the person who takes note.")


class Remark(Acknowledgement):
    """Who does it, and what they say about it."""

    note: str = Field(default="", max_length=2000)
