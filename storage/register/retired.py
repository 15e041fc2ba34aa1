"""Assets and signals that are out of view, or merged into others: the record keeps them and all that was stored."""

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
    """Bring an asset back into view; False where it was in view, or is merged into another one."""
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


def are_in_view(tx: Transaction, asset_ids: Sequence[int]) -> bool:
    """Say whether these assets are in view; nobody else can change them until the transaction ends."""
    return all(row["in_view"] for row in tx.all("retired.lock", asset_ids=list(asset_ids)))


def merge_signals(
    tx: Transaction, asset_id: int, pairs: Sequence[tuple[str, str]], *, into: int, at: datetime, by: str
) -> list[str]:
    """Merge signals of an asset into signals of the asset `into`, pairs of keys; return the keys that were merged.

    From now on their readings go there. What was stored before is copied by upkeep (`copy_merged`).
    """
    rows = tx.all(
        "retired.merge_signals",
        asset_id=asset_id,
        into=into,
        keys=[key for key, _ in pairs],
        into_keys=[key for _, key in pairs],
        at=at,
        by=by,
    )
    return [row["key"] for row in rows]


def merge_asset(tx: Transaction, asset_id: int, *, into: int, at: datetime, by: str) -> list[str]:
    """Merge an asset into another one, with all its signals; return the keys of those."""
    tx.run("retired.give_signals", asset_id=asset_id, into=into)
    merged = merge_signals(tx, asset_id, [(key, key) for key in keys(tx, asset_id)], into=into, at=at, by=by)
    tx.run("retired.merge_asset", asset_id=asset_id, into=into, at=at, by=by)
    tx.run("assets.interrupt_scoring", asset_id=asset_id)
    tx.run("assets.clear_findings", asset_id=asset_id)
    return merged
