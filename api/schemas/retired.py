"""The documents about what is out of view of the register."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.shape import Shape

Key = Annotated[str, Field(min_length=1, max_length=200)]


class Retiring(BaseModel):
    """What goes out of view, or comes back: the asset, or with `signals` these of it."""

    model_config = ConfigDict(extra="forbid")

    signals: Annotated[list[Key], Field(min_length=1, max_length=500)] | None = Field(
        default=None, description="Keys of signals; null for the asset itself."
    )


class Merging(BaseModel):
    """Into what the asset is merged, or with `signal` that signal of it."""

    model_config = ConfigDict(extra="forbid")

    into: Key = Field(description="Tag of the other asset; with `signal`, key of the other signal.")
    into_site: Key | None = Field(default=None, description="Site of the other asset; the same where it is null.")
    signal: Key | None = Field(default=None, description="Key of the signal that is merged; null for the whole asset.")


class ViewChangeShape(Shape):
    """What went out of view, came back, or was merged; no signals where it was the asset itself."""

    site: str
    asset: str
    signals: list[str]


class RetiredShape(Shape):
    """An asset that is out of view or, with a `key`, a signal of one that is in view."""

    site: str
    asset: str
    key: str | None = Field(description="Key of the signal; null for the asset itself.")
    at: datetime = Field(description="Since when.")
    by: str
