"""Metrics: what a birth declares of them, and what number one says."""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from ingest.decoding.decoded import ABSENT, DeviceReport
from ingest.decoding.device_profile import is_key
from ingest.formats.sparkplug.payload import DataType
from plant.reading import Flag

_UNCERTAIN = int(Flag.QUALITY_UNCERTAIN)
_QUALITIES = {0: int(Flag.QUALITY_BAD), 192: 0}  # as in the specification; 500, stale, is uncertain like all others
_SIGNED_BITS = {DataType.Int8: 8, DataType.Int16: 16, DataType.Int32: 32, DataType.Int64: 64}
_NUMBERS = frozenset({"int_value", "long_value", "float_value", "double_value", "boolean_value"})
_FLOATS = frozenset({"float_value", "double_value"})
_MOST_LAYOUTS = 256
_WORDS = {"bad": 0, "good": 192}
_EXACT = 2**53  # larger integers are marked: no float holds all of them
_NO_SIGNALS = ("Node Control/", "Device Control/")
_SHOWN = 60
_LONGEST_CODE = 10


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric as its birth declared it; `alias` is the number that stands for its name afterwards, if one does."""

    name: str
    alias: int | None
    datatype: int

    @property
    def is_command(self) -> bool:
        """Say whether it is part of the protocol, and no signal."""
        return self.name == "bdSeq" or self.name.startswith(_NO_SIGNALS)


@dataclass(slots=True)
class SparkplugEntity:
    """A node itself or one of its devices, with the metrics that its birth declared.

    `is_certain` as long as every message since its birth has been seen, so that an alias cannot stand for another
    metric by now; `is_online` between birth and death. `is_asked` once its node was asked to bear it, until it does,
    and `is_misspoken` for good once a metric was asked for that its birth had not declared.
    """

    metrics: list[Metric] = field(default_factory=list)
    is_certain: bool = False
    is_online: bool = False
    is_asked: bool = False
    is_misspoken: bool = False
    by_alias: dict[int, Metric] = field(init=False, default_factory=dict)
    by_name: dict[str, Metric] = field(init=False, default_factory=dict)
    _layouts: dict[tuple[int, ...], tuple[str, ...]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.by_name = {metric.name: metric for metric in self.metrics}
        counts = Counter(metric.alias for metric in self.metrics)
        self.by_alias = {one.alias: one for one in self.metrics if one.alias is not None and counts[one.alias] == 1}

    def layout(self, aliases: tuple[int, ...]) -> tuple[str, ...]:
        """Return the names of signals that these aliases stand for, none where that takes a closer look."""
        names = self._layouts.get(aliases)
        if names is None:
            meant = [self.by_alias.get(alias) for alias in aliases]
            is_plain = all(aliases) and len(set(aliases)) == len(aliases)
            names = tuple(one.name for one in meant if is_plain and one is not None and not one.is_command)
            names = names if len(names) == len(aliases) else ()
            if len(self._layouts) >= _MOST_LAYOUTS:
                self._layouts.clear()
            self._layouts[aliases] = names
        return names


def declared(payload: Any) -> list[Metric]:
    """Return the metrics that a birth declares, but for those whose names can be no signal's."""
    found = {}
    for metric in payload.metrics:
        name = metric.name
        if is_key(name):
            found[name] = Metric(name, metric.alias if metric.HasField("alias") else None, metric.datatype)
    return list(found.values())


def add_values(report: DeviceReport, entity: SparkplugEntity, payload: Any, *, is_birth: bool) -> bool:
    """Add what a payload's metrics say to a report; False where no birth declared one of them.

    A birth may declare a metric without having a value of it.
    """
    if _add_plain_values(report, entity, payload):
        return True
    instants = _Instants()
    sent_ms, are_known = payload.timestamp, True
    for metric in payload.metrics:
        known = _meant(entity, metric)
        if entity.is_certain and not is_birth and metric.name and metric.name not in entity.by_name:
            are_known = False
        if known is None:
            report.refuse("unknown_alias", f"{metric.alias}: no birth has declared it, or for more metrics than one")
            are_known = False
            continue
        value = None if known.is_command else _value(report, metric, known, is_birth=is_birth)
        if value is not None:
            flags = _flags(metric) | (_UNCERTAIN if abs(value) >= _EXACT and _is_inexact(metric, known) else 0)
            if not entity.is_certain and not metric.name:
                flags |= _UNCERTAIN
            instants.add((metric.timestamp or sent_ms) * 1000 or ABSENT, flags, known.name, value)
    instants.say(report)
    return are_known


def _add_plain_values(report: DeviceReport, entity: SparkplugEntity, payload: Any) -> bool:
    """Add a payload of nothing but numbers under certain aliases at one time, as nearly all are; else False."""
    metrics = payload.metrics
    keys = entity.layout(tuple([metric.alias for metric in metrics])) if entity.is_certain else ()
    if not keys or any(metric.name or metric.is_historical or metric.HasField("properties") for metric in metrics):
        return False
    times_ms = {metric.timestamp for metric in metrics}
    fields = {metric.WhichOneof("value") for metric in metrics}
    if len(times_ms) > 1 or len(fields) > 1 or not fields <= _FLOATS:
        return False
    (name,) = fields
    values = array("d", [getattr(metric, name) for metric in metrics])
    if not isfinite(sum(values)):
        return False
    report.say(keys, (times_ms.pop() or payload.timestamp) * 1000 or ABSENT, 0, values)
    return True


class _Instants:
    """Values by their time and flags; each instant of a report names a signal once, though a metric may come twice."""

    def __init__(self) -> None:
        self._instants: dict[tuple[int, int, int], dict[str, float]] = {}
        self._repeats: dict[tuple[int, int, str], int] = {}

    def add(self, time_us: int, flags: int, name: str, value: float) -> None:
        instant = self._instants.setdefault((time_us, flags, 0), {})
        if name in instant:
            turn = self._repeats[time_us, flags, name] = self._repeats.get((time_us, flags, name), 0) + 1
            instant = self._instants.setdefault((time_us, flags, turn), {})
        instant[name] = value

    def say(self, report: DeviceReport) -> None:
        for (time_us, flags, _), values in self._instants.items():
            report.say(tuple(values), time_us, flags, array("d", values.values()))


def _meant(entity: SparkplugEntity, metric: Any) -> Metric | None:
    """Return the metric that is meant, by its name or alias; None where that alias is unknown."""
    name = metric.name
    if name:
        return entity.by_name.get(name) or Metric(name, None, metric.datatype)
    alias = metric.alias
    return entity.by_alias.get(alias) if alias or metric.HasField("alias") else None


def _value(report: DeviceReport, metric: Any, known: Metric, *, is_birth: bool) -> float | None:
    """Return a metric's value; what is no number is refused."""
    field_name = metric.WhichOneof("value")
    datatype = metric.datatype or known.datatype
    value = number(metric, field_name, datatype)
    if value is None and (field_name is not None or not is_birth):
        detail = f"{known.name[:_SHOWN]} is {_shown(metric, field_name, datatype)}"
        report.refuse("not_a_number", detail, key=known.name)
    return value


def _flags(metric: Any) -> int:
    historical = int(Flag.HISTORICAL) if metric.is_historical else 0
    return historical | _quality(metric.properties) if metric.HasField("properties") else historical


def number(metric: Any, field_name: str | None, datatype: int) -> float | None:
    """Return a metric's value, None where it is no finite number.

    Integers are sent without a sign; those of signed types are two's complements, of their own width or extended.
    """
    if field_name not in _NUMBERS:
        return None
    value = getattr(metric, field_name)
    bits = _SIGNED_BITS.get(datatype)  # type: ignore[call-overload]
    if bits is not None and field_name in {"int_value", "long_value"}:
        value &= (1 << bits) - 1
        return float(value - (1 << bits) if value >> (bits - 1) else value)
    return float(value) if isfinite(value) else None


def _quality(properties: Any) -> int:
    for key, value in zip(properties.keys, properties.values, strict=False):
        if key.casefold() == "quality":
            field_name = value.WhichOneof("value")
            said: Any = getattr(value, field_name) if field_name else None
            if isinstance(said, str):
                said = int(said) if said.isdecimal() and len(said) < _LONGEST_CODE else _WORDS.get(said.casefold())
            return _QUALITIES.get(said, _UNCERTAIN)
    return 0


def _is_inexact(metric: Any, known: Metric) -> bool:
    """Say whether a metric is an integer that no float holds."""
    if metric.WhichOneof("value") != "long_value":
        return False
    value: int = metric.long_value
    datatype: int = metric.datatype or known.datatype
    bits = _SIGNED_BITS.get(datatype)  # type: ignore[call-overload]
    return bool(abs(value - (1 << bits) if bits is not None and value >> (bits - 1) else value) > _EXACT)


def _shown(metric: Any, field_name: str | None, datatype: int) -> str:
    if field_name is None:
        return "null"
    return str(getattr(metric, field_name)) if field_name in _NUMBERS else f"a {DataType.name_of(datatype)}"
