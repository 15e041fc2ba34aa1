"""A scale: what a source says of a signal becomes a number in the register's unit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from lifecycle.units import conversion
from plant.errors import Rejected

_SHOWN = 60
QUANTITY = re.compile(
    r"\s*([-+\N{MINUS SIGN}]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*((?:[^\W\d_]|[°%‰′″℃℉µ]|1/).*?)?\s*", re.DOTALL
)
"""A number and what follows it, if that can be a unit: `21,5 °C`, `1 013 hPa` and `12:30` are no quantities."""


@dataclass(frozen=True, slots=True)
class Scale:
    """`gain` and `offset` make a source's number one of the register; `words` are numbers of the register already."""

    gain: float = 1.0
    offset: float = 0.0
    words: Mapping[str, float] = field(default_factory=dict)

    def read(self, said: Any) -> float:
        """Return the number.

        Raises:
            Rejected: `not_a_number`, or `unknown_text` where words are known but not this one.

        >>> Scale(0.1, -40.0).read(950)
        55.0
        >>> Scale(words={"running": 1.0}).read("running")
        1.0
        """
        if isinstance(said, str):
            word = said.strip()
            if word in self.words:
                return self.words[word]
            said = _spelt(word, has_words=bool(self.words))
        if not isinstance(said, (int, float)):
            raise Rejected("not_a_number", f"{said!r}"[:_SHOWN])
        return self._scaled(said)

    def _scaled(self, said: float) -> float:
        try:
            value = float(said) * self.gain + self.offset
        except OverflowError:
            value = float("inf")
        if not isfinite(value):
            raise Rejected("not_a_number", f"{said!r}"[:_SHOWN])
        return value


@dataclass(frozen=True, slots=True)
class QuantityScale:
    """Reads numbers that bring their unit along, as in `21.5 °C`, into the register's unit, else as they stand."""

    scale: Scale
    register_unit: str

    def read(self, said: Any) -> float:
        """Return the number.

        Raises:
            Rejected: `not_a_number`, or `bad_unit` where its unit cannot become that of the register.

        >>> round(QuantityScale(Scale(), "°C").read("70.7 °F"), 6)
        21.5
        """
        matched = QUANTITY.fullmatch(said) if isinstance(said, str) else None
        if matched is None or not matched.group(2):
            return self.scale.read(said)
        value, unit = float(matched.group(1).replace("\N{MINUS SIGN}", "-")), matched.group(2)
        if not self.register_unit:
            return self.scale.read(value)
        factor, shift = conversion(unit, self.register_unit)
        return Scale(factor, shift).read(value)


def _spelt(word: str, *, has_words: bool) -> float:
    """Return the number that a text spells; devices write numbers in quotes, and truth in words."""
    if word.lower() in {"true", "false"}:
        return float(word.lower() == "true")
    try:
        return float(word.replace("_", "?"))  # Python would read 1_000
    except ValueError as error:
        raise Rejected("unknown_text" if has_words else "not_a_number", f"{word!r}"[:_SHOWN]) from error
