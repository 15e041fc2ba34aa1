"""What a unit says about a signal: which quantity it is, and what a lone departure of it means."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TypedDict

from plant.asset import SignalRole
from storage.models.installations import ModelSignal


class Quantity(StrEnum):
    """The kinds of quantity that are told apart."""

    VIBRATION = "vibration"
    TEMPERATURE = "temperature"
    ELECTRICAL = "electrical"
    PROCESS = "process"


_UNITS = {
    **dict.fromkeys(("mm/s", "g", "m/s²", "m/s2", "m/s^2", "µm", "um"), Quantity.VIBRATION),
    **dict.fromkeys(("°c", "k", "°f", "c", "degc"), Quantity.TEMPERATURE),
    **dict.fromkeys(("a", "ma", "v", "kv", "w", "kw", "mw", "kva", "kvar", "n·m", "nm"), Quantity.ELECTRICAL),
}


class ColumnRoles(TypedDict):
    """The columns of `ConditionDetector.fit` that are not plain measurements."""

    settings: list[int]
    symptoms: list[int]


def quantity_of(unit: str) -> Quantity:
    """Name the quantity that is measured in `unit`.

    >>> [quantity_of(unit).value for unit in ("mm/s", "°C", "kW", "bar", "")]
    ['vibration', 'temperature', 'electrical', 'process', 'process']
    """
    return _UNITS.get(unit.strip().lower(), Quantity.PROCESS)


def roles_of(signals: Sequence[ModelSignal]) -> ColumnRoles:
    """Say which columns are settings, and which are symptoms: those by which machines are known to fall ill alone.

    Vibration, temperature and the power drawn change by themselves when a machine wears; a flow, a pressure, a level
    or a speed that departs while everything else stays hints at its instrument. A signal without a unit is believed:
    nobody has said that it is one of those.
    """
    return ColumnRoles(
        settings=[place for place, signal in enumerate(signals) if signal.role is SignalRole.SETTING],
        symptoms=[
            place
            for place, signal in enumerate(signals)
            if not signal.unit.strip() or quantity_of(signal.unit) is not Quantity.PROCESS
        ],
    )
