"""What tells things apart that speak on one topic: the machine, tags and ids, which a proposal puts into its names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from ingest.learning.times import Place
from ingest.mapping.file import TopicRule, parse_rules
from ingest.mapping.path import Steps, text_of
from ingest.mapping.rule import Rule
from plant.errors import Rejected

_MOST_SEEN = 1_000
_MOST_TOGETHER = 5  # of what may tell things apart, so many are tried two by two
_WHICH = r"(?:_?(?:id|name|no|code|tag|key))?"
_MACHINE = re.compile(rf"(?:machine|asset|equipment|device){_WHICH}|设备|机器|机台|设备编号|设备名称|设备名")
_MACHINE_TAG = re.compile(rf"(?:machine|asset|equipment){_WHICH}")
_NAMES = re.compile(r"(?:^|.*_)(?:id|name|tag|key|alias|sensor|channel|point|slot|unit_no|address|addr)|.*alias")
_NUMBERED = re.compile(
    r"(?:^|.*_)(?:id|no|nr|num|number|index|idx|slot|channel|ch|address|addr|port|unit|line|rack|cell|module|position)"
)
_COUNTED = re.compile(r"(?:.*_)?(?:seq(?:uence)?|msg|message|event|request)_?(?:no|nr|num|number|id|index|idx)?")
_NO_STATES = re.compile(
    r"(?:^|.*_)(?:events?|method|action|component|command|cmd|message|msg|text|comment|note|description|type|kind|src"
    r"|source|dst|destination|topic|units?|uom|firmware|version|model|serial|mac|ip|host|hostname|user|operator|batch"
    r"|lot|recipe|product|order|button|click|gesture|location|area|site|tags?|labels?|(?:.*_)?(?:id|uuid|guid|eui)"
    r"|group|node|publisher|(?:.*_)?name|code|symbol|data_?type|value_?type)"
)


@dataclass(slots=True)
class Teller:
    """A place whose values may say which of several things an element speaks of; `count` elements have it."""

    values: set[str | int] = field(default_factory=set)
    count: int = 0
    messages: int = 0
    last: int = -1

    def hear(self, value: str | int, message: int) -> None:
        """Learn that it has a value in a message."""
        self.count += 1
        self.messages, self.last = self.messages + (message != self.last), message
        if len(self.values) < _MOST_SEEN:
            self.values.add(value)

    def join(self, other: Teller) -> None:
        """Take over what another one has."""
        self.values |= other.values
        self.count, self.messages = self.count + other.count, self.messages + other.messages


def may_tell(steps: Steps, value: object) -> bool:
    """Say whether a value may tell things apart: a text, or a whole number that is called like an id."""
    if isinstance(value, bool) or not steps:
        return False
    last = snake(steps[-1])
    is_id = _NUMBERED.fullmatch(last) is not None and _COUNTED.fullmatch(last) is None
    return isinstance(value, str) or (isinstance(value, int) and is_id)


def names_machine(steps: Steps) -> bool:
    """Say whether what stands there is called a machine.

    >>> names_machine(("machineId",)), names_machine(("machine", "state"))
    (True, False)
    """
    return bool(steps) and _MACHINE.fullmatch(snake(steps[-1])) is not None


def can_be_state(steps: Steps) -> bool:
    """Say whether a text that stands there may be a state: no event, no text for people, and nothing that identifies.

    >>> can_be_state(("event",)), can_be_state(("tags", "pump")), can_be_state(("motor", "mode"))
    (False, False, True)
    """
    return not names_machine(steps) and not any(_NO_STATES.fullmatch(snake(step)) for step in steps)


def snake(step: str | int) -> str:
    """Return a name in lower case, its words apart."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", str(step)).lower()


def assets_of(base: str, tellers: Mapping[Place, Teller], elements: int) -> Iterator[tuple[str, frozenset[Place]]]:
    """Yield templates of an asset, the plainest first, with the places that they speak of.

    The machine that is named in the payload is taken before what the topic says.
    """
    ranked = sorted(tellers, key=_rank)
    machine = next((place for place in ranked if names_machine(place[1])), None)
    others = [place for place in ranked if place != machine and len(tellers[place].values) > 1]
    repeated = [place for place in others if _is_series(place, tellers[place], elements)]
    more = [place for place in others if place not in repeated]
    for begin, first in [*([(None, [machine])] if machine is not None else []), (base, [machine] if machine else [])]:
        for extra in [(), *((one,) for one in more), *combinations(more[:_MOST_TOGETHER], 2)]:
            places = [*first, *repeated, *extra]
            yield _asset(begin, base, places, tellers, elements), frozenset(places)


def _rank(place: Place) -> tuple[bool, bool, int, int, str]:
    out, steps = place
    last = snake(steps[-1])
    return not names_machine(steps), _NAMES.fullmatch(last) is None, out, len(steps), str(steps)


def _is_series(place: Place, teller: Teller, elements: int) -> bool:
    """Say whether it is a name that comes again and again, not one of each message."""
    is_name = names_machine(place[1]) or _NAMES.fullmatch(snake(place[1][-1])) is not None
    is_of_one_message = 1 < len(teller.values) == teller.messages and place[0] > 0
    return is_name and len(teller.values) < min(teller.count, elements) and not is_of_one_message


def _asset(
    begin: str | None, base: str, places: Sequence[Place], tellers: Mapping[Place, Teller], elements: int
) -> str:
    parts = [] if begin is None else [begin]
    for number, place in enumerate(places):
        out, steps = place
        path = f"${'^' * out}{text_of(steps)[1:]}"
        if tellers[place].count >= elements:
            parts.append(f"{{{path}}}")
        elif begin is None and number == 0 and (name := re.fullmatch(r"\{(\w+)\}", base)):
            parts.append(f"{{{path}|{name.group(1)}}}")
        else:
            parts.append(f"{{{path}|}}")
            parts = [base, *parts] if not parts[:-1] else parts
    return "-".join(parts)


def split_by_tags(text: str, heard: Iterable[tuple[str, bytes]]) -> str:
    """Return a mapping whose rules keep series of different tags apart: the machine in the asset, others in the signal.

    It is for rules of points, which have `tags` beside `fields`; others are left as they are.

    Raises:
        Misconfigured: the mapping makes no sense.
    """
    heard = list(heard)
    head, *blocks = text.split("[[topic]]")
    for number, rule in enumerate(parse_rules(text, name="the proposal")):
        if rule.payload == "influx" or rule.values == "$.fields":
            blocks[number] = _split(blocks[number], rule, list(_points(rule, heard)))
    return "[[topic]]".join([head, *blocks])


@dataclass(frozen=True, slots=True)
class _Series:
    """What one point says of whom: the machine that its tags name, its measurement, its other tags."""

    topic: str
    machine: str
    measurement: str
    tags: Mapping[str, str]

    def fields(self, needed: Sequence[str]) -> tuple[str, ...]:
        """Return what a signal of it would be called by some of its tags."""
        return (self.topic, self.machine, self.measurement, *(self.tags.get(one, "") for one in needed))


def _points(rule: TopicRule, heard: Iterable[tuple[str, bytes]]) -> Iterator[_Series]:
    ready = Rule(rule)
    for topic, payload in heard:
        parts = ready.pattern.match(topic)
        try:
            elements = ready.meant(payload) if parts is not None else []
        except Rejected:
            continue
        for element in elements:
            said = element.levels[-1]
            tags = said.get("tags") if isinstance(said, Mapping) else None
            known = {key: one for key, one in tags.items() if _can_be_named(key, one)} if tags else {}
            machine = next((key for key in sorted(known) if _MACHINE_TAG.fullmatch(snake(key))), "")
            measurement = str(said.get("measurement", said.get("name", ""))) if isinstance(said, Mapping) else ""
            rest = {key: one for key, one in known.items() if key != machine}
            if machine:
                rest[""] = machine  # which tag names it
            yield _Series(str(sorted((parts or {}).items())), known.get(machine, ""), measurement, rest)


def _can_be_named(key: str, value: object) -> bool:
    return isinstance(value, str) and bool(key) and not set(key) & set('{}|"\\')


def _split(block: str, rule: TopicRule, points: Sequence[_Series]) -> str:
    """Rewrite asset and signal of a rule so that points of different tags do not become one signal."""
    machines = sorted({one.tags[""] for one in points if "" in one.tags})
    asset, signal = rule.asset, rule.signal or "{field}"
    if machines and not all(f".{one}" in asset for one in machines):
        said = "|".join(text_of(("tags", one)) for one in machines)
        everywhere = all("" in one.tags for one in points)
        alone = re.fullmatch(r"\{(.+)\}", asset)
        asset = f"{{{said}}}" if everywhere else f"{{{said}|{alone.group(1)}}}" if alone else f"{{{said}|}}-{asset}"
    if rule.payload == "influx" and "measurement" not in signal and len({one.measurement for one in points}) > 1:
        signal = f"{{measurement}}_{signal}"
    needed = "".join(f"{{{text_of(('tags', one))}|}}_" for one in _needed(points) if f".{one}" not in signal + asset)
    signal = re.sub(r"\{(key|field)\}", lambda found: needed + found.group(), signal, count=1)
    block = re.sub(r"(?m)^asset = .*$", lambda _: f"asset = {json.dumps(asset, ensure_ascii=False)}", block)
    return re.sub(r"(?m)^signal = .*$", lambda _: f"signal = {json.dumps(signal, ensure_ascii=False)}", block)


def _needed(points: Sequence[_Series]) -> list[str]:
    """Return the fewest tags, as far as can be found one by one, by which all series have names of their own."""
    needed: list[str] = []
    while True:
        alike: dict[tuple[str, ...], list[Mapping[str, str]]] = {}
        for one in points:
            alike.setdefault(one.fields(needed), []).append(one.tags)
        values: dict[str, set[str]] = {}
        for group in alike.values():
            for tag in {key for tags in group for key in tags if key} - set(needed):
                seen = {tags.get(tag, "") for tags in group}
                if len(seen) > 1:
                    values.setdefault(tag, set()).update(seen)
        if not values:
            return needed
        needed.append(min(values, key=lambda tag: (-len(values[tag]), tag)))
