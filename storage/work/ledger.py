"""The ledger's rows: one head per project, locked for each append, and the entries behind it."""

from __future__ import annotations

from collections.abc import Sequence
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


@dataclass(frozen=True, kw_only=True, slots=True)
class NewEntry:
    """An entry that is to be written."""

    seq: int
    at: datetime
    entry: dict[str, Any]
    previous: bytes
    digest: bytes


def add_many(tx: Transaction, project: str, entries: Sequence[NewEntry]) -> None:
    """Write entries, each of which follows the one before, and move the head; the caller holds the head's lock."""
    tx.run(
        "ledger.add_many",
        project=project,
        seqs=[one.seq for one in entries],
        ats=[one.at for one in entries],
        entries=[Jsonb(one.entry) for one in entries],
        previous=[one.previous for one in entries],
        hashes=[one.digest for one in entries],
    )
    tx.run("ledger.move_head", project=project, seq=entries[-1].seq, hash=entries[-1].digest)


def add(
    tx: Transaction, *, project: str, seq: int, at: datetime, entry: dict[str, Any], previous: bytes, digest: bytes
) -> None:
    """Write one entry and move the head to it; the caller holds the head's lock."""
    tx.run("ledger.add", project=project, seq=seq, at=at, entry=Jsonb(entry), previous=previous, hash=digest)
    tx.run("ledger.move_head", project=project, seq=seq, hash=digest)


@dataclass(frozen=True, kw_only=True, slots=True)
class ChainLine:
    """A chain of the ledger: how many entries it has, and up to which it was signed and cosigned."""

    project: str
    entries: int
    signed: int | None
    signed_at: datetime | None
    cosigned: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SignedHead:
    """A head that was signed, as a note with every signature under it."""

    size: int
    note: str


def hashes(tx: Transaction, project: str) -> list[bytes]:
    """Return every entry's hash, in order."""
    return [bytes(one) for one in tx.one("ledger.hashes", project=project)["hashes"] or ()]


def chains(tx: Transaction) -> list[ChainLine]:
    """Return every chain that has entries."""
    return [ChainLine(**row) for row in tx.all("ledger.chains")]


def grown(tx: Transaction) -> list[str]:
    """Name the chains that have more entries than were signed."""
    return [one.project for one in chains(tx) if one.signed != one.entries]


def restored(tx: Transaction, project: str) -> list[int]:
    """Return the numbers of the entries that say that a backup was restored."""
    return [row["seq"] for row in tx.all("ledger.restored", project=project)]


def keep_signed(tx: Transaction, project: str, *, size: int, root: bytes, note: str, at: datetime) -> None:
    """Keep a signed head."""
    tx.run("ledger.keep_signed", project=project, size=size, root=root, note=note, at=at)


def newest_signed(tx: Transaction, project: str) -> SignedHead | None:
    """Return the head that was signed last."""
    row = tx.first("ledger.newest_signed", project=project)
    return SignedHead(**row) if row else None


def add_cosignature(tx: Transaction, project: str, *, size: int, line: str, at: datetime) -> None:
    """Keep what a witness set under a head."""
    tx.run("ledger.add_cosignature", project=project, size=size, line=line, at=at)


def installation(tx: Transaction) -> str:
    """Return what this deployment calls itself."""
    return str(tx.one("ledger.installation")["installation"])


def entries_after(tx: Transaction, project: str, seq: int, *, most: int) -> list[StoredEntry]:
    """Return up to `most` entries after `seq`, in order."""
    return [StoredEntry(**row) for row in tx.all("ledger.after", project=project, seq=seq, most=most)]
