"""The shape of payloads: which values stand where, which is the time, which the name, and where the lists are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ingest.learning.identity import Place, Teller, can_be_state, may_tell, names_machine
from ingest.mapping.path import Steps, text_of

MOST_WORDS = 12  # texts with more different values than that are no states
LONGEST_WORD = 40
LOCAL = "iso, of no zone"
_DEEPEST = 6
_TIME = re.compile(
    r"(^|_)(ts|t|at|sent|time|timestamp|datetime|date|last_?seen)(_(s|ms|us|ns))?$"
    r"|(source|server|device|gateway|event|enqueued|sample|created|measured|observed|received)_?(time|timestamp|ts|at)$"
)
_MAGNITUDES = ((1e17, "ns"), (1e14, "us"), (1e11, "ms"), (1e8, "s"))
_NAME = re.compile(
    r"(^|_)(id|name|tag|key|alias|propertyalias|signal|metric|point|variable)$|alias$"
    r"|^(tag|display|point|signal|metric|sensor|variable|node|item)_?(name|id|path)$"
)
_VALUE = frozenset({"value", "val", "v"})
_QUALITY = frozenset({"q", "qc", "quality", "status", "statuscode"})
_STATE = re.compile(r"[^\W\d_]+([ _-][^\W\d_]+)*")


@dataclass(slots=True)
class DocumentShape:
    """What was seen of the payloads of some topics: `lists` around the elements, and what stands in each element.

    `leaves` are paths within an element, each with the words that stood there; `times` and `names` those of what tells
    the time and whose value it is; a path is how many levels out, and the steps from there. `tellers` are what may tell
    apart the things of which `elements` speak.
    """

    lists: tuple[Steps, ...] = ()
    leaves: dict[Steps, set[str]] = field(default_factory=dict)
    times: dict[tuple[int, Steps], str] = field(default_factory=dict)
    names: set[Steps] = field(default_factory=set)
    values: set[Steps] = field(default_factory=set)
    qualities: set[Steps] = field(default_factory=set)
    tellers: dict[Place, Teller] = field(default_factory=dict)
    elements: int = 0

    @classmethod
    def of(cls, documents: Iterable[Any]) -> DocumentShape:
        """Return the shape that documents have together."""
        shape: DocumentShape | None = None
        for document in documents:
            lists, elements = _elements(document)
            if shape is None:
                shape = cls(lists=lists)
            if lists == shape.lists:
                for levels in elements:
                    shape.hear(levels)
        return shape or cls()

    def hear(self, levels: tuple[Any, ...]) -> None:
        """Learn from an element and what encloses it."""
        self.elements += 1
        for out, level in enumerate(reversed(levels)):
            for steps, value in _leaves(level, ()):
                unit = _time_unit(steps, value)
                if unit is not None:
                    self.times.setdefault((out, steps), unit)
                    continue
                if may_tell(steps, value) and not (isinstance(value, str) and is_number(value)):
                    self.tellers.setdefault((out, steps), Teller()).hear(value)
                if out == 0 and not (isinstance(value, str) and names_machine(steps)):
                    self._hear_leaf(steps, value)

    def _hear_leaf(self, steps: Steps, value: Any) -> None:
        last = str(steps[-1]).lower() if steps else ""
        if last in _QUALITY and isinstance(value, (str, bool, int)):
            self.qualities.add(steps)
        elif isinstance(value, (bool, int, float)) or is_number(value):
            self.leaves.setdefault(steps, set())
            self.values |= {steps} if last in _VALUE or (len(steps) > 1 and str(steps[-2]).lower() in _VALUE) else set()
        elif _NAME.search(last):
            self.names.add(steps)
        elif is_state(value) and can_be_state(steps):
            seen = self.leaves.setdefault(steps, set())
            if len(seen) <= MOST_WORDS:
                seen.add(value)

    def agrees(self, other: DocumentShape) -> bool:
        """Say whether two are read by one rule: the same lists, and most of what the smaller one has in both."""
        if self.lists != other.lists or bool(self.times) != bool(other.times):
            return False
        both = self.leaves.keys() & other.leaves.keys()
        return 2 * len(both) > max(len(self.leaves), len(other.leaves)) or self.leaves.keys() == other.leaves.keys()

    def join(self, other: DocumentShape) -> None:
        """Take over what another one has."""
        for steps, words in other.leaves.items():
            self.leaves[steps] = self.leaves.get(steps, set()) | words
        self.times = {**other.times, **self.times}
        self.names, self.values = self.names | other.names, self.values | other.values
        self.qualities |= other.qualities
        self.elements += other.elements
        for place, teller in other.tellers.items():
            own = self.tellers.setdefault(place, Teller())
            own.values, own.count = own.values | teller.values, own.count + teller.count

    @property
    def states(self) -> Mapping[Steps, set[str]]:
        """Return what has a number or a word that stands for one."""
        return {steps: words for steps, words in self.leaves.items() if len(words) <= MOST_WORDS}

    @property
    def time(self) -> tuple[str, str] | None:
        """Return the path and the unit of the time, the nearest one; None where there is none."""
        if not self.times:
            return None
        (out, steps), unit = min(self.times.items(), key=lambda one: (one[0][0], len(one[0][1])))
        return f"${'^' * out}{text_of(steps)[1:]}", unit

    @property
    def named_value(self) -> tuple[str, str] | None:
        """Return the paths of name and value of elements that say one value each, whose name stands beside it."""
        if len(self.names) != 1 or len(self.values) != 1 or set(self.leaves) - self.values:
            return None
        return text_of(next(iter(self.names))), text_of(next(iter(self.values)))


def _elements(document: Any) -> tuple[tuple[Steps, ...], list[tuple[Any, ...]]]:
    """Return where the lists of objects are, one within the other, and the elements with what encloses them."""
    lists: list[Steps] = []
    elements: list[tuple[Any, ...]] = [(document,)]
    while len(lists) < _DEEPEST:
        place = next((found for levels in elements if (found := _list_in(levels[-1])) is not None), None)
        if place is None:
            break
        steps = place[0]
        below = [(*levels, one) for levels in elements for one in _at(levels[-1], steps)]
        if not below:
            break
        lists.append(steps)
        elements = below
    return tuple(lists), elements


def _list_in(value: Any, steps: Steps = ()) -> tuple[Steps] | None:
    """Return where the first list of objects is, None where there is none."""
    if isinstance(value, list):
        return (steps,) if value and all(isinstance(one, dict) for one in value) else None
    if isinstance(value, dict) and len(steps) < _DEEPEST:
        found = (_list_in(part, (*steps, key)) for key, part in value.items() if is_step(key))
        return next((one for one in found if one is not None), None)
    return None


def _at(value: Any, steps: Steps) -> list[Any]:
    for step in steps:
        value = value.get(step) if isinstance(value, dict) else None
    return value if isinstance(value, list) else []


def _leaves(value: Any, steps: Steps) -> Iterator[tuple[Steps, Any]]:
    if isinstance(value, dict) and len(steps) < _DEEPEST:
        for key, part in value.items():
            if is_step(key):
                yield from _leaves(part, (*steps, key))
    elif isinstance(value, list) and len(steps) < _DEEPEST and not any(isinstance(one, dict) for one in value):
        for place, part in enumerate(value):
            yield from _leaves(part, (*steps, place))
    elif isinstance(value, (bool, int, float, str)):
        yield steps, value


def is_step(key: str) -> bool:
    """Say whether a path can name this key."""
    return bool(key) and '"' not in key


def is_number(text: str) -> bool:
    """Say whether a text spells a number or a truth."""
    try:
        float(text)
    except ValueError:
        return text.strip().lower() in {"true", "false"}
    return True


def is_state(text: str) -> bool:
    """Say whether a text may be the state of something: a few words, and no digits, which ids and versions have.

    >>> is_state("running"), is_state("01144B"), is_state("0x00158d0001")
    (True, False, False)
    """
    return len(text) <= LONGEST_WORD and _STATE.fullmatch(text.strip()) is not None


def _time_unit(steps: Steps, value: Any) -> str | None:
    """Say in what unit a value counts time, None where it is no time."""
    if not steps or not _TIME.search(str(steps[-1]).lower()) or isinstance(value, bool):
        return None
    if isinstance(value, str):
        try:
            zone = datetime.fromisoformat(value).tzinfo
        except ValueError:
            return None
        return None if value.isdecimal() else LOCAL if zone is None else "iso"
    return next((unit for least, unit in _MAGNITUDES if value >= least), None)
