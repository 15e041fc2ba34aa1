"""A register file says what makes sense, in one form, or is refused by the names of what does not."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from lifecycle.register.importing import import_plant, register_asset
from lifecycle.register.plant_file import read_plant
from plant.errors import Rejected
from storage.core.database import Database

AT = datetime(2026, 1, 1, tzinfo=UTC)
SIGNAL = '[site]\ntag = "s"\n[[class]]\ntag = "pump"\n[[class.signal]]\nkey = "flow"\n'
CLASS = '[site]\ntag = "s"\n[[class]]\ntag = "pump"\n'


def asset(tag: str, *feeds: str) -> str:
    named = ", ".join(f'"{one}"' for one in feeds)
    return f'[[asset]]\ntag = "{tag}"\nclass = "pump"\nfeeds = [{named}]\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "plant.toml"


def refusal(file: Path, text: str) -> str:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(Rejected) as refused:
        read_plant(file)
    return refused.value.detail


@pytest.mark.parametrize("name", ["low", "high", "most_rate_per_min"])
@pytest.mark.parametrize("number", ["nan", "inf", "-inf", "+nan"])
def test_a_limit_is_a_number_that_can_be_crossed(file: Path, name: str, number: str) -> None:
    assert f"class pump, signal flow, {name}: Input should be a finite number" in refusal(
        file, f"{SIGNAL}{name} = {number}\n"
    )


@pytest.mark.parametrize("name", ["grace_s", "silent_s", "silent_after_s", "wear_limit"])
def test_a_time_is_one_that_passes(file: Path, name: str) -> None:
    assert f"class pump, {name}: Input should be a finite number" in refusal(file, f"{CLASS}{name} = nan\n")


def test_what_is_reported_on_change_holds_for_a_time(file: Path) -> None:
    file.write_text(
        f'{SIGNAL}report = "on_change"\n[[class.signal]]\nkey = "open"\nreport = "on_change"\nholds_s = 60\n'
    )
    assert [signal.holds_s for signal in read_plant(file).classes[0].signals] == [14_400.0, 60.0]
    file.write_text(SIGNAL)
    assert read_plant(file).classes[0].signals[0].holds_s is None
    assert "signal flow: holds_s is for a signal with report" in refusal(file, f"{SIGNAL}holds_s = 60\n")
    assert "leave most_rate_per_min out" in refusal(file, f'{SIGNAL}report = "on_change"\nmost_rate_per_min = 1\n')
    assert "signal flow, report: Input should be 'continuous' or 'on_change'" in refusal(
        file, f'{SIGNAL}report = "x"\n'
    )
    assert "signal flow, holds_s: " in refusal(file, f'{SIGNAL}report = "on_change"\nholds_s = nan\n')


def test_places_on_the_twin_are_numbers(file: Path) -> None:
    assert "asset P-1, x: " in refusal(file, f"{CLASS}{asset('P-1')}x = nan\n")


def test_a_fault_without_a_tag_is_said_by_its_place(file: Path) -> None:
    assert refusal(file, f'{CLASS}[[asset]]\nclass = "pump"\n').startswith(f"{file}: asset 1, tag: ")


@pytest.mark.parametrize(
    ("typed", "tag"),
    [("Mu\u0308ller", "Müller"), ("P-1\u200b", "P-1"), (" P-1\ufeff ", "P-1"), ("\u202eP-1", "P-1"), ("泵 1", "泵 1")],
)
def test_a_tag_has_one_form(file: Path, typed: str, tag: str) -> None:
    file.write_text(CLASS + asset(typed), encoding="utf-8")
    assert [one.tag for one in read_plant(file).assets] == [tag]


@pytest.mark.parametrize("typed", ["\\u200b", "  ", "P\\n1", "P\\u001b[2J", "x" * 201])
def test_a_tag_that_nobody_could_write_on_a_machine_is_refused(file: Path, typed: str) -> None:
    assert "asset" in refusal(file, CLASS + asset(typed))


def test_two_forms_of_one_tag_are_described_twice(file: Path) -> None:
    assert "asset Müller is described twice" in refusal(file, CLASS + asset("Müller") + asset("Mu\u0308ller"))


def test_twins_by_case_width_and_dashes_are_warned_about_by_both_names(app_database: Database, file: Path) -> None:
    file.write_text(CLASS + asset("P-101") + asset("p\u2013101") + asset("Ｐ-101") + asset("P-102"), encoding="utf-8")
    with app_database.transaction() as tx:
        warnings = import_plant(tx, read_plant(file), at=AT).warnings
    assert warnings == ("asset P-101 and p\u2013101 and Ｐ-101 look alike",)


def test_a_twin_of_what_the_register_has_is_warned_about(app_database: Database, file: Path) -> None:
    with app_database.transaction() as tx:
        register_asset(tx, site="s", asset="P-101", asset_class="pump", keys=(), at=AT)
        file.write_text(CLASS + asset("p-101"), encoding="utf-8")
        assert import_plant(tx, read_plant(file), at=AT).warnings == ("asset P-101 and p-101 look alike",)


def test_an_asset_that_feeds_itself_is_refused(file: Path) -> None:
    assert "asset P-1 feeds itself" in refusal(file, CLASS + asset("P-1", "P-1"))


def test_a_way_that_comes_back_is_refused_by_its_names(file: Path) -> None:
    said = refusal(file, CLASS + asset("P-1", "P-2") + asset("P-2", "P-3") + asset("P-3", "P-1"))
    assert "P-1 feeds P-2 feeds P-3 feeds P-1" in said


@pytest.mark.parametrize(("typed", "unit"), [("℃", "°C"), ("m3/h", "m³/h"), ("立方米/小时", "m³/h"), ("", "")])
def test_a_unit_has_one_spelling(file: Path, typed: str, unit: str) -> None:
    file.write_text(f'{SIGNAL}unit = "{typed}"\n', encoding="utf-8")
    assert read_plant(file).classes[0].signals[0].unit == unit


def test_a_unit_that_is_none_is_refused_with_the_nearest(file: Path) -> None:
    said = refusal(file, f'{SIGNAL}unit = "m/ss"\n')
    assert "class pump, signal flow, unit: m/ss is no known unit, the nearest: " in said


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16"])
def test_a_file_of_another_encoding_says_the_mend(file: Path, encoding: str) -> None:
    file.write_text(SIGNAL + 'name_zh = "流量"\n', encoding=encoding)
    with pytest.raises(Rejected, match="save it as UTF-8"):
        read_plant(file)


def test_a_tag_is_in_its_one_form_when_a_stranger_becomes_an_asset(app_database: Database) -> None:
    with app_database.transaction() as tx:
        known = register_asset(tx, site="s", asset="Mu\u0308ller", asset_class="pump", keys=("flow",), at=AT)
        assert known.asset == "Müller"
        with pytest.raises(Rejected, match="bad_tag"):
            register_asset(tx, site="s", asset="\u200b", asset_class="pump", keys=(), at=AT)
