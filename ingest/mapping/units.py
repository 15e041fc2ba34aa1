"""Units: how a number in one becomes a number in another, where that makes sense at all."""

from __future__ import annotations

from functools import cache
from typing import Any

from plant.errors import Rejected


def conversion(source: str, target: str) -> tuple[float, float]:
    """Return factor and offset by which a number in `source` becomes one in `target`.

    Both must be known, be of one kind, and count angles alike: revolutions per minute are not a frequency, whatever
    their dimension says.

    Raises:
        Rejected: `bad_unit`; the text says which and the mend.

    >>> round(conversion("degF", "°C")[0], 9)
    0.555555556
    >>> conversion("psi", "psi")
    (1.0, 0.0)
    """
    if source == target:
        return 1.0, 0.0
    units = _registry()
    ours, theirs = _known(units, source), _known(units, target)
    if units.get_base_units(ours)[1] != units.get_base_units(theirs)[1]:
        raise Rejected("bad_unit", f"{source} cannot become {target}; say how by gain and offset, without units")
    zero, one, two = (float(units.Quantity(number, ours).to(theirs).magnitude) for number in (0.0, 1.0, 2.0))
    if abs((two - one) - (one - zero)) > 1e-9 * max(1.0, abs(two - one)):
        raise Rejected("bad_unit", f"{source} is not proportional to {target}; convert it in the device")
    return one - zero, zero


def _known(units: Any, name: str) -> Any:
    try:
        return units.Unit(name)
    except Exception as error:
        raise Rejected("bad_unit", f"{name} is no known unit; write it as in mm/s, °C, m³/h, or use a gain") from error


@cache
def _registry() -> Any:
    """Make the table of units, which takes a while and a few MiB, where units are used at all."""
    import pint

    return pint.UnitRegistry(cache_folder=None)
