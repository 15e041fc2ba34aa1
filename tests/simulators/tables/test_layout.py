"""The tables that people have: what they are encoded in, what stands around them, and in which order they come."""

from __future__ import annotations

import codecs
import zipfile
from pathlib import Path

import numpy as np
import pytest

from simulators.tables.recording import RecordedTable, UnreadableRecording

NOON_MS = 1_767_268_800_000
CHINESE = "时间,温度(℃),振动\n2026-01-01 12:00:00,20.5,1.1\n2026-01-01 12:00:01,20.6,1.2\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return tmp_path / "pump.csv"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (CHINESE.encode(), ""),
        (CHINESE.encode("utf-8-sig"), ""),
        (CHINESE.encode("gb18030"), "gb18030"),
        (CHINESE.encode("gbk"), "gb18030"),
        (CHINESE.encode("utf-16"), "utf-16"),
        (codecs.BOM_UTF16_BE + CHINESE.encode("utf-16-be"), "utf-16"),
        (CHINESE.encode("utf-16-le"), "utf-16-le"),
        (CHINESE.encode("utf-32"), "utf-32"),
    ],
)
def test_chinese_names_come_through_every_encoding(table: Path, data: bytes, said: str) -> None:
    table.write_bytes(data)
    recording = RecordedTable.read(table)
    assert recording.keys == ("温度(℃)", "振动")
    assert recording.row(0) == {"温度(℃)": 20.5, "振动": 1.1}
    assert [note for note in recording.notes if note.startswith("read as ")] == ([f"read as {said}"] if said else [])


@pytest.mark.parametrize(
    ("header", "encoding"),
    [
        ("Zeit;Temperatur °C;Druck µbar", "cp1252"),
        ("Zeit;Größe;Öldruck", "cp1252"),
        ("время;Температура;Давление", "cp1251"),
        ("時間;温度;振動データ", "shift_jis"),
        ("時間;溫度;振動", "big5"),
    ],
)
def test_names_of_other_countries_come_through_too(table: Path, header: str, encoding: str) -> None:
    table.write_bytes(f"{header}\n2026-01-01 12:00:00;20,5;1,1\n2026-01-01 12:00:01;20,6;1,2\n".encode(encoding))
    assert list(RecordedTable.read(table).keys) == header.split(";")[1:]


def test_an_encoding_that_is_given_is_the_one(table: Path) -> None:
    table.write_bytes("time;流量\n1767268800;1\n".encode("gb18030"))
    assert RecordedTable.read(table, encoding="gb18030").keys == ("流量",)
    with pytest.raises(UnreadableRecording, match="not utf-8 text; save it as UTF-8"):
        RecordedTable.read(table, encoding="utf-8")


@pytest.mark.parametrize(
    "before",
    [
        "# Created by Historian 4.2\n# Server: PI01\n",
        "Report of pump P-101\nexported,2026-01-02\n\n",
        "% matlab\n",
        "// made by a script\n",
        "Station: Nord\n",
    ],
)
def test_what_stands_before_the_header_is_left_out_and_said(table: Path, before: str) -> None:
    rows = "time,flow,speed\n1767268800,1,2\n1767268801,3,4\n1767268802,5,6\n"
    table.write_text(before + rows, encoding="utf-8")
    recording = RecordedTable.read(table)
    assert recording.keys == ("flow", "speed")
    assert len(recording) == 3
    assert any("lines before the header are left out" in note for note in recording.notes)


def test_a_header_that_is_written_as_a_comment_is_the_header(table: Path) -> None:
    table.write_text("# time,flow\n1767268800,1\n1767268801,3\n", encoding="utf-8")
    assert RecordedTable.read(table).keys == ("flow",)


def test_a_row_of_units_is_kept_as_units(table: Path) -> None:
    table.write_text("Zeit;Temperatur;Durchfluss\n;degC;[m3/h]\n2026-01-01 12:00:00;1.234,5;7\n", encoding="utf-8")
    recording = RecordedTable.read(table)
    assert recording.units == ("degC", "m3/h")
    assert recording.row(0) == {"Temperatur": 1234.5, "Durchfluss": 7.0}


@pytest.mark.parametrize(
    ("text", "units"),
    [
        (CHINESE, ("°C", "")),
        ("time,Flow (m3/h),Druck [bar]\n1767268800,1,2\n1767268801,3,4\n", ("m3/h", "bar")),
        ("time,压力（kPa）,P [bar(g)]\n1767268800,1,2\n1767268801,3,4\n", ("kPa", "bar(g)")),
        ("time,T (in),T (out)\n1767268800,1,2\n1767268801,3,4\n", ("", "")),
        ("time,Flow (l/s),P\n,m3/h,\n1767268800,1,2\n1767268801,3,4\n", ("m3/h", "")),
        ("time,Flow,P [bar]\n1767268800,1 m3/h,2 kPa\n1767268801,3 m3/h,4 kPa\n", ("m3/h", "kPa")),
    ],
)
def test_a_unit_in_the_name_of_a_column_is_its_unit(table: Path, text: str, units: tuple[str, ...]) -> None:
    """What stands in the cells or in a row of units counts before it; which way it flows is no unit."""
    table.write_text(text, encoding="utf-8")
    assert RecordedTable.read(table).units == units


def test_two_patterns_in_a_column_are_refused_with_line_and_cell(table: Path) -> None:
    table.write_text("time;flow\n1767268800;1.234,5\n1767268801;1,234.5\n", encoding="utf-8")
    with pytest.raises(UnreadableRecording, match=r"column 'flow', line 3: '1,234\.5' does not fit '1\.234,5'"):
        RecordedTable.read(table)


def test_a_word_among_numbers_is_missing_and_said(table: Path) -> None:
    rows = [f"{1767268800 + n},{n}" for n in range(2_000)]
    rows[7] = "1767268807,#N/A"
    table.write_text("\n".join(["time,flow", *rows]), encoding="utf-8")
    recording = RecordedTable.read(table)
    assert recording.keys == ("flow",)
    assert recording.row(7) == {}
    assert "column 'flow': 1 cells are words and count as missing: #N/A (1)" in recording.notes


def test_newest_first_is_sorted_and_said(table: Path) -> None:
    table.write_text("time,flow\n1767268802,3\n1767268801,2\n1767268800,1\n", encoding="utf-8")
    recording = RecordedTable.read(table)
    assert recording.values.tolist() == [[1.0], [2.0], [3.0]]
    assert "the rows came newest first; they are sorted by time" in recording.notes


def test_a_swapped_pair_is_sorted_and_said(table: Path) -> None:
    table.write_text("time,flow\n1767268800,1\n1767268802,3\n1767268801,2\n1767268803,4\n", encoding="utf-8")
    recording = RecordedTable.read(table)
    assert recording.values.tolist() == [[1.0], [2.0], [3.0], [4.0]]
    assert "1 rows came after a newer one; the rows are sorted by time" in recording.notes


def test_lines_that_end_with_separators_are_no_wider(table: Path) -> None:
    table.write_text("time;flow;\n1767268800;1;;\n1767268801;2;\n", encoding="utf-8")
    assert RecordedTable.read(table).values.tolist() == [[1.0], [2.0]]


def test_a_time_that_is_none_is_named_with_its_line(table: Path) -> None:
    table.write_text("time,flow\n2026-01-01 12:00:00,1\nlater,2\n", encoding="utf-8")
    with pytest.raises(UnreadableRecording, match="line 3: 'later' is not a time"):
        RecordedTable.read(table)


def test_bars_separate_too(table: Path) -> None:
    table.write_text("time|flow\n1767268800|1\n1767268801|2\n", encoding="utf-8")
    assert RecordedTable.read(table).keys == ("flow",)


def workbook(path: Path, *sheets: list[list[str]]) -> Path:
    """Write a workbook of cells as XML: `<v>` of numbers, dates as days with style 1, and texts."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    numbers = range(1, len(sheets) + 1)
    with zipfile.ZipFile(path, "w") as book:
        book.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType='
            '"application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
            + "".join(
                f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{kind}.worksheet+xml"/>'
                for n in numbers
            )
            + f'<Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/></Types>',
        )
        book.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{rel}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
        )
        book.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{rel}"><sheets>'
            + "".join(f'<sheet name="Sheet{n}" sheetId="{n}" r:id="r{n}"/>' for n in numbers)
            + "</sheets></workbook>",
        )
        book.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{package}/relationships">'
            + "".join(
                f'<Relationship Id="r{n}" Type="{rel}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
            )
            + f'<Relationship Id="rs" Type="{rel}/styles" Target="styles.xml"/></Relationships>',
        )
        book.writestr(
            "xl/styles.xml",
            f'<styleSheet xmlns="{main}"><cellXfs><xf numFmtId="0"/><xf numFmtId="22" applyNumberFormat="1"/></cellXfs>'
            "</styleSheet>",
        )
        for n, rows in enumerate(sheets, 1):
            cells = "".join(f"<row r='{r}'>{''.join(row)}</row>" for r, row in enumerate(rows, 1))
            sheet = f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>'
            book.writestr(f"xl/worksheets/sheet{n}.xml", sheet)
    return path


def words(text: str) -> str:
    return f'<c t="inlineStr"><is><t>{text}</t></is></c>'


def number(value: float, style: int = 0) -> str:
    return f'<c s="{style}"><v>{value}</v></c>'


def test_a_workbook_is_read_with_its_dates(tmp_path: Path) -> None:
    rows = [
        [words("时间"), words("温度(℃)"), words("state")],
        [number(46023.5, 1), number(20.5), words("on")],
        [number(46023.75, 1), number(21), words("off")],
    ]
    recording = RecordedTable.read(workbook(tmp_path / "pump.xlsx", rows, [[words("notes")], [words("none")]]))
    assert recording.keys == ("温度(℃)",)
    assert recording.times_ms.tolist() == [NOON_MS, NOON_MS + 6 * 3_600_000]
    assert recording.left_out == ("state",)
    assert "sheet Sheet1 is read; Sheet2 left out" in recording.notes


def test_a_workbook_that_is_none_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "pump.xlsx").write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(UnreadableRecording, match=r"pump\.xlsx: not a workbook"):
        RecordedTable.read(tmp_path / "pump.xlsx")


def test_what_a_historian_writes_above_the_names_is_left_out(table: Path) -> None:
    table.write_text(
        "PI export\nTag:;T-1;P-1\nDescription:;bearing;suction\nTimestamp;T-1;P-1\n"
        "01-Jan-26 00:00:00;20,5;1,2\n01-Jan-26 00:01:00;20,6;1,3\n01-Jan-26 00:02:00;20,7;Bad Input\n"
    )
    read = RecordedTable.read(table)
    assert read.keys == ("T-1", "P-1")
    np.testing.assert_equal(read.values, [[20.5, 1.2], [20.6, 1.3], [20.7, np.nan]])


def test_columns_of_one_name_are_numbered_and_said(table: Path) -> None:
    table.write_text("Pump 1,Pump 1,Pump 2\nTime,Temp,Temp\n2026-01-01 00:00,1,7\n2026-01-01 00:01,2,8\n")
    read = RecordedTable.read(table)
    assert (read.keys, read.values.tolist()) == (("Temp", "Temp 2"), [[1, 7], [2, 8]])
    assert "several columns are named 'Temp'; from the second on they are numbered" in read.notes


@pytest.mark.parametrize("end", ["Min,1\nMax,3\n", "End of report\n", "\n,\nTotal;\n", "2026-01\n"])
def test_lines_beneath_the_rows_are_left_out_and_said(table: Path, end: str) -> None:
    rows = "".join(f"2026-01-01 00:0{minute},{minute}\n" for minute in range(7))
    table.write_text(f"time,flow\n{rows}{end}")
    read = RecordedTable.read(table)
    assert read.values[:, 0].tolist() == list(range(7))
    assert any("beneath the rows, from line" in note for note in read.notes)


def test_a_row_in_the_middle_without_a_time_is_refused_all_the_same(table: Path) -> None:
    rows = ["2026-01-01 00:00,1", "Min,1", *(f"2026-01-01 00:0{minute},{minute}" for minute in range(1, 7)), "Max,1"]
    table.write_text("time,flow\n" + "\n".join(rows))
    with pytest.raises(UnreadableRecording, match="line 3: 'Min' is not a time"):
        RecordedTable.read(table)


def test_the_end_of_a_day_may_be_its_24th_hour(table: Path) -> None:
    table.write_text("time,flow\n2026-01-31 23:00,1\n2026-01-31 24:00,2\n")
    assert RecordedTable.read(table).times_ms.tolist()[1] == 1769904000000


def test_a_time_beyond_the_names_is_no_end(table: Path) -> None:
    table.write_text("time,flow\n,,2026-01-01\n1\n1,5\n")
    with pytest.raises(UnreadableRecording, match="line 2 has 3 cells"):
        RecordedTable.read(table)
