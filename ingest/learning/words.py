"""Which texts are numbers, quantities or states, and the numbers that stand for states."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from ingest.mapping.scale import QUANTITY
from lifecycle.units import conversion
from plant.errors import Rejected

MOST_WORDS = 12  # texts with more different values than that are no states
LONGEST_WORD = 40
_STATE = re.compile(r"[^\W\d_]+([ _-][^\W\d_]+)*")

_PAIRS = (
    ("off", "on"),
    ("false", "true"),
    ("no", "yes"),
    ("closed", "open"),
    ("close", "open"),
    ("offline", "online"),
    ("stopped", "running"),
    ("stop", "run"),
    ("inactive", "active"),
    ("disconnected", "connected"),
    ("disabled", "enabled"),
    ("停止", "运行"),
    ("关", "开"),
)
"""Words for 0 and 1 about which nobody disagrees."""


def numbers_of(words: Iterable[str]) -> tuple[Mapping[str, int], str]:
    """Return a number for each word, and a comment that says where these are made up.

    >>> numbers_of({"ON", "OFF"})
    ({'OFF': 0, 'ON': 1}, '')
    """
    seen = sorted(words)
    for pair in _PAIRS:
        if {word.casefold() for word in seen} <= set(pair):
            return {
                word: pair.index(word.casefold()) for word in sorted(seen, key=lambda one: pair.index(one.casefold()))
            }, ""
    return {word: number for number, word in enumerate(seen)}, "  # the numbers are made up"


def is_number(text: str) -> bool:
    """Say whether a text spells a number or a truth."""
    try:
        float(text)
    except ValueError:
        return text.strip().lower() in {"true", "false"}
    return True


def is_quantity(text: str) -> bool:
    """Say whether a text is a number with a known unit behind it.

    >>> is_quantity("21.5 °C"), is_quantity("12 monkeys")
    (True, False)
    """
    found = QUANTITY.fullmatch(text)
    if found is None or not found.group(2):
        return False
    try:
        conversion(found.group(2), found.group(2))
    except Rejected:
        return False
    return True


def is_state(text: str) -> bool:
    """Say whether a text may be the state of something: a few words, and no digits, which ids and versions have.

    >>> is_state("running"), is_state("01144B"), is_state("0x00158d0001")
    (True, False, False)
    """
    return len(text) <= LONGEST_WORD and _STATE.fullmatch(text.strip()) is not None
