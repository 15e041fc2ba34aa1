"""The ledger's rows: one head per project, locked for each append, and the entries behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from storage.core.database import Transaction


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """The newest entry's number and hash; number 0 is the beginning, before any entry."""

    seq: int
    hash: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredEntry:
    """One entry as it stands in the record; `entry` is JSON text."""

    project: str
    seq: int
    at: datetime
    entry: str
    previous: bytes
    hash: bytes


def lock_head(tx: Transaction, project: str, *, beginning: bytes) -> Head:
    """Lock a project's head until the transaction ends; a new project begins with `beginning`."""
    tx.run("ledger.begin", project=project, hash=beginning)
    return Head(**tx.one("ledger.lock_head", project=project))


def head(tx: Transaction, project: str) -> Head | None:
    """Return a project's head; None where nothing was ever written."""
    row = tx.first("ledger.head", project=project)
    return Head(**row) if row else None


def add(
    tx: Transaction, *, project: str, seq: int, at: datetime, entry: dict[str, Any], previous: bytes, digest: bytes
) -> None:
    """Write one entry and move the head to it; the caller holds the head's lock."""
    tx.run("ledger.add", project=project, seq=seq, at=at, entry=Jsonb(entry), previous=previous, hash=digest)
    tx.run("ledger.move_head", project=project, seq=seq, hash=digest)


def entries_after(tx: Transaction, project: str, seq: int, *, most: int) -> list[StoredEntry]:
    """Return up to `most` entries after `seq`, in order."""
    return [StoredEntry(**row) for row in tx.all("ledger.after", project=project, seq=seq, most=most)]
