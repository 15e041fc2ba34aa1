"""A fault in a mapping file is one line: where it is, and the mend."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.mapping import mapping_format, read_mapping
from ingest.mapping.file import parse_rules
from lifecycle.units import conversion
from plant.errors import Misconfigured, Rejected

GOOD = """\
# how line 7 speaks

[[topic]]
pattern = "plant/{machine}/{signal}"
site = "demo"
asset = "{machine}"
payload = "number"
signal = "{signal}"

[[topic]]
pattern = "cells/{cell}"
site = "demo"
asset = "{cell}"
payload = "json"
time = "$.t"
[topic.values]
temperature = "$.data.temp"
[topic.signals.temperature]
unit = "degF"
register_unit = "°C"
[topic.signals.mode.values]
auto = 1
"""


def fault(text: str) -> str:
    with pytest.raises(Misconfigured) as raised:
        parse_rules(text, name="mapping.toml")
    said = str(raised.value)
    assert "\n" not in said
    return said


def test_a_good_file_is_read() -> None:
    assert mapping_format(parse_rules(GOOD, name="m")).filters == ("plant/+/+", "cells/+")


@pytest.mark.parametrize(
    ("good", "bad", "says"),
    [
        (
            'payload = "number"',
            'payload = "words"',
            "line 7, topic.1.payload: Input should be 'number', 'text', 'json'",
        ),
        ('site = "demo"\nasset = "{cell}"', 'asset = "{cell}"', "line 10, topic.2.site: it is missing; add it"),
        ('time = "$.t"', 'tiem = "$.t"', "line 15, topic.2.tiem: no such key is known; look whether it is misspelt"),
        (
            'unit = "degF"',
            'unit = "bar"',
            "line 18, topic.2.signals.temperature: bar cannot become °C; say how by gain",
        ),
        ('unit = "degF"', 'unit = "°Q"', "°Q is no known unit; write it as in mm/s, °C, m³/h, or use a gain"),
        ('unit = "degF"\n', "", "register_unit is given without unit; name the unit of the source, too"),
        ('"degF"', '"degF"\ngain = 0', "a gain of 0 makes every value the same"),
        ('"degF"', '"degF"\ngain = "x"', "line 20, topic.2.signals.temperature.gain: Input should be a valid number"),
        ("auto = 1", 'auto = "one"', "line 22, topic.2.signals.mode.values.auto: Input should be a valid number"),
        ('"{machine}"', '"{pump}"', "line 3, topic.1: asset speaks of {pump}; known here: {machine}, {signal}"),
        ('signal = "{signal}"\n', "", "topic.1: signal is missing: write one, or a named part of the pattern"),
        ('"plant/{machine}/{signal}"', '"plant/x+"', "'x+': a level is a text with {name} in it, +, {name...} or, as"),
        ('"plant/{machine}/{signal}"', '"plant/{signal}/{signal}"', "names a part twice"),
        ('"$.data.temp"', '"$.data..temp"', "$.data..temp is no path; write it as in $.motor.temperatures[0]"),
        (
            'payload = "number"',
            'payload = "number"\ntime = "$.t"',
            "values, each, series and time are for json payloads",
        ),
        ('payload = "number"', 'payload = "text"', "a text payload wants the numbers of its texts"),
        ('site = "demo"', 'site = "demo', "this is not TOML: "),
        (GOOD, "", ": it has no [[topic]]; add one for each topic pattern"),
    ],
)
def test_a_fault_is_told_with_its_line_its_key_and_the_mend(good: str, bad: str, says: str) -> None:
    assert good in GOOD
    assert says in fault(
        GOOD.replace(good, bad, 1) if not good.startswith('site = "demo"\nasset') else _last(good, bad)
    )


def _last(good: str, bad: str) -> str:
    before, _, after = GOOD.rpartition(good)
    return before + bad + after


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"ASSETLOOP_MAPPING: .*mapping\.toml cannot be read"):
        read_mapping(tmp_path / "mapping.toml")


@pytest.mark.parametrize(
    ("source", "target", "of_10"),
    [("psi", "bar", 0.689475729), ("K", "°C", -263.15), ("in/s", "mm/s", 254), ("l/min", "m³/h", 0.6), ("%", "%", 10)],
)
def test_units_are_converted(source: str, target: str, of_10: float) -> None:
    factor, shift = conversion(source, target)
    assert factor * 10 + shift == pytest.approx(of_10)


@pytest.mark.parametrize(("source", "target"), [("Hz", "rpm"), ("rad", "%"), ("bar", "°C"), ("dBm", "W"), ("x y", "m")])
def test_units_that_only_look_alike_are_refused(source: str, target: str) -> None:
    with pytest.raises(Rejected) as refusal:
        conversion(source, target)
    assert refusal.value.reason == "bad_unit"
