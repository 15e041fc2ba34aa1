"""The ledger as a tree: heads that are signed every hour and compared with those kept elsewhere, proofs by hand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import rfc8785
from procrastinate import Blueprint

from lifecycle import ledger
from lifecycle.attesting import merkle
from lifecycle.attesting.signed_note import NoteKey, TreeHead, signed
from lifecycle.ledger import BrokenChain, VerifiedChain
from plant.clock import Clock
from plant.errors import NotFound, Rejected
from storage.core.database import Database, Transaction
from storage.schema.upkeep import QUEUE
from storage.work import ledger as store

NAMESPACE = "ledger"
SIGN_HEADS = f"{NAMESPACE}:sign_heads"
_PROCESSES = frozenset({"", "desk", "models", "api", "register import"})


@dataclass(frozen=True, kw_only=True, slots=True)
class RestoredChain:
    """A backup was restored: entry `seq` says so, and what a head knew beyond it went with the restore."""

    seq: int


@dataclass(frozen=True, kw_only=True, slots=True)
class RewrittenChain:
    """The chain agrees with itself and not with a head: what was changed first is one of these entries."""

    first: int
    last: int


@dataclass(frozen=True, kw_only=True, slots=True)
class TruncatedChain:
    """Entries that a head knew are gone, the first of them `seq`."""

    seq: int


ChainVerdict = VerifiedChain | BrokenChain | RestoredChain | RewrittenChain | TruncatedChain


def origin_of(installation: str, project: str) -> str:
    """Name a chain for all the world.

    >>> origin_of("assetloop-0a1b", "demo")
    'assetloop-0a1b/demo'
    """
    return f"{installation}/{project}"


def head_of(tx: Transaction, project: str) -> TreeHead:
    """Return the head of a chain as it stands; a leaf of the tree is an entry's hash."""
    hashes = store.hashes(tx, project)
    return TreeHead(origin=origin_of(store.installation(tx), project), size=len(hashes), root=merkle.root(hashes))


def sign_head(tx: Transaction, project: str, key: NoteKey, at: datetime) -> str:
    """Sign the head of a chain and keep it, unless the newest one kept is of the same size; return the note.

    Raises:
        NotFound: nothing was ever entered for that project.
    """
    kept = store.newest_signed(tx, project)
    head = head_of(tx, project)
    if head.size == 0:
        raise NotFound(f"the ledger has no entry of {project}")
    if kept is not None and kept.size == head.size and kept.note.startswith(head.text):
        return kept.note
    note = signed(head, key)
    store.keep_signed(tx, project, size=head.size, root=head.root, note=note, at=at)
    return note


def sign_heads(tx: Transaction, key: NoteKey, at: datetime) -> list[str]:
    """Sign the head of every chain that has grown since it was signed; return the notes."""
    return [sign_head(tx, project, key, at) for project in store.grown(tx)]


def compare(tx: Transaction, project: str, heads: Sequence[TreeHead]) -> ChainVerdict:
    """Hold a chain against itself and against heads that somebody kept of it, and name the first entry in doubt.

    Raises:
        Rejected: a head is another chain's.
    """
    origin = origin_of(store.installation(tx), project)
    for head in heads:
        if head.origin != origin:
            raise Rejected("another_ledger", f"that head is of {head.origin}, this is {origin}")
    verdict = ledger.verify(tx, project)
    if isinstance(verdict, BrokenChain):
        return verdict
    hashes, agreed = store.hashes(tx, project), 0
    restored = store.restored(tx, project)
    for head in sorted(heads, key=lambda one: one.size):
        if head.size <= len(hashes) and merkle.root(hashes[: head.size]) == head.root:
            agreed = head.size
            continue
        since = next((seq for seq in restored if agreed < seq <= head.size), None)
        if since is not None:
            return RestoredChain(seq=since)
        if head.size > len(hashes):
            return TruncatedChain(seq=len(hashes) + 1)
        return RewrittenChain(first=agreed + 1, last=head.size)
    return verdict


def proof(tx: Transaction, project: str, seq: int, *, note: str) -> dict[str, Any]:
    """Prove that an entry is under a signed head: a document that 40 lines check without this program.

    Raises:
        NotFound: there is no such entry under that head.
    """
    (found,) = proofs(tx, project, [seq], note=note)
    return found


def proofs(tx: Transaction, project: str, seqs: Sequence[int], *, note: str) -> list[dict[str, Any]]:
    """Prove each of some entries as `proof` does; raises as it does."""
    size = int(note.splitlines()[1])
    hashes = store.hashes(tx, project)[:size]
    return [_proved(tx, project, seq, hashes, size=size, note=note) for seq in seqs]


def _proved(
    tx: Transaction, project: str, seq: int, hashes: Sequence[bytes], *, size: int, note: str
) -> dict[str, Any]:
    found = store.entries_after(tx, project, seq - 1, most=1)
    if not 1 <= seq <= size or not found or found[0].seq != seq:
        raise NotFound(f"there is no entry {seq} under that head of {project}, which has {size}")
    return {
        "entry": said(found[0]),
        "index": seq - 1,
        "size": size,
        "path": [one.hex() for one in merkle.inclusion(hashes, seq - 1)],
        "head": note,
    }


def said(stored: store.StoredEntry) -> str:
    """Return the canonical JSON of an entry, whose SHA-256 is its hash."""
    content = ledger.content_of(stored)
    return rfc8785.dumps(content).decode()


def consistency(tx: Transaction, project: str, before: int, size: int) -> list[str]:
    """Prove that the tree of `size` entries goes on from that of the first `before`.

    Raises:
        NotFound: the chain is shorter.
    """
    hashes = store.hashes(tx, project)
    if not 0 <= before <= size <= len(hashes):
        raise NotFound(f"{project} has {len(hashes)} entries")
    return [one.hex() for one in merkle.consistency(hashes[:size], before)]


def entries(tx: Transaction, project: str, *, after: int, most: int) -> list[dict[str, Any]]:
    """Return entries in order, each with its number, time, content, hash, and how it was proved who acted."""
    return [
        {
            "seq": one.seq,
            "at": one.at,
            "entry": (entry := json.loads(one.entry)),
            "hash": one.hash.hex(),
            "recognised": recognised_in(entry),
        }
        for one in store.entries_after(tx, project, after, most=most)
    ]


def recognised_in(entry: dict[str, Any]) -> str:
    """Say how it was proved who acted; entries from before people signed in do not say: a process, or a typed name.

    >>> recognised_in({"actor": "desk"}), recognised_in({"actor": "Old Wang"}), recognised_in({"recognised": "pin"})
    ('process', 'typed', 'pin')
    """
    said, actor = entry.get("recognised"), str(entry.get("actor", ""))
    if said:
        return str(said)
    return "process" if actor in _PROCESSES or actor.startswith("assetloop ") else "typed"


def ledger_blueprint(database: Database, clock: Clock, key: NoteKey) -> Blueprint:
    """Declare what a worker does for the ledger; add it with `namespace=NAMESPACE`."""
    blueprint = Blueprint()

    @blueprint.periodic(cron="3 * * * *")
    @blueprint.task(name="sign_heads", queue=QUEUE, queueing_lock=SIGN_HEADS)
    def sign(timestamp: int) -> None:  # noqa: ARG001 - periodic tasks get it
        with database.transaction() as tx:
            sign_heads(tx, key, clock.now())

    return blueprint
