"""The rows of sessions: who acts in which, until it ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from plant.people.principal import Recognition
from storage.core.database import Transaction


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenSession:
    """A session that has not ended; at a shared terminal who acts and who opened it may be two people."""

    person_id: str
    opened_by: str
    recognition: Recognition
    is_shared: bool
    ends_at: datetime


def begin(
    tx: Transaction,
    *,
    sha256: bytes,
    person_id: str,
    recognition: Recognition,
    is_shared: bool,
    at: datetime,
    ends_at: datetime,
    address: str,
) -> None:
    """Begin a session."""
    tx.run(
        "sessions.open",
        sha256=sha256,
        person_id=person_id,
        recognition=recognition.value,
        is_shared=is_shared,
        at=at,
        ends_at=ends_at,
        address=address,
    )


def find(tx: Transaction, sha256: bytes, *, at: datetime) -> OpenSession | None:
    """Return a session; None where it has ended, or its person is not let in any more."""
    row = tx.first("sessions.find", sha256=sha256, at=at)
    return OpenSession(**{**row, "recognition": Recognition(row["recognition"])}) if row else None


def change_person(tx: Transaction, sha256: bytes, person_id: str, recognition: Recognition) -> None:
    """Let somebody else be who acts in a session; it is a shared one from then on."""
    tx.run("sessions.change_person", sha256=sha256, person_id=person_id, recognition=recognition.value)


def end(tx: Transaction, sha256: bytes, *, at: datetime, because: str) -> bool:
    """End a session; False where it had ended."""
    return tx.run("sessions.end", sha256=sha256, at=at, because=because) > 0


def end_all_of(tx: Transaction, person_id: str, *, at: datetime, because: str) -> int:
    """End every session that a person opened or acts in; returns how many."""
    return tx.run("sessions.end_all_of", person_id=person_id, at=at, because=because)
