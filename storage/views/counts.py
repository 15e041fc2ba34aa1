"""Counts over the whole record, for screens and summaries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storage.core.database import Transaction


@dataclass(frozen=True, kw_only=True, slots=True)
class Totals:
    """What the record holds. `silent_s`: since the newest live reading was stored; None where there is none."""

    readings: int
    quarantined: int
    alerts: int
    open_alerts: int
    work_orders: int
    open_work_orders: int
    models: int
    assets: int
    silent_s: float | None
    scoring_lag_s: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class FirstOrder:
    """The first work order of a run; `created_at` is the clock."""

    created_at: datetime
    site: str
    asset: str
    title: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderLine:
    """One work order in a line."""

    number: str
    asset: str
    title: str
    state: str
    acknowledged_by: str | None


def totals(tx: Transaction) -> Totals:
    """Count what the record holds."""
    return Totals(**tx.one("counts.totals"))


def first_order_since(tx: Transaction, since: datetime) -> FirstOrder | None:
    """Return the first work order raised at or after `since`, or None."""
    row = tx.first("counts.first_order_since", since=since)
    return FirstOrder(**row) if row else None


def latest_orders(tx: Transaction) -> list[OrderLine]:
    """Return the three newest work orders, newest first."""
    return [OrderLine(**row) for row in tx.all("counts.latest_orders")]


def stored_between(tx: Transaction, site: str, tag: str | None, since: datetime, until: datetime) -> int:
    """Count the readings of an asset, or of a whole site, from `since` to `until` in data time, both included."""
    return int(tx.one("counts.stored_between", site=site, tag=tag, since=since, until=until)["readings"])


def has_readings(tx: Transaction, asset_id: int, since: datetime, until: datetime) -> bool:
    """Say whether anything is stored of an asset from `since` to `until` in data time, both included."""
    return bool(tx.one("counts.has_readings", asset_id=asset_id, since=since, until=until)["stored"])


def scored_until(tx: Transaction, site: str, tag: str) -> datetime | None:
    """Return up to which data time an asset has been scored, or None where it never was."""
    row = tx.first("counts.scored_until", site=site, tag=tag)
    return row["watermark"] if row else None


def scoring_behind(tx: Transaction) -> list[str]:
    """Name the assets, SITE/TAG, that have a model and readings that nobody scores."""
    return [row["asset"] for row in tx.all("counts.scoring_behind")]


def models_of_others(tx: Transaction, scikit_learn: str) -> list[str]:
    """Name the assets, SITE/TAG, whose model another version of scikit-learn made."""
    return [row["asset"] for row in tx.all("counts.models_of_others", scikit_learn=scikit_learn)]


def slots_without_holder(tx: Transaction) -> list[int]:
    """Return the ingest slots that no process holds any more."""
    return [row["slot"] for row in tx.all("counts.slots_without_holder")]


def server_clock(tx: Transaction) -> datetime:
    """Return the instant on the server's clock."""
    now: datetime = tx.one("counts.clock")["now"]
    return now
