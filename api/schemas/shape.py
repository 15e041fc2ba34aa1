"""What every document of the API has in common."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from plant.errors import Rejected
from plant.orders.wording import readable


def _plain(text: str) -> str:
    try:
        return readable(text, what="text")
    except Rejected as error:
        raise ValueError(error.detail) from error


PlainText = Annotated[str, AfterValidator(_plain)]
"""Text without control characters."""


class Shape(BaseModel):
    """A document that is read off a value's attributes."""

    model_config = ConfigDict(from_attributes=True)


class Nothing(BaseModel):
    """Nothing has to be said: who acts is known by the session or the token."""

    model_config = ConfigDict(str_strip_whitespace=True, extra="forbid")


ETAG = Field(description="What If-Match takes where this is changed.", examples=["9f86d081884c7d65"])


class Remark(Nothing):
    """What a person says about what they do."""

    note: PlainText = Field(default="", max_length=2000)


NOTHING = Nothing()
NO_REMARK = Remark()
