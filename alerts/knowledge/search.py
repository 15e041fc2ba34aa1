"""One search over closed orders, lessons, documents and rationalisations, in English and Chinese alike.

A question is asked by the words in it and by what they mean. What comes first says what else goes with it
(pseudo-relevance feedback, Rocchio 1971), and the question is asked once more with that: so a text that shares few
words with it is found by what it shares with its answers. `docs/knowledge.md` holds what was measured.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from alerts.knowledge.words import Span, keys, spans
from plant.errors import Rejected
from storage.core.database import Transaction
from storage.knowledge import entries
from storage.knowledge.entries import FoundEntry

_LONGEST_QUESTION = 2000
_MOST = 200
_SPARE = 50  # some of what is found the second time has nothing of the question itself, and is left out
_LEAST_SPELT = 4  # shorter words are like too many others
_LEAST_LIKENESS = 0.5


@dataclass(frozen=True, kw_only=True, slots=True)
class SearchRules:
    """How a question is weighed; the defaults were chosen on half of the texts, see `docs/knowledge.md`.

    A meaning counts 1. `beside_meaning` is what a word counts whose meaning counts already, `without_meaning` one that
    is not in the vocabulary; `likeness` what a word counts that is only spelt alike. `feedback` is what the meanings of
    the first `leading` answers count, and `length_counts` how much a long text is held against itself.
    """

    beside_meaning: float = 0.1
    without_meaning: float = 0.5
    likeness: float = 0.6
    feedback: float = 0.6
    leading: int = 2
    length_counts: float = 0.3


class Because(StrEnum):
    """Why an entry was found: the same word, the same meaning, or a word spelt nearly so."""

    WORD = "word"
    MEANING = "meaning"
    SPELLING = "spelling"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """One reason why an entry was found: what was asked, and what stands there."""

    because: Because
    asked: str
    found: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """A piece of a text; `is_match` where it is what was asked for."""

    text: str
    is_match: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """What was found, with its title, the part of its text that fits, and why."""

    entry: FoundEntry
    title: tuple[Piece, ...]
    snippet: tuple[Piece, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class SearchAnswer:
    """What a question found, best first; without `knows_spelling` this server finds no misspelt words."""

    hits: tuple[Hit, ...]
    knows_spelling: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """A question taken apart: what each key counts, what was typed for it, and which are only spelt alike."""

    weights: Mapping[str, float]
    typed: Mapping[str, str]
    alike: frozenset[str]


def search(
    tx: Transaction,
    asked: str,
    *,
    kinds: Sequence[str] | None = None,
    asset_class: str | None = None,
    most: int = 20,
    rules: SearchRules | None = None,
) -> SearchAnswer:
    """Return what answers a question best.

    Raises:
        Rejected: nothing is asked, or too much.
    """
    how = rules or SearchRules()
    question = taken_apart(tx, _checked(asked), how)
    found = find(tx, question, kinds=kinds, asset_class=asset_class, most=min(most, _MOST), rules=how)
    return SearchAnswer(
        hits=tuple(explained(question, entry) for entry in found), knows_spelling=entries.knows_spelling(tx)
    )


def taken_apart(tx: Transaction, asked: str, rules: SearchRules) -> Question:
    """Weigh the words of a question, and add those of the record that are spelt nearly so."""
    found = spans(asked)
    weights: dict[str, float] = {}
    typed: dict[str, str] = {}
    for span in found:
        weights[span.key] = max(_weight(span, found, rules), weights.get(span.key, 0.0))
        typed.setdefault(span.key, asked[span.start : span.end])
    spelt = [key for key in weights if len(key) >= _LEAST_SPELT and key.isascii() and not key.startswith("=")]
    alike = entries.similar(tx, spelt, least=_LEAST_LIKENESS) if spelt else []
    for one in alike:
        if one.word not in weights:
            weights[one.word] = rules.likeness * one.likeness * max(weights[one.asked], rules.without_meaning)
            typed[one.word] = typed[one.asked]
    return Question(
        weights=weights, typed=typed, alike=frozenset(one.word for one in alike if one.word not in keys(asked))
    )


def find(
    tx: Transaction,
    question: Question,
    *,
    kinds: Sequence[str] | None = None,
    asset_class: str | None = None,
    most: int,
    rules: SearchRules,
) -> list[FoundEntry]:
    """Return the entries that answer best: asked once as it is, then with what goes with the first answers."""

    def ask(weights: Mapping[str, float], most: int) -> list[FoundEntry]:
        return entries.search(
            tx, weights, most=most, kinds=kinds, asset_class=asset_class, length_counts=rules.length_counts
        )

    first = ask(question.weights, rules.leading) if question.weights else []
    if not first:
        return []
    again = ask(_with_feedback(question.weights, first, rules), most + _SPARE)
    return [entry for entry in again if not question.weights.keys().isdisjoint(entry.matched)][:most]


def explained(question: Question, entry: FoundEntry) -> Hit:
    """Say why an entry was found, and show where."""
    asked = {key for key in entry.matched if key in question.typed}
    in_title = [span for span in spans(entry.title) if span.key in asked]
    in_body = [span for span in spans(entry.body) if span.key in asked]
    return Hit(
        entry=entry,
        title=_pieces(entry.title, in_title, 0, len(entry.title)),
        snippet=_snippet(entry.body, in_body),
        reasons=tuple(_reasons(question, entry, in_title, in_body)),
    )


def _checked(asked: str) -> str:
    if not asked.strip():
        raise Rejected("nothing_asked", "say what is looked for")
    if len(asked) > _LONGEST_QUESTION:
        raise Rejected("too_long", f"a question has at most {_LONGEST_QUESTION} characters")
    return asked


def _weight(span: Span, others: Sequence[Span], rules: SearchRules) -> float:
    if span.is_meaning:
        return 1.0
    has_meaning = any(one.is_meaning and one.start <= span.start and span.end <= one.end for one in others)
    return rules.beside_meaning if has_meaning else rules.without_meaning


def _with_feedback(weights: Mapping[str, float], leading: Sequence[FoundEntry], rules: SearchRules) -> dict[str, float]:
    """Add what the first answers mean, each by its part of their scores; not their words, nor the tags in them."""
    total = sum(entry.score for entry in leading)
    fed = dict(weights)
    for entry in leading:
        for key in keys(f"{entry.title}\n{entry.body}"):
            if key.startswith("="):
                fed[key] = fed.get(key, 0.0) + rules.feedback * entry.score / total
    return fed


def _reasons(question: Question, entry: FoundEntry, in_title: Sequence[Span], in_body: Sequence[Span]) -> list[Reason]:
    """Say each thing once: a word that is the same needs no meaning beside it."""
    found: dict[str, Reason] = {}
    for text, matches in ((entry.title, in_title), (entry.body, in_body)):
        for span in matches:
            asked, there = question.typed[span.key], text[span.start : span.end]
            because = Because.SPELLING if span.key in question.alike else Because.WORD
            if span.is_meaning and asked.casefold() != there.casefold():
                because = Because.MEANING
            known = found.get(asked)
            if known is None or (known.because is not Because.WORD and because is Because.WORD):
                found[asked] = Reason(because=because, asked=asked, found=there)
    return list(found.values())


_BEFORE, _SHOWN = 60, 220


def _snippet(body: str, matches: Sequence[Span]) -> tuple[Piece, ...]:
    """Show the part of a text in which most of what was asked stands; its beginning where nothing does."""
    starts = [max(0, span.start - _BEFORE) for span in matches] or [0]
    within = {
        start: len({one.key for one in matches if start <= one.start and one.end <= start + _SHOWN}) for start in starts
    }
    begin = max(starts, key=lambda start: (within[start], -start))
    if len(body) <= _SHOWN:
        begin = 0
    elif begin:
        space = body.find(" ", begin, begin + _BEFORE // 2)
        begin = begin if space < 0 else space + 1
    end = min(len(body), begin + _SHOWN)
    pieces = _pieces(body, matches, begin, end)
    lead = (Piece(text="… ", is_match=False),) if begin else ()
    trail = (Piece(text=" …", is_match=False),) if end < len(body) else ()
    return (*lead, *pieces, *trail)


def _pieces(text: str, matches: Sequence[Span], begin: int, end: int) -> tuple[Piece, ...]:
    """Cut text[begin:end] where what was asked begins and ends."""
    marked = bytearray(len(text))
    for span in matches:
        marked[span.start : span.end] = b"\x01" * (span.end - span.start)
    pieces: list[Piece] = []
    start = begin
    for at in range(begin + 1, end + 1):
        if at == end or marked[at] != marked[start]:
            pieces.append(Piece(text=text[start:at], is_match=bool(marked[start])))
            start = at
    return tuple(pieces)
