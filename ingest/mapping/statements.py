"""What an element says of signals: at which time, how good, and what; by the paths and names of a rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any
from zoneinfo import ZoneInfo

from ingest.mapping.elements import Element
from ingest.mapping.file import QualityRule, TimeParts, TopicRule, ValueRule
from ingest.mapping.path import FirstPath, Path, below, path_of, values_path_of
from ingest.mapping.pattern import Template
from ingest.mapping.quality import Quality
from ingest.mapping.times import NoTime, TimeReader
from plant.errors import Rejected

_UNITS = {"influx": "ns", "senml": "s"}
"""Of payloads that say their times themselves, how these count."""
_MOST_KEYS_KNOWN = 16_384
_MOST_VALUES = 200_000


@dataclass(frozen=True, slots=True)
class Statement:
    """Values of signals at one instant, `time_us` (µs since 1970, or `ABSENT`), all with the same `flags`.

    `said` are the values by signal. `no_time` says why there is no instant: the values are then refused. Where a rule
    ignores all of them, `said` is empty and `is_ignored` is true; that is no fault.
    """

    time_us: int
    flags: int
    said: Mapping[str, Any]
    no_time: str = ""
    is_ignored: bool = False


class StatementReader:
    """Reads elements by the values, times and qualities of a rule."""

    def __init__(self, rule: TopicRule) -> None:
        self._times, self._quality, self._quality_path = _Times(rule), Quality(), None
        if isinstance(rule.quality, QualityRule):
            self._quality, self._quality_path = rule.quality.quality(), path_of(rule.quality.path)
        elif rule.quality is not None:
            self._quality_path = path_of(rule.quality)
        self._ignored = _Ignored(rule.ignore)
        self._named = [_Named(name, one, self._times) for name, one in _named(rule)]
        self._values = None if self._named else _Values(rule)

    def read(self, element: Element, known: Mapping[str, str]) -> Iterator[Statement]:
        """Yield what an element says, as few statements as its times and qualities allow.

        Raises:
            Rejected: it cannot be said of which signals it speaks.
        """
        if self._values is None:
            yield from self._read_named(element.levels)
            return
        said, ignored = {}, False
        for key, signal, value in self._values.read(element, known):
            if self._ignored.has(key) or self._ignored.has(signal):
                ignored = True
            else:
                said[signal] = value
        if said:
            yield _statement(self._times.whole, element.levels, self._flags(element.levels, self._quality_path), said)
        elif ignored:
            yield Statement(0, 0, {}, is_ignored=True)

    def _read_named(self, levels: Sequence[Any]) -> Iterator[Statement]:
        together: dict[tuple[TimeReader, int], dict[str, Any]] = {}
        for one in self._named:
            value = one.value.of(levels)
            if value is not None and not self._ignored.has(one.signal):
                flags = self._flags(levels, one.quality or self._quality_path)
                together.setdefault((one.time, flags), {})[one.signal] = value
        for (time, flags), said in together.items():
            yield _statement(time, levels, flags, said)
        if not together:
            yield _statement(self._times.whole, levels, 0, {})

    def _flags(self, levels: Sequence[Any], path: Path | None) -> int:
        return 0 if path is None else self._quality.flags(path.of(levels))


def _statement(time: TimeReader, levels: Sequence[Any], flags: int, said: Mapping[str, Any]) -> Statement:
    try:
        return Statement(time.read(levels), flags, said)
    except NoTime as error:
        return Statement(0, flags, said, str(error))


class _Times:
    """Makes readers of times; `whole` reads that of an element."""

    def __init__(self, rule: TopicRule) -> None:
        self._unit = rule.time_unit or _UNITS.get(rule.payload, "ms")
        self._zone = ZoneInfo(rule.time_zone) if rule.time_zone else None
        self._may_lack = rule.time_missing == "arrival"
        if isinstance(rule.time, TimeParts):
            paths = rule.time.paths()
            parts = {unit: path_of(path) for unit, path in paths.items()}
            self.whole = TimeReader(parts, zone=self._zone, may_lack=self._may_lack, name=next(iter(paths.values())))
        elif rule.time is not None:
            self.whole = self.at(rule.time)
        elif rule.payload in _UNITS:
            self.whole = TimeReader({self._unit: path_of("$.time")}, may_lack=True)
        else:
            self.whole = TimeReader({})

    def at(self, path: str | Sequence[str]) -> TimeReader:
        """Return what reads the time at a path, or at the first of several at which one stands."""
        paths = (path,) if isinstance(path, str) else tuple(path)
        places = path_of(paths[0]) if len(paths) == 1 else FirstPath(tuple(map(path_of, paths)))
        return TimeReader({self._unit: places}, zone=self._zone, may_lack=self._may_lack, name=" or ".join(paths))


def _named(rule: TopicRule) -> list[tuple[str, ValueRule]]:
    values = rule.values if isinstance(rule.values, dict) else {}
    return [(name, ValueRule(value=one) if isinstance(one, str) else one) for name, one in values.items()]


class _Named:
    """A value that the rule names, with a time and a quality of its own where it has them."""

    def __init__(self, signal: str, rule: ValueRule, times: _Times) -> None:
        self.signal = signal
        self.value = path_of(rule.value)
        self.time = times.whole if rule.time is None else times.at(rule.time)
        self.quality = None if rule.quality is None else path_of(rule.quality)


_PLACES = {"influx": "$.fields", "senml": "$.value"}
_SIGNALS = {"influx": "{field}", "senml": "{$.name}"}


class _Values:
    """The values at one path: a single one, or those of an object or a list under their keys and places."""

    def __init__(self, rule: TopicRule) -> None:
        path, self._is_deep = values_path_of(rule.values if isinstance(rule.values, str) else "$")
        self._path = path_of(_PLACES[rule.payload]) if rule.values is None and rule.payload in _PLACES else path
        self._signal = Template.of(rule.signal or _SIGNALS.get(rule.payload, "{key}"))
        self._has_key = bool({"key", "field"}.intersection(self._signal.names))
        self._apart = _columns_apart(rule)

    def read(self, element: Element, known: Mapping[str, str]) -> Iterator[tuple[str, str, Any]]:
        """Yield key, signal and value of each."""
        found = self._path.of(element.levels)
        if found is None:
            raise Rejected("no_value", "nothing stands where its value should be")
        names: set[str] = set()
        for count, (key, value) in enumerate(self._items(found, element.key)):
            if value is None or key in self._apart:
                continue
            signal = self._signal.fill({**known, "key": key, "field": key}, element.levels)
            if signal in names or count >= _MOST_VALUES:
                raise Rejected("ambiguous_signal", f"several values are named {signal[:60]}; put {{key}} into signal")
            names.add(signal)
            yield key, signal, value

    def _items(self, found: Any, key: str) -> Iterator[tuple[str, Any]]:
        if self._is_deep:
            yield from below(found)
        elif isinstance(found, dict):
            yield from ((str(name), value) for name, value in found.items() if name)
        elif isinstance(found, list):
            yield from ((str(place), value) for place, value in enumerate(found))
        else:
            yield key or self._last, found

    @property
    def _last(self) -> str:
        return str(self._path.steps[-1]) if self._path.steps else ""


def _columns_apart(rule: TopicRule) -> frozenset[str]:
    """Return the columns of a table that are no values: what other keys of the rule speak of."""
    if rule.payload != "csv" or rule.values is not None:
        return frozenset()
    quality = rule.quality.path if isinstance(rule.quality, QualityRule) else rule.quality
    time = rule.time
    times = time.paths().values() if isinstance(time, TimeParts) else time if isinstance(time, list) else [time]
    texts = [one for one in (*times, quality, *rule.parts, *rule.when) if one is not None]
    paths = [path_of(one) for one in texts]
    return frozenset(str(path.steps[0]) for path in paths if path.steps)


class _Ignored:
    """Keys that nobody wants, by patterns with `*`."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._patterns = tuple(patterns)
        self._known: dict[str, bool] = {}

    def has(self, key: str) -> bool:
        if not self._patterns:
            return False
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= _MOST_KEYS_KNOWN:
                self._known.clear()
            known = self._known[key] = any(fnmatchcase(key, one) for one in self._patterns)
        return known
