"""A table goes out as CSV, XLSX and Parquet, and reads back as what it was; no cell of it is a formula."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from lifecycle.exporting import forms
from lifecycle.exporting.forms import FileForm, written
from lifecycle.exporting.table import Column, ColumnKind, ExportTable, Pieces, Row, instant, number, text, whole
from plant.errors import Rejected

NOON = datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC)
DANGERS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x")', "＝1+1")
COLUMNS = (
    text("title", "Title", "标题"),
    number("value", "Value", "数值"),
    whole("count", "Times", "次数"),
    instant("at", "At", "时间"),
    Column(name="day", words=("Day", "日期"), kind=ColumnKind.DAY),
    Column(name="stands", words=("Stands", "有效"), kind=ColumnKind.YES),
)
ROWS: tuple[Row, ...] = (
    ("循环泵 P-101，轴承", -1.5, 3, NOON, date(2026, 3, 1), True),
    ('said "so", twice\nover', Decimal("2.25"), 0, NOON, date(2026, 3, 2), False),
    (None, None, None, None, None, None),
)


def table(*rows: Row) -> ExportTable:
    def pieces() -> Pieces:
        yield rows[:2]
        yield rows[2:]

    return ExportTable(name="things", columns=COLUMNS, pieces=pieces)


def body(form: FileForm, *rows: Row, heads: str = "names") -> bytes:
    return b"".join(written(table(*rows), form, heads))  # type: ignore[arg-type]


def test_csv_reads_back_and_begins_with_a_byte_order_mark() -> None:
    said = body(FileForm.CSV, *ROWS)
    assert said.startswith(b"\xef\xbb\xbftitle,value,count,at,day,stands\r\n")
    assert list(csv.reader(io.StringIO(said.decode("utf-8-sig"), newline="")))[1:] == [
        ["循环泵 P-101，轴承", "-1.5", "3", "2026-03-01T12:00:00.250000Z", "2026-03-01", "true"],
        ['said "so", twice\nover', "2.25", "0", "2026-03-01T12:00:00.250000Z", "2026-03-02", "false"],
        [""] * 6,
    ]


def test_a_workbook_reads_back_with_numbers_as_numbers_and_times_as_times() -> None:
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(body(FileForm.XLSX, *ROWS, heads="zh"))).get_sheet_by_index(0)
    head, first, second = sheet.to_python()[:3]
    assert head == ["标题", "数值", "次数", "时间 (UTC)", "日期", "有效"]
    assert first == ["循环泵 P-101，轴承", -1.5, 3, NOON.replace(tzinfo=None), date(2026, 3, 1), True]
    assert second[:3] == ['said "so", twice\nover', 2.25, 0]


def test_parquet_reads_back_with_its_types() -> None:
    found = pq.read_table(io.BytesIO(body(FileForm.PARQUET, *ROWS)))
    assert found.schema.names == [one.name for one in COLUMNS]
    assert [tuple(row.values()) for row in found.to_pylist()] == [
        ROWS[0],
        ('said "so", twice\nover', 2.25, 0, NOON, date(2026, 3, 2), False),
        ROWS[2],
    ]


def test_nothing_that_a_stranger_wrote_is_a_formula() -> None:
    rows = [(danger, None, None, None, None, None) for danger in DANGERS]
    cells = list(csv.reader(io.StringIO(body(FileForm.CSV, *rows).decode("utf-8-sig"), newline="")))
    assert [row[0] for row in cells[1:]] == [f"'{danger}" for danger in DANGERS]
    workbook = body(FileForm.XLSX, *rows)
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(workbook)).get_sheet_by_index(0)
    assert [row[0] for row in sheet.to_python()[1:]] == list(DANGERS)
    with zipfile.ZipFile(io.BytesIO(workbook)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


def test_a_table_without_rows_is_its_head() -> None:
    assert body(FileForm.CSV).decode("utf-8-sig") == "title,value,count,at,day,stands\r\n"
    assert pq.read_table(io.BytesIO(body(FileForm.PARQUET))).num_rows == 0


def test_a_workbook_with_too_many_rows_is_refused_before_it_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "MOST_ROWS_OF_A_WORKBOOK", 2)
    with pytest.raises(Rejected, match="CSV or Parquet"):
        next(written(table(*ROWS), FileForm.XLSX))
    assert body(FileForm.XLSX, *ROWS[:2])
