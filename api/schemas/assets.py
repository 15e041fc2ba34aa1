"""The documents about assets, their signals and series, with their units."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.shape import Shape
from plant.health import Health
from plant.severity import Severity
from storage.models.remaining import RemainingLifeEstimate
from storage.views.liveness import DeviceState, SensorState, SessionState
from storage.views.overview import AssetView


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
    holds_s: float | None = Field(
        description="For how many seconds a value holds that is reported only when it changes; null where it is not so."
    )
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
    def of(cls, asset: AssetView, left: RemainingLifeEstimate | None) -> Self:
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


class LivenessShape(Shape):
    """Whether an asset can be heard, whether its device speaks, whether its sensors measure; and its health."""

    site: str
    asset: str
    health: Health
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
