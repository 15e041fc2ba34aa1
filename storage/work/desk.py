"""Findings as the desk reads them: unseen revisions, each claimed by one desk, one asset at a time."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from plant.finding import Finding, FindingSource, Share
from plant.severity import Severity
from storage.core.database import Transaction
from storage.register.assets import RegisteredAsset


def unseen(tx: Transaction, *, most: int, skip: Collection[UUID] = ()) -> list[UUID]:
    """Name findings with a revision nobody has claimed, but for `skip`: new ones first, then those seen longest ago."""
    return [row["finding_id"] for row in tx.all("desk.unseen", most=most, skip=list(skip))]


def lock(tx: Transaction, finding_id: UUID) -> Finding | None:
    """Lock a finding until the transaction ends; None where another desk holds it or has seen all of it."""
    row = tx.first("desk.lock", finding_id=finding_id)
    return _finding(row) if row else None


def claim(tx: Transaction, finding: Finding, *, at: datetime) -> bool:
    """Mark this revision as seen; False where another desk has done so, whose effects then hold.

    The lock alone is not enough. A statement that began before the other desk committed still sees the revision as
    unseen, waits for the lock, and gets it once the other is done. The claim then finds the other's row.
    """
    return tx.run("desk.claim", finding_id=finding.finding_id, revision=finding.revision, at=at) == 1


def lock_asset(tx: Transaction, asset_id: int) -> RegisteredAsset:
    """Lock an asset's alerts and orders against other deciders until the transaction ends.

    Raises:
        NotFound: there is no such asset.
    """
    return RegisteredAsset(**tx.one("desk.lock_asset", asset_id=asset_id))


def _finding(row: dict[str, Any]) -> Finding:
    return Finding(
        **{
            **row,
            "source": FindingSource(row["source"]),
            "severity": Severity(row["severity"]),
            "shares": tuple(Share(**share) for share in row["shares"]),
        }
    )
