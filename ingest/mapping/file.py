"""`mapping.toml`: how a plant's own topics are read. A fault in it is said with its line, its key and the mend."""

from __future__ import annotations

import tomllib
from pathlib import Path as FilePath
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from ingest.mapping.faults import first_fault
from ingest.mapping.path import lists_of, path_of, values_path_of
from ingest.mapping.pattern import Pattern, Template
from ingest.mapping.quality import Codes, Quality
from ingest.mapping.scale import Scale
from ingest.mapping.times import TimeUnit
from lifecycle.units import conversion
from plant.errors import Misconfigured, Rejected

Text = Annotated[str, Field(min_length=1, max_length=500)]
TimeForm = Annotated[str, Field(pattern="%", max_length=60)]
_OF_POINTS = ("measurement", "field")
_TIMED = frozenset({"influx", "senml"})
_TAG = "tag."
_IN_DOCUMENTS = frozenset({"json", "ndjson", "csv"})


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


class QualityRule(_Part):
    """Where a source says how good a value is, and in which words or codes."""

    path: Text
    good: list[bool | int | float | str] = []
    uncertain: list[bool | int | float | str] = []
    bad: list[bool | int | float | str] = []
    codes: Codes = "words"

    def quality(self) -> Quality:
        """Return what knows these words."""
        return Quality(good=self.good, uncertain=self.uncertain, bad=self.bad, codes=self.codes)


class ValueRule(_Part):
    """One value of an element that has a time or a quality of its own."""

    value: Text
    time: Text | None = None
    quality: Text | None = None


class TimeParts(_Part):
    """A time in two parts, which add up."""

    iso: Text | None = None
    s: Text | None = None
    ms: Text | None = None
    us: Text | None = None
    ns: Text | None = None

    @model_validator(mode="after")
    def _has_one(self) -> Self:
        if not self.paths():
            raise ValueError('it names no part; write it as in time = {s = "$.seconds", ns = "$.nanoseconds"}')
        return self

    def paths(self) -> dict[str, str]:
        """Return the paths by the unit in which each part counts."""
        return {unit: path for unit, path in self.model_dump().items() if path is not None}


class CsvRule(_Part):
    """How a table is written; without `columns` its first row names them."""

    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    decimal: Literal[".", ","] = "."
    columns: list[Text] = []


class TopicRule(_Part):
    """How the messages of one topic pattern are read."""

    pattern: Text
    payload: Literal["number", "text", "json", "influx", "senml", "quantity", "ndjson", "csv", "ignore"]
    site: str = ""
    asset: str = ""
    signal: str = ""
    parts: dict[str, Text] = {}
    when: dict[str, bool | int | float | str] = {}
    ignore: list[Text] = []
    csv: CsvRule | None = None
    each: str = ""
    series: str = ""
    values: dict[str, Text | ValueRule] | Text | None = None
    time: Text | Annotated[list[Text], Field(min_length=1)] | TimeParts | None = None
    time_unit: TimeUnit | TimeForm | None = None
    time_zone: str = ""
    time_missing: Literal["refuse", "arrival"] = "refuse"
    quality: Text | QualityRule | None = None
    signals: dict[str, SignalRule] = {}

    @field_validator("time_zone")
    @classmethod
    def _zone_is_known(cls, name: str) -> str:
        try:
            if name:
                ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(f"{name} is no time zone; write it as in Asia/Shanghai or Europe/Berlin") from error
        return name

    @model_validator(mode="after")
    def _parts_agree(self) -> Self:
        pattern = _in_words(Pattern.of, self.pattern)
        if self.payload == "ignore":
            self._nothing_is_read()
            return self
        self._names_are_known(set(pattern.names))
        self._signal_is_named()
        for text in (*self.parts, *self.when, *self._paths()):
            _in_words(path_of, text)
        return self

    def _names_are_known(self, known: set[str]) -> None:
        known |= set(_OF_POINTS) if self.payload == "influx" else set()
        known |= {"key"} if self._has_keys() else set()
        for text in self.parts.values():
            known |= set(_in_words(Pattern.of_text, text).names)
        for key in ("site", "asset", "signal"):
            text = getattr(self, key)
            if not text and key != "signal":
                raise ValueError(f"{key}: it is missing; add it")
            for name in _in_words(Template.of, text).names:
                if name not in known and not (self.payload == "influx" and name.startswith(_TAG)):
                    raise ValueError(f"{key} speaks of {{{name}}}; known here: {_listed(known)}")

    def _nothing_is_read(self) -> None:
        idle = sorted(self.model_fields_set - {"pattern", "payload", "when"})
        if idle:
            raise ValueError(f"what is ignored is not read; leave out {', '.join(idle)}")

    def _has_keys(self) -> bool:
        """Say whether values come under keys of their own, which `{key}` in `signal` stands for."""
        return self.payload in {"csv", "influx"} or "[*]" in self.each or isinstance(self.values, str)

    def _signal_is_named(self) -> None:
        if self.payload in _IN_DOCUMENTS:
            if self.values is None and self.payload != "csv":
                raise ValueError('a json payload wants values: {signal = "$.path"}, or "$.path" of an object')
            if isinstance(self.values, dict) and self.signal:
                raise ValueError("signal is not for values that name their signals; leave it out")
        elif self.each or self.series or ((self.values is not None or self.time) and self.payload not in _TIMED):
            raise ValueError(
                f"values, each, series and time are for json payloads, and this is {self.payload}; leave them out"
            )
        elif not self.signal and self.payload not in _TIMED:
            raise ValueError('signal is missing: write one, or a named part of the pattern, as "{signal}"')
        if self.payload == "text" and not any(rule.values for rule in self.signals.values()):
            raise ValueError("a text payload wants the numbers of its texts: [topic.signals.NAME.values]")
        if self.csv is not None and self.payload != "csv":
            raise ValueError(f"csv is for csv payloads, and this is {self.payload}; leave it out")

    def _paths(self) -> list[str]:
        paths = [one for one in (self.time, self.quality, self.series) if isinstance(one, str) and one]
        paths += self.time if isinstance(self.time, list) else []
        paths += self.time.paths().values() if isinstance(self.time, TimeParts) else []
        paths += [self.quality.path] if isinstance(self.quality, QualityRule) else []
        for value in self.values.values() if isinstance(self.values, dict) else ():
            some = (value.value, value.time, value.quality) if isinstance(value, ValueRule) else (value,)
            paths += [one for one in some if one is not None]
        if isinstance(self.values, str):
            _in_words(values_path_of, self.values)
        if self.each:
            _in_words(lists_of, self.each)
        return paths


class _File(_Part):
    topic: Annotated[list[TopicRule], Field(min_length=1)]


def read_rules(path: FilePath) -> list[TopicRule]:
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
        raise Misconfigured(f"{name}{first_fault(error, text)}") from error


def _in_words(make: Any, *arguments: str) -> Any:
    """Let a refusal be a fault of the file."""
    try:
        return make(*arguments)
    except Rejected as refusal:
        raise ValueError(refusal.detail) from refusal


def _listed(names: set[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names)) or "no named part"
