"""What was heard of topics that are read alike, written down as rules of a mapping file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ingest.decoding.json_text import parsed
from ingest.learning.identity import assets_of, can_be_state, split_by_tags
from ingest.learning.shapes import LOCAL, MOST_WORDS, DocumentShape, is_number, is_state
from ingest.learning.trying import clash_of, readings_of
from ingest.mapping.lines import point_of
from ingest.mapping.path import Steps, text_of
from ingest.mapping.pattern import Pattern
from plant.errors import Misconfigured

_KINDS = {"json": 0, "influx": 1, "number": 2, "text": 3}
_WORDS = frozenset({"number", "text"})
_FILLERS = frozenset({"value", "values", "val", "data", "telemetry"})
_MOST_TRIED = 200  # payloads with which a proposed rule is tried


@dataclass(slots=True)
class GroupOfTopics:
    """Topics with as many levels, whose payloads are of one kind and read alike."""

    kind: str
    levels: int
    topics: dict[str, list[bytes]]
    shape: DocumentShape = field(default_factory=DocumentShape)
    words: dict[str, set[str]] = field(default_factory=dict)
    tags: frozenset[str] = frozenset()

    @classmethod
    def of(cls, topic: str, kind: str, payloads: list[bytes]) -> GroupOfTopics:
        """Return the group of a single topic."""
        group = cls(kind=kind, levels=topic.count("/") + 1, topics={topic: payloads})
        if kind == "json":
            group.shape = DocumentShape.of(parsed(payload) for payload in payloads)
        elif kind == "text":
            group.words = {topic.rpartition("/")[2]: {payload.decode("utf-8-sig").strip() for payload in payloads}}
        elif kind == "influx":
            lines = [line for payload in payloads for line in payload.decode("utf-8-sig").splitlines() if line.strip()]
            tags = [frozenset(point_of(line.strip()).tags) for line in lines if not line.startswith("#")]
            group.tags = frozenset.intersection(*tags) if tags else frozenset()
        return group

    def agrees(self, other: GroupOfTopics) -> bool:
        """Say whether one rule reads both."""
        if self.levels != other.levels or (self.kind != other.kind and {self.kind, other.kind} != _WORDS):
            return False
        if self.kind == "json":
            return self.shape.agrees(other.shape)
        return self.tags == other.tags

    def join(self, other: GroupOfTopics) -> None:
        """Take over the topics of another one."""
        self.kind = min(self.kind, other.kind, key=lambda kind: _KINDS[kind])
        self.topics |= other.topics
        self.shape.join(other.shape)
        for signal, words in other.words.items():
            self.words[signal] = self.words.get(signal, set()) | words


def proposed(ready_made: Sequence[str], groups: Sequence[GroupOfTopics]) -> str:
    """Return the text of a mapping file: ready-made rules first, then those of the groups."""
    parts = ["# Proposed from what was heard. Look at each site, asset and signal, and add gains and units."]
    parts += ready_made
    ordered = sorted(groups, key=lambda one: (one.levels, _KINDS[one.kind], -len(one.shape.leaves)))
    parts += [_rule(one, [other for other in ordered if other is not one]) for one in ordered]
    return "\n\n".join(parts) + "\n"


def _rule(group: GroupOfTopics, others: Sequence[GroupOfTopics]) -> str:
    """Write the `[[topic]]` of a group, or that it is ignored, where it would store nothing."""
    names = _names(set(group.topics), has_signal=group.kind in _WORDS)
    heard = f"# heard on {len(group.topics)} topics, as {_quoted(min(group.topics))}"
    pattern = Pattern.of(names["pattern"])
    alike = [one for one in others if any(pattern.match(topic) is not None for topic in one.topics)]
    tried = [(topic, payload) for topic, payloads in group.topics.items() for payload in payloads][:_MOST_TRIED]
    why = "nothing in it is a number"
    try:
        for number, lines in enumerate(_ways(group, names, _when(group, alike))):
            text = split_by_tags("\n".join([heard, *lines]), tried)
            if not readings_of(text, tried):
                break
            clash = clash_of(text, tried)
            if clash is None:
                return text
            why = why if number else f"ambiguous: {clash}, and nothing in the payload tells them apart"
    except Misconfigured:
        pass
    return f'{heard}; {why}\n[[topic]]\npattern = {_quoted(names["pattern"])}\npayload = "ignore"'


def _ways(group: GroupOfTopics, names: Mapping[str, str], when: Sequence[str]) -> Iterator[list[str]]:
    """Yield the lines of rules that read a group, the plainest first: they differ in what tells its assets apart."""
    if group.kind != "json":
        yield _lines(group, names, when)
        return
    shape = group.shape
    named = shape.names if shape.named_value is not None else set()
    tellers = {place: one for place, one in shape.tellers.items() if not (place[0] == 0 and place[1] in named)}
    for asset, places in assets_of(names["asset"], tellers, shape.elements):
        said = {steps for out, steps in places if out == 0}
        leaves = {steps: words for steps, words in shape.leaves.items() if steps not in said}
        yield _lines(replace(group, shape=replace(shape, leaves=leaves)), {**names, "asset": asset}, when)


def _when(group: GroupOfTopics, alike: Sequence[GroupOfTopics]) -> list[str]:
    """Write what tells the payloads of a group from others on topics that look alike, where a path can tell them."""
    if not alike or group.kind in _WORDS:
        return []
    if group.kind == "influx":
        return ['when = {"$.measurement" = "*"}']
    theirs = {steps for one in alike for steps in one.shape.leaves}
    own = next((steps for steps in group.shape.leaves if steps not in theirs), next(iter(group.shape.leaves), None))
    return [] if own is None else [f'when = {{{_quoted(text_of(own))} = "*"}}']


def _lines(group: GroupOfTopics, names: Mapping[str, str], when: Sequence[str]) -> list[str]:
    asset = names["asset"]
    if group.kind == "influx" and group.tags and "{asset}" not in asset:
        asset = f"{{{text_of(('tags', min(group.tags)))}}}"
    lines = [
        "[[topic]]",
        *(f"{key} = {_quoted(value)}" for key, value in (("pattern", names["pattern"]), ("site", names["site"]))),
        f"asset = {_quoted(asset)}",
        f'payload = "{group.kind}"',
        *when,
    ]
    if group.kind == "json":
        return lines + _json_lines(group.shape)
    if group.kind == "influx":
        return [*lines, 'signal = "{field}"']
    lines.append('signal = "{signal}"')
    states = _states(group.words)
    others = sorted(group.words.keys() - states.keys() - _numbered(group))
    lines += [f"ignore = [{', '.join(map(_quoted, others))}]  # texts that are no states"] if others else []
    return lines + _word_lines(states)


def _numbered(group: GroupOfTopics) -> set[str]:
    """Return the signals of which a number was heard."""
    return {
        topic.rpartition("/")[2]
        for topic, payloads in group.topics.items()
        if any(is_number(payload.decode("utf-8-sig")) for payload in payloads)
    }


def _states(words: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """Return the signals whose texts are states: few, and no ids."""
    return {
        signal: seen
        for signal, seen in words.items()
        if len(seen) <= MOST_WORDS and can_be_state((signal,)) and all(is_state(one) for one in seen)
    }


def _json_lines(shape: DocumentShape) -> list[str]:
    lines = []
    if shape.lists:
        inner = "".join(f"[*]{text_of(steps)[1:]}" for steps in shape.lists[1:])
        lines.append(f"each = {_quoted(text_of(shape.lists[0]) + inner)}")
    if shape.time is not None:
        path, unit = shape.time
        lines += [f"time = {_quoted(path)}", f'time_unit = "{"iso" if unit == LOCAL else unit}"']
        lines += (
            ['time_zone = "UTC"  # its times name no zone: write the plant\'s, as Asia/Shanghai']
            if unit == LOCAL
            else []
        )
    if len(shape.qualities) == 1:
        lines.append(
            f"quality = {_quoted(text_of(next(iter(shape.qualities))))}  # good, uncertain and bad may be listed"
        )
    if shape.named_value is not None:
        name, value = shape.named_value
        return [*lines, f"signal = {_quoted('{' + name + '}')}", f"values = {_quoted(value)}"]
    keys = _keys(shape.states)
    lines += ["[topic.values]", *(f"{_quoted(keys[path])} = {_quoted(text_of(path))}" for path in shape.states)]
    return lines + _word_lines({keys[path]: words for path, words in shape.states.items() if words})


def _word_lines(words: Mapping[str, Iterable[str]]) -> list[str]:
    lines = []
    for signal, seen in sorted(words.items()):
        lines += [f"[topic.signals.{_quoted(signal)}.values]  # the numbers are made up"]
        lines += [f"{_quoted(word)} = {number}" for number, word in enumerate(sorted(seen))]
    return lines


def _keys(paths: Iterable[Steps]) -> dict[Steps, str]:
    """Name signals by the last step of their paths, by all of them where that would name two alike."""
    paths = list(paths)
    last = [str(path[-1]) if path else "value" for path in paths]
    return {
        path: name if last.count(name) == 1 and not name.isdecimal() else "_".join(map(str, path))
        for path, name in zip(paths, last, strict=True)
    }


def _names(topics: set[str], *, has_signal: bool) -> dict[str, str]:
    """Name levels: the last the signal of single values; of others that vary, the last the asset, the first the site.

    A last level that is a word for values, as in `pump7/flow/value`, names nothing.
    """
    levels = list(zip(*(topic.split("/") for topic in topics), strict=True))
    varying = [number for number, level in enumerate(levels) if len(set(level)) > 1]
    left = [number for number, level in enumerate(levels) if set(level) != {""}] or [0]  # none before or after a slash
    first = left[0]
    if len(left) > 1 and set(levels[-1]) <= _FILLERS and (len(left) > 2 or not has_signal):
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
    fixed = "+" if first in names else _literal(set(levels[first]))
    return {
        "pattern": "/".join(
            f"{{{names[n]}}}" if n in names else _literal(set(level)) for n, level in enumerate(levels)
        ),
        "site": "{site}" if others else "site" if fixed in {"+", ""} else fixed,
        "asset": asset,
    }


def _literal(seen: set[str]) -> str:
    """Return a level as a pattern takes it; one that varies, or would be read as something else, is left open."""
    level = min(seen)
    return level if len(seen) == 1 and not re.search(r"[{}+#]", level) else "+"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
