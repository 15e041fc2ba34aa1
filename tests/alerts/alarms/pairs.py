"""Every pair of what may stand at an alert at once, and what docs/alarms.md says of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

DOCS = Path(__file__).parents[3] / "docs" / "alarms.md"
HEAD = "| first | then | while both stand | the first is over | both are over, it still stands | told | it went |"


EPISODE_HEAD = (
    "| stands | within its delay | its delay is over | what stood is over | told | it went within its delay |"
)


class Thing(StrEnum):
    """What may stand at an alert."""

    DELAY = "on-delay"
    SHELVED = "shelved"
    WORK = "work"
    DESIGN = "by design"
    OUT = "out of service"
    RELEARNING = "re-learning"
    ACKNOWLEDGED = "acknowledged"


Pair = tuple[Thing, Thing]


@dataclass(frozen=True, slots=True)
class Decided:
    """The alert's states, how often people are told once both are over, and its state where the condition ended."""

    both: str
    one_over: str
    over: str
    told: str
    went: str


def pairs() -> Iterator[Pair]:
    """Every pair that can be: an alert that is still delayed is neither shelved nor acknowledged."""
    unraised = {Thing.SHELVED, Thing.ACKNOWLEDGED}
    for first in Thing:
        for then in Thing:
            if first is not then and then is not Thing.DELAY and not (first is Thing.DELAY and then in unraised):
                yield first, then


def in_the_docs() -> dict[Pair, Decided]:
    """Read the table of what stands at a condition."""
    return {(Thing(first), Thing(then)): Decided(*decided) for first, then, *decided in _table(HEAD)}


def episodes_in_the_docs() -> dict[Thing, tuple[str, ...]]:
    """Read the table of what a further episode does that begins while something stands."""
    return {Thing(stands): tuple(decided) for stands, *decided in _table(EPISODE_HEAD)}


def _table(head: str) -> Iterator[list[str]]:
    lines = DOCS.read_text(encoding="utf-8").splitlines()
    for line in lines[lines.index(head) + 2 :]:
        if not line.startswith("|"):
            return
        yield [cell.strip() for cell in line.strip("|").split("|")]
