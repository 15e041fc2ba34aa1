"""Units: one spelling for each, whatever was typed in either language, and how numbers go from one to another."""

from __future__ import annotations

import re
import unicodedata
from difflib import get_close_matches
from functools import cache, lru_cache
from typing import Any

from lifecycle.unit_names import ALIASES, FOR_PINT, NOT_CONVERTED, PREFIXED, WHATEVER_THE_CASE, WORDS
from plant.errors import Rejected

_HOW = "write it as in mm/s, °C, m³/h"
_MOST_NEAR = 3
_LEAST_ALIKE = 0.7
_LONG_WORD = 5  # letters; names of pint's that are shorter may be something else in a plant
_REFERENCE = re.compile(
    r"(?P<unit>(?:[kKMmh]?[Pp][Aa]|m?[Bb][Aa][Rr]|[Pp][Ss][Ii]))\s*_?\(?(?P<to>g|G|gauge|ü|表压|a|A|abs|absolute|绝压)\.?\)?"
)
_GAUGE = frozenset({"g", "G", "gauge", "ü", "表压"})
_PART = re.compile(r"(?P<name>[^\d\s/·*()^.⁻+每-]+)(?P<power>(?:\^|\*\*)?[-⁻]?[1-4])?|(?P<sign>[/·*.()\s]|每)")
_RAISED = str.maketrans("1234-", "¹²³⁴⁻")
_BLANKS = re.compile(r"\s+")


def spelled(unit: str) -> str:
    """Return a unit in its one spelling.

    Raises:
        Rejected: `bad_unit`, it is not known; the text names the nearest.

    >>> [spelled(one) for one in ("℃", "m3/h", "立方米/小时", "KPa", "barg", "r/min", "A.", "")]
    ['°C', 'm³/h', 'm³/h', 'kPa', 'bar(g)', 'rpm', 'A', '']
    """
    typed = (
        _BLANKS.sub(" ", unicodedata.normalize("NFKC", unit))
        .strip()
        .replace("μ", "µ")
        .replace("º", "°")
        .replace("\u2212", "-")
    )
    typed = typed.removeprefix("[").removesuffix("]").rstrip(".")
    for read in (_known, _with_reference, _put_together, _long_word):
        if (found := read(typed)) is not None:
            return found
    alike = get_close_matches(typed, _names(), _MOST_NEAR, _LEAST_ALIKE)
    near = ", ".join(dict.fromkeys(_names()[one] for one in alike))
    raise Rejected("bad_unit", f"{unit} is no known unit{near and f', the nearest: {near}'}; {_HOW}, or use a gain")


def is_same(one: str, other: str) -> bool:
    """Say whether two units are one, however they are written.

    >>> is_same("℃", "degC"), is_same("bar", "barg"), is_same("bananas", "bananas")
    (True, False, True)
    """
    try:
        return spelled(one) == spelled(other)
    except Rejected:
        return one == other


@lru_cache(maxsize=1024)  # a payload may bring its unit along with every value
def conversion(source: str, target: str) -> tuple[float, float]:
    """Return factor and offset by which a number in `source` becomes one in `target`.

    Both must be known, be of one kind, and count angles alike: revolutions per minute are not a frequency, whatever
    their dimension says. A gauge pressure becomes another gauge pressure only.

    Raises:
        Rejected: `bad_unit`; the text says which and the mend.

    >>> round(conversion("degF", "°C")[0], 9)
    0.555555556
    >>> conversion("psi", "psi")
    (1.0, 0.0)
    """
    ours_name, theirs_name = spelled(source), spelled(target)
    if ours_name == theirs_name:
        return 1.0, 0.0
    units = _registry()
    ours, theirs = (_without_reference(one) for one in (ours_name, theirs_name))
    if ours[1] != theirs[1] or {ours[0], theirs[0]} & NOT_CONVERTED:
        raise Rejected("bad_unit", f"{source} cannot become {target}; say how by gain and offset, without units")
    return _linear(units, _parsed(units, ours[0]), _parsed(units, theirs[0]), source, target)


def _linear(units: Any, ours: Any, theirs: Any, source: str, target: str) -> tuple[float, float]:
    if units.get_base_units(ours)[1] != units.get_base_units(theirs)[1]:
        raise Rejected("bad_unit", f"{source} cannot become {target}; say how by gain and offset, without units")
    zero, one, two = (float(units.Quantity(number, ours).to(theirs).magnitude) for number in (0.0, 1.0, 2.0))
    if abs((two - one) - (one - zero)) > 1e-9 * max(1.0, abs(two - one)):
        raise Rejected("bad_unit", f"{source} is not proportional to {target}; convert it in the device")
    return one - zero, zero


def _known(typed: str) -> str | None:
    """Return the spelling of a whole unit: as it is written, else whatever the case of its letters."""
    if typed in ALIASES:
        return ALIASES[typed]
    return _names().get(typed) or _folded().get(typed.casefold().replace(" ", ""))


@cache
def _names() -> dict[str, str]:
    """Return every known name of one part, and every alias, with its spelling."""
    prefixed = {prefix + unit: prefix + unit for unit, prefixes in PREFIXED.items() for prefix in prefixes.split()}
    bare = {unit: unit for unit in PREFIXED}
    return {**{one: one for one in ALIASES.values()}, **prefixed, **bare, **WORDS, **ALIASES}


@cache
def _folded() -> dict[str, str]:
    """Return the names that are one unit whatever the case of their letters: `MPa` is meant where `mPa` seldom is."""
    of: dict[str, set[str]] = {}
    for name, spelling in _names().items():
        of.setdefault(name.casefold().replace(" ", ""), set()).add(spelling)
    alone = {name: next(iter(them)) for name, them in of.items() if len(them) == 1 and len(name) > 1}
    return {**alone, **WHATEVER_THE_CASE}


def _with_reference(typed: str) -> str | None:
    """Read a pressure above the atmosphere's (gauge), or an absolute one."""
    match = _REFERENCE.fullmatch(typed)
    unit = match and _known(match["unit"])
    if match is None or unit is None:
        return None
    return f"{unit}({'g' if match['to'] in _GAUGE else 'a'})"


def _without_reference(name: str) -> tuple[str, str]:
    unit, bracket, reference = name.partition("(")
    return (unit, reference) if bracket and reference in {"g)", "a)"} else (name, "")


def _put_together(typed: str) -> str | None:
    """Read products and quotients of known units with their powers."""
    said, at = "", 0
    while at < len(typed):
        match = _PART.match(typed, at)
        if match is None:
            return None
        at = match.end()
        if match["sign"]:
            said += {"*": "·", ".": "·", " ": "·", "每": "/"}.get(match["sign"], match["sign"])
            continue
        name = _known(match["name"])
        if name is None or (name in ALIASES.values() and "/" in name):
            return None
        said += name + (match["power"] or "").lstrip("^*").translate(_RAISED)
    return said.replace("·/·", "/").replace("/·", "/").replace("·/", "/")


def _long_word(typed: str) -> str | None:
    """Take a unit that is written out in English, as `kilopascal`."""
    if not typed.isascii() or not typed.isalpha() or len(typed) < _LONG_WORD:
        return None
    try:
        symbol = f"{_registry().Unit(typed.lower()):~P}"
    except Exception:  # noqa: BLE001 - whatever pint raises, the word is none of its units
        return None
    return symbol if _known(symbol) == symbol else typed.lower()


def _parsed(units: Any, name: str) -> Any:
    try:
        return units.Unit(FOR_PINT.get(name, name).replace("·", "*"))
    except Exception as error:
        raise Rejected("bad_unit", f"{name} is not converted; {_HOW}, or use a gain") from error


@cache
def _registry() -> Any:
    """Make the table of units, which takes a while and a few MiB, where units are used at all."""
    import pint

    return pint.UnitRegistry(cache_folder=None)
