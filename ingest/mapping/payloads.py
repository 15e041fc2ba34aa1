"""Payloads of a plant's own making: what each kind says, as instants of what was said of signals."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import isfinite
from typing import Any

from ingest.decoding.decoded import ABSENT
from ingest.formats.native import parsed
from ingest.mapping.file import TopicRule
from ingest.mapping.lines import points
from ingest.mapping.path import found, path_of
from ingest.mapping.pattern import Template
from plant.errors import Rejected

_US = {"s": 1_000_000.0, "ms": 1000.0, "us": 1.0, "ns": 0.001}
_FURTHEST_US = 2**62


@dataclass(frozen=True, kw_only=True, slots=True)
class MappedInstant:
    """What was said of signals at one time (µs since 1970, `ABSENT`, or None where it is none).

    `known` are names that this payload alone knows, for the texts that name its site and asset.
    """

    time_us: int | None
    said: Mapping[str, Any]
    known: Mapping[str, str] = field(default_factory=dict)


Read = Callable[[bytes, Mapping[str, str]], Iterator[MappedInstant]]


def reader_of(rule: TopicRule) -> Read:
    """Return what reads the payloads of a rule; it is given them with what the topic's named parts stand for."""
    return {"number": _of_words, "text": _of_words, "json": _of_json, "influx": _of_points}[rule.payload](rule)


def _of_words(rule: TopicRule) -> Read:
    """Read a payload that is one number or one text."""
    signal = Template(rule.signal)

    def read(payload: bytes, parts: Mapping[str, str]) -> Iterator[MappedInstant]:
        yield MappedInstant(time_us=ABSENT, said={signal.fill(parts): _text(payload)})

    return read


def _of_json(rule: TopicRule) -> Read:
    each, time, unit = path_of(rule.each or "$"), path_of(rule.time or "$"), rule.time_unit or "ms"
    values_of = _named_values(rule) if isinstance(rule.values, dict) else _all_values(rule)

    def read(payload: bytes, parts: Mapping[str, str]) -> Iterator[MappedInstant]:
        document = found(parsed(payload), each)
        if rule.each and not isinstance(document, list):
            raise Rejected("no_numbers", f"there is no list at {rule.each}")
        for item in document if rule.each else [document]:
            time_us = _time_us(found(item, time), unit) if rule.time else ABSENT
            yield MappedInstant(time_us=time_us, said=values_of(item, parts))

    return read


def _named_values(rule: TopicRule) -> Callable[[Any, Mapping[str, str]], Mapping[str, Any]]:
    paths = {key: path_of(path) for key, path in rule.values.items()} if isinstance(rule.values, dict) else {}

    def read(document: Any, _parts: Mapping[str, str]) -> Mapping[str, Any]:
        values = {key: found(document, path) for key, path in paths.items()}
        return {key: value for key, value in values.items() if value is not None}

    return read


def _all_values(rule: TopicRule) -> Callable[[Any, Mapping[str, str]], Mapping[str, Any]]:
    path, signal = path_of(str(rule.values)), Template(rule.signal or "{key}")

    def read(document: Any, parts: Mapping[str, str]) -> Mapping[str, Any]:
        values = found(document, path)
        if not isinstance(values, dict):
            return {}
        return {signal.fill({**parts, "key": key}): value for key, value in values.items() if key}

    return read


def _of_points(rule: TopicRule) -> Read:
    signal, unit = Template(rule.signal or "{field}"), rule.time_unit or "ns"

    def read(payload: bytes, parts: Mapping[str, str]) -> Iterator[MappedInstant]:
        for point in points(_text(payload)):
            known = {"measurement": point.measurement, **{f"tag.{tag}": value for tag, value in point.tags.items()}}
            said = {signal.fill({**parts, **known, "field": key}): value for key, value in point.fields.items()}
            time_us = ABSENT if point.time is None else _time_us(point.time, unit)
            yield MappedInstant(time_us=time_us, said=said, known=known)

    return read


def _text(payload: bytes) -> str:
    try:
        return payload.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Rejected("not_text", str(error)) from error


def _time_us(said: Any, unit: str) -> int | None:
    """Return a time in µs since 1970, `ABSENT` where there is none, None where it is no time."""
    if said is None:
        return ABSENT
    if unit == "iso":
        return _iso_us(said)
    if isinstance(said, str):
        try:
            said = float(said)
        except ValueError:
            return None
    if isinstance(said, bool) or not isinstance(said, (int, float)) or not isfinite(said):
        return None
    time_us = said * int(_US[unit]) if isinstance(said, int) and unit != "ns" else int(said * _US[unit])
    if isinstance(said, int) and unit == "ns":
        time_us = said // 1000
    return round(time_us) if abs(time_us) < _FURTHEST_US else None


def _iso_us(said: Any) -> int | None:
    try:
        time = datetime.fromisoformat(str(said))
    except ValueError:
        return None
    return None if time.tzinfo is None else round(time.timestamp() * 1e6)
