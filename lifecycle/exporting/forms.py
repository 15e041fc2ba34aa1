"""A table as bytes in one of three forms: CSV that a spreadsheet opens, a workbook (XLSX), and Parquet."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from lifecycle.exporting.defusing import MARK, csv_of
from lifecycle.exporting.table import Column, ColumnKind, ExportTable, Heads, Row
from plant.errors import Rejected

if TYPE_CHECKING:
    import pyarrow as pa
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

MOST_ROWS_OF_A_WORKBOOK = 200_000
UTC_NAME = "UTC"
_LONGEST_CELL = 32_767
_PIECE_BYTES = 2**16
_FIRST_DAY_OF_EXCEL = 1900


class FileForm(StrEnum):
    """The forms in which a table is given out."""

    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"

    @property
    def media_type(self) -> str:
        """Return its media type."""
        return _MEDIA_TYPES[self]


_MEDIA_TYPES: Mapping[FileForm, str] = {
    FileForm.CSV: "text/csv; charset=utf-8",
    FileForm.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileForm.PARQUET: "application/vnd.apache.parquet",
}


def written(table: ExportTable, form: FileForm, heads: Heads = "names", zone: str = "UTC") -> Iterator[bytes]:
    """Yield a table in a form, piece by piece; programs' names stand above the columns of Parquet in any case.

    Under words for people instants are those of `zone`, in CSV with the offset, in a workbook with the zone above;
    under programs' names they are UTC.

    What is refused is refused before the first piece.

    Raises:
        Rejected: a workbook would have more rows than `MOST_ROWS_OF_A_WORKBOOK`.
    """
    shown = UTC_NAME if heads == "names" else zone
    return {FileForm.CSV: _csv, FileForm.XLSX: _xlsx, FileForm.PARQUET: _parquet}[form](table, heads, shown)


def _csv(table: ExportTable, heads: Heads, zone: str) -> Iterator[bytes]:
    head = MARK + csv_of([[one.head(heads) for one in table.columns]])
    kinds = dict(_IN_CSV)
    if zone != UTC_NAME:
        kinds[ColumnKind.INSTANT] = partial(_in_zone, ZoneInfo(zone))
    said = [kinds[one.kind] for one in table.columns]
    for rows in table.pieces():
        text = csv_of([None if v is None else say(v) for say, v in zip(said, row, strict=True)] for row in rows)
        yield (head + text).encode()
        head = ""


def in_rfc3339(at: datetime) -> str:
    """Write an instant in UTC.

    >>> in_rfc3339(datetime(2026, 3, 1, 8, 0, 0, 250_000, tzinfo=UTC))
    '2026-03-01T08:00:00.250000Z'
    """
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat()}Z"


def _in_zone(zone: ZoneInfo, at: datetime) -> str:
    return at.astimezone(zone).isoformat()


_IN_CSV: Mapping[ColumnKind, Callable[[Any], object]] = {
    ColumnKind.TEXT: str,
    ColumnKind.NUMBER: lambda value: value,
    ColumnKind.WHOLE: lambda value: value,
    ColumnKind.INSTANT: in_rfc3339,
    ColumnKind.DAY: date.isoformat,
    ColumnKind.YES: lambda value: "true" if value else "false",
}


def _xlsx(table: ExportTable, heads: Heads, zone: str) -> Iterator[bytes]:
    import xlsxwriter

    with tempfile.TemporaryDirectory(prefix="assetloop-export-") as folder, tempfile.TemporaryFile() as target:
        options = {
            "constant_memory": True,
            "tmpdir": folder,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "in_memory": False,
        }
        book = xlsxwriter.Workbook(target, options)
        bold = book.add_format({"bold": True})
        forms = {
            ColumnKind.INSTANT: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            ColumnKind.DAY: book.add_format({"num_format": "yyyy-mm-dd"}),
        }
        sheet = book.add_worksheet(table.name[:31])
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(table.columns):
            sheet.set_column(place, place, _WIDTHS[column.kind])
            sheet.write_string(0, place, _head_of(column, heads, zone), bold)
        try:
            _fill(sheet, table, forms, ZoneInfo(zone))
        finally:
            book.close()
        target.seek(0)
        while piece := target.read(_PIECE_BYTES):
            yield piece


_WIDTHS: Mapping[ColumnKind, int] = {
    ColumnKind.TEXT: 18,
    ColumnKind.NUMBER: 12,
    ColumnKind.WHOLE: 10,
    ColumnKind.INSTANT: 20,
    ColumnKind.DAY: 12,
    ColumnKind.YES: 8,
}


def _head_of(column: Column, heads: Heads, zone: str) -> str:
    head = column.head(heads)
    return f"{head} ({zone})" if column.kind is ColumnKind.INSTANT and heads != "names" else head


def _fill(sheet: Worksheet, table: ExportTable, forms: Mapping[ColumnKind, Format], zone: ZoneInfo) -> None:
    number = 0
    kinds = [one.kind for one in table.columns]
    for rows in table.pieces():
        for row in rows:
            number += 1
            if number > MOST_ROWS_OF_A_WORKBOOK:
                raise Rejected(
                    "too_many_rows",
                    f"a workbook has at most {MOST_ROWS_OF_A_WORKBOOK} rows here; ask for less, or for CSV or Parquet",
                )
            _fill_row(sheet, number, row, kinds, forms, zone)


def _fill_row(
    sheet: Worksheet,
    number: int,
    row: Row,
    kinds: Sequence[ColumnKind],
    forms: Mapping[ColumnKind, Format],
    zone: ZoneInfo,
) -> None:
    for place, (value, kind) in enumerate(zip(row, kinds, strict=True)):
        if value is None:
            continue
        if kind is ColumnKind.TEXT:
            if value:
                sheet.write_string(number, place, str(value)[:_LONGEST_CELL])
        elif kind is ColumnKind.YES:
            sheet.write_boolean(number, place, value)
        elif kind in forms:
            _write_time(sheet, number, place, value, forms[kind], zone)
        elif -1e308 < value < 1e308:
            sheet.write_number(number, place, value)
        else:
            sheet.write_string(number, place, str(value))


def _write_time(sheet: Worksheet, number: int, place: int, value: date, form: Format, zone: ZoneInfo) -> None:
    """Write an instant as a date, in a zone; Excel knows none before 1900."""
    plain = value.astimezone(zone).replace(tzinfo=None) if isinstance(value, datetime) else value
    if plain.year < _FIRST_DAY_OF_EXCEL:
        sheet.write_string(number, place, plain.isoformat())
    else:
        sheet.write_datetime(number, place, plain, form)


def _parquet(table: ExportTable, _heads: Heads, _zone: str) -> Iterator[bytes]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {
        ColumnKind.TEXT: pa.string(),
        ColumnKind.NUMBER: pa.float64(),
        ColumnKind.WHOLE: pa.int64(),
        ColumnKind.INSTANT: pa.timestamp("us", tz="UTC"),
        ColumnKind.DAY: pa.date32(),
        ColumnKind.YES: pa.bool_(),
    }
    schema = pa.schema([(one.name, types[one.kind]) for one in table.columns])
    taken = _Taken()
    with pq.ParquetWriter(pa.PythonFile(taken, mode="w"), schema, compression="zstd") as writer:
        for rows in table.pieces():
            writer.write_table(_arrow_table(rows, table.columns, schema))
            yield taken.take()
    yield taken.take()


def _arrow_table(rows: Sequence[Row], columns: Sequence[Column], schema: pa.Schema) -> pa.Table:
    import pyarrow as pa

    across = zip(*rows, strict=True) if rows else ((),) * len(columns)
    arrays = [
        pa.array([_in_parquet(value, column.kind) for value in values], type=one.type)
        for values, column, one in zip(across, columns, schema, strict=True)
    ]
    return pa.table(arrays, schema=schema)


def _in_parquet(value: object, kind: ColumnKind) -> object:
    if kind is ColumnKind.TEXT and value is not None:
        return str(value)
    return float(value) if isinstance(value, Decimal) else value


class _Taken:
    """A file that is written to and whose bytes are taken away as they come."""

    closed = False

    def __init__(self) -> None:
        self._held = bytearray()

    def write(self, piece: bytes) -> int:
        """Keep a piece."""
        self._held += piece
        return len(piece)

    def take(self) -> bytes:
        """Take what was written since."""
        piece = bytes(self._held)
        self._held.clear()
        return piece

    def flush(self) -> None:
        """Do nothing: what was written is there."""

    def close(self) -> None:
        """Let nothing more be written."""
        self.closed = True
