"""Topic patterns and texts with names in them: `plant/{line}/{machine}_{signal}`, `{line}-{$.id}`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ingest.mapping.path import Path, path_of
from plant.errors import Rejected

_PART = re.compile(r"\{([A-Za-z_]\w*)(\.\.\.)?\}")
_NAMED = re.compile(r"\{([A-Za-z_][\w.]*|\$[^{}]*)\}")
_OTHERS = frozenset("{}+#")


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a text must look like, and the names of its parts: literals, `{name}`, `{name...}`, and `+` and `#` of MQTT.

    A `{name}` stands for at least one character and no `/`, as few as will do; `{name...}` for any number of levels.
    """

    text: str
    names: tuple[str, ...]
    filter: str
    _form: re.Pattern[str] = field(repr=False)

    @classmethod
    def of(cls, text: str) -> Pattern:
        """Parse the pattern of a topic.

        Raises:
            Rejected: `bad_pattern`.

        >>> Pattern.of("plant/{line}/+/{machine}_{signal}").filter
        'plant/+/+/+'
        """
        levels = text.split("/")
        for number, level in enumerate(levels):
            is_odd = level != "+" and _OTHERS.intersection(_PART.sub("", level))
            if is_odd and not (level == "#" and number == len(levels) - 1):
                raise Rejected(
                    "bad_pattern",
                    f"{level!r}: a level is a text with {{name}} in it, +, {{name...}} or, as the last, #",
                )
        return cls(text, _names(text), _filter(levels), re.compile("".join(_forms(levels)), re.DOTALL))

    @classmethod
    def of_text(cls, text: str) -> Pattern:
        """Parse the pattern of a text in a payload, in which `+` and `#` are only themselves.

        >>> Pattern.of_text("{channel}.{machine}.{tag}").match("Channel1.Pump7.Temp")
        {'channel': 'Channel1', 'machine': 'Pump7', 'tag': 'Temp'}
        """
        if not _PART.search(text):
            raise Rejected("bad_pattern", f"{text!r} names no part; write it as in {{machine}}.{{signal}}")
        return cls(text, _names(text), "", re.compile(_form(text), re.DOTALL))

    def match(self, text: str) -> dict[str, str] | None:
        """Return what the named parts stand for, None where the text is another.

        >>> Pattern.of("plant/{line}/#").match("plant/7/a/b"), Pattern.of("plant/{line}").match("plant/7/a")
        ({'line': '7'}, None)
        >>> Pattern.of("plant/{path...}/value").match("plant/a/b/value")
        {'path': 'a/b'}
        """
        matched = self._form.fullmatch(text)
        return None if matched is None else dict(zip(self.names, matched.groups(), strict=True))


def _names(text: str) -> tuple[str, ...]:
    names = tuple(name for name, _ in _PART.findall(text))
    if len(set(names)) < len(names):
        raise Rejected("bad_pattern", f"{text} names a part twice")
    return names


def _filter(levels: Sequence[str]) -> str:
    """Return the MQTT filter that takes at least what the pattern matches."""
    taken: list[str] = []
    for level in levels:
        part = _PART.search(level)
        if part is not None and "..." in level:
            return "/".join([*taken, "#"])
        taken.append("+" if part is not None else level)
    return "/".join(taken)


def _forms(levels: Sequence[str]) -> list[str]:
    """Return the regular expressions of the levels; `#` also stands for no level at all, as in MQTT."""
    if levels[0] == "#":
        return [".*"]
    first = "[^/]*" if levels[0] == "+" else _form(levels[0])
    others = ["(?:/.*)?" if one == "#" else "/[^/]*" if one == "+" else f"/{_form(one)}" for one in levels[1:]]
    return [first, *others]


def _form(text: str) -> str:
    """Return the regular expression of a text with names in it."""
    form, place = "", 0
    for part in _PART.finditer(text):
        form += re.escape(text[place : part.start()]) + ("(.+?)" if part.group(2) else "([^/]+?)")
        place = part.end()
    return form + re.escape(text[place:])


@dataclass(frozen=True, slots=True)
class _Blank:
    """A place to be filled in: by a known name, or by what stands at a path in the payload."""

    name: str
    path: Path | None

    @classmethod
    def of(cls, name: str) -> _Blank:
        return cls(name, path_of(name) if name.startswith("$") else None)

    def filled(self, known: Mapping[str, str], levels: Sequence[Any]) -> str:
        if self.path is None:
            return known.get(self.name, "")
        value = self.path.of(levels) if levels else None
        return str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""


@dataclass(frozen=True, slots=True)
class Template:
    """A text with `{names}` and `{$.paths}` in it."""

    text: str
    _parts: tuple[str | _Blank, ...]

    @classmethod
    def of(cls, text: str) -> Template:
        """Parse a template.

        Raises:
            Rejected: `bad_path`.

        >>> Template.of("{line}-{$.id}").names
        ('line',)
        """
        pieces = _NAMED.split(text)
        return cls(text, tuple(_Blank.of(one) if place % 2 else one for place, one in enumerate(pieces)))

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names in it, paths apart."""
        return tuple(one.name for one in self._parts if isinstance(one, _Blank) and one.path is None)

    @property
    def is_fixed(self) -> bool:
        """Say whether it has no name and no path in it."""
        return len(self._parts) == 1

    def fill(self, known: Mapping[str, str], levels: Sequence[Any] = ()) -> str:
        """Put what is known, and what the payload says, in the places of names and paths.

        Raises:
            Rejected: `missing_part`; nothing is known of a name, or nothing stands at a path.

        >>> Template.of("{line}-{$.id}").fill({"line": "7"}, [{"id": 12}])
        '7-12'
        """
        filled = []
        for part in self._parts:
            said = part if isinstance(part, str) else part.filled(known, levels)
            if not said and isinstance(part, _Blank):
                raise Rejected("missing_part", f"nothing is said of {{{part.name}}} in {self.text!r}")
            filled.append(said)
        return "".join(filled)
