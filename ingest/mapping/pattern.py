"""Patterns: topics with named parts, and texts that are made of what those stand for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from plant.errors import Rejected

_NAMED = re.compile(r"\{([A-Za-z_][\w.]*)\}")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A topic pattern by its levels: a literal, `{name}`, `+`, or `#` as the last."""

    levels: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Pattern:
        """Parse a pattern.

        Raises:
            Rejected: `bad_pattern`.

        >>> Pattern.of("plant/{line}/+/{machine}").names
        ('line', 'machine')
        """
        levels = tuple(text.split("/"))
        for number, level in enumerate(levels):
            is_odd = any(sign in level for sign in "+#{}") and level != "+" and not _NAMED.fullmatch(level)
            if is_odd and not (level == "#" and number == len(levels) - 1):
                raise Rejected("bad_pattern", f"{level!r}: a level is a text, {{name}}, + or, as the last one, #")
        names = [name for level in levels for name in _NAMED.findall(level)]
        if len(set(names)) < len(names):
            raise Rejected("bad_pattern", f"{text} names a part twice")
        return cls(levels)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of its parts."""
        return tuple(name for level in self.levels for name in _NAMED.findall(level))

    @property
    def filter(self) -> str:
        """Return the MQTT filter that takes what the pattern matches.

        >>> Pattern.of("plant/{line}/#").filter
        'plant/+/#'
        """
        return "/".join("+" if level.startswith("{") else level for level in self.levels)

    def match(self, topic: str) -> dict[str, str] | None:
        """Return what the named parts stand for, None where the topic is another.

        >>> Pattern.of("plant/{line}/#").match("plant/7/a/b"), Pattern.of("plant/{line}").match("plant/7/a")
        ({'line': '7'}, None)
        """
        parts = topic.split("/")
        found: dict[str, str] = {}
        for number, level in enumerate(self.levels):
            if level == "#":
                return found
            if number >= len(parts) or (level[:1] != "{" and level not in {"+", parts[number]}):
                return None
            if level[:1] == "{":
                found[level[1:-1]] = parts[number]
        return found if len(parts) == len(self.levels) else None


@dataclass(frozen=True, slots=True)
class Template:
    """A text with `{names}` in it."""

    text: str

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names in it."""
        return tuple(_NAMED.findall(self.text))

    def fill(self, known: Mapping[str, str]) -> str:
        """Put what is known in the names' places.

        Raises:
            Rejected: `missing_part`; a name that only some payloads know is not known.

        >>> Template("{line}-{machine}").fill({"line": "7", "machine": "P1"})
        '7-P1'
        """

        def value_of(named: re.Match[str]) -> str:
            value = known.get(named.group(1))
            if not value:
                raise Rejected("missing_part", f"nothing is said of {{{named.group(1)}}} in {self.text!r}")
            return value

        return _NAMED.sub(value_of, self.text)
