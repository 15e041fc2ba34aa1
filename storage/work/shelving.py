"""When an asset's alerts of a kind are shelved; one stands at a time, and ends with its time or before it."""

from __future__ import annotations

from datetime import datetime

from storage.core.database import Transaction


def begin(tx: Transaction, *, asset_id: int, kind: str, at: datetime, until: datetime, by: str, reason: str) -> None:
    """Put alerts aside; what stands of the same kind must have been ended."""
    tx.run("shelving.begin", asset_id=asset_id, kind=kind, at=at, until=until, by=by, reason=reason)


def end(tx: Transaction, *, asset_id: int, kind: str, at: datetime, by: str) -> bool:
    """End what stands; False where nothing does."""
    return tx.run("shelving.end", asset_id=asset_id, kind=kind, at=at, by=by) > 0
