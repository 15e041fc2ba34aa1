"""A recording is a table that somebody measured: one column of time, the others signals.

Separator and time column are found, not asked for. A naive time counts as UTC. Rows of one
instant (to the millisecond) become one row: the first value of each signal wins, as on the wire.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from pathlib import Path

import numpy as np

from plant.errors import Misconfigured
from simulators.cells import InstantsMs, instants_of, looks_like_time, numbers_of
from simulators.moments import FloatArray

_SEPARATORS = (";", ",", "\t")
_SNIFFED_LINES = 20
_TIME_NAMES = frozenset(
    ["datetime", "timestamp", "date", "time", "date_time", "ts", "t", "time_s", "time_ms", "epoch", "日期", "时间"]
)

_DECIMAL_COMMA = re.compile(r"^([+-]?\d+),(\d+(?:[eE][+-]?\d+)?)$")


class UnreadableRecording(Misconfigured, ValueError):
    """A file that is not a recorded table; the text is one line that names file and fault."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordedTable:
    """A recorded table. `times_ms` (n, epoch ms, increasing), `values` (n, signals; NaN: missing).

    `left_out` names the columns that are neither time nor numbers, `merged` counts the rows that
    fell on the instant of the row before.
    """

    name: str
    keys: tuple[str, ...]
    times_ms: InstantsMs
    values: FloatArray
    left_out: tuple[str, ...] = ()
    merged: int = 0

    @classmethod
    def read(cls, path: Path | str, drop: Collection[str] = ()) -> RecordedTable:
        """Read a table without the columns in `drop`; raises `UnreadableRecording`, `OSError`."""
        path = Path(path)
        header, rows = _table(path)
        missing = [column for column in drop if column not in header]
        if missing:
            raise _unreadable(path, f"no column {missing[0]!r} to drop; it has {_listed(header)}")
        columns = {name: [row[index] for row in rows] for index, name in enumerate(header) if name not in drop}
        time_names, times_ms = _time_column(path, columns)
        signals = {
            name: numbers
            for name, cells in columns.items()
            if name and name not in time_names and (numbers := numbers_of(cells)) is not None
        }
        if not signals:
            raise _unreadable(path, "no column of numbers beside the time")
        _check_order(path, time_names[0], times_ms)
        recording = cls(
            name=path.name,
            keys=tuple(signals),
            times_ms=times_ms,
            values=np.stack(list(signals.values()), axis=1),
            left_out=tuple(name for name in columns if name not in {*signals, *time_names}),
        )
        return recording.merged_instants()

    def __len__(self) -> int:
        return len(self.times_ms)

    @property
    def start_s(self) -> float:
        """Say when the first row was measured, in epoch seconds."""
        return float(self.times_ms[0]) / 1_000

    @property
    def end_s(self) -> float:
        """Say when the last row was measured, in epoch seconds."""
        return float(self.times_ms[-1]) / 1_000

    @property
    def span_s(self) -> float:
        """Say how long the recording lasts, in seconds."""
        return float(self.times_ms[-1] - self.times_ms[0]) / 1_000

    def shifted_to(self, end_s: float) -> RecordedTable:
        """Move the recording in time so that its last row lies at `end_s` (epoch seconds)."""
        shift_ms = round(end_s * 1_000) - int(self.times_ms[-1])
        return replace(self, times_ms=self.times_ms + shift_ms)

    def rows(self, start: int, stop: int | None = None) -> RecordedTable:
        """Return the rows `start` up to, not including, `stop` as a recording of their own."""
        return replace(self, times_ms=self.times_ms[start:stop], values=self.values[start:stop])

    def row(self, index: int) -> dict[str, float]:
        """Return what was measured in one row; missing values are absent."""
        return {
            key: value
            for key, value in zip(self.keys, self.values[index].tolist(), strict=True)
            if value == value  # noqa: PLR0124 — NaN alone differs from itself
        }

    def merged_instants(self) -> RecordedTable:
        """Join rows of one instant: the first value of each signal wins, later ones fill gaps."""
        is_new = np.diff(self.times_ms, prepend=self.times_ms[0] - 1) > 0
        if is_new.all():
            return self
        target = np.cumsum(is_new) - 1
        values = self.values[is_new].copy()
        for row in np.flatnonzero(~is_new):
            kept = values[target[row]]
            gaps = np.isnan(kept)
            kept[gaps] = self.values[row][gaps]
        return replace(self, times_ms=self.times_ms[is_new], values=values, merged=int((~is_new).sum()))


def _unreadable(path: Path, fault: str) -> UnreadableRecording:
    return UnreadableRecording(f"{path.name}: {fault}")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(name or "(unnamed)" for name in names)


def _table(path: Path) -> tuple[list[str], list[list[str]]]:
    """Split a file into its header and rows of equal width, with decimal points."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise _unreadable(path, "not UTF-8 text") from None
    if not any(line.strip() for line in lines):
        raise _unreadable(path, "the file is empty")
    try:
        separator = _separator(lines[:_SNIFFED_LINES])
        reader = csv.reader(lines, delimiter=separator, strict=True)
        numbered = [
            (reader.line_num, [cell.strip() for cell in row]) for row in reader if any(cell.strip() for cell in row)
        ]
    except csv.Error as error:
        raise _unreadable(path, f"not a table ({error})") from None
    (_, header), body = numbered[0], numbered[1:]
    _check_shape(path, header, body)
    if separator == ",":
        return header, [row for _, row in body]
    return header, [[_DECIMAL_COMMA.sub(r"\1.\2", cell) for cell in row] for _, row in body]


def _separator(lines: Sequence[str]) -> str:
    """Choose the separator that cuts the most lines into the width of the header.

    >>> _separator(["time;flow", "1,5;2,5"])
    ';'
    """

    def merit(separator: str) -> tuple[int, int]:
        widths = [len(row) for row in csv.reader(lines, delimiter=separator) if row]
        width = widths[0] if widths else 0
        return (sum(other == width for other in widths) if width > 1 else 0, width)

    return max(_SEPARATORS, key=merit)


def _check_shape(path: Path, header: list[str], body: list[tuple[int, list[str]]]) -> None:
    if not body:
        raise _unreadable(path, "the file has a header and no rows")
    if any(looks_like_time(name) for name in header) or numbers_of(header) is not None:
        raise _unreadable(path, "the first line must name the columns")
    twice = next((name for name in header if name and header.count(name) > 1), None)
    if twice:
        raise _unreadable(path, f"two columns are named {twice!r}")
    for line, row in body:
        if len(row) != len(header):
            raise _unreadable(path, f"line {line} has {len(row)} cells, the header {len(header)}")


def _time_column(path: Path, columns: dict[str, list[str]]) -> tuple[tuple[str, ...], InstantsMs]:
    """Find the time: named so (or a date beside a time of day), else what reads as instants."""
    named = [name for name in columns if name.lower() in _TIME_NAMES]
    for day, hour in permutations(named, 2):
        both = [f"{a} {b}" for a, b in zip(columns[day], columns[hour], strict=True)]
        times_ms = instants_of(both, any_number=False)
        if times_ms is not None:
            return (day, hour), times_ms
    for name in (*named, *columns):
        times_ms = instants_of(columns[name], any_number=name in named)
        if times_ms is not None:
            return (name,), times_ms
    if named:
        raise _unreadable(path, f"a cell of the time column {named[0]!r} is not a time")
    raise _unreadable(path, f"no time column among {_listed(list(columns))}")


def _check_order(path: Path, name: str, times_ms: InstantsMs) -> None:
    steps = np.diff(times_ms)
    back = np.flatnonzero(steps < 0)
    if back.size:
        raise _unreadable(path, f"time goes back in column {name!r} after row {int(back[0]) + 1}")
    repeated = int((steps == 0).sum())
    if 2 * repeated > len(times_ms):
        raise _unreadable(path, f"column {name!r} is too coarse: {repeated} rows repeat the time before them")
