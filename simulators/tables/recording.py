"""A recording is a table that somebody measured: one column of time, the others signals.

How the file is laid out and written is found, not asked for, and what was assumed is said in `notes`. Rows of one
instant (to the millisecond) become one row: the first value of each signal wins, as on the wire.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from pathlib import Path

import numpy as np

from plant.errors import Misconfigured
from simulators.moments import FloatArray
from simulators.tables.assets import check_one_asset, rows_of
from simulators.tables.instants import NoInstantError, TimeRules, instants_of, is_time_name, looks_like_time, read_dates
from simulators.tables.layout import Layout, UnreadableTableError, lay_out
from simulators.tables.local_times import Instants, InstantsMs
from simulators.tables.numbers import Mark, Numbers, TwoPatternsError, decimal_mark_of, numbers_of
from simulators.tables.remarks import bad_rows, check_one_tag, milliseconds_of, truths_of, without_bad

_MOST_NAMED = 3
_SECOND_TIMES = frozenset({"Time_ms"})  # WinCC's, beside its TimeString
_UNIT_IN_NAME = re.compile(
    r"\[(?P<square>[^\[\]]{1,20})\]|【(?P<chinese>[^【】]{1,20})】"
    r"|(?<!bar)(?<!pa)(?<!psi)\((?P<round>(?:[^()]|\([^()]*\)){1,20})\)",  # bar(g) is a unit, not one in brackets
    re.IGNORECASE,
)
_DIRECTIONS = frozenset({"in", "out"})


class UnreadableRecording(Misconfigured, ValueError):
    """A file that is not a recorded table; the text is one line that names file and fault."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordedTable:
    """A recorded table. `times_ms` (n, epoch ms, increasing), `values` (n, signals; NaN: missing).

    `left_out` names the columns that are neither time nor numbers, `merged` counts the rows that fell on the instant of
    the row before. `units` are those behind every number, of a row of units, or in brackets at the end of the column's
    name, empty where there is none. `notes` say what was assumed.
    """

    name: str
    keys: tuple[str, ...]
    times_ms: InstantsMs
    values: FloatArray
    left_out: tuple[str, ...] = ()
    merged: int = 0
    units: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @classmethod
    def read(
        cls,
        path: Path | str,
        drop: Collection[str] = (),
        *,
        times: TimeRules | None = None,
        encoding: str | None = None,
        only: tuple[str, str] | None = None,
    ) -> RecordedTable:
        """Read a table without the columns in `drop`; raises `UnreadableRecording`, `OSError`.

        `only` are a column and what stands in it in the rows that are read: those of one asset of several.
        """
        path = Path(path)
        try:
            layout = lay_out(path, encoding)
            layout = layout if only is None else rows_of(layout, *only)
            return _Reading(layout=layout, times=times or TimeRules(), drop=drop).table(path.name)
        except UnreadableTableError as error:
            raise UnreadableRecording(" ".join(f"{path.name}: {error}".split())) from error

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


@dataclass(frozen=True, kw_only=True, slots=True)
class _Reading:
    """One table while it is read."""

    layout: Layout
    times: TimeRules
    drop: Collection[str]

    def table(self, name: str) -> RecordedTable:
        _check_shape(self.layout)
        columns = self._columns()
        time_names, instants = self._time_column(columns)
        others = {key: cells for key, cells in columns.items() if key and key not in time_names}
        quality, bad = bad_rows(others) or ("", np.zeros(0, dtype=np.bool_))
        signals = self._signals({key: cells for key, cells in others.items() if key not in {quality, *_SECOND_TIMES}})
        if not signals:
            raise UnreadableTableError("no column of numbers beside the time")
        texts = {name: cells for name, cells in others.items() if name not in signals}
        check_one_asset(instants.times_ms, {name: cells for name, cells in texts.items() if name != quality})
        check_one_tag(texts)
        if bad.any():
            signals = {key: without_bad(one, bad) for key, one in signals.items()}
        order, said = _in_order(instants.times_ms)
        said += [f"{bad.sum()} rows are bad by column {quality!r}; their numbers count as missing"] if bad.any() else []
        _check_coarse(time_names[0], instants.times_ms[order])
        table = RecordedTable(
            name=name,
            keys=tuple(signals),
            times_ms=instants.times_ms[order],
            values=np.stack([one.values for one in signals.values()], axis=1)[order],
            left_out=tuple(column for column in columns if column not in {*signals, *time_names}),
            units=tuple(one.unit or self._unit_of(key) for key, one in signals.items()),
            notes=(*self.layout.notes, *instants.notes, *said, *_about(signals)),
        )
        return table.merged_instants()

    def _columns(self) -> dict[str, list[str]]:
        header = self.layout.header
        missing = [column for column in self.drop if column not in header]
        if missing:
            raise UnreadableTableError(f"no column {missing[0]!r} to drop; it has {_listed(header)}")
        kept = [(index, column) for index, column in enumerate(header) if column not in self.drop]
        return {column: [row[index] for _, row in self.layout.body] for index, column in kept}

    def _signals(self, columns: dict[str, list[str]]) -> dict[str, Numbers]:
        marks = {mark for cells in columns.values() if (mark := decimal_mark_of(cells)) is not None}
        usual: Mark | None = next(iter(marks)) if len(marks) == 1 else None
        found = {}
        for key, cells in columns.items():
            try:
                numbers = numbers_of(cells, usual, is_comma_decimal=self.layout.is_comma_decimal)
            except TwoPatternsError as error:
                line = self.layout.body[error.row][0]
                raise UnreadableTableError(f"column {key!r}, line {line}: {error}") from error
            numbers = numbers or truths_of(key, cells)
            if numbers is not None:
                found[key] = numbers
        return found

    def _unit_of(self, key: str) -> str:
        if self.layout.units and (unit := self.layout.units[self.layout.header.index(key)]):
            return unit
        found = unit_in(key)
        is_direction = found.lower() in _DIRECTIONS and any(unit_in(one).lower() == "out" for one in self.layout.header)
        return "" if is_direction else found

    def _time_column(self, columns: dict[str, list[str]]) -> tuple[tuple[str, ...], Instants]:
        """Find the time: named so (or a date beside a time of day), else what reads as instants."""
        named = sorted((name for name in columns if is_time_name(name)), key=lambda name: name.startswith("$"))
        try:
            for day, hour in permutations(named, 2):
                both = [f"{a} {b}" for a, b in zip(columns[day], columns[hour], strict=True)]
                if (found := instants_of(both, self.times, any_number=False)) is not None:
                    return _with_milliseconds((day, hour), found, columns)
            for name in (*named, *columns):
                if (found := instants_of(columns[name], self.times, any_number=name in named)) is not None:
                    return (name,), found
        except NoInstantError as error:
            raise UnreadableTableError(f"the times: {error}") from error
        if named:
            raise UnreadableTableError(self._why_no_time(named[0], columns[named[0]]))
        raise UnreadableTableError(f"no time column among {_listed(list(columns))}")

    def _why_no_time(self, name: str, cells: list[str]) -> str:
        try:
            read_dates(cells, self.times)
        except NoInstantError as error:
            line = self.layout.body[max(error.row, 0)][0]
            return f"a cell of the time column {name!r} is not a time: line {line}: {error}"
        return f"a cell of the time column {name!r} is not a time"


def _with_milliseconds(
    names: tuple[str, ...], found: Instants, columns: dict[str, list[str]]
) -> tuple[tuple[str, ...], Instants]:
    """Add the milliseconds that stand in a column of their own."""
    fraction = milliseconds_of(columns)
    if fraction is None or (found.times_ms % 1_000).any():
        return names, found
    return (*names, fraction[0]), replace(found, times_ms=found.times_ms + fraction[1])


def unit_in(name: str) -> str:
    """Return what stands in brackets at the end of a column's name.

    >>> [unit_in(one) for one in ("温度(℃)", "Flow (m3/h)", "Druck [bar(g)]", "压力（kPa）", "P bar(g)", "flow")]
    ['°C', 'm3/h', 'bar(g)', 'kPa', '', '']
    """
    plain = unicodedata.normalize("NFKC", name).strip()
    found = next((one for one in _UNIT_IN_NAME.finditer(plain) if one.end() == len(plain)), None)
    return next((one.strip() for one in found.groups() if one), "") if found else ""


def _listed(names: Sequence[str]) -> str:
    return ", ".join(name or "(unnamed)" for name in names)


def _check_shape(layout: Layout) -> None:
    header = layout.header
    if not layout.body:
        raise UnreadableTableError("the file has a header and no rows")
    if any(looks_like_time(name) for name in header) or numbers_of(header) is not None:
        raise UnreadableTableError("the first line must name the columns")
    for line, row in layout.body:
        if len(row) != len(header):
            raise UnreadableTableError(f"line {line} has {len(row)} cells, the header {len(header)}")


def _in_order(times_ms: InstantsMs) -> tuple[list[int], list[str]]:
    """Return in which order the rows are old to new, and what is to be said of it; rows of one instant keep theirs."""
    steps = np.diff(times_ms)
    back = int((steps < 0).sum())
    if not back:
        return list(range(len(times_ms))), []
    order = np.argsort(times_ms, kind="stable").tolist()
    if 2 * back > len(steps):
        return order, ["the rows came newest first; they are sorted by time"]
    return order, [f"{back} rows came after a newer one; the rows are sorted by time"]


def _check_coarse(name: str, times_ms: InstantsMs) -> None:
    repeated = int((np.diff(times_ms) == 0).sum())
    if 2 * repeated > len(times_ms):
        raise UnreadableTableError(f"column {name!r} is too coarse: {repeated} rows repeat the time before them")


def _about(signals: dict[str, Numbers]) -> list[str]:
    """Say what was assumed about each column of numbers."""
    said = []
    for key, one in signals.items():
        if one.words:
            named = ", ".join(f"{word} ({count})" for word, count in one.words.most_common(_MOST_NAMED))
            said.append(f"column {key!r}: {one.words.total()} cells are words and count as missing: {named}")
        if one.has_thousands:
            said.append(f"column {key!r}: thousands are separated")
    return said
