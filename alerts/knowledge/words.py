"""The words of a maintenance text in English and Chinese, as the search knows them.

A word is found under keys: its stem, or for Chinese what `rjieba` cuts; and what it means by the vocabulary
(`=bearing`), in which both languages meet.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import rjieba

from alerts.knowledge.stemming import stem

WORDS_VERSION = 1
"""Raised whenever the same text has other keys: what was indexed by another version is indexed again."""

_RUN = re.compile(r"(?P<latin>[a-z0-9µ]+(?:[-./_][a-z0-9]+)*)|(?P<chinese>[\u3400-\u4dbf\u4e00-\u9fff]+)")
_PART = re.compile(r"[a-z0-9µ]+")
_LONGEST_WORD = 60
_MOST_WORDS = 4000
_IDLE_WORDS = """
a an and are as at be been by can did do does for from had has have he i if in into is it its not of off on or our out
so than that the their them then there this to up was we were when where which while who will with
的 了 后 和 在 与 及 为 被 把 将 已 由 对 从 到 至 于 等 并 且 其 该 此 是 有 就 也 因 因为
导致 造成 原因 发现 正常 恢复
"""
_IDLE = frozenset(_IDLE_WORDS.split())
MEANING = "="
"""A key that begins so is a meaning of the vocabulary, not a word."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text and one key under which it is found."""

    start: int
    end: int
    key: str

    @property
    def is_meaning(self) -> bool:
        """Say whether the key is a meaning, not a word."""
        return self.key.startswith(MEANING)


def spans(text: str) -> list[Span]:
    """Find every word of a text, with where it stands.

    >>> [span.key for span in spans("Bearings of P-101A")]
    ['=bearing', 'bearing', 'p101a']
    """
    return sorted(set(_spans(text)), key=lambda span: (span.start, span.end, span.key))


def keys(text: str) -> list[str]:
    """Name the keys of a text, each once, in the order in which they come.

    >>> keys("轴承发热")
    ['=bearing', '轴承', '=hot', '发热']
    """
    return list(dict.fromkeys(span.key for span in spans(text)))


def _spans(text: str) -> Iterator[Span]:
    plain = _plain(text)
    latin: list[Span] = []
    for place, run in enumerate(_RUN.finditer(plain)):
        if place >= _MOST_WORDS:
            return
        if run["latin"]:
            latin.extend(_latin(run["latin"], run.start()))
            continue
        yield from _meanings_of_run(run["chinese"], run.start())
        yield from _chinese(run["chinese"], run.start())
    yield from _meanings_of_words(latin)
    yield from (span for span in latin if span.key not in _IDLE)


def _plain(text: str) -> str:
    """Return a text in small letters and of usual width, character for character."""
    return "".join(_plain_character(one) for one in text)


@cache
def _plain_character(one: str) -> str:
    folded = unicodedata.normalize("NFKC", one).lower()
    return folded if len(folded) == 1 else one


def _latin(run: str, at: int) -> Iterator[Span]:
    if len(run) > _LONGEST_WORD:
        return
    if any(one.isdigit() for one in run):
        yield Span(at, at + len(run), "".join(_PART.findall(run)))
        return
    for part in _PART.finditer(run):
        if len(part[0]) > 1:
            yield Span(at + part.start(), at + part.end(), part[0] if part[0] in _IDLE else stem(part[0]))


def _chinese(run: str, at: int) -> Iterator[Span]:
    for word, start, end in rjieba.tokenize(run, mode="search"):
        if word not in _IDLE:
            yield Span(at + start, at + end, word)


def _meanings_of_run(run: str, at: int) -> Iterator[Span]:
    """Find what a run of Chinese characters means, the longest words first."""
    chinese, longest = _vocabulary().chinese, _vocabulary().longest_chinese
    start = 0
    while start < len(run):
        for size in range(min(longest, len(run) - start), 0, -1):
            meant = chinese.get(run[start : start + size], ())
            if meant:
                yield from (Span(at + start, at + start + size, MEANING + one) for one in meant)
                start += size
                break
        else:
            start += 1


def _meanings_of_words(words: Sequence[Span]) -> Iterator[Span]:
    """Find what words in their order mean, the longest phrases first."""
    latin, longest = _vocabulary().latin, _vocabulary().longest_latin
    place = 0
    while place < len(words):
        for size in range(min(longest, len(words) - place), 0, -1):
            phrase = words[place : place + size]
            meant = latin.get(tuple(span.key for span in phrase), ())
            if meant:
                yield from (Span(phrase[0].start, phrase[-1].end, MEANING + one) for one in meant)
                place += size
                break
        else:
            place += 1


@dataclass(frozen=True, kw_only=True, slots=True)
class _Vocabulary:
    latin: Mapping[tuple[str, ...], tuple[str, ...]]
    chinese: Mapping[str, tuple[str, ...]]
    longest_latin: int
    longest_chinese: int


@cache
def _vocabulary() -> _Vocabulary:
    text = (files("alerts.knowledge") / "vocabulary.toml").read_text(encoding="utf-8")
    latin: dict[tuple[str, ...], tuple[str, ...]] = {}
    chinese: dict[str, tuple[str, ...]] = {}
    for part in tomllib.loads(text).values():
        for meaning, phrases in part.items():
            for phrase in phrases:
                if phrase.isascii():
                    words = tuple(span.key for run in _RUN.finditer(phrase) for span in _latin(run[0], 0))
                    latin[words] = (*latin.get(words, ()), meaning)
                else:
                    chinese[phrase] = (*chinese.get(phrase, ()), meaning)
    return _Vocabulary(
        latin=latin,
        chinese=chinese,
        longest_latin=max(map(len, latin)),
        longest_chinese=max(map(len, chinese)),
    )
