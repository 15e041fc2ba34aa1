"""Which stretches of an installation's data show it healthy."""

from __future__ import annotations

from datetime import datetime

from plant.errors import NotFound
from storage.core.database import Transaction


def declare(
    tx: Transaction,
    *,
    asset_id: int,
    healthy_from: datetime,
    healthy_to: datetime,
    origin: str,
    declared_by: str,
) -> bool:
    """Declare [`healthy_from`, `healthy_to`] of what is installed now healthy; return False if it was before.

    Raises:
        NotFound: nothing is installed at this asset.
    """
    added = tx.run(
        "healthy_time.declare",
        asset_id=asset_id,
        healthy_from=healthy_from,
        healthy_to=healthy_to,
        origin=origin,
        declared_by=declared_by,
    )
    if not added and tx.first("healthy_time.installation", asset_id=asset_id) is None:
        raise NotFound(f"no equipment is installed at asset {asset_id}; register it first")
    return added > 0


def intervals(tx: Transaction, installation_id: int) -> list[tuple[datetime, datetime]]:
    """Return what was declared healthy, oldest first; intervals may overlap."""
    rows = tx.all("healthy_time.intervals", installation_id=installation_id)
    return [(row["healthy_from"], row["healthy_to"]) for row in rows]
