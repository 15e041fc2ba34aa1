"""Topic patterns and texts with names in them: `plant/{line}/{machine}_{signal}`, `{line}-{$.id}`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ingest.mapping.path import Path, path_of
from plant.errors import Rejected

_PART = re.compile(r"\{([A-Za-z_]\w*)(\.\.\.)?\}")
_NAMED = re.compile(r"\{([A-Za-z_][\w.]*(?:\|[^{}]*)?|\$[^{}]*)\}")
_OR = re.compile(r'\|(?=(?:[^"]*"[^"]*")*[^"]*$)')  # outside quotes
_SIGNS = "_-./ "
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
    """A place to be filled in: by the first of known names and paths into the payload of which something is said.

    One that `may_lack` is left out where nothing is.
    """

    text: str
    sources: tuple[str | Path, ...]
    may_lack: bool

    @classmethod
    def of(cls, text: str) -> _Blank:
        names = [one.strip() for one in _OR.split(text)]
        may_lack = len(names) > 1 and not names[-1]
        names = names[:-1] if may_lack else names
        if not all(names):
            raise Rejected("bad_path", f"{{{text}}}: nothing stands between two signs |")
        return cls(text, tuple(path_of(one) if one.startswith("$") else one for one in names), may_lack)

    def filled(self, known: Mapping[str, str], levels: Sequence[Any]) -> str:
        for source in self.sources:
            if isinstance(source, str):
                value: Any = known.get(source, "")
            else:
                value = source.of(levels) if levels else None
            if value != "" and isinstance(value, (str, int)) and not isinstance(value, bool):
                return str(value)
        return ""


@dataclass(frozen=True, slots=True)
class Template:
    """A text with `{names}` and `{$.paths}` in it. `{one|other}` is the first that has a value; `{one|}` may have none.

    What is left out takes the sign behind it along, or before it where it is the last.
    """

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
        return tuple(
            one for part in self._parts if isinstance(part, _Blank) for one in part.sources if isinstance(one, str)
        )

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
        >>> Template.of("{$.machine|line}_{core|}_{key}").fill({"line": "7", "key": "idle"}, [{}])
        '7_idle'
        """
        filled: list[str] = []
        is_left_out = False
        for part in self._parts:
            if isinstance(part, str):
                filled.append(part[1:] if is_left_out and part[:1] in _SIGNS else part)
                is_left_out = is_left_out and not part
                continue
            said = part.filled(known, levels)
            if not said and not part.may_lack:
                raise Rejected("missing_part", f"nothing is said of {{{part.text}}} in {self.text!r}")
            filled.append(said)
            is_left_out = not said
        text = "".join(filled)
        text = text.rstrip(_SIGNS) if is_left_out else text
        if not text and self._parts != ("",):
            raise Rejected("missing_part", f"nothing is said of {self.text!r}")
        return text
