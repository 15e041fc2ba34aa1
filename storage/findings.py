"""Findings as scoring writes them: one row an episode, which opens, is revised and clears."""

from __future__ import annotations

from psycopg.types.json import Jsonb

from plant.finding import Finding, FindingSource
from storage.database import Transaction


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
        score=finding.score,
        shares=Jsonb([{"signal": s.signal, "share": s.share, "unit": s.unit} for s in finding.shares]),
        window_from=finding.window_from,
        window_to=finding.window_to,
        quality=Jsonb(finding.quality),
    )
    return int(row["revision"])


def clear_open(tx: Transaction, *, asset_id: int, kind: str, source: FindingSource) -> int:
    """Clear what stands open of this kind at the last instant it was seen; return how many that was, 0 or 1."""
    return tx.run("findings.clear_open", asset_id=asset_id, kind=kind, source=source.value)
