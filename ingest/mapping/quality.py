"""What a source says of the quality of a value, in its own words or codes, becomes the flags of a reading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

from plant.reading import Flag

Codes: TypeAlias = Literal["words", "opc_da", "opc_ua"]
"""`opc_da`: the upper two of eight bits, 192 is good. `opc_ua`: the upper two of 32 (OPC 10000-4, 7.39), 0 is good."""

_GOOD, _UNCERTAIN, _BAD = 0, int(Flag.QUALITY_UNCERTAIN), int(Flag.QUALITY_BAD)
_WORDS = {"good": _GOOD, "ok": _GOOD, "true": _GOOD, "uncertain": _UNCERTAIN, "bad": _BAD, "false": _BAD}
_OPC_DA = {0: _BAD, 1: _UNCERTAIN, 3: _GOOD}
_OPC_UA = {0: _GOOD, 1: _UNCERTAIN}


def is_word(said: str) -> bool:
    """Say whether it is a word that means good, uncertain or bad."""
    return _word(said) in _WORDS


class Quality:
    """Knows which words and codes mean what; what it does not know is uncertain, and what is absent is good.

    >>> quality = Quality(good=[3], bad=[0])
    >>> quality.flags(3) == 0, quality.flags(7) == Flag.QUALITY_UNCERTAIN, quality.flags(None)
    (True, True, 0)
    >>> Quality(codes="opc_ua").flags(0x80340000) == Flag.QUALITY_BAD
    True
    """

    def __init__(
        self,
        *,
        good: Sequence[Any] = (),
        uncertain: Sequence[Any] = (),
        bad: Sequence[Any] = (),
        codes: Codes = "words",
    ) -> None:
        self._codes = codes
        own = {_word(one): flag for said, flag in ((good, _GOOD), (uncertain, _UNCERTAIN), (bad, _BAD)) for one in said}
        self._known: Mapping[str, int] = own or _WORDS

    def flags(self, said: Any) -> int:
        """Return the flags of what was said."""
        if said is None:
            return _GOOD
        if self._codes != "words" and isinstance(said, int) and not isinstance(said, bool) and said >= 0:
            return _OPC_DA.get(said >> 6 & 3, _BAD) if self._codes == "opc_da" else _OPC_UA.get(said >> 30, _BAD)
        return self._known.get(_word(said), _UNCERTAIN)


def _word(said: Any) -> str:
    """Return a word or code as it is compared: whatever its case, and a truth like the word for it."""
    return str(said).strip().casefold()
