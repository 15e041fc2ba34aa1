"""Where the elements of a document stand, of which each says its values at one instant; and what stands in each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ingest.learning.identity import can_be_state, snake
from ingest.learning.times import time_unit
from ingest.learning.words import is_number, is_state
from ingest.mapping.path import Steps
from ingest.mapping.quality import is_word

_DEEPEST = 6
NAME = re.compile(
    r"(^|_)(id|name|tag|key|alias|propertyalias|signal|metric|point|variable)$|alias$"
    r"|^(tag|display|point|signal|metric|sensor|variable|node|item|resource|property|parameter|register)_?(name|id|path)$"
)
VALUE = frozenset({"value", "val", "v"})
KEYED = VALUE | {"data"}
_QUALITY = frozenset({"q", "qc", "quality", "status", "statuscode"})
_CODES = frozenset({"code", "symbol"})
NO_MEASURES = re.compile(
    r"(?:.*_)?(?:id|uuid|guid|seq|sequence|msg_no|client_token|ua_type|version|serial|ack|serial_(?:no|number))"
    r"|(?:.*_)?seq(?:uence)?_?(?:no|nr|num|number|id)|cid|eventno|code"
)


@dataclass(frozen=True, slots=True)
class ElementForm:
    """Where the elements of a document stand: in lists within lists, under the names of signals, or side by side."""

    lists: tuple[Steps, ...] = ()
    keyed: bool = False
    series: bool = False


def elements_of(document: Any) -> tuple[ElementForm, list[tuple[Any, ...]]]:
    """Return where the elements of a document stand, and them with what encloses them."""
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
    for kind, places in (("keyed", _keyed_in), ("series", _series_in)):
        only = _only([(levels[-1], list(places(levels[-1]))) for levels in elements])
        if only is not None:
            lists.append(only)
            parts = _values_of if kind == "keyed" else _rows_of
            below = [(*levels, one) for levels in elements for one in parts(_step_to(levels[-1], only))]
            return ElementForm(tuple(lists), keyed=kind == "keyed", series=kind == "series"), below
    return ElementForm(tuple(lists)), elements


def _only(places: list[tuple[Any, list[Steps]]]) -> Steps | None:
    """Return the one place of each element beside which nothing is said that would be lost; else None."""
    if len({tuple(found) for _, found in places}) != 1 or len(places[0][1]) != 1:
        return None
    (steps,) = places[0][1]
    beside = (leaf for value, _ in places for leaf in leaves_of(value, ()) if leaf[0][: len(steps)] != steps)
    return None if any(_is_measure(*leaf) for leaf in beside) else steps


def _values_of(value: dict[str, Any]) -> list[Any]:
    return list(value.values())


def _rows_of(value: dict[str, Any]) -> list[Any]:
    """Return what the lists of an object have at each place."""
    lists = {key: one for key, one in value.items() if isinstance(one, list)}
    return [{key: one[place] for key, one in lists.items()} for place in range(len(next(iter(lists.values()))))]


def _list_in(value: Any, steps: Steps = ()) -> tuple[Steps] | None:
    """Return where the first list of objects is, None where there is none."""
    if isinstance(value, list):
        return (steps,) if value and all(isinstance(one, dict) for one in value) else None
    if isinstance(value, dict) and len(steps) < _DEEPEST:
        found = (_list_in(part, (*steps, key)) for key, part in value.items() if is_step(key))
        return next((one for one in found if one is not None), None)
    return None


def _keyed_in(value: Any, steps: Steps = ()) -> Iterator[Steps]:
    """Yield where objects are whose keys name values: `{"flow": {"value": 7.5}, "head": {"value": 2}}`."""
    if not isinstance(value, dict) or not value or len(steps) >= _DEEPEST:
        return
    if all(isinstance(one, dict) and _is_one_value(one) for one in value.values()):
        yield steps
        return
    for key, part in value.items():
        if is_step(key):
            yield from _keyed_in(part, (*steps, key))


def _is_one_value(said: dict[str, Any]) -> bool:
    """Say whether an object is one value, with what is said of it."""
    measures = [steps for steps, value in leaves_of(said, ()) if _is_measure(steps, value)]
    if any(len(steps) > 1 or str(steps[0]).lower() not in KEYED for steps in measures):
        return False
    return any(key.lower() in KEYED and isinstance(one, (bool, int, float, str)) for key, one in said.items())


def _is_measure(steps: Steps, value: Any) -> bool:
    """Say whether a value would be one of a signal."""
    if time_unit(steps, value) is not None or is_quality(steps, value):
        return False
    if isinstance(value, (bool, int, float)) or is_number(value):
        return not steps or NO_MEASURES.fullmatch(snake(steps[-1])) is None
    return is_state(value) and can_be_state(steps) and NAME.search(str(steps[-1]).lower()) is None


def _series_in(value: Any, steps: Steps = ()) -> Iterator[Steps]:
    """Yield where objects are whose lists stand side by side, one of them of times: `{"t": [1, 2], "flow": [7, 8]}`."""
    if not isinstance(value, dict) or len(steps) >= _DEEPEST:
        return
    lists = {key: one for key, one in value.items() if isinstance(one, list) and one}
    is_even = len(lists) > 1 and len({len(one) for one in lists.values()}) == 1 and not _list_in(value)
    if is_even and any(_is_time_list(key, one) for key, one in lists.items()):
        yield steps
        return
    for key, part in value.items():
        if is_step(key):
            yield from _series_in(part, (*steps, key))


def _is_time_list(key: str, said: list[Any]) -> bool:
    return all(time_unit((key,), one) is not None for one in said)


def _at(value: Any, steps: Steps) -> list[Any]:
    found = _step_to(value, steps)
    return found if isinstance(found, list) else []


def lists_left(document: Any, lists: Sequence[Steps]) -> Iterator[Steps]:
    """Yield where else a document has lists of objects than where its elements are taken from: no rule reads both."""
    outer: Steps = ()
    for steps in lists:
        yield from ((*outer, *one) for one in _lists_in(document) if one != steps)
        document, outer = _step_to(document, steps), (*outer, *steps)
        if not isinstance(document, list) or not document:
            return
        document = document[0]
    yield from ((*outer, *one) for one in _lists_in(document))


def _lists_in(value: Any, steps: Steps = ()) -> Iterator[Steps]:
    if isinstance(value, list):
        yield from [steps] if value and all(isinstance(one, dict) for one in value) else []
    elif isinstance(value, dict) and len(steps) < _DEEPEST:
        for key, part in value.items():
            if is_step(key):
                yield from _lists_in(part, (*steps, key))


def _step_to(value: Any, steps: Steps) -> Any:
    """Return what stands at some steps, None where nothing does."""
    for step in steps:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def leaves_of(value: Any, steps: Steps) -> Iterator[tuple[Steps, Any]]:
    """Yield what stands in a value that has no parts, with the steps to it; lists of objects apart."""
    if isinstance(value, dict) and len(steps) < _DEEPEST:
        for key, part in value.items():
            if is_step(key):
                yield from leaves_of(part, (*steps, key))
    elif isinstance(value, list) and len(steps) < _DEEPEST and not any(isinstance(one, dict) for one in value):
        for place, part in enumerate(value):
            yield from leaves_of(part, (*steps, place))
    elif isinstance(value, (bool, int, float, str)):
        yield steps, value


def is_step(key: str) -> bool:
    """Say whether a path can name this key."""
    return bool(key) and '"' not in key


def is_quality(steps: Steps, value: Any) -> bool:
    """Say whether a value says how good others are: a word that means so, or a code that is called like one."""
    if not steps or not isinstance(value, (bool, int, str)):
        return False
    last = str(steps[-1]).lower()
    if last in _CODES and len(steps) > 1 and str(steps[-2]).lower() == "statuscode":
        return last == "code"
    if last not in _QUALITY:
        return False
    return is_word(value) if isinstance(value, str) else last != "status" or not isinstance(value, bool)
