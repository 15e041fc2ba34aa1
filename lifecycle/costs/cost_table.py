"""The tables in which costs and labour come and go: CSV, known by its head, in English or Chinese."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from lifecycle.exporting.defusing import as_it_was, csv_of
from lifecycle.schedule.milestones import a_date, decoded
from plant.errors import Rejected
from storage.projects.costs import CostKind, CostLine, LabourLine

_Line = TypeVar("_Line", CostLine, LabourLine)
_MOST_BYTES = 32 * 2**20
_MOST = Decimal(10) ** 13
_LONGEST = 300
_FEW = 2
COST_HEAD = ("kind", "key", "day", "code", "amount", "text")
LABOUR_HEAD = ("person", "trade", "month", "days")
_NAMES = {
    "kind": {"kind", "type", "类型", "种类"},
    "key": {"key", "id", "number", "编号", "单号"},
    "day": {"day", "date", "日期"},
    "code": {"code", "account", "cost code", "科目", "费用代码", "代码", "成本代码", "费用科目"},
    "amount": {"amount", "金额"},
    "text": {"text", "description", "supplier", "说明", "供应商"},
    "person": {"person", "name", "姓名", "人员"},
    "trade": {"trade", "工种"},
    "month": {"month", "月份"},
    "days": {"days", "man-days", "人天", "人工日"},
}
_KINDS: dict[str, CostKind] = {
    "budget": "budget",
    "planned": "budget",
    "预算": "budget",
    "committed": "committed",
    "order": "committed",
    "合同": "committed",
    "承诺": "committed",
    "actual": "actual",
    "cost": "actual",
    "实际": "actual",
    "payment": "payment",
    "paid": "payment",
    "付款": "payment",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class CostTable:
    """What a file says: lines of cost, or of labour."""

    costs: tuple[CostLine, ...] = ()
    labour: tuple[LabourLine, ...] = ()


def read_cost_table(body: bytes) -> CostTable:
    """Read a table of costs (kind, key, day, code, amount, text) or of labour (person, trade, month, days).

    Raises:
        Rejected: it is neither, or a row makes no sense; the text says which. Nothing of it is taken.
    """
    if len(body) > _MOST_BYTES:
        raise Rejected("too_large", f"a table of costs has at most {_MOST_BYTES // 2**20} MiB")
    text = decoded(body)
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    try:
        rows = [
            row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if any(map(str.strip, row))
        ]
    except csv.Error as error:
        raise Rejected("no_costs", f"no table can be read from it: {error}") from error
    places = {what: _place(rows[0], names) for what, names in _NAMES.items()} if rows else {}
    cells = [_Row(row, places, number, delimiter == ";") for number, row in enumerate(rows[1:], start=2)]
    if _has(places, COST_HEAD[:-1]):
        return CostTable(costs=tuple(_once((one.cost() for one in cells), "key")))
    if _has(places, LABOUR_HEAD):
        return CostTable(labour=tuple(_once((one.labour() for one in cells), "person")))
    heads = (COST_HEAD[:-1], LABOUR_HEAD)
    lacking = min(([name for name in head if places.get(name) is None] for head in heads), key=len)
    costs, labour = ",".join(COST_HEAD), ",".join(LABOUR_HEAD)
    if len(lacking) <= _FEW:
        raise Rejected("no_costs", f"the head is neither {costs} nor {labour}; it lacks {', '.join(lacking)}")
    raise Rejected("no_costs", f"the head is neither {costs} nor {labour}")


def write_costs(lines: Sequence[CostLine]) -> str:
    """Write costs as the table that `read_cost_table` reads."""
    return csv_of([COST_HEAD, *((one.kind, one.key, one.day, one.code, one.amount, one.said) for one in lines)])


def write_labour(lines: Sequence[LabourLine]) -> str:
    """Write labour as the table that `read_cost_table` reads."""
    return csv_of([LABOUR_HEAD, *((one.person, one.trade, f"{one.month:%Y-%m}", one.days) for one in lines)])


def _place(head: Sequence[str], names: set[str]) -> int | None:
    return next((at for at, cell in enumerate(head) if cell.strip().casefold() in names), None)


def _has(places: dict[str, int | None], names: Sequence[str]) -> bool:
    return all(places.get(name) is not None for name in names)


def _once(lines: Iterator[_Line], said: str) -> Iterator[_Line]:
    seen: set[object] = set()
    for one in lines:
        key: object = (one.kind, one.key) if isinstance(one, CostLine) else (one.person, one.trade, one.month)
        if key in seen:
            raise Rejected("key_twice", f"{said} {getattr(one, said)} is there twice")
        seen.add(key)
        yield one


class _Row:
    """One row of a table, which says where it stands when it makes no sense."""

    def __init__(self, row: Sequence[str], places: dict[str, int | None], number: int, has_decimal_comma: bool) -> None:
        self._row, self._places, self._number, self._has_comma = row, places, number, has_decimal_comma

    def cost(self) -> CostLine:
        said = self._cell("kind").casefold()
        if said not in _KINDS:
            raise self._bad("kind", f"{said or 'nothing'} is none of budget, committed, actual, payment")
        return CostLine(
            kind=_KINDS[said],
            key=self._needed("key"),
            day=self._day(),
            code=self._cell("code"),
            amount=self._amount("amount"),
            said=self._cell("text"),
        )

    def labour(self) -> LabourLine:
        days = self._amount("days")
        if not 0 <= days <= 10_000:
            raise self._bad("days", "a month of labour has 0 to 10000 days")
        return LabourLine(person=self._needed("person"), trade=self._cell("trade"), month=self._month(), days=days)

    def _cell(self, what: str) -> str:
        at = self._places.get(what)
        said = " ".join(as_it_was(self._row[at]).split()) if at is not None and at < len(self._row) else ""
        if len(said) > _LONGEST:
            raise self._bad(what, f"it has more than {_LONGEST} characters")
        return said

    def _needed(self, what: str) -> str:
        said = self._cell(what)
        if not said:
            raise self._bad(what, "it is empty")
        return said

    def _day(self) -> date:
        found = a_date(self._cell("day"), f"row {self._number}, day")
        if found is None or not 1990 <= found.year < 2200:
            raise self._bad("day", "it is empty" if found is None else "no project is of that year")
        return found

    def _month(self) -> date:
        said = self._needed("month").replace("/", "-").replace("年", "-").removesuffix("月")
        found = a_date(f"{said}-01" if said.count("-") == 1 else said, f"row {self._number}, month")
        if found is None or not 1990 <= found.year < 2200:
            raise self._bad("month", "write it as 2026-03")
        return found.replace(day=1)

    def _amount(self, what: str) -> Decimal:
        said = self._needed(what).replace(" ", "").replace("\u00a0", "")
        plain = said.replace(".", "").replace(",", ".") if self._has_comma and "," in said else said.replace(",", "")
        try:
            amount = Decimal(plain)
        except InvalidOperation as error:
            raise self._bad(what, f"{said[:40]!r} is no number") from error
        if not amount.is_finite():
            raise self._bad(what, f"{said[:40]!r} is no number")
        if abs(amount) >= _MOST:
            raise self._bad(what, "it is larger than any project")
        return amount.quantize(Decimal("0.01"))

    def _bad(self, what: str, why: str) -> Rejected:
        return Rejected("bad_row", f"row {self._number}, {what}: {why}")
