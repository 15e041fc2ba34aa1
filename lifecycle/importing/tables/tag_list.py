"""A tag list, in Excel or as text, as facts: a row is an asset, one of its signals, or a spare part for it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle.importing.facts import (
    AssetFact,
    Facts,
    GlobalIdFact,
    Origin,
    ParameterFact,
    PartFact,
    RowFault,
    SignalFact,
    SiteFact,
    Source,
    SystemFact,
)
from lifecycle.importing.tables.cells import day_of, decimal_mark, decimal_of, range_of, text_of
from lifecycle.importing.tables.choosing import choose_table
from lifecycle.importing.tables.columns import TagColumn, unit_in
from lifecycle.importing.tables.heads import Heads
from lifecycle.importing.tables.mapping_file import (
    ColumnMapping,
    absent_heads,
    as_toml,
    columns_at,
    propose_mapping,
    read_mapping,
    unknown_heads,
)
from lifecycle.importing.tables.sheets import Book, Cell, Sheet, read_book
from lifecycle.importing.tables.tag_rows import is_heading, is_total, one_each
from plant.errors import Rejected

if TYPE_CHECKING:
    from lifecycle.importing.reading import ReadOptions

_C = TagColumn
_NUMBERS = (_C.LOW, _C.HIGH, _C.STOCK, _C.LEAST, _C.LEAD_TIME_DAYS, _C.QUANTITY, _C.PRICE)


def read_tag_list(path: Path, options: ReadOptions) -> Facts:
    """Read a tag list by the mapping that was chosen, else by the one that is proposed for its heads.

    A mapping is kept in the file `options.mapping`: read where it is there, else proposed and written.

    Raises:
        Rejected: it cannot be read, no row has a head for tags, or the site is not said.
    """
    book = read_book(path)
    kept = options.saved_mapping
    if kept is None and options.mapping and options.mapping.exists():
        kept = read_mapping(options.mapping)
    sheet, heads = choose_table(book, options.sheet or "", kept)
    mapping = kept or propose_mapping(heads, sheet.name)
    if options.mapping and kept is None:
        try:
            options.mapping.write_text(as_toml(mapping), encoding="utf-8")
        except OSError as error:
            raise Rejected("no_mapping", f"{options.mapping} cannot be written: {error.strerror}") from error
    options.on_mapping(mapping)
    reading = _TagList(book=book, sheet=sheet, heads=heads, mapping=mapping, options=options)
    return reading.facts(path)


@dataclass(kw_only=True, slots=True)
class _TagList:
    book: Book
    sheet: Sheet
    heads: Heads
    mapping: ColumnMapping
    options: ReadOptions
    faults: list[RowFault] = field(default_factory=list)
    single: dict[TagColumn, int] = field(default_factory=dict)
    others: dict[int, tuple[str, TagColumn]] = field(default_factory=dict)
    marks: dict[int, str] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)

    def facts(self, path: Path) -> Facts:
        self.single, self.others = columns_at(self.mapping, self.heads)
        rows = list(self.sheet.rows[self.heads.first :])
        self.marks = {at: decimal_mark(row[at] for row in rows if at < len(row)) for at in self._number_columns()}
        found: dict[str, list[object]] = {}
        site = self.options.site or self._site(rows)
        for number, row in enumerate(rows, start=self.heads.first + 1):
            texts = [text for cell in row if (text := text_of(cell))]
            if texts and not self._is_no_asset(row, texts):
                for fact in self._row(row, Origin(sheet=self.sheet.name, row=number), site):
                    found.setdefault(type(fact).__name__, []).append(fact)
        return Facts(
            source=Source(kind="tags", file=path.name, sha256=hashlib.sha256(path.read_bytes()).hexdigest()),
            site=SiteFact(tag=site),
            assets=one_each(found.get("AssetFact", [])),
            systems=tuple(found.get("SystemFact", [])),  # type: ignore[arg-type]
            signals=tuple(found.get("SignalFact", [])),  # type: ignore[arg-type]
            parameters=tuple(found.get("ParameterFact", [])),  # type: ignore[arg-type]
            parts=tuple(found.get("PartFact", [])),  # type: ignore[arg-type]
            global_ids=tuple(found.get("GlobalIdFact", [])),  # type: ignore[arg-type]
            faults=tuple(self.faults),
            notes=tuple(self._notes()),
        )

    def _is_no_asset(self, row: Sequence[Cell], texts: Sequence[str]) -> bool:
        """Say whether a row is a heading between areas or a total; which ones were left out is noted."""
        at, is_one = self.single[_C.TAG], len(self.single) > 1 and len(texts) == 1
        tag = text_of(row[at]) if at < len(row) else ""
        is_none = is_total(texts[0]) or (is_one and is_heading(texts[0], of_tag=tag))
        if is_none:
            self.left_out.append(texts[0])
        return is_none

    def _number_columns(self) -> list[int]:
        return [self.single[column] for column in _NUMBERS if column in self.single]

    def _site(self, rows: Sequence[Sequence[Cell]]) -> str:
        at = self.single.get(_C.SITE)
        named = {text_of(row[at]) for row in rows if at < len(row)} - {""} if at is not None else set()
        if len(named) == 1:
            return named.pop()
        said = f"rows name the sites {', '.join(sorted(named)[:5])}" if named else "no row names the site"
        raise Rejected("which_site", f"{self.book.file}: {said}; say which (--site)")

    def _notes(self) -> Iterator[str]:
        unknown = unknown_heads(self.mapping, self.heads)
        if unknown:
            yield f"columns that the mapping does not know were left out: {', '.join(unknown)}"
        absent = absent_heads(self.mapping, self.heads)
        if absent:
            yield f"columns of the mapping that are not in the file: {', '.join(absent)}"
        if self.left_out:
            yield f"totals and headings without a tag were left out: {', '.join(self.left_out[:20])}"
        hidden = [one.name for one in self.book.sheets if one.is_hidden]
        if hidden:
            yield f"hidden sheets were not read: {', '.join(hidden)}"

    def _fault(self, origin: Origin, what: str, mend: str, asset: str = "") -> None:
        self.faults.append(RowFault(what=what, mend=mend, origin=origin, asset=asset))

    def _row(self, row: Sequence[Cell], origin: Origin, site: str) -> Iterator[object]:
        texts = {column: text_of(row[at]) for column, at in self.single.items() if at < len(row)}
        said = {column: text for column, text in texts.items() if text}
        tag = said.get(_C.TAG)
        if tag is None:
            self._fault(origin, "the row has no tag", "give it one, or delete the row")
            return
        if said.get(_C.SITE, site) != site:
            self._fault(origin, f"{tag} is of the site {said[_C.SITE]}", f"import it with --site {said[_C.SITE]}", tag)
            return
        numbers = self._numbers(row, origin, tag)
        if numbers is None:
            return
        yield self._asset(tag, said, origin)
        if _C.SYSTEM in said:
            yield SystemFact(tag=said[_C.SYSTEM], members=(tag,), origin=origin)
        if _C.SIGNAL in said:
            yield self._signal(tag, said, numbers, origin)
        else:
            yield from self._limits_of_no_signal(tag, said, origin)
        if _C.PART in said:
            yield _part(tag, said, numbers, origin)
        if _C.GLOBAL_ID in said:
            yield GlobalIdFact(asset=tag, model=self.book.file, global_id=said[_C.GLOBAL_ID], origin=origin)
        yield from self._parameters(row, tag, origin)

    def _asset(self, tag: str, said: dict[TagColumn, str], origin: Origin) -> AssetFact:
        typed, feeds = said.get(_C.CLASS), re.split("[,;，；、]", said.get(_C.FEEDS, ""))
        return AssetFact(
            tag=tag,
            class_tag=self.mapping.classes.get(typed, typed) if typed else self.options.class_tag,
            name=said.get(_C.NAME),
            name_zh=said.get(_C.NAME_ZH),
            area=said.get(_C.AREA),
            parent=said.get(_C.PARENT),
            criticality=said.get(_C.CRITICALITY),
            serial=said.get(_C.SERIAL),
            manufacturer=said.get(_C.MANUFACTURER),
            model=said.get(_C.MODEL),
            feeds=tuple(one.strip() for one in feeds if one.strip()) or None,
            origin=origin,
        )

    def _numbers(self, row: Sequence[Cell], origin: Origin, tag: str) -> dict[TagColumn, Decimal | None] | None:
        """Read the row's numbers; None, and a fault, where one of them is none."""
        found: dict[TagColumn, Decimal | None] = {}
        for column in _NUMBERS:
            at = self.single.get(column)
            try:
                cell = row[at] if at is not None and at < len(row) else ""
                found[column] = decimal_of(cell, self.marks.get(at or 0, ""))
            except Rejected as error:
                what = f"{tag}, column {self.heads.names[at or 0]}: {error.detail}"
                self._fault(origin, what, "write a number, or n/a", tag)
                return None
        return found

    def _signal(
        self, tag: str, said: dict[TagColumn, str], numbers: dict[TagColumn, Decimal | None], origin: Origin
    ) -> SignalFact:
        low, high = numbers[_C.LOW], numbers[_C.HIGH]
        least, most, unit = self._range(tag, said, origin)
        return SignalFact(
            asset=tag,
            key=said[_C.SIGNAL],
            name=said.get(_C.SIGNAL_NAME),
            unit=said.get(_C.UNIT) or unit or self._unit_of(_C.HIGH) or self._unit_of(_C.LOW) or None,
            low=least if low is None else float(low),
            high=most if high is None else float(high),
            origin=origin,
        )

    def _range(self, tag: str, said: dict[TagColumn, str], origin: Origin) -> tuple[float | None, float | None, str]:
        """Read both limits out of one cell, as `0…100 °C`; where it is none, the signal is kept without limits."""
        if _C.RANGE not in said:
            return None, None, ""
        try:
            low, high, unit = range_of(said[_C.RANGE], self.marks.get(self.single[_C.RANGE], ""))
        except Rejected as error:
            what = f"{tag}, column {self.heads.names[self.single[_C.RANGE]]}: {error.detail}"
            self._fault(origin, what, "write it as 0…100 °C", tag)
            return None, None, ""
        return low, high, unit or self._unit_of(_C.RANGE)

    def _limits_of_no_signal(self, tag: str, said: dict[TagColumn, str], origin: Origin) -> Iterator[ParameterFact]:
        """Keep limits of a row without a signal as parameters of the asset, under their heads: nothing is dropped."""
        for column in (_C.LOW, _C.HIGH, _C.RANGE):
            if column in said:
                head, unit = self.heads.names[self.single[column]], said.get(_C.UNIT) or self._unit_of(column)
                yield ParameterFact(asset=tag, name=head, value=said[column], unit=unit, origin=origin)

    def _unit_of(self, column: TagColumn) -> str:
        at = self.single.get(column)
        if at is None:
            return ""
        below = self.heads.units[at] if at < len(self.heads.units) else ""
        return unit_in(self.heads.names[at]) or below

    def _parameters(self, row: Sequence[Cell], tag: str, origin: Origin) -> Iterator[ParameterFact]:
        for at, (head, column) in self.others.items():
            cell = row[at] if at < len(row) else ""
            try:
                day = day_of(cell, is_1904=self.book.is_1904) if column is _C.DAY else None
            except Rejected as error:
                self._fault(origin, f"{tag}, column {head}: {error.detail}", "write a day as 2026-03-01")
                continue
            value = text_of(day if day is not None else cell)
            if value:
                unit = unit_in(head) or (self.heads.units[at] if at < len(self.heads.units) else "")
                yield ParameterFact(asset=tag, name=head, value=value, unit=unit, origin=origin)


def _part(tag: str, said: dict[TagColumn, str], numbers: dict[TagColumn, Decimal | None], origin: Origin) -> PartFact:
    return PartFact(
        number=said[_C.PART],
        name=said.get(_C.PART_NAME),
        stock=numbers[_C.STOCK],
        least=numbers[_C.LEAST],
        lead_time_days=numbers[_C.LEAD_TIME_DAYS],
        quantity=numbers[_C.QUANTITY] or None,
        price=numbers[_C.PRICE] or None,
        asset=tag,
        origin=origin,
    )
