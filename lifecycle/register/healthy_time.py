"""Somebody says when an asset was healthy; models learn from that and nothing else."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from plant.errors import Rejected
from storage.core.database import Transaction
from storage.register import healthy_time


def declare_healthy(
    tx: Transaction,
    asset_id: int,
    healthy_from: datetime,
    healthy_to: datetime,
    *,
    origin: Literal["commissioning", "declared"],
    by: str,
) -> bool:
    """Declare what is installed at the asset now healthy in [`healthy_from`, `healthy_to`], data time, both ends in.

    Declaring the same interval again changes nothing and returns False.

    Raises:
        Rejected: the interval has no length or no time zone, or nobody declares it.
        NotFound: nothing is installed at this asset.
    """
    if healthy_from.tzinfo is None or healthy_to.tzinfo is None:
        raise Rejected("no_time_zone", "a healthy interval needs instants with a time zone")
    if healthy_to <= healthy_from:
        raise Rejected("no_length", f"{healthy_to.isoformat()} is not after {healthy_from.isoformat()}")
    if not by.strip():
        raise Rejected("nobody", "somebody has to declare the interval")
    return healthy_time.declare(
        tx, asset_id=asset_id, healthy_from=healthy_from, healthy_to=healthy_to, origin=origin, declared_by=by
    )
