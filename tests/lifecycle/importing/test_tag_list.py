"""Tag lists are read as plants have them, and what could do harm is not opened."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from lifecycle.importing.facts import Facts, Origin
from lifecycle.importing.reading import ReadOptions, read_facts
from lifecycle.importing.tables.columns import TagColumn
from lifecycle.importing.tables.mapping_file import ColumnMapping
from plant.errors import Rejected
from tests.lifecycle.importing.workbooks import rewritten, workbook

HEADS = ["Tag No.", "Description", "Equipment Type", "Serial No", "Signal", "Flow max (m3/h)", "Remarks"]
ROW = ["P-101", "Feed pump", "pump", 1234567, "flow", "90", "n/a"]


def read(path: Path, **options: Any) -> Facts:
    return read_facts(path, ReadOptions(**{"site": "s", **options}))


def text(tmp_path: Path, body: str, encoding: str = "utf-8", name: str = "tags.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(body.encode(encoding))
    return path


def test_a_row_is_an_asset_with_its_machine_a_signal_and_parameters(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "t.xlsx", {"Tags  ": [["Plant list of 2026"], [], [*HEADS[:5], "High (m3/h)", "Remarks"], ROW]}
    )
    facts = read(path)
    asset, signal = facts.assets[0], facts.signals[0]
    assert (asset.tag, asset.name, asset.class_tag, asset.serial) == ("P-101", "Feed pump", "pump", "1234567")
    assert asset.origin == Origin(sheet="Tags", row=4)
    assert (signal.asset, signal.key, signal.high, signal.unit) == ("P-101", "flow", 90.0, "m³/h")
    assert (facts.parameters, facts.faults) == ((), ())


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-16-le", "utf-8-sig"])
def test_chinese_lists_are_read_whatever_their_encoding(tmp_path: Path, encoding: str) -> None:
    body = "序号,设备位号,设备名称,设备类型,生产厂家,测点,单位,上限\n1,P-101,给水泵,离心泵,凯泉,温度,℃,80\n" * 1
    facts = read(text(tmp_path, body, encoding))
    asset = facts.assets[0]
    assert (asset.tag, asset.name_zh, asset.class_tag, asset.manufacturer) == ("P-101", "给水泵", "离心泵", "凯泉")
    assert (facts.signals[0].key, facts.signals[0].unit, facts.signals[0].high) == ("温度", "℃", 80.0)


def test_merged_heads_two_rows_of_them_and_a_row_of_units_are_read(tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "t.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("Tags")
    sheet.merge_range(0, 0, 1, 0, "Tag")
    sheet.merge_range(0, 1, 1, 1, "Signal")
    sheet.merge_range(0, 2, 0, 3, "Design limits")
    for row, cells in ((1, [None, None, "Min", "Max"]), (2, ["", "", "°C", "°C"]), (3, ["P-1", "heat", 5, 80.5])):
        for column, cell in enumerate(cells):
            if cell is not None:
                sheet.write(row, column, cell)
    book.close()
    facts = read(path, class_tag="pump")
    one = facts.signals[0]
    assert (one.asset, one.key, one.low, one.high, one.unit) == ("P-1", "heat", 5.0, 80.5, "°C")
    assert len(facts.assets) == 1


def test_english_under_chinese_heads_are_one_head(tmp_path: Path) -> None:
    rows = [["设备位号", "名称"], ["Tag", "Chinese name"], ["P-1", "泵"]]
    facts = read(workbook(tmp_path / "t.xlsx", {"A": rows}), class_tag="pump")
    assert [(one.tag, one.name_zh) for one in facts.assets] == [("P-1", "泵")]


def test_decimal_commas_thousands_and_texts_are_numbers_and_what_may_be_two_is_refused(tmp_path: Path) -> None:
    body = "Tag;Signal;Low;High\nP-1;a;0,5;1.234,5\nP-2;b;-1,5;≤ 7 bar\nP-3;c;;n/a\nP-4;d;viel;1\n"
    facts = read(text(tmp_path, body), class_tag="pump")
    assert [(one.low, one.high) for one in facts.signals] == [(0.5, 1234.5), (-1.5, 7.0), (None, None)]
    assert facts.faults[0].what == "P-4, column Low: 'viel' is no number"
    either = read(text(tmp_path, 'Tag,Signal,High\nP-1,a,"1,234"\n'), class_tag="pump")
    assert "1,234 may be 1234 or 1.234" in either.faults[0].what


@pytest.mark.parametrize("is_1904", [False, True])
def test_days_are_read_by_the_calendar_of_their_workbook(tmp_path: Path, is_1904: bool) -> None:
    serial = (date(2026, 3, 1) - (date(1904, 1, 1) if is_1904 else date(1899, 12, 30))).days
    rows = [
        ["Tag", "Warranty end"],
        ["P-1", date(2026, 3, 1)],
        ["P-2", serial],
        ["P-3", str(serial)],
        ["P-4", "2026年3月1日"],
    ]
    path = workbook(tmp_path / "t.xlsx", {"A": rows}, default_date_format="yyyy-mm-dd", date_1904=is_1904)
    facts = read(path, class_tag="pump")
    assert [one.value for one in facts.parameters] == ["2026-03-01"] * 4


def test_hidden_sheets_are_named_and_not_read_and_of_several_one_is_asked_for(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", {"A ": [["Tag"], ["P-1"]], "Old": [["Tag"], ["P-9"]]}, hidden=["Old"])
    facts = read(path, class_tag="pump")
    assert [one.tag for one in facts.assets] == ["P-1"]
    assert facts.notes == ("hidden sheets were not read: Old",)
    both = workbook(tmp_path / "u.xlsx", {"A ": [["Tag"], ["P-1"]], "B": [["Tag"], ["P-9"]]})
    with pytest.raises(Rejected, match="A, B may be tag lists"):
        read(both)
    assert [one.tag for one in read(both, sheet="a").assets] == ["P-1"]
    with pytest.raises(Rejected, match="has no sheet C; it has A, B"):
        read(both, sheet="C")


def test_a_quotation_without_an_end_swallows_no_rows_and_inches_are_let_pass(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="a quotation mark is opened and never closed"):
        read(text(tmp_path, 'Tag,Class\n"P-1,pump\nP-2,pump\n'))
    facts = read(text(tmp_path, 'Tag,Class,Name\nP-1,pump,"2" pipe"\nP-2,pump,3" pipe\n'))
    assert [one.tag for one in facts.assets] == ["P-1", "P-2"]


def test_a_mapping_is_proposed_kept_and_heeded(tmp_path: Path) -> None:
    path, kept = text(tmp_path, "Tag,Foo,Bar\nP-1,KSB,x\n"), tmp_path / "map.toml"
    assert [one.name for one in read(path, mapping=kept, class_tag="p").parameters] == ["Foo", "Bar"]
    kept.write_text(
        kept.read_text(encoding="utf-8")
        .replace('"Foo" = "parameter"', '"Foo" = "manufacturer"')
        .replace('"Bar" = "parameter"\n', ""),
        encoding="utf-8",
    )
    facts = read(path, mapping=kept, class_tag="p")
    assert (facts.assets[0].manufacturer, facts.parameters) == ("KSB", ())
    assert facts.notes == ("columns that the mapping does not know were left out: Bar",)
    kept.write_text('[columns]\n"Tag" = "nonsense"\n', encoding="utf-8")
    with pytest.raises(Rejected, match="columns, Tag"):
        read(path, mapping=kept)


def test_a_saved_mapping_finds_its_heads_wherever_they_stand_and_says_which_are_not_there(tmp_path: Path) -> None:
    mapping = ColumnMapping(
        columns={"Kürzel": TagColumn.TAG, "Art": TagColumn.CLASS, "Los": TagColumn.AREA, "X": TagColumn.IGNORE},
        sheet="Old",
        head_row=1,
    )
    facts = read(text(tmp_path, "list of 2026,\n\nArt,Kürzel\npump,P-1\n"), saved_mapping=mapping)
    assert [(one.tag, one.class_tag) for one in facts.assets] == [("P-1", "pump")]
    assert facts.notes == ("columns of the mapping that are not in the file: Los",)
    book = workbook(tmp_path / "t.xlsx", {"Legend": [["Art", "what"]], "New": [["Kürzel", "Art"], ["P-2", "fan"]]})
    assert read(book, saved_mapping=mapping).assets[0].origin == Origin(sheet="New", row=2)
    with pytest.raises(Rejected, match="tags stand under Kürzel, which no row of it has as a head"):
        read(text(tmp_path, "Tag,Art\nP-1,pump\n"), saved_mapping=mapping)
    with pytest.raises(Rejected, match="no column is mapped to tag"):
        read(book, saved_mapping=ColumnMapping(columns={"Art": TagColumn.CLASS}))


def test_spare_parts_and_ids_of_models_stand_in_rows_too(tmp_path: Path) -> None:
    body = "Tag,Spare part,Stock,Lead time,Qty,Price,GlobalId\nP-1,6205,4,21,2,9.99,0aB\nP-1,oil,,,,,\n"
    facts = read(text(tmp_path, body), class_tag="pump")
    part = facts.parts[0]
    assert [str(one) for one in (part.stock, part.lead_time_days, part.quantity, part.price)] == [
        "4",
        "21",
        "2",
        "9.99",
    ]
    assert (facts.global_ids[0].model, facts.global_ids[0].global_id) == ("tags.csv", "0aB")
    assert [one.number for one in facts.parts] == ["6205", "oil"]


def test_the_site_is_asked_for_where_rows_name_none_or_several(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="no row names the site; say which"):
        read(text(tmp_path, "Tag,Class\nP-1,p\n"), site=None)
    body = "Site,Tag,Class\na,P-1,p\nb,P-2,p\n"
    with pytest.raises(Rejected, match="rows name the sites a, b"):
        read(text(tmp_path, body), site=None)
    facts = read(text(tmp_path, body), site="a")
    assert ([one.tag for one in facts.assets], facts.faults[0].mend) == (["P-1"], "import it with --site b")


BOMB = b"<x>" + b" " * 60_000_000 + b"</x>"
DOCTYPE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]>'
FAR = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'


@pytest.mark.parametrize(
    ("change", "added", "says"),
    [
        (None, {"xl__vbaProject.bin": b"x"}, "has_macros"),
        (None, {"xl__externalLinks__externalLink1.xml": b"<x/>"}, "has_links"),
        (None, {"xl__media__big.xml": BOMB}, "unfolds_too_far"),
        (lambda name, body: DOCTYPE + body[55:] if name.endswith("sheet1.xml") else body, {}, "has_entities"),
        (lambda _, body: body.replace(b"</sheetData>", FAR), {}, "reaches to row 1048576, column 16384"),
        (lambda name, body: body[:200] if name == "xl/workbook.xml" else body, {}, "bad_workbook"),
    ],
    ids=["macros", "links", "bomb", "entities", "far out", "damaged"],
)
def test_a_workbook_that_could_do_harm_is_not_opened(
    tmp_path: Path, change: Any, added: dict[str, bytes], says: str
) -> None:
    path = rewritten(
        workbook(tmp_path / "t.xlsx", {"A": [["Tag"], ["P-1"]]}), change or (lambda _, body: body), **added
    )
    with pytest.raises(Rejected, match=says):
        read(path)


@pytest.mark.parametrize(
    ("name", "body", "says"),
    [
        ("t.xlsx", b"%PDF-1.7 ...", "is called a workbook and is a PDF"),
        ("t.xlsx", b"<html><table>", "a web page or XML"),
        ("t.csv", b"\x7fELF\x00\x01\x02", "is no text: it is a program"),
        ("t.csv", b"\x89PNG\r\n", "a picture"),
        ("t.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old binary workbook, or has a password"),
        ("t.xlsx", b"PK\x03\x04 and then nothing", "damaged"),
    ],
)
def test_a_renamed_file_is_refused_by_what_it_holds(tmp_path: Path, name: str, body: bytes, says: str) -> None:
    path = tmp_path / name
    path.write_bytes(body)
    with pytest.raises(Rejected, match=says):
        read(path)


def test_a_workbook_that_is_called_a_text_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", {"A": [["Tag"], ["P-1"]]}).rename(tmp_path / "t.csv")
    with pytest.raises(Rejected, match=r"call it \.xlsx"):
        read(path)


def limits(facts: Facts) -> dict[str, tuple[float | None, float | None, str | None]]:
    return {one.asset: (one.low, one.high, one.unit) for one in facts.signals}


def test_a_german_list_with_areas_totals_and_numbers_as_text_is_read(tmp_path: Path) -> None:
    body = (
        "Anlagenkennzeichen;Bezeichnung;Typ;Hersteller;Seriennummer;Messstelle;Einheit;Min;Max;Bemerkung\n"
        "P-101;Speisepumpe;Kreiselpumpe;KSB;'0471;Druck;bar;0,5;16,0;geprüft\n;;;;;;;;;\nBereich 2;;;;;;;;;\n"
        "P-102;Ölpumpe;Kreiselpumpe;KSB;'0472;Druck;bar;0,5;1.016,0;\nSUM-1;Sumpf;Grube;;;;;;;\nSumme: 3;;;;;;;;;\n"
    )
    facts = read(text(tmp_path, body, "cp1252"))
    assert [(one.tag, one.name, one.class_tag, one.serial) for one in facts.assets] == [
        ("P-101", "Speisepumpe", "Kreiselpumpe", "0471"),
        ("P-102", "Ölpumpe", "Kreiselpumpe", "0472"),
        ("SUM-1", "Sumpf", "Grube", None),
    ]
    assert limits(facts) == {"P-101": (0.5, 16.0, "bar"), "P-102": (0.5, 1016.0, "bar")}
    assert [(one.name, one.value) for one in facts.parameters] == [("Bemerkung", "geprüft")]
    assert facts.notes == ("totals and headings without a tag were left out: Bereich 2, Summe: 3",)


def test_both_limits_in_one_cell_are_read_with_their_unit(tmp_path: Path) -> None:
    ranges = ["0…100 °C", "-20 to 60 °C", "0-16 bar", "0 ~ 1.6 MPa", "≤ 80 %", "０～１００℃", "n/a", "some"]
    rows = "".join(f"T-{at}\tsensor\ttemp\t{one}\n" for at, one in enumerate(ranges))
    facts = read(text(tmp_path, f"Tag\tType\tSignal\tMeasuring range\n{rows}"))
    assert limits(facts) == {
        "T-0": (0.0, 100.0, "°C"), "T-1": (-20.0, 60.0, "°C"), "T-2": (0.0, 16.0, "bar"), "T-3": (0.0, 1.6, "MPa"),
        "T-4": (None, 80.0, "%"), "T-5": (0.0, 100.0, "°C"), "T-6": (None, None, None), "T-7": (None, None, None),
    }  # fmt: skip
    assert [one.what for one in facts.faults] == ["T-7, column Measuring range: 'some' is no range"]


def test_limits_of_a_row_without_a_signal_and_heads_that_come_twice_are_kept_as_parameters(tmp_path: Path) -> None:
    body = "Tag,Type,Range Max,Units,Remark,Remark\nPT-1,PT,16,barg,a,b\n"
    facts = read(text(tmp_path, body))
    assert [(one.name, one.value, one.unit) for one in facts.parameters] == [
        ("Range Max", "16", "barg"), ("Remark", "a", ""), ("Remark (2)", "b", ""),
    ]  # fmt: skip


def test_heads_of_sap_are_known(tmp_path: Path) -> None:
    heads = "Functional Location\tDescription of functional location\tObject type\tManufSerialNumber\tABC indic."
    facts = read(text(tmp_path, f"{heads}\tSuperior FunctLoc.\nA1-P-1\tPump\tPUMP\t0012\tA\tA1\n"))
    one = facts.assets[0]
    assert (one.tag, one.name, one.class_tag, one.serial, one.criticality, one.parent) == (
        "A1-P-1", "Pump", "PUMP", "0012", "A", "A1",
    )  # fmt: skip
    assert facts.parameters == ()
