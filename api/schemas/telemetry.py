"""The documents about what devices sent, what became of it, and the tokens with which they send."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.shape import Shape
from plant.product_state import FaultKind


class CountsShape(Shape):
    """What became of readings. `received` is the sum of all others but `late`."""

    received: int
    stored: int
    duplicate: int = Field(description="Stored already with the same value.")
    late: int = Field(description="Older than the asset's newest by more than the grace; among the others.")
    quarantined: int = Field(description="Held in quarantine, each with its reason.")
    conflicting: int = Field(description="Another value was stored for their instant; kept beside it.")
    limited: int = Field(description="Beyond the device's rate limit; not kept.")


class DeliveredShape(CountsShape):
    """What became of a device's readings."""

    device: str = Field(description="Site and asset as its topic names them.", examples=["demo/P-101"])


class DeliveredMinuteShape(CountsShape):
    """What became of a device's readings that came in one minute."""

    minute: datetime


class SlotShape(Shape):
    """One place at the broker that an ingest process holds."""

    slot: int
    holder: str | None
    is_held: bool
    is_listening: bool = Field(description="The broker has granted its subscriptions.")
    is_draining: bool
    lag_s: float
    last_commit: datetime | None


class FlowShape(Shape):
    """How ingest does."""

    since: datetime
    devices: list[DeliveredShape]
    slots: list[SlotShape]
    lost_messages: int = Field(description="QoS 0 messages that found no room while the database was away.")
    lost_bytes: int
    spooled_since: datetime | None = Field(description="When the oldest message came that waits in a spool.")


class RefusedShape(Shape):
    """Why readings of a message are in quarantine."""

    reason: str
    detail: str
    readings: int


class MessageShape(CountsShape):
    """What became of one message."""

    refused: list[RefusedShape]


class DeviceTokenShape(Shape):
    """A device token, without its secret."""

    token_id: str
    site: str
    asset: str | None = Field(description="The one asset it opens; null: every asset of the site.")
    name: str
    issued_at: datetime
    issued_by: str
    revoked_at: datetime | None
    used_at: datetime | None


class TokenWish(BaseModel):
    """What a new token shall open, and who holds it."""

    model_config = ConfigDict(str_strip_whitespace=True, extra="forbid")

    site: str = Field(min_length=1, max_length=200)
    asset: str | None = Field(default=None, min_length=1, max_length=200)
    name: str = Field(min_length=1, max_length=200, examples=["gateway in hall 3"])


class IssuedShape(Shape):
    """A new token; its secret is told this once."""

    token_id: str
    token: str
    site: str
    asset: str | None


class FaultShape(Shape):
    """One thing that is wrong with the product itself."""

    kind: FaultKind
    says: str
    since: datetime | None = Field(description="Since when, as far as that is known.")


class HealthShape(BaseModel):
    """How the product itself is."""

    status: Literal["ok", "degraded", "failing"] = Field(
        description="failing: no telemetry is stored at present. degraded: something else is wrong."
    )
    version: str | None = Field(description="For who is signed in.")
    installation: str | None = Field(description="For who is signed in.")
    time: datetime
    faults: list[FaultShape] = Field(description="What is wrong now, the worst first; for who is signed in.")


class LiveShape(BaseModel):
    """That this process answers."""

    status: Literal["ok"] = "ok"
