"""What ingest has to know of an asset before it can store what its device says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from storage.core.database import Transaction
from storage.core.storable_text import refusals


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownAsset:
    """An asset of the register with its tags; `grace_s` is its class's, `signals` are numbers by key.

    `newest_us` is the time of its newest latest value, in µs since 1970, 0 where it has none.
    """

    site: str
    asset: str
    asset_id: int
    grace_s: float
    newest_us: int
    signals: dict[str, int]


def find(tx: Transaction, names: Sequence[tuple[str, str]]) -> dict[tuple[str, str], KnownAsset]:
    """Return those of the assets with these tags, (site, asset), that the register has.

    Where a site is empty, the asset is the only one of that tag in all sites, or that of the tags `site/asset`.
    """
    sites, assets = [site for site, _ in names], [asset for _, asset in names]
    rows = tx.all("devices.find", sites=sites, assets=assets)
    meant = Counter((row["wanted_site"], row["wanted_asset"]) for row in rows)
    rows = [row for row in rows if meant[row["wanted_site"], row["wanted_asset"]] == 1]
    signals: dict[int, dict[str, int]] = {row["asset_id"]: {} for row in rows}
    for signal in tx.all("devices.signals", asset_ids=list(signals)):
        signals[signal["asset_id"]][signal["key"]] = signal["signal_id"]
    return {
        (row["wanted_site"], row["wanted_asset"]): KnownAsset(
            site=row["site"],
            asset=row["asset"],
            asset_id=row["asset_id"],
            grace_s=row["grace_s"],
            newest_us=row["newest_us"],
            signals=signals[row["asset_id"]],
        )
        for row in rows
    }


def register_asset(tx: Transaction, site: str, asset: str, *, asset_class: str, most: int) -> bool:
    """Register an asset by its tags alone; False where as many as `most` have registered themselves.

    Raises:
        Rejected: the database will never take these tags.
    """
    with refusals():
        row = tx.one("devices.register_asset", site=site, asset=asset, asset_class=asset_class, most=most)
    return bool(row["registered"])


def register_signals(tx: Transaction, asset_id: int, keys: Sequence[str], *, most: int) -> dict[str, int | None]:
    """Register signals of an asset and return their numbers by key; None for those beyond `most`.

    Raises:
        Rejected: the database will never take one of these keys.
    """
    with refusals():
        rows = tx.all("devices.register_signals", asset_id=asset_id, keys=list(keys), most=most)
    return {row["key"]: row["signal_id"] for row in rows}


def units(tx: Transaction, keys: Sequence[str]) -> dict[str, set[str]]:
    """Return the units that the register has of signals with these keys, by key; those without a unit are left out."""
    found: dict[str, set[str]] = {}
    for row in tx.all("devices.units", keys=list(keys)):
        found.setdefault(row["key"], set()).add(row["unit"])
    return found
