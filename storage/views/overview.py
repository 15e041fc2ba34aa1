"""What the console and the API read of the plant: assets with health, latest values, series, quarantine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from plant.errors import NotFound
from plant.health import Health
from plant.severity import Severity
from storage.core.database import Transaction
from storage.core.keyset import After, beyond
from storage.telemetry.windows import from_us
from storage.views import series

_QUARANTINE_DAY = timedelta(days=1)
_AT_ONCE = 500  # while rows become objects nothing else runs in the process


@dataclass(frozen=True, kw_only=True, slots=True)
class SignalView:
    """A signal and its latest value in `unit`; no value has come yet where `time` is None.

    `holds_s` is for how long a value holds that is reported only when it changes; None where it is not so.
    """

    signal_id: int
    key: str
    name: str
    name_zh: str
    unit: str
    role: str
    low: float | None
    high: float | None
    holds_s: float | None
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

    `relearning_since` is set while its machine is learnt again and its model only looks on. `heard_at` is when
    something new of it was stored, by the clock, `newest` the time that its newest reading claims.
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
    heard_at: datetime | None
    newest: datetime | None
    worst: Severity | None
    feeds: tuple[str, ...]
    signals: tuple[SignalView, ...]
    area: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """How much waits for somebody, and when an alert or an order changed last.

    `quarantined` counts what came within the last day.
    """

    open_alerts: int
    unacknowledged_alerts: int
    open_orders: int
    unacknowledged_orders: int
    quarantined: int
    alerts_changed_at: datetime | None
    orders_changed_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SeriesPoint:
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


@dataclass(frozen=True, kw_only=True, slots=True)
class AssetFilter:
    """Which assets are wanted; what is None asks nothing. `after`: those behind the asset of that site and tag."""

    site: str | None = None
    asset_class: str | None = None
    after: tuple[str, str] | None = None


_EVERY_ASSET = AssetFilter()


def list_assets(
    tx: Transaction,
    *,
    now: datetime,
    key_values: bool = False,
    wanted: AssetFilter = _EVERY_ASSET,
    most: int | None = None,
) -> list[AssetView]:
    """Return assets as they are `now`, by site and tag; with `key_values` only the signals marked as such."""
    after_site, after_tag = wanted.after or (None, None)
    rows = tx.all(
        "overview.page",
        site=wanted.site,
        asset_class=wanted.asset_class,
        after_site=after_site,
        after_tag=after_tag,
        most=most,
    )
    asset_ids = [row["asset_id"] for row in rows]
    parts = [asset_ids[first : first + _AT_ONCE] for first in range(0, len(asset_ids), _AT_ONCE)]
    return [one for part in parts for one in _assets(tx, part, now=now, key_values=key_values)]


def twin_of(tx: Transaction, site: str, tag: str, *, now: datetime) -> AssetView:
    """Return one asset as `get_asset` does, by plans that are kept until the transaction ends: for what is asked often.

    Raises:
        NotFound: there is no such asset.
    """
    tx.all("overview.keep_plans")
    return get_asset(tx, site, tag, now=now)


def get_asset(tx: Transaction, site: str, tag: str, *, now: datetime) -> AssetView:
    """Return one asset with all its signals.

    Raises:
        NotFound: there is no such asset.
    """
    row = tx.first("overview.named", site=site, tag=tag)
    if row is None:
        raise NotFound(f"there is no asset {tag} at site {site}")
    return _assets(tx, [row["asset_id"]], now=now, key_values=False)[0]


def _assets(tx: Transaction, asset_ids: list[int], *, now: datetime, key_values: bool) -> list[AssetView]:
    signals = _signals(tx, asset_ids, key_values=key_values)
    return [_asset(row, signals[row["asset_id"]]) for row in tx.all("overview.assets", asset_ids=asset_ids, now=now)]


def _signals(tx: Transaction, asset_ids: list[int], *, key_values: bool) -> defaultdict[int, list[SignalView]]:
    signals: defaultdict[int, list[SignalView]] = defaultdict(list)
    for row in tx.all("overview.signals", asset_ids=asset_ids, key_values=key_values):
        signals[row.pop("asset_id")].append(SignalView(**row))
    return signals


def _asset(row: dict[str, Any], signals: list[SignalView]) -> AssetView:
    return AssetView(
        **{
            **row,
            "health": Health(row["health"]),
            "worst": Severity(row["worst"]) if row["worst"] else None,
            "feeds": tuple(row["feeds"]),
        },
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
    tx: Transaction,
    signal_id: int,
    *,
    time_from: datetime,
    time_to: datetime,
    most: int = 600,
    whole_steps: bool = False,
) -> list[SeriesPoint]:
    """Return a signal in [time_from, time_to) as at most `most` points, or 3; values of bad quality are left out.

    Over a long stretch a point is a step of a roll-up; over a short one it is a reading, and its three values are one.
    With `whole_steps` a last step that ends after `time_to` is left out: its mean is of a part of it alone.

    Raises:
        Rejected: the span is empty.
    """
    thin = series.thinned(tx, signal_id, time_from=time_from, time_to=time_to, most=max(most, 3))
    if whole_steps and len(thin) and from_us(int(thin.times_us[-1])) + thin.step > time_to:
        thin = thin.without_last()
    columns = (thin.times_us, thin.means, thin.least, thin.greatest)
    return [
        SeriesPoint(time=from_us(time_us), mean=mean, least=least, greatest=greatest)
        for time_us, mean, least, greatest in zip(*(column.tolist() for column in columns), strict=True)
    ]


def list_quarantine(
    tx: Transaction,
    *,
    reason: str | None = None,
    site: str | None = None,
    after: After | None = None,
    most: int = 200,
) -> list[Quarantined]:
    """Return what is held, the newest first, without payloads."""
    rows = tx.all("overview.quarantine", reason=reason, site=site, **beyond(after), most=most)
    return [Quarantined(**row) for row in rows]


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
