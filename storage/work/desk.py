"""Findings as the desk reads them: those to look at, each claimed by one desk, one asset at a time."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from plant.finding import Finding, FindingSource, Share
from plant.severity import Severity
from storage.core.database import Transaction
from storage.register.assets import RegisteredAsset

SETTLE_S = 10.0
"""So long after the end of a silence it is told what still stands, unless a newer revision says so before."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LockedFinding:
    """A finding and its asset, locked until the transaction ends.

    `waits` is why nothing came of it yet, to be looked at again from `look_at` on. `silence_now` and `silence_before`
    are what silences it now and did a moment ago (`SETTLE_S`), `shelved_until` until when its kind is shelved.
    `is_relearning`: its model only looks on.
    """

    finding: Finding
    asset: RegisteredAsset
    waits: str | None
    look_at: datetime | None
    silence_now: str | None
    silence_before: str | None
    shelved_until: datetime | None
    is_relearning: bool


def due(tx: Transaction, *, now: datetime, most: int, skip: Collection[UUID] = ()) -> list[UUID]:
    """Name findings to look at, but for `skip`: new ones first, then those seen longest ago, asset by asset."""
    rows = tx.all("desk.due", now=now, settle_s=SETTLE_S, most=most, skip=list(skip))
    return [row["finding_id"] for row in rows]


def lock_assets(tx: Transaction, finding_ids: Sequence[UUID]) -> dict[int, RegisteredAsset]:
    """Lock the assets of some findings, but for those that somebody else decides about."""
    rows = tx.all("desk.lock_assets", finding_ids=list(finding_ids))
    return {row["asset_id"]: RegisteredAsset(**row) for row in rows}


def lock(
    tx: Transaction, finding_ids: Sequence[UUID], assets: Mapping[int, RegisteredAsset], *, now: datetime
) -> list[LockedFinding]:
    """Lock findings of locked assets, but for those that somebody else holds; one asset after the other."""
    rows = tx.all("desk.lock", finding_ids=list(finding_ids), asset_ids=list(assets), now=now, settle_s=SETTLE_S)
    return [_locked(row, assets) for row in rows]


def claim(tx: Transaction, findings: Sequence[Finding], *, at: datetime) -> set[UUID]:
    """Mark revisions as seen; left out are those that another desk has seen, whose effects then hold.

    The lock alone is not enough. A statement that began before the other desk committed still sees the revision as
    unseen, waits for the lock, and gets it once the other is done. The claim then finds the other's row.
    """
    rows = tx.all(
        "desk.claim",
        finding_ids=[one.finding_id for one in findings],
        revisions=[one.revision for one in findings],
        at=at,
    )
    tx.run("desk.take_away", finding_ids=[one.finding_id for one in findings])
    return {row["finding_id"] for row in rows}


def wait(tx: Transaction, finding_id: UUID, *, waits: str | None, look_at: datetime | None) -> None:
    """Remember why nothing came of a finding yet, and when to look again; None: it waits for nothing."""
    tx.run("desk.wait", finding_id=finding_id, waits=waits, look_at=look_at)


def wait_of_asset(tx: Transaction, asset_id: int, *, waits: str, at: datetime, kind: str | None = None) -> None:
    """Let the open findings of an asset, of one kind or of all, be looked at again once they are silenced no more."""
    tx.run("desk.wait_of_asset", asset_id=asset_id, kind=kind, waits=waits, at=at)


def lock_asset(tx: Transaction, asset_id: int) -> RegisteredAsset:
    """Lock an asset's alerts and orders against other deciders until the transaction ends.

    Raises:
        NotFound: there is no such asset.
    """
    return RegisteredAsset(**tx.one("desk.lock_asset", asset_id=asset_id))


_BESIDE = ("waits", "look_at", "silence_now", "silence_before", "shelved_until", "is_relearning")


def _locked(row: dict[str, Any], assets: Mapping[int, RegisteredAsset]) -> LockedFinding:
    beside = {name: row.pop(name) for name in _BESIDE}
    return LockedFinding(finding=_finding(row), asset=assets[row["asset_id"]], **beside)


def _finding(row: dict[str, Any]) -> Finding:
    return Finding(
        **{
            **row,
            "source": FindingSource(row["source"]),
            "severity": Severity(row["severity"]),
            "severity_now": Severity(row["severity_now"]) if row["severity_now"] else None,
            "shares": tuple(Share(**share) for share in row["shares"]),
        }
    )
