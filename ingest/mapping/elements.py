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
    """Takes a payload apart: `documents` what it holds, `lists` where in each the lists of elements are."""

    def __init__(self, documents: Documents, lists: Sequence[Path], text: str) -> None:
        self._documents, self._lists, self._text = documents, tuple(lists), text

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
            yield element
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
