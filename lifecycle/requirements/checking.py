"""Check requirements against the register, asset by asset: what is asked for and not there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from lifecycle.importing.applying import MAKER
from lifecycle.requirements.patterns import compiled
from lifecycle.requirements.requirement import ClassRequirement, ParameterRequirement, Requirements
from lifecycle.units import conversion
from plant.errors import Rejected
from storage.projects.requirements import HeldForHandover

UnmetKind = Literal["document", "parameter", "parameter_value", "signal", "limit", "no_spares", "serial"]
_LONGEST_MATCHED = 1000
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Unmet:
    """One thing that is asked of an asset, or of a class, and is not there."""

    asset: str
    kind: UnmetKind
    what: str


def unmet_by(requirements: Requirements, held: list[HeldForHandover]) -> Iterator[Unmet]:
    """Say what assets lack, in the order in which they come."""
    for one in held:
        for requirement in requirements.of(one.class_tag):
            yield from _unmet_by_asset(requirement, one)


def _unmet_by_asset(asked: ClassRequirement, held: HeldForHandover) -> Iterator[Unmet]:
    limited = [key for key, low, high in held.signals if low is not None or high is not None]
    yield from _missing(held, "document", asked.documents, held.documents)
    for parameter in asked.parameters:
        yield from _unmet_parameter(parameter, held)
    yield from _missing(held, "signal", asked.signals, [key for key, _, _ in held.signals])
    yield from _missing(held, "limit", asked.limits, limited)
    yield from _missing(held, "no_spares", asked.spares, held.parts)
    if asked.serial and not held.serial:
        yield Unmet(asset=held.asset, kind="serial", what="")


def _missing(held: HeldForHandover, kind: UnmetKind, asked: Sequence[str], there: Sequence[str]) -> Iterator[Unmet]:
    for what in asked:
        if what not in there:
            yield Unmet(asset=held.asset, kind=kind, what=what)


def _unmet_parameter(asked: ParameterRequirement, held: HeldForHandover) -> Iterator[Unmet]:
    found = [
        (value, unit)
        for property_set, name, value, unit in (*held.parameters, *_of_machine(held))
        if name == asked.name and asked.property_set in {"", property_set}
    ]
    if not found:
        yield Unmet(asset=held.asset, kind="parameter", what=asked.called)
    elif not any(_fits(asked, value, unit) for value, unit in found):
        said = " ".join(part for part in found[0] if part)
        yield Unmet(asset=held.asset, kind="parameter_value", what=f"{asked.called} {said}")


def _of_machine(held: HeldForHandover) -> Iterator[tuple[str, str, str, str]]:
    """Return what stands on the machine's plate as parameters, under IFC's names."""
    if held.manufacturer:
        yield MAKER, "Manufacturer", held.manufacturer, ""
    if held.model:
        yield MAKER, "ModelReference", held.model, ""
    if held.serial:
        yield "Pset_ManufacturerOccurrence", "SerialNumber", held.serial, ""


def _reads_as_asked(asked: ParameterRequirement, value: str) -> bool:
    """Say whether a value is one of those that are allowed, as long as it may be, and of one of the patterns."""
    if asked.values and value not in asked.values and not _is_one_of(asked.values, value):
        return False
    if not asked.shortest <= len(value) <= (asked.longest or len(value)):
        return False
    matched = value[:_LONGEST_MATCHED]
    return not asked.patterns or any(compiled(one).fullmatch(matched) for one in asked.patterns)


def _is_one_of(allowed: Sequence[str], value: str) -> bool:
    """Say whether a number is one of those that are allowed, however it is written."""
    numbers = [float(one) for one in allowed if _NUMBER.fullmatch(one)]
    return bool(_NUMBER.fullmatch(value.strip())) and float(value) in numbers


def _fits(asked: ParameterRequirement, value: str, unit: str) -> bool:
    if not _reads_as_asked(asked, value):
        return False
    if asked.low is None and asked.high is None:
        return True
    match = _NUMBER.fullmatch(value.strip())
    if match is None:
        return False
    number = float(value)
    if unit and asked.unit and unit != asked.unit:
        try:
            factor, offset = conversion(unit, asked.unit)
        except Rejected:
            return False
        number = number * factor + offset
    is_above = asked.low is None or number > asked.low or (number == asked.low and not asked.low_is_open)
    is_below = asked.high is None or number < asked.high or (number == asked.high and not asked.high_is_open)
    return is_above and is_below
