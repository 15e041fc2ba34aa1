"""The documents that the API gives out, with their units."""

from __future__ import annotations

from base64 import b64encode
from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from plant.alert import Alert, AlertState
from plant.finding import FindingSource
from plant.health import Health
from plant.severity import Severity
from storage.models.remaining import RemainingLife
from storage.views.liveness import DeviceState, SensorState, SessionState
from storage.views.overview import AssetView, Quarantined


class Shape(BaseModel):
    """A document that is read off a value's attributes."""

    model_config = ConfigDict(from_attributes=True)


class AlertShape(BaseModel):
    """An alert; `state` is the ISA-18.2 name, `thingsboard_state` the one ThingsBoard's clients expect."""

    alert_id: UUID
    site: str
    asset: str
    kind: str
    severity: Severity
    state: AlertState
    thingsboard_state: str = Field(examples=["ACTIVE_UNACK"])
    active: bool
    acknowledged: bool
    onset: datetime = Field(description="Data time at which it began.")
    raised_at: datetime = Field(description="Clock time at which it was raised.")
    cleared_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    count: int = Field(description="How many findings it stands for.")

    @classmethod
    def of(cls, alert: Alert, now: datetime) -> Self:
        """Name the alert's states as of `now`."""
        return cls(
            alert_id=alert.alert_id,
            site=alert.site,
            asset=alert.asset,
            kind=alert.kind,
            severity=alert.severity,
            state=alert.flags.state(now),
            thingsboard_state=alert.flags.thingsboard(),
            active=alert.flags.active,
            acknowledged=alert.flags.acknowledged,
            onset=alert.onset,
            raised_at=alert.raised_at,
            cleared_at=alert.cleared_at,
            acknowledged_at=alert.acknowledged_at,
            acknowledged_by=alert.acknowledged_by,
            count=alert.count,
        )


class FindingShape(Shape):
    """What was found at an asset: one episode, times in data time."""

    finding_id: UUID
    site: str
    asset: str
    kind: str
    failure_mode: str
    source: FindingSource
    source_version: str
    onset: datetime
    updated: datetime
    cleared: datetime | None
    severity: Severity
    score: float = Field(description="The worst so far, 0 to 1.")
    suppressed: str | None = Field(
        description="Why nobody is told (ISA-18.2, suppressed by design): work, out_of_service or relearning."
    )
    revision: int


class AssetShape(Shape):
    """An asset and how it is."""

    site: str
    asset: str = Field(description="Tag of the functional location.")
    name: str
    name_zh: str
    asset_class: str
    state: str = Field(description="commissioning, in_service, standby or out_of_service.")
    health: Health = Field(
        description="The judgement that console and Grafana show too: off (not in service), alarm, silent (nothing new "
        "within its class's silent_after_s), learning (again), watch, no_model, unknown (a model whose score does not "
        "count) or good."
    )
    score: float | None = Field(
        description="Latest anomaly score, 0 to 1: 1 is worst, 0.5 the alarm line; null once it is 10 min old."
    )
    scored_at: datetime | None = Field(description="Data time of the score.")
    model: str | None = Field(description="Kind and version of the model that judges it.")
    relearning_since: datetime | None = Field(
        description="Since when its machine is learnt again, data time; its model only looks on meanwhile."
    )
    heard_at: datetime | None = Field(description="When something new of it was stored last.")
    newest: datetime | None = Field(description="Data time of its newest reading.")
    worst: Severity | None = Field(description="Worst severity among its active alerts.")
    feeds: list[str] = Field(description="Tags of the assets it feeds.")


class SignalShape(Shape):
    """A signal and its latest value."""

    key: str
    name: str
    name_zh: str
    unit: str = Field(description="Unit of value, low and high; empty where none is known.")
    role: str = Field(description="measurement or setting.")
    low: float | None = Field(description="Lower design limit, in `unit`.")
    high: float | None = Field(description="Upper design limit, in `unit`.")
    time: datetime | None = Field(description="When the latest value was measured.")
    value: float | None = Field(description="Latest value, in `unit`.")
    flags: int | None = Field(
        description="Bits: 1 time is arrival, 2 bad, 4 uncertain, 8 historical, 16 clock ahead, 32 late."
    )


class RemainingLifeShape(Shape):
    """How long a machine has left, in seconds from `time`; all figures are null where that is unknown."""

    time: datetime = Field(description="Data time up to which was looked.")
    outlook: str = Field(
        description="known; reached, where the limit is; or why it is unknown: too_short, no_trend or far."
    )
    likely_s: float | None = Field(description="As likely too short as too long.")
    low_s: float | None = Field(description="Begin of the interval that holds the truth with `coverage`.")
    high_s: float | None = Field(description="Its end; null beside a known remaining life where it has none.")
    coverage: float = Field(description="Probability, 0 to 1.")
    source_version: str = Field(description="What told it: wear/TAG/vN or life/CLASS/vN.")
    wear_limit: float | None = Field(
        description="Up to which wear was counted, in alarm lines; null where the class's history told it."
    )


class AssetWithSignals(AssetShape):
    """An asset with its signals, and what was last told of its remaining life."""

    signals: list[SignalShape]
    remaining_life: RemainingLifeShape | None = None

    @classmethod
    def of(cls, asset: AssetView, left: RemainingLife | None) -> Self:
        """Show an asset, its signals, and how long its machine has left."""
        shown = cls.model_validate(asset)
        return shown.model_copy(update={"remaining_life": RemainingLifeShape.model_validate(left) if left else None})


class PointShape(Shape):
    """One step of a series, from `time` on; figures in the signal's unit."""

    time: datetime
    mean: float
    least: float
    greatest: float


class SeriesShape(BaseModel):
    """A signal between two instants, in steps; values of bad quality are left out."""

    signal: str
    unit: str
    time_from: datetime = Field(serialization_alias="from")
    time_to: datetime = Field(serialization_alias="to")
    points: list[PointShape]


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


class HealthShape(BaseModel):
    """That the product lives and its database answers."""

    status: str = Field(examples=["ok"])
    version: str
    installation: str
    time: datetime


class LivenessShape(Shape):
    """Whether an asset can be heard, whether its device speaks, whether its sensors measure."""

    site: str
    asset: str
    session: SessionState = Field(description="The way on which its telemetry comes: up, down or unknown.")
    device: DeviceState = Field(
        description="alive: something new was stored within silent_after_s. silent: not, though it could have been "
        "heard. unknown: nothing could have been heard. never: it has said nothing yet."
    )
    sensors: SensorState = Field(description="fresh, stale (some are too old), bad (of bad quality) or never.")
    heard_at: datetime | None = Field(description="When something new of it was stored last.")
    newest_at: datetime | None = Field(description="The time that its newest reading claims.")
    silent_after_s: float = Field(description="After so many seconds a device or sensor counts as gone.")
    stale: list[str] = Field(description="Keys of measurements that are too old.")
    bad: list[str] = Field(description="Keys of measurements of bad quality.")
    mute: list[str] = Field(description="Keys of measurements that never came.")


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
    """Which stranger becomes an asset, and of which class; site and class are made where they are missing.

    One that names no site is approved at the site that you choose; one called `site/asset` as what that says.
    """

    model_config = ConfigDict(str_strip_whitespace=True, extra="forbid")

    site: str = Field(min_length=1, max_length=200)
    asset: str = Field(min_length=1, max_length=200)
    asset_class: str = Field(min_length=1, max_length=200)
    actor: str = Field(min_length=1, max_length=100, description="Who approves it; the ledger keeps it.")
    name: str = Field(default="", max_length=200, description="For people; the tag unless told.")
    name_zh: str = Field(default="", max_length=200)


class ApprovedShape(Shape):
    """An asset that was approved; ingest stores what was held of it."""

    site: str
    asset: str
    name: str
    asset_class: str
    messages: int = Field(description="How many messages were held of it, and are replayed now.")


class RefusedShape(Shape):
    """Why readings of a message are in quarantine."""

    reason: str
    detail: str
    readings: int


class ToldShape(CountsShape):
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
    actor: str = Field(min_length=1, max_length=100, description="Name of the person who issues it.")


class IssuedShape(Shape):
    """A new token; its secret is told this once."""

    token_id: str
    token: str
    site: str
    asset: str | None


class Acknowledgement(BaseModel):
    """Who has seen it."""

    model_config = ConfigDict(str_strip_whitespace=True, extra="forbid")

    actor: str = Field(min_length=1, max_length=100, description="Name of the person who takes note.")


class Deed(Acknowledgement):
    """Who does it, and what they say about it."""

    note: str = Field(default="", max_length=2000)


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
