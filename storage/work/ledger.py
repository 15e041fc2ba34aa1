"""The ledger's rows: one head per project, which moves only with what is appended, and the entries behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar

import psycopg

from storage.core.database import Transaction

Found = TypeVar("Found")


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


@dataclass(frozen=True, kw_only=True, slots=True)
class UnreadableEntry:
    """The record of entry `seq` is damaged, so that the database cannot read it; `because` is what it says."""

    seq: int
    because: str


def append(tx: Transaction, project: str, entries: Sequence[tuple[datetime, str]]) -> list[Head]:
    """Append entries (instant, canonical JSON) to a chain and return their heads; one append waits for the other."""
    rows = tx.all(
        "ledger.append", project=project, ats=[at for at, _ in entries], entries=[said for _, said in entries]
    )
    return [Head(**row) for row in rows]


def projects(tx: Transaction) -> list[str]:
    """Name every chain that has a head or an entry."""
    return [row["project"] for row in tx.all("ledger.projects")]


def head(tx: Transaction, project: str) -> Head | None:
    """Return a project's head; None where nothing was ever written."""
    row = tx.first("ledger.head", project=project)
    return Head(**row) if row else None


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


def readable_after(tx: Transaction, project: str, seq: int, *, most: int) -> list[StoredEntry] | UnreadableEntry:
    """Return what `entries_after` does, or the first of those entries that cannot be read."""
    page = _readable(tx, seq + 1, partial(entries_after, tx, project, seq, most=most))
    if most == 1 or not isinstance(page, UnreadableEntry):
        return page
    found: list[StoredEntry] = []
    for after in range(seq, seq + most):
        one = readable_after(tx, project, after, most=1)
        if isinstance(one, UnreadableEntry):
            return found or one
        found += one
    return found


def readable_head(tx: Transaction, project: str, *, newest: int) -> Head | UnreadableEntry | None:
    """Return what `head` does; a head that cannot be read is that of the `newest` entry."""
    return _readable(tx, newest, partial(head, tx, project))


def _readable(tx: Transaction, seq: int, read: Callable[[], Found]) -> Found | UnreadableEntry:
    """Read in a savepoint, so that the transaction goes on where the record is damaged."""
    try:
        with tx.connection.transaction():
            return read()
    except (psycopg.Error, UnicodeError) as error:
        if tx.connection.broken:
            raise
        return UnreadableEntry(seq=seq, because=str(error).partition("\n")[0])
