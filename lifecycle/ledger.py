"""The ledger remembers, per project, what was done; each entry carries the hash of the one before.

An entry's hash is SHA-256 over the canonical JSON (RFC 8785) of
`{"at", "entry", "previous", "project", "seq"}`, with `at` in UTC to the microsecond, as PostgreSQL
keeps it, and `previous` in hexadecimal. The first entry's `previous` is 32 zero bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import rfc8785

from lifecycle.ledger_events import LedgerEvent
from storage.core.database import Transaction
from storage.work import ledger as store

_BEGINNING = bytes(32)
_PAGE = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """Where an entry stands in its project's chain."""

    project: str
    seq: int
    hash: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class VerifiedChain:
    """Every entry agrees with its hash, its predecessor and the head."""

    entries: int
    head: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class BrokenChain:
    """The first entry that was changed, is missing, cannot be read, or disagrees with the head.

    `unreadable` is what the database said where it could not read the entry: then the record is damaged.
    """

    seq: int
    unreadable: str = ""


def append(tx: Transaction, project: str, event: LedgerEvent, at: datetime) -> Entry:
    """Enter one event at the end of a project's chain; appends wait for each other until the transaction ends.

    Where the transaction is on somebody's behalf, the entry says how they were recognised; one that does not say so was
    made by a process, or with a name that was typed.

    Raises:
        ValueError: the event's content is not JSON that every reader sees alike (NaN, integers beyond 2**53).
    """
    (head,) = store.append(tx, project, [(at, _said(tx, event))])
    return Entry(project=project, seq=head.seq, hash=head.hash)


def note(tx: Transaction, project: str, event: LedgerEvent, at: datetime) -> None:
    """Enter one event: at once, or where the transaction gathers them at the end of that."""
    if tx.gathered is None:
        append(tx, project, event, at)
    else:
        tx.gathered.append((project, at, _said(tx, event)))


@contextmanager
def gathered(tx: Transaction) -> Iterator[None]:
    """Let what is noted in the block be entered at its end, all at once, so that heads are locked for but a moment."""
    tx.gathered = []
    yield
    noted, tx.gathered = tx.gathered, None
    for project in sorted({one[0] for one in noted}):
        store.append(tx, project, [(at, said) for of, at, said in noted if of == project])


def _said(tx: Transaction, event: LedgerEvent) -> str:
    """Return the canonical JSON of what is entered."""
    entry = event.content()
    if tx.principal is not None:
        entry |= {"recognised": tx.principal.recognition.value, "person": tx.principal.person_id or None}
    return rfc8785.dumps(entry).decode()


def verify(tx: Transaction, project: str) -> VerifiedChain | BrokenChain:
    """Walk a project's chain from its beginning to its head."""
    seq, previous = 0, _BEGINNING
    while page := store.readable_after(tx, project, seq, most=_PAGE):
        if isinstance(page, store.UnreadableEntry):
            return BrokenChain(seq=page.seq, unreadable=page.because)
        for stored in page:
            if not _follows(stored, seq, previous):
                return BrokenChain(seq=seq + 1)
            seq, previous = stored.seq, stored.hash
    head = store.readable_head(tx, project, newest=seq) or store.Head(seq=0, hash=_BEGINNING)
    if isinstance(head, store.UnreadableEntry):
        return BrokenChain(seq=max(seq, 1), unreadable=head.because)
    if head.seq != seq:
        return BrokenChain(seq=min(head.seq, seq) + 1)
    return VerifiedChain(entries=seq, head=previous) if head.hash == previous else BrokenChain(seq=seq)


def fingerprint(document: dict[str, Any]) -> str:
    """Return the SHA-256 of a document's canonical JSON, in hexadecimal.

    >>> fingerprint({"b": 1.0, "a": 2}) == fingerprint({"a": 2.0, "b": 1})
    True
    """
    return hashlib.sha256(rfc8785.dumps(document)).hexdigest()


def _follows(stored: store.StoredEntry, seq: int, previous: bytes) -> bool:
    """Say whether an entry is the next one and says what its hash says."""
    if (stored.seq, stored.previous) != (seq + 1, previous):
        return False
    try:
        return hashlib.sha256(rfc8785.dumps(content_of(stored))).digest() == stored.hash
    except ValueError:  # no entry was ever made of a number that is not finite, or of what is no JSON
        return False


def content_of(stored: store.StoredEntry) -> dict[str, Any]:
    """Return what an entry's hash is over."""
    # RFC 8785 knows only doubles; PostgreSQL writes a large one out as an integer
    entry = json.loads(stored.entry, parse_int=float)
    return {
        "project": stored.project,
        "seq": stored.seq,
        "at": stored.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "entry": entry,
        "previous": stored.previous.hex(),
    }
