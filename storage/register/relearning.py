"""Intervals in which a machine is learnt again, since its normal may be another one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from storage.core.database import Transaction

How = Literal["promoted", "dismissed"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Relearning:
    """One interval; it stands open while `ended` is None. `reason` is `action` (an order's) or `installation`."""

    relearning_id: int
    installation_id: int
    asset_id: int
    reason: str
    order_id: int | None
    began: datetime
    ended: datetime | None
    ended_how: str | None
    opened_by: str
    ended_by: str | None


def open_interval(
    tx: Transaction, *, asset_id: int, reason: str, at: datetime, by: str, order_id: int | None = None
) -> bool:
    """Learn what is installed at the asset again from `at` on, data time; False where nothing is installed there.

    An interval that stands ends: the machine was changed once more.
    """
    tx.run("relearning.supersede", asset_id=asset_id, at=at, by=by)
    row = tx.first("relearning.open", asset_id=asset_id, reason=reason, order_id=order_id, at=at, by=by)
    return row is not None


def end(tx: Transaction, *, asset_id: int, how: How, at: datetime, by: str) -> bool:
    """End the interval that stands at an asset; False where none does."""
    return tx.run("relearning.end", asset_id=asset_id, how=how, at=at, by=by) > 0


def standing(tx: Transaction, asset_id: int) -> Relearning | None:
    """Return the interval that stands open at an asset."""
    row = tx.first("relearning.standing", asset_id=asset_id)
    return Relearning(**row) if row else None


def to_look_at(tx: Transaction, *, now: datetime, every: timedelta, most: int) -> list[Relearning]:
    """Take intervals that stand open and were not looked at for so long by the clock, those left longest first."""
    return [Relearning(**row) for row in tx.all("relearning.to_look_at", now=now, every=every, most=most)]


def normal_since(tx: Transaction, installation_id: int) -> datetime | None:
    """Say since when an installation has its present normal; None: since it was installed."""
    since: datetime | None = tx.one("relearning.normal_since", installation_id=installation_id)["since"]
    return since
