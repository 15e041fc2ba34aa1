"""What each kind of payload holds, as documents that paths lead into: JSON, SenML, tables, lines of JSON or Influx."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ingest.decoding.json_text import parsed, whole_integers
from ingest.mapping.file import CsvRule, TopicRule
from ingest.mapping.lines import Point, point_of
from ingest.mapping.senml import resolved
from plant.errors import Rejected

_NAMES_ONLY = re.compile(r"[^\W\d]")
_GROUPED = re.compile(r"[-+]?\d{1,3}(?:\.\d{3})+(?:,\d+)?")
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A line or row that cannot be read; the others can."""

    reason: str
    detail: str


Documents = Callable[[bytes], Iterator[Any | Unreadable]]


def documents_of(rule: TopicRule) -> Documents:
    """Return what takes the payloads of a rule apart into documents; a payload of one document gives that alone.

    What it returns raises `Rejected` where a payload as a whole cannot be read.
    """
    if rule.payload == "csv":
        return _of_csv(rule.csv or CsvRule())
    return _KINDS[rule.payload]


def _of_json(payload: bytes) -> Iterator[Any]:
    yield whole_integers(payload, parsed(payload))


def _of_senml(payload: bytes) -> Iterator[Any]:
    yield from resolved(whole_integers(payload, parsed(payload)))


def _of_json_lines(payload: bytes) -> Iterator[Any | Unreadable]:
    for number, line in enumerate(payload.removeprefix(b"\xef\xbb\xbf").splitlines(), start=1):
        if line.strip():
            try:
                yield whole_integers(line, parsed(line))
            except Rejected as refusal:
                yield Unreadable(refusal.reason, f"line {number}: {refusal.detail}")


def _of_word(payload: bytes) -> Iterator[str]:
    yield text_of(payload)


def _of_points(payload: bytes) -> Iterator[Mapping[str, Any] | Unreadable]:
    for number, line in enumerate(text_of(payload).splitlines(), start=1):
        if line.strip() and not line.startswith("#"):
            try:
                yield _document(point_of(line.strip()))
            except ValueError as error:
                yield Unreadable("not_influx", f"line {number}: {error}")


def _document(point: Point) -> Mapping[str, Any]:
    return {"measurement": point.measurement, "tags": point.tags, "fields": point.fields, "time": point.time}


def _of_csv(rule: CsvRule) -> Documents:
    """Read a table: a row is a document of its cells by their columns' names; empty cells say nothing."""

    def read(payload: bytes) -> Iterator[Mapping[str, str] | Unreadable]:
        rows = csv.reader(text_of(payload).splitlines(), delimiter=rule.delimiter)
        columns = rule.columns
        try:
            for row in rows:
                cells = [cell.strip() for cell in row]
                if not any(cells):
                    continue
                if not columns:
                    columns = _header(cells)
                elif len(cells) != len(columns):
                    yield Unreadable("bad_row", f"line {rows.line_num} has {len(cells)} cells, not {len(columns)}")
                else:
                    yield {name: _number(cell, rule) for name, cell in zip(columns, cells, strict=True) if cell}
        except csv.Error as error:
            yield Unreadable("bad_row", f"line {rows.line_num}: {error}")

    return read


def _header(cells: list[str]) -> list[str]:
    """Return the names of columns.

    Raises:
        Rejected: `bad_row`; the first row is not one of names.
    """
    if len(set(cells)) < len(cells) or not all(_NAMES_ONLY.search(cell) for cell in cells):
        raise Rejected("bad_row", f"the first row names no columns; list them in csv.columns: {cells!r}"[:200])
    return cells


def _number(cell: str, rule: CsvRule) -> str:
    """Return a number of a cell as Python reads it; what is none stays as it is.

    >>> comma = CsvRule(delimiter=";", decimal=",")
    >>> [_number(cell, comma) for cell in ("2,25", "1.234,5", "1.5", "1.234")]
    ['2.25', '1234.5', '1.5', '1.234 (1234, or 1,234?)']
    """
    if rule.decimal == ".":
        return cell
    if not _GROUPED.fullmatch(cell):
        return cell if "." in cell else cell.replace(rule.decimal, ".")
    together = cell.replace(".", "")
    if "," not in cell and cell.count(".") == 1:
        return f"{cell} ({together}, or {cell.replace('.', ',')}?)"
    return together.replace(",", ".")


def text_of(payload: bytes) -> str:
    """Return a payload as text, without a byte order mark.

    Raises:
        Rejected: `not_text`.
    """
    try:
        return payload.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Rejected("not_text", str(error)) from error


_KINDS: dict[str, Documents] = {
    "number": _of_word,
    "quantity": _of_word,
    "text": _of_word,
    "json": _of_json,
    "ndjson": _of_json_lines,
    "influx": _of_points,
    "senml": _of_senml,
}
