"""Learning a plant's topics: what was heard on them becomes the proposal of a mapping, for a person to finish."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ingest.formats.native import parsed
from ingest.mapping.lines import points
from ingest.mapping.path import Path, text_of
from plant.errors import Rejected

_MOST_TOPICS = 20_000
_MOST_WORDS = 12  # texts with more different values than that are no states
_LONGEST_WORD = 40
_DEEPEST = 6
_TIMES = frozenset({"ts", "t", "time", "timestamp", "datetime", "date"})
_MAGNITUDES = ((1e17, "ns"), (1e14, "us"), (1e11, "ms"), (1e8, "s"))
_FILLERS = frozenset({"value", "values", "val", "data", "telemetry"})
_KINDS = {"number": 0, "text": 1, "json": 2, "influx": 3}


@dataclass(slots=True)
class _Group:
    """Topics of one length with payloads of one kind: what was seen of them."""

    topics: set[str] = field(default_factory=set)
    leaves: dict[Path, set[str]] = field(default_factory=dict)
    words: dict[str, set[str]] = field(default_factory=dict)
    time: tuple[Path, str] | None = None
    tags: set[str] = field(default_factory=set)
    is_list: bool = False


class MappingLearner:
    """Hears messages and proposes a mapping of them; what it keeps is bounded."""

    def __init__(self) -> None:
        self._groups: dict[tuple[int, str], _Group] = {}
        self._topics: set[str] = set()
        self.unread = 0

    @property
    def topics(self) -> int:
        """Count the topics that were understood."""
        return len(self._topics)

    def hear(self, topic: str, payload: bytes) -> None:
        """Learn from a message."""
        kind = _kind(payload)
        if kind is None or (topic not in self._topics and len(self._topics) >= _MOST_TOPICS):
            self.unread += 1
            return
        self._topics.add(topic)
        group = self._groups.setdefault((topic.count("/") + 1, kind), _Group())
        group.topics.add(topic)
        if kind == "json":
            _hear_json(group, parsed(payload))
        elif kind == "text":
            _hear_word(group.words, topic.rpartition("/")[2], payload.decode())
        elif kind == "influx":
            group.tags.update(tag for point in points(payload.decode()) for tag in point.tags)

    def proposal(self) -> str:
        """Return the text of a mapping file."""
        groups = sorted(self._groups.items(), key=lambda one: (one[0][0], _KINDS[one[0][1]]))
        parts = ["# Proposed from what was heard. Look at each site, asset and signal, and add gains and units."]
        parts += ["\n".join(_topic(kind, group)) for (_, kind), group in groups]
        return "\n\n".join(parts) + "\n"


def _kind(payload: bytes) -> str | None:
    """Say what a payload is, None where it is nothing that a mapping reads."""
    try:
        text = payload.decode()
    except UnicodeDecodeError:
        return None
    if _is_number(text):
        return "number"
    if text.lstrip()[:1] in {"{", "["}:
        return "json" if _is_json(payload) else None
    if "=" in text and _is_influx(text):
        return "influx"
    return "text" if 0 < len(text.strip()) <= _LONGEST_WORD and text.isprintable() else None


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return text.strip().lower() in {"true", "false"}
    return True


def _is_json(payload: bytes) -> bool:
    try:
        document = parsed(payload)
    except Rejected:
        return False
    return isinstance(document, dict) or (isinstance(document, list) and any(isinstance(one, dict) for one in document))


def _is_influx(text: str) -> bool:
    try:
        return bool(points(text))
    except Rejected:
        return False


def _hear_json(group: _Group, document: Any) -> None:
    group.is_list = group.is_list or isinstance(document, list)
    for one in document if isinstance(document, list) else [document]:
        for path, value in _leaves(one, ()):
            unit = _time_unit(path, value)
            if unit is not None:
                group.time = group.time or (path, unit)
            elif isinstance(value, (bool, int, float)) or _is_number(value):
                group.leaves.setdefault(path, set())
            elif len(value) <= _LONGEST_WORD:
                seen = group.leaves.setdefault(path, set())
                if len(seen) <= _MOST_WORDS:
                    seen.add(value)


def _leaves(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict) and len(path) < _DEEPEST:
        for key, below in value.items():
            if key and '"' not in key:
                yield from _leaves(below, (*path, key))
    elif isinstance(value, (bool, int, float, str)):
        yield path, value


def _time_unit(path: Path, value: Any) -> str | None:
    """Say in what unit a value counts time, None where it is no time."""
    if not path or str(path[-1]).lower() not in _TIMES or isinstance(value, bool):
        return None
    if isinstance(value, str):
        try:
            return "iso" if datetime.fromisoformat(value).tzinfo is not None else None
        except ValueError:
            return None
    return next((unit for least, unit in _MAGNITUDES if value >= least), None)


def _hear_word(words: dict[str, set[str]], signal: str, text: str) -> None:
    seen = words.setdefault(signal, set())
    if len(seen) <= _MOST_WORDS:
        seen.add(text.strip())


def _topic(kind: str, group: _Group) -> list[str]:
    """Write one `[[topic]]`."""
    names = _names(group.topics, has_signal=kind in {"number", "text"})
    pattern, site, asset = names["pattern"], names["site"], names["asset"]
    if kind == "influx" and group.tags and "{asset}" not in asset:
        asset = f"{{tag.{min(group.tags)}}}"
    lines = [
        f"# heard on {len(group.topics)} topics, as {_quoted(min(group.topics))}",
        "[[topic]]",
        *(f"{key} = {_quoted(value)}" for key, value in (("pattern", pattern), ("site", site), ("asset", asset))),
        f'payload = "{kind}"',
    ]
    if kind == "json":
        return lines + _json_lines(group)
    if kind == "influx":
        return [*lines, 'signal = "{field}"']
    lines.append('signal = "{signal}"')
    return lines + (_word_lines(group.words) if kind == "text" else [])


def _json_lines(group: _Group) -> list[str]:
    leaves = {path: words for path, words in group.leaves.items() if len(words) <= _MOST_WORDS}
    keys = _keys(leaves)
    lines = ['each = "$"'] if group.is_list else []
    if group.time is not None:
        lines += [f"time = {_quoted(text_of(group.time[0]))}", f'time_unit = "{group.time[1]}"']
    lines += ["[topic.values]", *(f"{_quoted(keys[path])} = {_quoted(text_of(path))}" for path in leaves)]
    return lines + _word_lines({keys[path]: words for path, words in leaves.items() if words})


def _word_lines(words: Mapping[str, Iterable[str]]) -> list[str]:
    lines = []
    for signal, seen in sorted(words.items()):
        lines += [f"[topic.signals.{_quoted(signal)}.values]  # the numbers are made up"]
        lines += [f"{_quoted(word)} = {number}" for number, word in enumerate(sorted(seen))]
    return lines


def _keys(paths: Iterable[Path]) -> dict[Path, str]:
    """Name signals by the last step of their paths, by all of them where that would name two alike."""
    paths = list(paths)
    last = [str(path[-1]) for path in paths]
    return {
        path: name if last.count(name) == 1 else "_".join(map(str, path))
        for path, name in zip(paths, last, strict=True)
    }


def _names(topics: set[str], *, has_signal: bool) -> dict[str, str]:
    """Name levels: the last the signal of single values; of others that vary, the last the asset, the first the site.

    A last level that is a word for values, as in `pump7/flow/value`, names nothing.
    """
    levels = list(zip(*(topic.split("/") for topic in topics), strict=True))
    varying = [number for number, level in enumerate(levels) if len(set(level)) > 1]
    left = list(range(len(levels)))
    if len(left) > 1 and set(levels[-1]) <= _FILLERS:
        left.pop()
    names: dict[int, str] = {}
    if has_signal:
        names[left.pop()] = "signal"
    if left:
        names[max((number for number in varying if number in left), default=left[-1])] = "asset"
    others = [number for number in varying if number in left and number not in names]
    if others:
        names |= {number: f"part{place}" for place, number in enumerate(others[1:], start=1)} | {others[0]: "site"}
    parts = [f"{{{name}}}" for _, name in sorted(names.items()) if name.startswith("part")]
    asset = "-".join([*parts, "{asset}"]) if "asset" in names.values() else "asset"
    return {
        "pattern": "/".join(
            f"{{{names[n]}}}" if n in names else _literal(set(level)) for n, level in enumerate(levels)
        ),
        "site": "{site}" if others else _literal(set(levels[0])) if 0 not in names else "site",
        "asset": asset,
    }


def _literal(seen: set[str]) -> str:
    """Return a level as a pattern takes it; one that varies, or would be read as something else, is left open."""
    level = min(seen)
    return level if len(seen) == 1 and level and not re.search(r"[{}+#]", level) else "+"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
