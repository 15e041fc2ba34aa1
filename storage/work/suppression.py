"""When what is found at an asset is suppressed by design: worked on, out of service, or as a person said."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from plant.asset import AssetState
from storage.core.database import Transaction


class SuppressionReason(StrEnum):
    """Why nobody is alerted of what is found."""

    WORK = "work"
    OUT_OF_SERVICE = "out_of_service"
    DESIGN = "design"


def begin(
    tx: Transaction,
    *,
    asset_id: int,
    reason: SuppressionReason,
    at: datetime,
    by: str,
    order_id: int | None = None,
    note: str = "",
) -> bool:
    """Suppress from `at` on, data time; False where that stands already."""
    parameters = {"asset_id": asset_id, "reason": reason.value, "order_id": order_id, "at": at, "by": by, "note": note}
    return tx.run("suppression.begin", **parameters) > 0


def end(
    tx: Transaction, *, asset_id: int, reason: SuppressionReason, at: datetime, by: str, order_id: int | None = None
) -> bool:
    """Suppress no more from `at` on; False where nothing was suppressed for that."""
    return tx.run("suppression.end", asset_id=asset_id, reason=reason.value, order_id=order_id, at=at, by=by) > 0


def standing(tx: Transaction, asset_id: int) -> set[SuppressionReason]:
    """Return for what an asset is suppressed now."""
    return {SuppressionReason(row["reason"]) for row in tx.all("suppression.standing", asset_id=asset_id)}


def intervals(tx: Transaction, asset_id: int, *, since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
    """Return when an asset was suppressed within a span, oldest first; intervals may overlap."""
    rows = tx.all("suppression.intervals", asset_id=asset_id, since=since, until=until)
    return [(row["began"], row["ended"]) for row in rows]


def state_of(tx: Transaction, asset_id: int) -> AssetState:
    """Return whether an asset is in service."""
    return AssetState(tx.one("suppression.state", asset_id=asset_id)["state"])


def put_state(tx: Transaction, asset_id: int, state: AssetState) -> None:
    """Say whether an asset is in service."""
    tx.run("suppression.put_state", asset_id=asset_id, state=state.value)


def state_before(tx: Transaction, asset_id: int) -> AssetState:
    """Return in which state an asset was before it was taken out of service; in service where nobody knows."""
    row = tx.first("suppression.state_before", asset_id=asset_id)
    return AssetState(row["state_before"]) if row and row["state_before"] else AssetState.IN_SERVICE
