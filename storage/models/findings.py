"""Findings as scoring writes them: one row an episode, which opens, is revised and clears."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from plant.finding import Assumption, Finding, FindingKind, FindingSource, assumption_of
from plant.severity import Severity
from storage.core.database import Transaction
from storage.core.keyset import After, beyond


@dataclass(frozen=True, kw_only=True, slots=True)
class FindingLine:
    """A finding as it is listed, with its asset; `suppressed` says why nobody is notified, None where people are."""

    finding_id: UUID
    asset_id: int
    site: str
    asset: str
    kind: str
    failure_mode: str
    source: FindingSource
    source_version: str
    onset: datetime
    updated: datetime
    cleared: datetime | None
    severity: Severity
    score: float
    suppressed: str | None
    revision: int
    elsewhere: bool = False

    @property
    def assumed(self) -> Assumption | None:
        """Say what is assumed of the machine's state; only after a condition alarm of a model is anything."""
        if self.source is not FindingSource.MODEL or self.kind != FindingKind.CONDITION:
            return None
        return assumption_of(self.cleared, elsewhere=self.elsewhere)

    @property
    def assumed_since(self) -> datetime | None:
        """Say since when, in data time."""
        return None if self.assumed is None else self.cleared or self.onset


def record(tx: Transaction, finding: Finding) -> int:
    """Open, revise or clear an episode, by its id; return its revision, 1 where it is new.

    `onset` stays as it was first written. `finding.revision` is not written: the row counts by itself.
    """
    row = tx.one(
        "findings.record",
        finding_id=finding.finding_id,
        asset_id=finding.asset_id,
        kind=finding.kind,
        failure_mode=finding.failure_mode,
        source=finding.source.value,
        source_version=finding.source_version,
        onset=finding.onset,
        updated=finding.updated,
        cleared=finding.cleared,
        severity=finding.severity.value,
        severity_now=finding.severity_now.value if finding.severity_now else None,
        score=finding.score,
        shares=Jsonb([{"signal": s.signal, "share": s.share, "unit": s.unit} for s in finding.shares]),
        window_from=finding.window_from,
        window_to=finding.window_to,
        quality=Jsonb(finding.quality),
        elsewhere=finding.elsewhere,
    )
    return int(row["revision"])


def clear_all_of(tx: Transaction, *, asset_id: int, source: FindingSource) -> int:
    """Clear all open findings of a source, of any kind, when each was last seen; return how many there were."""
    return tx.run("findings.clear_all_of", asset_id=asset_id, source=source.value)


def list_findings(
    tx: Transaction,
    *,
    asset_id: int | None = None,
    open_only: bool = False,
    suppressed_only: bool = False,
    after: After | None = None,
    most: int = 200,
) -> list[FindingLine]:
    """Return findings of an asset, or of all, the newest first."""
    rows = tx.all(
        "findings.list",
        asset_id=asset_id,
        open_only=open_only,
        suppressed_only=suppressed_only,
        **beyond(after),
        most=most,
    )
    return [
        FindingLine(**{**row, "source": FindingSource(row["source"]), "severity": Severity(row["severity"])})
        for row in rows
    ]
