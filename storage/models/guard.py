"""How far each asset is checked against the limits of the register, which worker leases it, and what the limits are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from plant.asset import SignalRole
from storage.core import leases
from storage.core.database import Transaction
from storage.core.leases import Lease
from storage.telemetry.latest import QUIET_S


@dataclass(frozen=True, kw_only=True, slots=True)
class AssetToGuard:
    """An asset that has new readings up to `horizon_us`, in epoch microseconds, or has fallen `silent`."""

    asset_id: int
    horizon_us: int
    silent: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class LeasedToGuard:
    """An asset that this worker checks in (`watermark_us`, `horizon_us`], unless another gets a higher `fence`."""

    asset_id: int
    fence: int
    watermark_us: int
    horizon_us: int
    silent: bool
    state: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class GuardProgress:
    """How far a leased asset is checked now, with which state the next round continues, and whether it is silent."""

    leased: LeasedToGuard
    watermark_us: int
    state: bytes
    silent: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class GuardedSignal:
    """A signal and its limits, in its unit; `most_rate_per_min` is how much it may change in a minute.

    `deadband` is the part of its span by which it must be back within its limit, None where the register says nothing.
    """

    signal_id: int
    key: str
    unit: str
    role: SignalRole
    low: float | None
    high: float | None
    most_rate_per_min: float | None
    deadband: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class GuardedAsset:
    """An asset with the limits of its signals; `silent_s` is how long it or one of its signals may send nothing."""

    asset_id: int
    asset: str
    silent_s: float
    signals: tuple[GuardedSignal, ...]


def enrol(tx: Transaction) -> int:
    """Begin to check every asset that has sent something and was not checked yet; return how many there were."""
    return tx.run("guard.enrol")


def due(
    tx: Transaction, *, holder: str, now: datetime, since: datetime, skip_assets: Collection[int] = ()
) -> list[AssetToGuard]:
    """Return the assets to check that no other worker leases.

    `since` is when this worker began: an asset counts as silent no sooner than its time of silence after that.
    """
    rows = tx.all("guard.due", holder=holder, now=now, since=since, quiet_s=QUIET_S, skip_assets=list(skip_assets))
    return [AssetToGuard(**row) for row in rows]


def lease(
    tx: Transaction, wanted: Sequence[AssetToGuard], *, holder: str, now: datetime, lease_s: float
) -> list[Lease[AssetToGuard]]:
    """Lease those of the wanted assets that are still free; `leased_assets` then reads their states."""
    silents = [one.silent for one in wanted]
    return leases.take(tx, "guard", wanted, holder=holder, now=now, lease_s=lease_s, silents=silents)


def leased_assets(tx: Transaction, taken: Sequence[Lease[AssetToGuard]]) -> list[LeasedToGuard]:
    """Return leased assets with their states, but for those that another worker has taken over since."""
    silents = [one.due.silent for one in taken]
    return [LeasedToGuard(**row) for row in leases.remember(tx, "guard", taken, silents=silents)]


def advance(tx: Transaction, advances: Sequence[GuardProgress]) -> set[int]:
    """Write how far assets are checked now, give their leases back, and return which were still this worker's."""
    return leases.advance(tx, "guard", advances, silents=[one.silent for one in advances])


def release(tx: Transaction, *, holder: str) -> None:
    """Give every lease of a worker back, so that others need not wait until they run out."""
    leases.release(tx, "guard", holder=holder)


def guarded_assets(tx: Transaction, asset_ids: Collection[int]) -> dict[int, GuardedAsset]:
    """Return some assets with the limits of their signals, by asset."""
    rows = tx.all("guard.guarded_assets", asset_ids=list(asset_ids))
    found = {}
    for (asset_id, asset, silent_s), signals in groupby(
        rows, key=lambda row: (row.pop("asset_id"), row.pop("asset"), row.pop("silent_s"))
    ):
        watched = tuple(GuardedSignal(**{**row, "role": SignalRole(row["role"])}) for row in signals)
        found[asset_id] = GuardedAsset(asset_id=asset_id, asset=asset, silent_s=silent_s, signals=watched)
    return found
