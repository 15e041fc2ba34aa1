"""The shape of payloads: which values stand where, which is the time, which the name, and where the lists are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ingest.learning.forms import NAME, NO_MEASURES, VALUE, ElementForm, elements_of, is_quality, leaves_of
from ingest.learning.identity import Teller, can_be_state, may_tell, names_machine, snake
from ingest.learning.times import Place, TimesSeen
from ingest.learning.words import MOST_WORDS, is_number, is_state
from ingest.mapping.path import Steps, text_of


@dataclass(slots=True)
class DocumentShape:
    """What was seen of the payloads of some topics: `lists` around the elements, and what stands in each element.

    `leaves` are paths within an element, each with the words that stood there; `names` those of what says whose value
    it is; `times` and `qualities` tell when and how good. `tellers` are what may tell apart the things of which
    `elements` speak. In a `keyed` shape each element stands in an object under the name of its signal; in one of
    `series` it is what lists that stand side by side have at one place.
    """

    lists: tuple[Steps, ...] = ()
    leaves: dict[Steps, set[str]] = field(default_factory=dict)
    times: TimesSeen = field(default_factory=TimesSeen)
    names: set[Steps] = field(default_factory=set)
    values: set[Steps] = field(default_factory=set)
    qualities: dict[Place, set[str | bool | int]] = field(default_factory=dict)
    tellers: dict[Place, Teller] = field(default_factory=dict)
    elements: int = 0
    keyed: bool = False
    series: bool = False

    @classmethod
    def of(cls, documents: Iterable[Any]) -> DocumentShape:
        """Return the shape that documents have together."""
        shape: DocumentShape | None = None
        for number, document in enumerate(documents):
            form, elements = elements_of(document)
            if shape is None:
                shape = cls(lists=form.lists, keyed=form.keyed, series=form.series)
            if form == shape.form:
                for levels in elements:
                    shape.hear(levels, number)
        return shape or cls()

    @property
    def form(self) -> ElementForm:
        """Return where its elements stand."""
        return ElementForm(self.lists, self.keyed, self.series)

    def hear(self, levels: tuple[Any, ...], message: int) -> None:
        """Learn from an element of a message and what encloses it."""
        self.elements += 1
        for out, level in enumerate(reversed(levels)):
            for steps, value in leaves_of(level, ()):
                if self._is_of_elements(out, steps) or self.times.hear((out, steps), value):
                    continue
                if is_quality(steps, value):
                    self.qualities.setdefault((out, steps), set()).add(value)
                    continue
                if may_tell(steps, value) and not (isinstance(value, str) and is_number(value)):
                    self.tellers.setdefault((out, steps), Teller()).hear(value, message)
                if out == 0 and not (isinstance(value, str) and names_machine(steps)):
                    self._hear_leaf(steps, value)

    def _is_of_elements(self, out: int, steps: Steps) -> bool:
        """Say whether a place in what encloses an element is one of elements again."""
        if out != 1 or not (self.keyed or self.series):
            return False
        last = self.lists[-1]
        return steps[: len(last)] == last and (self.keyed or isinstance(steps[-1], int))

    def _hear_leaf(self, steps: Steps, value: Any) -> None:
        last = str(steps[-1]).lower() if steps else ""
        if isinstance(value, (bool, int, float)) or is_number(value):
            if not steps or NO_MEASURES.fullmatch(snake(steps[-1])) is None:
                self.leaves.setdefault(steps, set())
            self.values |= {steps} if last in VALUE or (len(steps) > 1 and str(steps[-2]).lower() in VALUE) else set()
        elif NAME.search(last):
            self.names.add(steps)
        elif is_state(value) and can_be_state(steps):
            seen = self.leaves.setdefault(steps, set())
            if len(seen) <= MOST_WORDS:
                seen.add(value)

    def agrees(self, other: DocumentShape) -> bool:
        """Say whether two are read by one rule: the same lists, and most of what the smaller one has in both."""
        if self.form != other.form or bool(self.times) != bool(other.times):
            return False
        both = self.leaves.keys() & other.leaves.keys()
        return 2 * len(both) > max(len(self.leaves), len(other.leaves)) or self.leaves.keys() == other.leaves.keys()

    def join(self, other: DocumentShape) -> None:
        """Take over what another one has."""
        for steps, words in other.leaves.items():
            self.leaves[steps] = self.leaves.get(steps, set()) | words
        self.times.join(other.times)
        self.names, self.values = self.names | other.names, self.values | other.values
        for place, said in other.qualities.items():
            self.qualities[place] = self.qualities.get(place, set()) | said
        self.elements += other.elements
        for place, teller in other.tellers.items():
            own = self.tellers.setdefault(place, Teller())
            own.join(teller)

    @property
    def states(self) -> Mapping[Steps, set[str]]:
        """Return what has a number or a word that stands for one."""
        return {steps: words for steps, words in self.leaves.items() if len(words) <= MOST_WORDS}

    @property
    def named_value(self) -> tuple[str, str] | None:
        """Return the paths of name and value of elements that say one value each, whose name stands beside it."""
        if not self.names or len(self.values) != 1 or set(self.leaves) - self.values:
            return None
        name = min(self.names, key=self._is_of_one_element)
        return text_of(name), text_of(next(iter(self.values)))

    def _is_of_one_element(self, name: Steps) -> tuple[bool, bool, str]:
        """Say whether a name is another one in each element; of others those that people read are better."""
        teller = self.tellers.get((0, name))
        is_unique = teller is not None and 2 < self.elements == len(teller.values)
        return is_unique, "name" not in snake(name[-1]), text_of(name)

    @property
    def single_value(self) -> Steps | None:
        """Return where the only value of payloads is that say one, and no name of it; else None."""
        if self.lists or self.keyed or self.series or len(self.leaves) != 1 or self.names:
            return None
        (steps,) = self.leaves
        return steps if len(steps) == 1 and steps in self.values else None
