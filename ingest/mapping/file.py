"""`mapping.toml`: how a plant's own topics are read. An error names the line, the key and the mend."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ingest.mapping.path import path_of
from ingest.mapping.pattern import Pattern, Template
from ingest.mapping.scale import Scale
from ingest.mapping.units import conversion
from plant.errors import Misconfigured, Rejected

Text = Annotated[str, Field(min_length=1, max_length=500)]
_OF_POINTS = ("measurement", "field")
_TAG = "tag."


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class SignalRule(_Part):
    """How one signal's numbers become those of the register.

    `unit` is the source's, after gain and offset; `register_unit` what the register has; `values` turns texts into
    numbers.
    """

    gain: float = 1.0
    offset: float = 0.0
    unit: str = ""
    register_unit: str = ""
    values: dict[str, float] = {}

    @model_validator(mode="after")
    def _units_agree(self) -> Self:
        if self.unit and not self.register_unit:
            raise ValueError("unit is given without register_unit; name the unit that the register has, too")
        if self.register_unit and not self.unit:
            raise ValueError("register_unit is given without unit; name the unit of the source, too")
        if self.gain == 0:
            raise ValueError("a gain of 0 makes every value the same; leave it out, or write another")
        self.scale()
        return self

    def scale(self) -> Scale:
        """Return gain, offset and units as one."""
        factor, shift = _in_words(conversion, self.unit, self.register_unit)
        return Scale(self.gain * factor, self.offset * factor + shift, self.values)


class TopicRule(_Part):
    """How the messages of one topic pattern are read."""

    pattern: Text
    site: Text
    asset: Text
    payload: Literal["number", "text", "json", "influx"]
    signal: str = ""
    values: dict[str, Text] | Text | None = None
    each: str = ""
    time: str = ""
    time_unit: Literal["s", "ms", "us", "ns", "iso"] | None = None
    signals: dict[str, SignalRule] = {}

    @model_validator(mode="after")
    def _parts_agree(self) -> Self:
        pattern = _in_words(Pattern.of, self.pattern)
        known = set(pattern.names) | (set(_OF_POINTS) if self.payload == "influx" else set())
        known |= {"key"} if isinstance(self.values, str) else set()
        for key in ("site", "asset", "signal"):
            for name in Template(getattr(self, key)).names:
                if name not in known and not (self.payload == "influx" and name.startswith(_TAG)):
                    raise ValueError(f"{key} speaks of {{{name}}}; known here: {_listed(known)}")
        self._signal_is_named()
        for text in filter(None, (self.each, self.time, *self._paths())):
            _in_words(path_of, text)
        return self

    def _signal_is_named(self) -> None:
        if self.payload == "json":
            if self.values is None:
                raise ValueError('a json payload wants values: {signal = "$.path"}, or "$.path" of an object')
            if isinstance(self.values, dict) and self.signal:
                raise ValueError("signal is not for values that name their signals; leave it out")
        elif self.values is not None or self.each or self.time:
            raise ValueError(f"values, each and time are for json payloads, and this is {self.payload}; leave them out")
        elif not self.signal and self.payload != "influx":
            raise ValueError('signal is missing: write one, or a named part of the pattern, as "{signal}"')
        if self.payload == "text" and not any(rule.values for rule in self.signals.values()):
            raise ValueError("a text payload wants the numbers of its texts: [topic.signals.NAME.values]")

    def _paths(self) -> list[str]:
        return [] if self.values is None else [self.values] if isinstance(self.values, str) else [*self.values.values()]


class _File(_Part):
    topic: Annotated[list[TopicRule], Field(min_length=1)]


def read_rules(path: Path) -> list[TopicRule]:
    """Read a mapping file.

    Raises:
        Misconfigured: it cannot be read or makes no sense; one line that says where, and the mend.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(f"ASSETLOOP_MAPPING: {path} cannot be read: {error}") from error
    return parse_rules(text, name=str(path))


def parse_rules(text: str, *, name: str) -> list[TopicRule]:
    """Parse a mapping; `name` is what errors call it.

    Raises:
        Misconfigured: as `read_rules`.
    """
    try:
        return _File.model_validate(tomllib.loads(text)).topic
    except tomllib.TOMLDecodeError as error:
        raise Misconfigured(f"{name}: this is not TOML: {error}") from error
    except ValidationError as error:
        raise Misconfigured(f"{name}{_first_fault(error, text)}") from error


def _in_words(make: Any, *arguments: str) -> Any:
    """Let a refusal be a fault of the file."""
    try:
        return make(*arguments)
    except Rejected as refusal:
        raise ValueError(refusal.detail) from refusal


def _listed(names: set[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names)) or "no named part"


def _first_fault(error: ValidationError, text: str) -> str:
    """Say where the first fault is: its line, and its key from the topic on."""
    first = error.errors()[0]
    where = [part for part in first["loc"] if part not in {"str", "dict[str,constrained-str]"}]
    keys = ".".join(str(part + 1) if isinstance(part, int) else part for part in where)
    said = str(first["msg"]).removeprefix("Value error, ")
    if first["type"] == "missing":
        said = "it is missing; add it" if len(where) > 1 else "it has no [[topic]]; add one for each topic pattern"
    elif first["type"] == "extra_forbidden":
        said = "no such key is known; look whether it is misspelt"
    return f", line {_line(text, where)}, {keys}: {said}"


def _line(text: str, where: list[int | str]) -> int:
    """Find the line of a key: of its topic, its table within that, or where it stands itself, as far as it is found."""
    lines = text.splitlines()
    place, end = 0, len(lines)
    for part in where:
        if part == "topic":
            continue
        if isinstance(part, int):
            heads = [number for number, line in enumerate(lines) if re.match(r"\s*\[\[\s*topic\s*\]\]", line)]
            heads.append(len(lines))
            place, end = heads[min(part, len(heads) - 1)], heads[min(part + 1, len(heads) - 1)]
            continue
        key = re.compile(rf"""(^|[\s.\[{{,"']){re.escape(part)}["']?\s*(=|\.|\])""")
        place = next((number for number in range(place, end) if key.search(lines[number])), place)
    return min(place, max(0, len(lines) - 1)) + 1
