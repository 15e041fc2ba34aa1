"""InfluxDB's line protocol: `measurement,tag=value field=1.5,other=2i 1700000000000000000`, a point a line."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PIECE = re.compile(r'(?:\\.|[^\\ ,="])+')
_INTEGER = re.compile(r"-?\d+[iu]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """One line: `fields` are numbers, truths or texts; `time` counts in whatever unit was agreed, None where absent."""

    measurement: str
    tags: dict[str, str]
    fields: dict[str, float | bool | str]
    time: int | None


def point_of(line: str) -> Point:
    r"""Parse a line.

    Raises:
        ValueError: it is none; the text says why.

    >>> point_of("pump,id=P-101 flow=7.5,on=t,n=3i 1700").fields
    {'flow': 7.5, 'on': True, 'n': 3}
    """
    return _Line(line).point()


class _Line:
    """A line that is read from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._place = 0

    def point(self) -> Point:
        measurement = self._word("a measurement")
        tags: dict[str, str] = {}
        while self._takes(","):
            tag = self._word("a tag")
            self._expect("=")
            tags[tag] = self._word("a tag's value")
        self._expect(" ")
        fields: dict[str, float | bool | str] = {}
        while True:
            key = self._word("a field")
            self._expect("=")
            fields[key] = self._value()
            if not self._takes(","):
                break
        return Point(measurement=measurement, tags=tags, fields=fields, time=self._time())

    def _time(self) -> int | None:
        if self._place < len(self._text):
            self._expect(" ")
        rest = self._text[self._place :].strip()
        return int(rest) if rest else None

    def _word(self, what: str) -> str:
        piece = _PIECE.match(self._text, self._place)
        if piece is None:
            raise ValueError(f"{what} is missing at {self._text[self._place :][:40]!r}")
        self._place = piece.end()
        return re.sub(r"\\([ ,=\\])", r"\1", piece.group())

    def _value(self) -> float | bool | str:
        if self._text.startswith('"', self._place):
            return self._quoted()
        word = self._word("a value")
        if word in {"t", "T", "true", "True", "TRUE", "f", "F", "false", "False", "FALSE"}:
            return word[0] in "tT"
        if "_" in word:  # Python would read 1_000
            raise ValueError(f"{word[:40]!r} is no value")
        return int(word[:-1]) if _INTEGER.fullmatch(word) else float(word)

    def _quoted(self) -> str:
        end = self._place + 1
        while end < len(self._text) and self._text[end] != '"':
            end += 2 if self._text[end] == "\\" else 1
        if end >= len(self._text):
            raise ValueError("a text is not closed")
        text = self._text[self._place + 1 : end]
        self._place = end + 1
        return re.sub(r'\\(["\\])', r"\1", text)

    def _takes(self, sign: str) -> bool:
        if not self._text.startswith(sign, self._place):
            return False
        self._place += 1
        return True

    def _expect(self, sign: str) -> None:
        if not self._takes(sign):
            raise ValueError(f"{sign!r} is missing at {self._text[self._place :][:40]!r}")
