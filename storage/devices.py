"""What ingest has to know of an asset before it can store what its device says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from storage.database import Transaction
from storage.storable import refusals


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownAsset:
    """An asset of the register; `grace_s` is its class's, `signals` are numbers by key."""

    asset_id: int
    grace_s: float
    signals: dict[str, int]


def find(tx: Transaction, site: str, asset: str) -> KnownAsset | None:
    """Return the asset with these tags, or None."""
    row = tx.first("devices.find", site=site, asset=asset)
    if row is None:
        return None
    signals = {signal["key"]: signal["signal_id"] for signal in tx.all("devices.signals", asset_id=row["asset_id"])}
    return KnownAsset(asset_id=row["asset_id"], grace_s=row["grace_s"], signals=signals)


def register_signals(tx: Transaction, asset_id: int, keys: Sequence[str], *, most: int) -> dict[str, int | None]:
    """Register signals of an asset and return their numbers by key; None for those beyond `most`.

    Raises:
        Rejected: the database will never take one of these keys.
    """
    with refusals():
        rows = tx.all("devices.register_signals", asset_id=asset_id, keys=list(keys), most=most)
    return {row["key"]: row["signal_id"] for row in rows}
