"""What English words have in common without their endings: after steps 1a and 1b of Porter (1980)."""

from __future__ import annotations

import re

_VOWEL = re.compile(r"[aeiouy]")
_DOUBLE = re.compile(r"([bdfgklmnprt])\1$")
_LEAST = 3
_ENDINGS = ("ement", "ing", "ed", "ly")


def stem(word: str) -> str:
    """Return what a word has in common with its other forms; not a word itself.

    >>> [stem(word) for word in ("bearings", "replaced", "replacing", "replacement", "plugged", "valves", "stays")]
    ['bearing', 'replac', 'replac', 'replac', 'plug', 'valv', 'stay']
    >>> [stem(word) for word in ("leaking", "leaks", "batteries", "hot", "class", "bearing", "oil", "housing")]
    ['leak', 'leak', 'batteri', 'hot', 'class', 'bearing', 'oil', 'hous']
    """
    if word in _WHOLE:
        return word
    singular = _singular(word)
    if singular in _WHOLE:
        return singular
    for ending in _ENDINGS:
        rest = singular.removesuffix(ending)
        if rest != singular and len(rest) >= _LEAST and _VOWEL.search(rest):
            singular = _DOUBLE.sub(r"\1", rest)
            break
    return _without_last_vowel(singular)


# Things whose names only look like forms of a verb.
_WHOLE = frozenset(
    {"bearing", "coupling", "packing", "casing", "winding", "lagging", "fitting", "speed", "feed", "reed"}
)


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > _LEAST + 1:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > _LEAST:
        return word[:-1]
    return word


def _without_last_vowel(word: str) -> str:
    if len(word) <= _LEAST:
        return word
    if word.endswith("e"):
        return word[:-1]
    return word[:-1] + "i" if word.endswith("y") and word[-2] not in "aeiou" else word
