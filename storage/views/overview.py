"""What the console and the API read of the plant: assets with health, latest values, series, quarantine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from plant.errors import NotFound
from plant.severity import Severity
from storage.core.database import Transaction
from storage.telemetry.windows import from_us
from storage.views import series

ALARM_LINE = 0.5  # the score at which a detector would raise its alarm
WATCH_LINE = 0.35  # the score from which on an asset deserves a look; Grafana colours by the same two
SILENT_AFTER_S = 120.0  # an asset whose newest reading is older than this says nothing any more
SCORE_COUNTS = timedelta(minutes=10)  # a score counts until the asset is this much further; as in the view watch.health
_QUARANTINE_DAY = timedelta(days=1)


class Health(StrEnum):
    """How an asset is, the worst reason first."""

    ALARM = "alarm"
    WATCH = "watch"
    SILENT = "silent"
    UNKNOWN = "unknown"
    LEARNING = "learning"
    OFF = "off"
    GOOD = "good"


@dataclass(frozen=True, kw_only=True, slots=True)
class SignalView:
    """A signal and its latest value in `unit`; no value has come yet where `time` is None."""

    signal_id: int
    key: str
    name: str
    name_zh: str
    unit: str
    role: str
    low: float | None
    high: float | None
    key_value: bool
    time: datetime | None
    value: float | None
    flags: int | None

    @property
    def outside(self) -> bool:
        """Say whether the latest value lies outside the design limits."""
        if self.value is None:
            return False
        return (self.low is not None and self.value < self.low) or (self.high is not None and self.value > self.high)


@dataclass(frozen=True, kw_only=True, slots=True)
class AssetView:
    """An asset as people see it; `score` is 0 to 1, 1 is worst and 0.5 the alarm line, None where none counts.

    `relearning_since` is set while its machine is learnt again and its model only looks on.
    """

    asset_id: int
    site: str
    site_name: str
    site_name_zh: str
    asset: str
    name: str
    name_zh: str
    asset_class: str
    class_name: str
    class_name_zh: str
    state: str
    health: Health
    x: float | None
    y: float | None
    model: str | None
    model_trained_at: datetime | None
    scored_at: datetime | None
    score: float | None
    relearning_since: datetime | None
    newest: datetime | None
    worst: Severity | None
    feeds: tuple[str, ...]
    signals: tuple[SignalView, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """How much waits for somebody; `quarantined` counts what came within the last day."""

    open_alerts: int
    unacknowledged_alerts: int
    open_orders: int
    unacknowledged_orders: int
    quarantined: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """One point of a series, in the signal's unit: of a step from `time` on, or one reading."""

    time: datetime
    mean: float
    least: float
    greatest: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Quarantined:
    """One payload that was put aside and why; `length` is its whole length in bytes, `readings` what it held."""

    quarantine_id: int
    topic: str
    reason: str
    detail: str
    site_tag: str | None
    asset_tag: str | None
    length: int
    first_seen: datetime
    last_seen: datetime
    count: int
    readings: int
    payload: bytes | None = None


def health_of(
    *,
    state: str,
    worst: Severity | None,
    score: float | None,
    has_model: bool,
    newest: datetime | None,
    now: datetime,
    is_relearning: bool = False,
) -> Health:
    """Judge an asset by its duty, its worst active alert, the freshness of its readings and the score that counts.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    >>> health_of(state="in_service", worst=Severity.MAJOR, score=0.2, has_model=True, newest=noon, now=noon).value
    'alarm'
    """
    if state in {"out_of_service", "standby"}:
        return Health.OFF
    if worst is not None and worst.at_least(Severity.MAJOR):
        return Health.ALARM
    if newest is None or (now - newest).total_seconds() > SILENT_AFTER_S:
        return Health.SILENT
    if is_relearning and worst is None:
        return Health.LEARNING
    return _by_score(score if has_model else None, has_alert=worst is not None)


def _by_score(score: float | None, *, has_alert: bool) -> Health:
    if score is not None and score >= ALARM_LINE:
        return Health.ALARM
    if has_alert or (score is not None and score >= WATCH_LINE):
        return Health.WATCH
    return Health.UNKNOWN if score is None else Health.GOOD


def score_that_counts(score: float | None, *, scored_at: datetime | None, newest: datetime | None) -> float | None:
    """Return `score`, or None where the asset has a live reading more than ten minutes younger than it.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    >>> score_that_counts(0.1, scored_at=noon, newest=noon + timedelta(minutes=11)) is None
    True
    """
    if scored_at is None or (newest is not None and newest - scored_at > SCORE_COUNTS):
        return None
    return score


def list_assets(tx: Transaction, *, now: datetime, key_values: bool = False) -> list[AssetView]:
    """Return every asset with its signals, by site and tag; with `key_values` only the signals marked as such."""
    signals = _signals(tx, asset_id=None, key_values=key_values)
    return [_asset(row, signals[row["asset_id"]], now) for row in tx.all("overview.assets", site=None, tag=None)]


def get_asset(tx: Transaction, site: str, tag: str, *, now: datetime) -> AssetView:
    """Return one asset with all its signals.

    Raises:
        NotFound: there is no such asset.
    """
    row = tx.first("overview.assets", site=site, tag=tag)
    if row is None:
        raise NotFound(f"there is no asset {tag} at site {site}")
    return _asset(row, _signals(tx, asset_id=row["asset_id"], key_values=False)[row["asset_id"]], now)


def _signals(tx: Transaction, *, asset_id: int | None, key_values: bool) -> defaultdict[int, list[SignalView]]:
    signals: defaultdict[int, list[SignalView]] = defaultdict(list)
    for row in tx.all("overview.signals", asset_id=asset_id, key_values=key_values):
        signals[row.pop("asset_id")].append(SignalView(**row))
    return signals


def _asset(row: dict[str, Any], signals: list[SignalView], now: datetime) -> AssetView:
    kind, version = row.pop("model_kind"), row.pop("model_version")
    worst = max((Severity(one) for one in row.pop("worst") or ()), key=lambda severity: severity.rank, default=None)
    score = score_that_counts(row["score"], scored_at=row["scored_at"], newest=row["newest"])
    health = health_of(
        state=row["state"],
        worst=worst,
        score=score,
        has_model=kind is not None,
        newest=row["newest"],
        now=now,
        is_relearning=row["relearning_since"] is not None,
    )
    return AssetView(
        **{**row, "feeds": tuple(row["feeds"]), "score": score},
        health=health,
        worst=worst,
        model=f"{kind} {version}" if kind else None,
        signals=tuple(signals),
    )


def signal_names(tx: Transaction, asset_ids: Collection[int]) -> dict[tuple[int, str], tuple[str, str]]:
    """Return the names (English, Chinese) of some assets' signals, by asset and key."""
    rows = tx.all("overview.signal_names", asset_ids=list(asset_ids))
    return {(row["asset_id"], row["key"]): (row["name"], row["name_zh"]) for row in rows}


def get_counts(tx: Transaction, *, now: datetime) -> Counts:
    """Count what stands open."""
    return Counts(**tx.one("overview.counts", since=now - _QUARANTINE_DAY))


def get_series(
    tx: Transaction, signal_id: int, *, time_from: datetime, time_to: datetime, most: int = 600
) -> list[Point]:
    """Return a signal in [time_from, time_to) as at most `most` points, or 3; values of bad quality are left out.

    Over a long stretch a point is a step of a roll-up; over a short one it is a reading, and its three values are one.

    Raises:
        Rejected: the span is empty.
    """
    thin = series.thinned(tx, signal_id, time_from=time_from, time_to=time_to, most=max(most, 3))
    columns = (thin.times_us, thin.means, thin.least, thin.greatest)
    return [
        Point(time=from_us(time_us), mean=mean, least=least, greatest=greatest)
        for time_us, mean, least, greatest in zip(*(column.tolist() for column in columns), strict=True)
    ]


def list_quarantine(tx: Transaction, *, most: int = 200) -> list[Quarantined]:
    """Return what is held, the newest first, without payloads."""
    return [Quarantined(**row) for row in tx.all("overview.quarantine", most=most)]


def get_quarantined(tx: Transaction, quarantine_id: int) -> Quarantined:
    """Return one held payload.

    Raises:
        NotFound: nothing is held under that number.
    """
    row = tx.first("overview.quarantined_payload", quarantine_id=quarantine_id)
    if row is None:
        raise NotFound(f"nothing is held in quarantine under {quarantine_id}")
    return Quarantined(**row)


def beat(tx: Transaction) -> str:
    """Return the installation's name, which shows that the database answers."""
    return str(tx.one("overview.beat")["installation"])
