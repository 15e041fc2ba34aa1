"""What can be found, as rows: put an entry with its words, drop it, and search by words with their weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from storage.core.database import Transaction


@dataclass(frozen=True, kw_only=True, slots=True)
class KnowledgeEntry:
    """One thing that can be found. Without `site_id` it is for every site. `length` counts the words of its text."""

    kind: str
    key: str
    title: str
    body: str
    at: datetime
    words: Sequence[str]
    length: int
    stamp: str
    site_id: int | None = None
    class_id: int | None = None
    asset_id: int | None = None
    failure_mode: str = ""
    signals: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundEntry:
    """An entry that was found: where it belongs, how well it fits, and by which of the words asked for."""

    kind: str
    key: str
    site: str | None
    asset_class: str | None
    asset: str | None
    failure_mode: str
    signals: tuple[str, ...]
    title: str
    body: str
    at: datetime
    score: float
    matched: frozenset[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """What entries of a class are compared with: an order by its words, failure mode and signals."""

    asset_class: str
    order_id: int
    failure_mode: str
    signals: Sequence[str]
    weights: Mapping[str, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class NearEntry:
    """An entry that is near to something, and what they share besides words."""

    entry: FoundEntry
    same_mode: bool
    shared_signals: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class SimilarWord:
    """A word of the record that is spelt nearly as one that was asked for, with how like they are: 0 to 1."""

    asked: str
    word: str
    likeness: float


def put(tx: Transaction, entry: KnowledgeEntry) -> None:
    """Let a thing be found by its words, in place of those it had."""
    before = _words(tx, entry.kind, entry.key)
    words = sorted(set(entry.words))
    tx.run(
        "entries.put",
        kind=entry.kind,
        key=entry.key,
        site_id=entry.site_id,
        class_id=entry.class_id,
        asset_id=entry.asset_id,
        failure_mode=entry.failure_mode,
        signals=list(entry.signals),
        title=entry.title,
        body=entry.body,
        at=entry.at,
        words=words,
        length=entry.length,
        stamp=entry.stamp,
    )
    _count(tx, before, frozenset(words))


def drop(tx: Transaction, kind: str, key: str) -> None:
    """Let a thing be found no more; nothing happens where it was not."""
    before = _words(tx, kind, key)
    tx.run("entries.drop", kind=kind, key=key)
    _count(tx, before, frozenset())


def search(
    tx: Transaction,
    weights: Mapping[str, float],
    *,
    most: int,
    kinds: Sequence[str] | None = None,
    asset_class: str | None = None,
    length_counts: float,
) -> list[FoundEntry]:
    """Return what fits words best; how much each counts is its weight, and how rare it is.

    `length_counts` is how much a long text is held against itself: 0 not at all, 1 in proportion.
    """
    rows = tx.all(
        "entries.search",
        words=list(weights),
        weights=[float(weight) for weight in weights.values()],
        most=most,
        kinds=None if kinds is None else list(kinds),
        asset_class=asset_class,
        length_counts=length_counts,
    )
    return [_found(row) for row in rows]


def nearest(tx: Transaction, to: Comparison, *, most: int, least: float) -> list[NearEntry]:
    """Return what is nearest to something, by failure mode, signals and words; `least` is 0 to 2, what fits wholly."""
    rows = tx.all(
        "entries.nearest",
        words=list(to.weights),
        weights=[float(weight) for weight in to.weights.values()],
        asset_class=to.asset_class,
        order_id=to.order_id,
        failure_mode=to.failure_mode,
        signals=list(to.signals),
        most=most,
        least=least,
    )
    return [
        NearEntry(same_mode=row.pop("same_mode"), shared_signals=tuple(row.pop("shared_signals")), entry=_found(row))
        for row in rows
    ]


def similar(tx: Transaction, words: Sequence[str], *, least: float) -> list[SimilarWord]:
    """Name words of the record that are spelt nearly as those asked for; none where the server lacks pg_trgm."""
    return [SimilarWord(**row) for row in tx.all("entries.similar", words=list(words), least=least)]


def knows_spelling(tx: Transaction) -> bool:
    """Say whether misspelt words are found on this server."""
    return bool(tx.one("entries.knows_spelling")["knows"])


def _found(row: dict[str, Any]) -> FoundEntry:
    return FoundEntry(**{**row, "signals": tuple(row["signals"]), "matched": frozenset(row["matched"])})


def _words(tx: Transaction, kind: str, key: str) -> frozenset[str]:
    row = tx.first("entries.words", kind=kind, key=key)
    return frozenset(row["words"]) if row else frozenset()


def _count(tx: Transaction, before: frozenset[str], after: frozenset[str]) -> None:
    changes = {**dict.fromkeys(after - before, 1), **dict.fromkeys(before - after, -1)}
    if changes:
        tx.run("entries.count_words", words=list(changes), changes=list(changes.values()))
