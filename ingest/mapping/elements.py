"""The elements of a payload that are read one by one: those of a list, of lists within lists, or the whole of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ingest.mapping.documents import Documents, Unreadable
from ingest.mapping.path import Path


@dataclass(frozen=True, slots=True)
class Element:
    """One element: `levels` from the whole payload to it, and its `key` where it stands in an object."""

    levels: tuple[Any, ...]
    key: str = ""


class ElementReader:
    """Takes a payload apart: `documents` what it holds, `lists` where in each the lists of elements are.

    `series` is where in each element lists stand side by side: then an element is what they have at one place.
    """

    def __init__(self, documents: Documents, lists: Sequence[Path], text: str, series: Path | None = None) -> None:
        self._documents, self._lists, self._text, self._series = documents, tuple(lists), text, series

    def read(self, payload: bytes) -> Iterator[Element | Unreadable]:
        """Yield the elements in their order, and what cannot be read among them.

        Raises:
            Rejected: for the payload as a whole.
        """
        for document in self._documents(payload):
            if isinstance(document, Unreadable):
                yield document
            else:
                yield from self._within(Element((document,)), self._lists)

    def _within(self, element: Element, lists: Sequence[Path]) -> Iterator[Element | Unreadable]:
        if not lists:
            yield from [element] if self._series is None else _side_by_side(element, self._series.of(element.levels))
            return
        found = lists[0].of(element.levels)
        if isinstance(found, dict):
            below = [Element((*element.levels, value), str(key)) for key, value in found.items()]
        elif isinstance(found, list):
            below = [Element((*element.levels, value), element.key) for value in found]
        else:
            yield Unreadable("no_numbers", f"there is no list at {self._text}")
            return
        for one in below:
            yield from self._within(one, lists[1:])


def _side_by_side(element: Element, found: Any) -> Iterator[Element | Unreadable]:
    """Yield what the lists of an object have at each place."""
    lists = {key: one for key, one in found.items() if isinstance(one, list)} if isinstance(found, dict) else {}
    lengths = sorted({len(one) for one in lists.values()})
    if len(lengths) != 1:
        said = f"are {lengths[0]} to {lengths[-1]} long" if lengths else "are none"
        yield Unreadable("bad_row", f"the lists that stand side by side {said}")
        return
    for place in range(lengths[0]):
        yield Element((*element.levels, {key: one[place] for key, one in lists.items()}), element.key)
