"""Retiring: assets and signals that were made by mistake go out of view, and come back; the record keeps all of them.

What a retired asset or signal says is stored as before. It is not shown, scored, guarded or trained on. One that is
merged into another is retired too; what it said and says becomes the other's.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from lifecycle import ledger
from lifecycle.ledger_events import Merged, ViewChanged
from plant.errors import Conflict, NotFound, Rejected
from plant.people.principal import Principal
from storage.core.database import Transaction
from storage.register import assets, retired
from storage.register.assets import RegisteredAsset


def retire_asset(tx: Transaction, *, site: str, asset: str, at: datetime, actor: Principal) -> None:
    """Take an asset out of view; what stands open of it is cleared.

    Raises:
        NotFound: there is no such asset.
        Conflict: it is out of view already, or a work order stands open at it.
    """
    known = assets.get_asset(tx, site, asset)
    orders = retired.count_open_orders(tx, known.asset_id)
    if orders:
        raise Conflict(f"{orders} work orders stand open at {asset}; close or cancel them first")
    if not retired.retire_asset(tx, known.asset_id, at=at, by=actor.name):
        raise Conflict(f"{asset} is out of view already")
    ledger.append(tx, site, ViewChanged(actor=actor.name, asset=asset, retired=True), at)


def restore_asset(tx: Transaction, *, site: str, asset: str, at: datetime, actor: Principal) -> None:
    """Bring an asset back into view.

    Raises:
        NotFound: there is no such asset.
        Conflict: it is in view, or was merged into another asset.
    """
    known = assets.get_asset(tx, site, asset)
    if not retired.restore_asset(tx, known.asset_id):
        raise Conflict(f"{asset} is in view, or was merged into another asset")
    ledger.append(tx, site, ViewChanged(actor=actor.name, asset=asset, retired=False), at)


def retire_signals(
    tx: Transaction, *, site: str, asset: str, keys: Sequence[str], at: datetime, actor: Principal
) -> list[str]:
    """Take signals of an asset out of view; return those that were in view.

    Raises:
        NotFound: there is no such asset, or it has not all of these signals.
    """
    known = _with_signals(tx, site, asset, keys)
    done = retired.retire_signals(tx, known.asset_id, keys, at=at, by=actor.name)
    return _entered(tx, site, asset, done, at, actor, is_retired=True)


def retire_unused_signals(tx: Transaction, *, site: str, asset: str, at: datetime, actor: Principal) -> list[str]:
    """Take those signals of an asset out of view that registered themselves and of which nothing is stored.

    Raises:
        NotFound: there is no such asset.
    """
    known = assets.get_asset(tx, site, asset)
    done = retired.retire_signals(tx, known.asset_id, retired.unused_signals(tx, known.asset_id), at=at, by=actor.name)
    return _entered(tx, site, asset, done, at, actor, is_retired=True)


def restore_signals(
    tx: Transaction, *, site: str, asset: str, keys: Sequence[str], at: datetime, actor: Principal
) -> list[str]:
    """Bring signals of an asset back into view; return those that were out of it.

    Raises:
        NotFound: there is no such asset, or it has not all of these signals.
    """
    known = _with_signals(tx, site, asset, keys)
    done = retired.restore_signals(tx, known.asset_id, keys)
    return _entered(tx, site, asset, done, at, actor, is_retired=False)


def merge_asset(
    tx: Transaction, *, site: str, asset: str, into_site: str, into_asset: str, at: datetime, actor: Principal
) -> list[str]:
    """Merge an asset into another one: what it said and says becomes the other's; return the keys of its signals.

    Both have a reading for one instant: the other's own stays. What was stored before is copied within minutes.

    Raises:
        NotFound: there is no such asset.
        Rejected: both are the same.
        Conflict: one of them is out of view, or a work order stands open at the first one.
    """
    known, into = assets.get_asset(tx, site, asset), assets.get_asset(tx, into_site, into_asset)
    if known.asset_id == into.asset_id:
        raise Rejected("same_asset", f"{asset} cannot be merged into itself")
    if not retired.are_in_view(tx, [known.asset_id, into.asset_id]):
        raise Conflict("both assets have to be in view; `assetloop register restore` brings one back")
    orders = retired.count_open_orders(tx, known.asset_id)
    if orders:
        raise Conflict(f"{orders} work orders stand open at {asset}; close or cancel them first")
    merged = retired.merge_asset(tx, known.asset_id, into=into.asset_id, at=at, by=actor.name)
    ledger.append(tx, site, Merged(actor=actor.name, asset=asset, into=f"{into_site}/{into_asset}"), at)
    return merged


def merge_signal(
    tx: Transaction, *, site: str, asset: str, key: str, into_key: str, at: datetime, actor: Principal
) -> None:
    """Merge a signal of an asset into another signal of it, as `merge_asset` does with all.

    Raises:
        NotFound: there is no such asset, or it has not both signals.
        Conflict: they are the same, or were merged already.
    """
    known = _with_signals(tx, site, asset, [key, into_key])
    pairs = [(key, into_key)]
    if not retired.merge_signals(tx, known.asset_id, pairs, into=known.asset_id, at=at, by=actor.name):
        raise Conflict(f"{key} and {into_key} are one signal already")
    ledger.append(tx, site, Merged(actor=actor.name, asset=asset, into=into_key, signal=key), at)


def _with_signals(tx: Transaction, site: str, asset: str, keys: Sequence[str]) -> RegisteredAsset:
    known = assets.get_asset(tx, site, asset)
    missing = sorted(set(keys) - retired.keys(tx, known.asset_id))
    if missing:
        raise NotFound(f"{asset} has no signal {missing[0]}")
    return known


def _entered(
    tx: Transaction, site: str, asset: str, keys: list[str], at: datetime, actor: Principal, *, is_retired: bool
) -> list[str]:
    """Enter the change in the ledger, where there is one."""
    keys = sorted(keys)
    if keys:
        event = ViewChanged(actor=actor.name, asset=asset, retired=is_retired, signals=tuple(keys))
        ledger.append(tx, site, event, at)
    return keys
