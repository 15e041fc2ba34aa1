"""The documents about what was put aside, and the assets that wait to be approved."""

from __future__ import annotations

from base64 import b64encode
from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.shape import Shape
from storage.views.overview import Quarantined


class QuarantinedShape(Shape):
    """A payload that was put aside, and why."""

    quarantine_id: int
    topic: str
    reason: str
    detail: str
    length: int = Field(description="Whole length, in bytes.")
    count: int = Field(description="How often it came.")
    readings: int = Field(description="How many readings were refused with it.")
    first_seen: datetime
    last_seen: datetime


class QuarantinedPayload(QuarantinedShape):
    """A payload that was put aside, as much of it as was kept."""

    payload_base64: str
    payload_text: str | None = Field(description="The payload as text, where it is UTF-8.")

    @classmethod
    def of(cls, held: Quarantined) -> Self:
        """Show what is held, bytes in base64."""
        payload = held.payload or b""
        known = QuarantinedShape.model_validate(held).model_dump()
        return cls(**known, payload_base64=b64encode(payload).decode(), payload_text=text_of(payload))


class StrangerShape(Shape):
    """An asset that the register does not know, and what waits for its approval."""

    site: str = Field(description="Empty where its topic names none, as those of ThingsBoard's gateways.")
    asset: str
    messages: int
    readings: int
    first_seen: datetime
    last_seen: datetime
    topic: str = Field(description="On which it was heard first.")
    detail: str
    meant: int = Field(
        description="How many assets of the register are called so by now. 1: it is being replayed. More: its topic "
        "names no site, and nobody can say which is meant; let it call itself site/asset."
    )


class Approval(BaseModel):
    """Which stranger becomes an asset, and of which class; the site is made where it is missing.

    One that names no site is approved at the site that you choose; one called `site/asset` as what that says.
    """

    model_config = ConfigDict(str_strip_whitespace=True, extra="forbid")

    site: str = Field(min_length=1, max_length=200)
    asset: str = Field(min_length=1, max_length=200)
    asset_class: str = Field(min_length=1, max_length=200, description="A class of the register.")
    new_class: bool = Field(default=False, description="Make the class where the register has none by that tag.")
    name: str = Field(default="", max_length=200, description="For people; the tag unless told.")
    name_zh: str = Field(default="", max_length=200)


class ApprovedShape(Shape):
    """An asset that was approved; ingest stores what was held of it."""

    site: str
    asset: str
    name: str
    asset_class: str
    messages: int = Field(description="How many messages were held of it, and are replayed now.")


class Dismissal(BaseModel):
    """Which unknown asset is dismissed; `site` stays empty where its topic names none."""

    model_config = ConfigDict(extra="forbid")

    site: str = Field(default="", max_length=200)
    asset: str = Field(min_length=1, max_length=400)


class DismissedShape(Shape):
    """How much was held of a dismissed asset; only its counts and a sample are left."""

    messages: int
    readings: int


def text_of(payload: bytes) -> str | None:
    r"""Return a payload as text; a character that was cut at the end is left away, None where it is not UTF-8.

    >>> text_of(b"20 \xc2\xb0C"), text_of(b"20 \xc2"), text_of(b"\xff\xfe")
    ('20 °C', '20 ', None)
    """
    for cut in range(4):
        try:
            return payload[: len(payload) - cut].decode()
        except UnicodeDecodeError as error:
            if error.reason != "unexpected end of data":
                return None
    return None
