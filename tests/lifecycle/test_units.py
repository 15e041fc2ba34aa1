"""A unit is read as people type it, in one spelling, or refused with the nearest; never as another one."""

from __future__ import annotations

import pytest

from lifecycle import unit_names
from lifecycle.units import conversion, spelled
from plant.errors import Rejected


@pytest.mark.parametrize(
    ("typed", "spelling"),
    [
        ("℃", "°C"),
        ("° C", "°C"),
        ("C", "°C"),
        ("摄氏度", "°C"),
        ("℉", "°F"),
        ("m3/h", "m³/h"),
        ("㎥/h", "m³/h"),
        ("m^3/h", "m³/h"),
        ("M3/H", "m³/h"),
        ("立方米/小时", "m³/h"),
        ("立方米每小时", "m³/h"),
        ("千克/小时", "kg/h"),
        ("Nm3/h", "Nm³/h"),
        ("㎜/s", "mm/s"),
        ("mm/s RMS", "mm/s"),
        ("m/s2", "m/s²"),
        ("μm", "µm"),
        ("um", "µm"),
        ("KW", "kW"),
        ("Kpa", "kPa"),
        ("MPA", "MPa"),
        ("mPa·s", "mPa·s"),
        ("PA", "Pa"),
        ("kg/cm2", "kgf/cm²"),
        ("r/min", "rpm"),
        ("转/分", "rpm"),
        ("min-1", "rpm"),
        ("T/h", "t/h"),
        ("Nm", "N·m"),
        ("pH", "pH"),
        ("% RH", "%RH"),
        ("HZ", "Hz"),
        ("Ω", "Ω"),
        ("[bar]", "bar"),
        ("kilopascal", "kPa"),
        ("", ""),
        ("-", ""),
        ("％", "%"),
    ],
)
def test_what_people_type_has_one_spelling(typed: str, spelling: str) -> None:
    assert spelled(typed) == spelling


@pytest.mark.parametrize("typed", ["barg", "bar(g)", "bar g", "bar_g", "BARG", "bar(ü)", "barG", "bar 表压"])
def test_gauge_pressure_is_no_gauss_and_no_gram(typed: str) -> None:
    assert spelled(typed) == "bar(g)"


@pytest.mark.parametrize(
    ("typed", "near"),
    [("m/ss", "mm/s"), ("m°C", "°C"), ("mmHgg", "mmHg"), ("bananas", None), ("mw", None), ("G", None)],
)
def test_what_is_not_known_is_refused_with_the_nearest(typed: str, near: str | None) -> None:
    with pytest.raises(Rejected, match="is no known unit") as refusal:
        spelled(typed)
    assert refusal.value.reason == "bad_unit"
    assert ("the nearest" in refusal.value.detail) == (near is not None)
    assert near is None or near in refusal.value.detail


def test_a_spelling_is_its_own_spelling() -> None:
    typed = [*unit_names.ALIASES, *unit_names.WORDS, *unit_names.PREFIXED, "barg", "s-2", "kJ/kg K", "furlong", "gauss"]
    spellings = {spelled(one) for one in typed}
    assert {one: spelled(one) for one in spellings} == {one: one for one in spellings}


@pytest.mark.parametrize(
    ("source", "target", "of_10"),
    [
        ("barg", "kPa(g)", 1000),
        ("℃", "K", 283.15),
        ("kgf/cm2", "bar", 9.80665),
        ("PS", "kW", 7.35499),
        ("mmH2O", "Pa", 98.0665),
        ("立方米/小时", "L/min", 166.66667),
        ("‰", "%", 1),
    ],
)
def test_numbers_go_from_one_to_another(source: str, target: str, of_10: float) -> None:
    factor, shift = conversion(source, target)
    assert factor * 10 + shift == pytest.approx(of_10)


@pytest.mark.parametrize(
    ("source", "target"), [("barg", "bar"), ("bara", "barg"), ("Nm3/h", "m³/h"), ("pH", "%"), ("VA", "var")]
)
def test_what_only_looks_alike_is_not_converted(source: str, target: str) -> None:
    with pytest.raises(Rejected, match="bad_unit"):
        conversion(source, target)
