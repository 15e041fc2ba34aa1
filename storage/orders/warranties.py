"""Warranties as rows: what was said of machines, what stands, and which failures fell within one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from plant.errors import Conflict
from plant.orders.warranty import CoveredFailure, StandingWarranty, Warranty
from storage.core.database import Transaction
from storage.register.assets import get_asset
from storage.work.orders import order_number


@dataclass(frozen=True, kw_only=True, slots=True)
class ProjectFailure:
    """A failure at a project's asset that fell within the warranty of its machine."""

    order_id: int
    order: str
    asset: str
    failure_mode: str
    failed_at: datetime
    guarantor: str
    ends: date


def put_warranty(tx: Transaction, site: str, asset: str, warranty: Warranty, *, at: datetime, by: str) -> str:
    """Say what holds of the machine that stands at an asset; return `added`, `changed`, or `left` where it was so.

    Raises:
        NotFound: there is no such asset.
        Conflict: no machine stands there.
    """
    get_asset(tx, site, asset)
    machine = tx.first("warranties.machine", site=site, asset=asset)
    if machine is None:
        raise Conflict(f"no machine stands at {asset}; install one first")
    row = tx.first("warranties.put", **machine, **asdict(warranty), at=at, by=by)
    return "left" if row is None else "added" if row["is_new"] else "changed"


def standing_warranties(
    tx: Transaction,
    *,
    site: str | None = None,
    asset: str | None = None,
    on_day: date | None = None,
    asset_ids: Sequence[int] | None = None,
) -> list[StandingWarranty]:
    """Return the warranties of the machines that stand somewhere now; with `on_day` those that hold on that day."""
    chosen = None if asset_ids is None else list(asset_ids)
    rows = tx.all("warranties.standing", site=site, asset=asset, on_day=on_day, asset_ids=chosen)
    return [StandingWarranty(**row) for row in rows]


def covered_failures(tx: Transaction, order_ids: Sequence[int]) -> dict[int, CoveredFailure]:
    """Return those of some orders that are of failures within a warranty, by the order's id."""
    if not order_ids:
        return {}
    rows = tx.all("warranties.covered", order_ids=list(order_ids))
    return {row["order_id"]: CoveredFailure(**row) for row in rows}


def failures_of_project(tx: Transaction, project_id: int, *, at: datetime) -> list[ProjectFailure]:
    """Return the failures at a project's assets that fell within a warranty, up to an instant, the oldest first."""
    rows = tx.all("warranties.of_project", project_id=project_id, at=at)
    return [ProjectFailure(order=order_number(row["order_id"]), **row) for row in rows]
