"""English sentences and their Chinese; `{}` in one stands for a value, which may be such a sentence itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property

_HOLE = re.compile(r"\{\}")


class Phrases:
    """A table of sentences; values stand where `{}` or, where Chinese wants another order, `{1}` stands, from 0."""

    def __init__(self, chinese: Mapping[str, str]) -> None:
        self._chinese = chinese

    def said(self, english: str) -> str:
        """Return the Chinese of a sentence; what has none stays English.

        >>> Phrases({"{} is away": "{} 不可用", "the door": "大门"}).said("the door is away")
        '大门 不可用'
        """
        if not english or english in self._chinese:
            return self._chinese.get(english, english)
        for pattern, chinese in self._patterns:
            found = pattern.fullmatch(english)
            if found is not None:
                return chinese.format(*map(self.said, found.groups()))
        return english

    @cached_property
    def _patterns(self) -> tuple[tuple[re.Pattern[str], str], ...]:
        """Compile what holds values; the one with the most words of its own is tried first."""
        holed = sorted((one for one in self._chinese if "{}" in one), key=lambda one: -len(_HOLE.sub("", one)))
        return tuple((_pattern(one), self._chinese[one]) for one in holed)


def _pattern(english: str) -> re.Pattern[str]:
    return re.compile("(.*?)".join(map(re.escape, _HOLE.split(english))), re.DOTALL)
