r"""Patterns of XML Schema (`xs:pattern`), by which IDS files restrict values, as regular expressions of Python.

They are written otherwise: a pattern is always about the whole value, `^` and `$` are plain characters, `\i` and `\c`
are what names begin with and consist of, and `\p{Lu}` is a category of Unicode. Blocks (`\p{IsGreek}`), classes less
what is in another (`[a-z-[aeiou]]`), and what might be tried for ever (`(a+)+`) are not translated.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import lru_cache

from plant.errors import Rejected

LONGEST_PATTERN = 300
_MOST_TIMES = 1000
_NAMES = {"i": "A-Za-z_:\\u00c0-\\u02ff\\u0370-\\ufffd", "c": "-.0-9A-Za-z_:\\u00b7\\u00c0-\\u037d\\u037f-\\ufffd"}
_PLAIN = frozenset("nrtdDsSwW\\|.?*+(){}-[]^$")
_COUNT = re.compile(r"\{(\d{1,4})(,(\d{1,4})?)?\}")


@lru_cache(maxsize=512)
def compiled(pattern: str) -> re.Pattern[str]:
    r"""Return the regular expression that a whole value must match.

    Raises:
        Rejected: it is no pattern, or one that is not translated; the text says what of it.

    >>> bool(compiled(r"P-\d{3}[A-D]?").fullmatch("P-101A")), bool(compiled("^a").fullmatch("a"))
    (True, False)
    >>> compiled("(a+)+")
    Traceback (most recent call last):
    ...
    plant.errors.Rejected: bad_pattern: (a+)+ repeats what repeats, which might be tried for ever
    """
    if len(pattern) > LONGEST_PATTERN:
        raise Rejected("bad_pattern", f"a pattern has at most {LONGEST_PATTERN} characters")
    reading = _Reading(pattern)
    translated = reading.choice()
    if reading.at < len(pattern):
        raise reading.refused(f"has a {pattern[reading.at]} too many")
    try:
        return re.compile(translated)
    except (re.error, OverflowError, RecursionError) as error:
        raise reading.refused(f"is no pattern: {error}") from error


class _Reading:
    """One pattern, read from the left; `repeats` says whether what was read last repeats without an end."""

    def __init__(self, pattern: str) -> None:
        self.pattern, self.at, self.repeats, self.times = pattern, 0, False, 1

    def refused(self, why: str) -> Rejected:
        return Rejected("bad_pattern", f"{self.pattern} {why}")

    def next(self) -> str:
        return self.pattern[self.at : self.at + 1]

    def taken(self) -> str:
        one = self.next()
        if not one:
            raise self.refused("ends too early")
        self.at += 1
        return one

    def choice(self) -> str:
        """Read alternatives up to the end or a closing bracket."""
        written, repeats = "", False
        while self.next() not in {"", ")"}:
            one = self.taken()
            self.repeats = False
            if one == "|":
                written += "|"
                continue
            written += self._repeated(self._atom(one))
            repeats = repeats or self.repeats
        self.repeats = repeats
        return written

    def _atom(self, one: str) -> str:
        if one == "(":
            inside = self.choice()
            if self.taken() != ")":
                raise self.refused("opens a bracket that is not closed")
            return f"(?:{inside})"
        if one == "[":
            return self._class()
        if one == "\\":
            return self._escape(in_class=False)
        if one in "?*+{}]":
            raise self.refused(f"has a {one} that follows nothing")
        return "[^\\n\\r]" if one == "." else re.escape(one)

    def _repeated(self, atom: str) -> str:
        """Read how often the atom comes."""
        mark = self.next()
        counted = _COUNT.match(self.pattern, self.at) if mark == "{" else None
        if counted is not None:
            self.at = counted.end()
            is_endless, written = bool(counted[2]) and not counted[3], counted[0]
            self.times *= max(int(counted[1]), int(counted[3] or 1), 1)
            is_many = is_endless or max(int(counted[1]), int(counted[3] or 0)) > 1
        elif mark and mark in "?*+":
            self.at += 1
            is_endless = is_many = mark != "?"
            written = mark
        else:
            return atom
        if self.times > _MOST_TIMES:
            raise self.refused(f"repeats more than {_MOST_TIMES} times")
        if is_many and self.repeats:
            raise self.refused("repeats what repeats, which might be tried for ever")
        self.repeats = self.repeats or is_endless
        return atom + written

    def _class(self) -> str:
        """Read a class of characters, whose opening bracket was taken."""
        written = "[^" if self.next() == "^" else "["
        self.at += written == "[^"
        while True:
            one = self.taken()
            if one == "]":
                return f"{written}]"
            if one == "[" or (one == "-" and self.next() == "["):
                raise self.refused("takes a class away from another, which is not translated")
            written += self._escape(in_class=True) if one == "\\" else "-" if one == "-" else re.escape(one)

    def _escape(self, *, in_class: bool) -> str:
        one = self.taken()
        if one in _PLAIN:
            return f"\\{one}"
        if one in "pP":
            return self._category(is_not=one == "P", in_class=in_class)
        inside = _NAMES.get(one.lower(), "")
        if not inside or (in_class and one.isupper()):
            raise self.refused(f"has \\{one}, which is not translated{' here' if inside else ''}")
        return inside if in_class else f"[^{inside}]" if one.isupper() else f"[{inside}]"

    def _category(self, *, is_not: bool, in_class: bool) -> str:
        found = re.compile(r"\{([A-Za-z0-9-]{1,40})\}").match(self.pattern, self.at)
        if found is None or not re.fullmatch(r"[LMNPZSC][a-z]?", found[1]) or (is_not and in_class):
            raise self.refused(f"has \\p{found[0] if found else ''}, which is not translated")
        self.at = found.end()
        inside = _of_category(found[1])
        return inside if in_class else f"[{'^' if is_not else ''}{inside}]"


@lru_cache(maxsize=32)
def _of_category(category: str) -> str:
    """Write the characters of a category of Unicode as ranges within a class."""
    ranges: list[list[int]] = []
    for point in range(sys.maxunicode + 1):
        if not unicodedata.category(chr(point)).startswith(category) or 0xD800 <= point <= 0xDFFF:
            continue
        if ranges and ranges[-1][1] == point - 1:
            ranges[-1][1] = point
        else:
            ranges.append([point, point])
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges)
