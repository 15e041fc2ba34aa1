"""The gates of projects as rows: passed or waived, and signatures, of which none is ever taken away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from psycopg.types.json import Jsonb

from storage.core.database import Transaction

Side = Literal["engineering", "operations", "supervisor"]


@dataclass(frozen=True, kw_only=True, slots=True)
class SettledGate:
    """A gate that was passed or waived: by whom, with what evidence."""

    gate: str
    outcome: str
    at: datetime
    actor: str
    person: str
    recognised: str
    note: str
    evidence: dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptSignature:
    """A signature over a manifest; `voided_because` names what changed since."""

    signature_id: int
    gate: str
    side: str
    person: str
    signed_by: str
    recognised: str
    signed_at: datetime
    manifest_sha256: str
    manifest: dict[str, Any]
    voided_at: datetime | None
    voided_because: str | None


def settle_gate(tx: Transaction, project_id: int, gate: SettledGate) -> None:
    """Let a gate be passed or waived, once and for all."""
    values = {name: getattr(gate, name) for name in ("gate", "outcome", "at", "actor", "person", "recognised", "note")}
    tx.run("gates.settle_gate", project_id=project_id, **values, evidence=Jsonb(gate.evidence))


def gates(tx: Transaction, project_id: int) -> list[SettledGate]:
    """Return the gates that are passed or waived."""
    return [SettledGate(**row) for row in tx.all("gates.gates", project_id=project_id)]


def sign(
    tx: Transaction,
    project_id: int,
    *,
    gate: str,
    side: Side,
    person: str,
    signed_by: str,
    recognised: str,
    manifest_sha256: str,
    manifest: dict[str, Any],
    at: datetime,
) -> None:
    """Keep a signature."""
    values = {"gate": gate, "side": side, "person": person, "signed_by": signed_by, "recognised": recognised}
    tx.run(
        "gates.sign",
        project_id=project_id,
        **values,
        manifest_sha256=manifest_sha256,
        manifest=Jsonb(manifest),
        at=at,
    )


def signatures(tx: Transaction, project_id: int) -> list[KeptSignature]:
    """Return every signature in order, those that were voided too."""
    return [KeptSignature(**row) for row in tx.all("gates.signatures", project_id=project_id)]


def void(tx: Transaction, signature_id: int, *, at: datetime, because: str) -> None:
    """Void a signature, and say what changed; the first reason counts."""
    tx.run("gates.void", signature_id=signature_id, at=at, because=because)
