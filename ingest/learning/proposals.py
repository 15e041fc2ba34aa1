"""What was heard of topics that are read alike, written down as rules of a mapping file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ingest.decoding.json_text import parsed
from ingest.learning.forms import KEYED, lists_left
from ingest.learning.identity import assets_of, can_be_state, split_by_tags
from ingest.learning.levels import FILLERS, names_of
from ingest.learning.shapes import DocumentShape
from ingest.learning.trying import clash_of, readings_of
from ingest.learning.words import MOST_WORDS, is_number, is_quantity, is_state, numbers_of
from ingest.mapping.lines import point_of
from ingest.mapping.path import Steps, text_of
from ingest.mapping.pattern import Pattern
from plant.errors import Misconfigured

KINDS = {"json": 0, "influx": 1, "senml": 2, "quantity": 3, "number": 4, "text": 5}
"""What payloads are, as a mapping calls it; of those that are one word, the one that reads the others comes first."""
WORDS = frozenset({"quantity", "number", "text"})
_OWN = {"influx": "$.measurement", "senml": "$.name"}
_LONGEST_COMMENT = 200
_LEAST_OPC_DA, _LEAST_OPC_UA = 64, 2**30
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
        if self.levels != other.levels or (self.kind != other.kind and not {self.kind, other.kind} <= WORDS):
            return False
        if self.kind == "json":
            return self.shape.agrees(other.shape)
        return self.tags == other.tags

    def join(self, other: GroupOfTopics) -> None:
        """Take over the topics of another one."""
        self.kind = min(self.kind, other.kind, key=lambda kind: KINDS[kind])
        self.topics |= other.topics
        self.shape.join(other.shape)
        for signal, words in other.words.items():
            self.words[signal] = self.words.get(signal, set()) | words


def proposed(ready_made: Sequence[str], groups: Sequence[GroupOfTopics]) -> str:
    """Return the text of a mapping file: ready-made rules first, then those of the groups."""
    parts = ["# Proposed from what was heard. Look at each site, asset and signal, and add gains and units."]
    parts += ready_made
    ordered = sorted(groups, key=lambda one: (one.levels, KINDS[one.kind], -len(one.shape.leaves)))
    rules = _rules(ordered, in_full=False)
    if len(ordered) > 1 and clash_of("\n\n".join(rules), _heard(ordered)) is not None:
        rules = _rules(ordered, in_full=True)
    return "\n\n".join([*parts, *rules]) + "\n"


def _rules(groups: Sequence[GroupOfTopics], *, in_full: bool) -> list[str]:
    return [_rule(one, [other for other in groups if other is not one], in_full=in_full) for one in groups]


def _heard(groups: Sequence[GroupOfTopics]) -> list[tuple[str, bytes]]:
    """Return some of what was heard on topics of all groups."""
    some = [(topic, payloads) for group in groups for topic, payloads in group.topics.items()]
    return [(topic, payload) for topic, payloads in some[: 10 * _MOST_TRIED] for payload in payloads[:1]]


def _rule(group: GroupOfTopics, others: Sequence[GroupOfTopics], *, in_full: bool) -> str:
    """Write the `[[topic]]` of a group, or that it is ignored, where it would store nothing."""
    has_signal = group.kind in WORDS or group.shape.single_value is not None
    names = names_of(set(group.topics), has_signal=has_signal, in_full=in_full)
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
    if not alike or group.kind in WORDS:
        return []
    if group.kind in _OWN:
        return [f'when = {{"{_OWN[group.kind]}" = "*"}}']
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
        return lines + _left_lines(group) + _json_lines(group.shape, group.shape.single_value)
    if group.kind in {"influx", "senml"}:
        return [*lines, 'signal = "{field}"' if group.kind == "influx" else 'signal = "{$.name}"']
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
        if any(is_number(text) or is_quantity(text) for text in (one.decode("utf-8-sig") for one in payloads))
    }


def _states(words: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """Return the signals whose texts are states: few, and no ids."""
    return {
        signal: seen
        for signal, seen in words.items()
        if len(seen) <= MOST_WORDS and can_be_state((signal,)) and all(is_state(one) for one in seen)
    }


def _json_lines(shape: DocumentShape, single: Steps | None = None) -> list[str]:
    lines = _place_lines(shape) + shape.times.lines(shape.elements) + _quality_lines(shape)
    if shape.named_value is not None and not shape.keyed:
        name, value = shape.named_value
        return [*lines, f"signal = {_quoted('{' + name + '}')}", f"values = {_quoted(value)}"]
    if single is not None:
        words = shape.leaves[single]
        lines += ['signal = "{signal}"', f"values = {_quoted(text_of(single))}"]
        return lines + _word_lines({"*": words} if words else {})
    if shape.keyed and (path := _value_of(shape)) is not None:
        lines += ['signal = "{key}"', f"values = {_quoted(text_of(path))}"]
        return lines + _word_lines({"*": shape.leaves[path]} if shape.leaves[path] else {})
    keys = _keys(shape.states)
    lines += ["[topic.values]", *(f"{_quoted(keys[path])} = {_quoted(text_of(path))}" for path in shape.states)]
    return lines + _word_lines({keys[path]: words for path, words in shape.states.items() if words})


def _left_lines(group: GroupOfTopics) -> list[str]:
    """Say which lists of a payload are not read, since a rule reads the elements of one."""
    document = parsed(next(iter(group.topics.values()))[0])
    left = sorted({text_of(steps) for steps in lists_left(document, group.shape.lists)})
    return [f"# not read: {_quoted(', '.join(left)[:_LONGEST_COMMENT])}"] if left else []


def _place_lines(shape: DocumentShape) -> list[str]:
    """Write where the elements are."""
    lists = shape.lists[:-1] if shape.series else shape.lists
    inner = "".join(f"[*]{text_of(steps)[1:]}" for steps in lists[1:]) + ("[*]" if shape.keyed else "")
    lines = [f"each = {_quoted(text_of(lists[0]) + inner)}"] if lists else []
    return [*lines, f"series = {_quoted(text_of(shape.lists[-1]))}"] if shape.series else lines


def _value_of(shape: DocumentShape) -> Steps | None:
    """Return what of an element under a name is its value."""
    found = [steps for steps in shape.states if len(steps) == 1 and str(steps[0]).lower() in KEYED]
    return min(found, key=lambda steps: (steps not in shape.values, text_of(steps)), default=None)


def _quality_lines(shape: DocumentShape) -> list[str]:
    """Write where the nearest quality is; what its numbers mean is said only where that is well known."""
    nearest = min((out for out, _ in shape.qualities), default=0)
    found = [(steps, said) for (out, steps), said in shape.qualities.items() if out == nearest]
    if len(found) != 1:
        return []
    steps, said = found[0]
    path = _quoted(f"${'^' * nearest}{text_of(steps)[1:]}")
    codes = [one for one in said if isinstance(one, int) and not isinstance(one, bool)]
    if not codes:
        return [f"quality = {path}  # good, uncertain and bad may be listed"]
    if str(steps[-1]).lower() in {"code", "statuscode"} or max(codes) >= _LEAST_OPC_UA:
        return [f'quality = {{path = {path}, codes = "opc_ua"}}']
    if max(codes) in range(_LEAST_OPC_DA, 256):
        return [f'quality = {{path = {path}, codes = "opc_da"}}']
    some = ", ".join(str(one) for one in sorted(codes)[:MOST_WORDS])
    return [
        f"# quality = {{path = {path}, good = [], bad = []}}  # heard: {some}; list which is good, and take the # away"
    ]


def _word_lines(words: Mapping[str, Iterable[str]]) -> list[str]:
    lines = []
    for signal, seen in sorted(words.items()):
        numbers, why = numbers_of(seen)
        lines += [f"[topic.signals.{_quoted(signal)}.values]{why}"]
        lines += [f"{_quoted(word)} = {number}" for word, number in numbers.items()]
    return lines


def _keys(paths: Iterable[Steps]) -> dict[Steps, str]:
    """Name signals by the last step of their paths, by all of them where that would name two alike."""
    paths = list(paths)
    last = [_last(path) for path in paths]
    return {
        path: name if last.count(name) == 1 and not name.isdecimal() else _whole(path)
        for path, name in zip(paths, last, strict=True)
    }


def _whole(path: Steps) -> str:
    """Return all steps as one name, without a last one that only says that it is a value."""
    steps = path[:-1] if len(path) > 1 and str(path[-1]).lower() in FILLERS else path
    return "_".join(map(str, steps))


def _last(path: Steps) -> str:
    """Return the last step that names something: `flow` of `flow.value`."""
    named = [str(step) for step in path if str(step).lower() not in FILLERS]
    return named[-1] if named else str(path[-1]) if path else "value"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
