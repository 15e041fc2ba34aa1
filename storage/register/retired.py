"""Assets and signals that are out of view: the record keeps them, and all that was and will be stored of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from storage.core.database import Transaction


@dataclass(frozen=True, kw_only=True, slots=True)
class Retired:
    """An asset that is out of view or, with a `key`, a signal of one that is in view; since when and by whom."""

    site: str
    asset: str
    key: str | None
    at: datetime
    by: str


def retire_asset(tx: Transaction, asset_id: int, *, at: datetime, by: str) -> bool:
    """Take an asset out of view and clear what stands open of it; False where it was out of view already."""
    is_changed = tx.run("retired.retire_asset", asset_id=asset_id, at=at, by=by) > 0
    if is_changed:
        tx.run("assets.interrupt_scoring", asset_id=asset_id)
        tx.run("assets.clear_findings", asset_id=asset_id)
    return is_changed


def restore_asset(tx: Transaction, asset_id: int) -> bool:
    """Bring an asset back into view; False where it was in view."""
    return tx.run("retired.restore_asset", asset_id=asset_id) > 0


def count_open_orders(tx: Transaction, asset_id: int) -> int:
    """Count the work orders that stand open at an asset."""
    return int(tx.one("retired.open_orders", asset_id=asset_id)["orders"])


def retire_signals(tx: Transaction, asset_id: int, keys: Sequence[str], *, at: datetime, by: str) -> list[str]:
    """Take signals of an asset out of view; return the keys of those that were in view."""
    return [row["key"] for row in tx.all("retired.retire_signals", asset_id=asset_id, keys=list(keys), at=at, by=by)]


def restore_signals(tx: Transaction, asset_id: int, keys: Sequence[str]) -> list[str]:
    """Bring signals of an asset back into view; return the keys of those that were out of it."""
    return [row["key"] for row in tx.all("retired.restore_signals", asset_id=asset_id, keys=list(keys))]


def unused_signals(tx: Transaction, asset_id: int) -> list[str]:
    """Return the keys in view of signals that registered themselves and of which nothing is stored."""
    return [row["key"] for row in tx.all("retired.unused_signals", asset_id=asset_id)]


def keys(tx: Transaction, asset_id: int) -> set[str]:
    """Return the keys of an asset's signals, in view or not."""
    return {row["key"] for row in tx.all("retired.keys", asset_id=asset_id)}


def every(tx: Transaction) -> list[Retired]:
    """Return what is out of view, by site, asset and key."""
    return [Retired(**row) for row in tx.all("retired.all")]
