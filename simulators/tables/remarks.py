"""What stands in a table beside times and numbers: how good a row is, of whom it speaks, truths, milliseconds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from simulators.tables.layout import UnreadableTableError
from simulators.tables.local_times import InstantsMs
from simulators.tables.numbers import Numbers

_TAGS = frozenset(
    {"tag", "tagname", "tag_name", "tag name", "varname", "variable", "point", "pointname", "_field"}
    | {"位号", "测点", "点名", "变量名"}
)
_QUALITIES = frozenset(
    {"quality", "dataquality", "data quality", "opcquality", "qstatus", "ip_trend_qstatus", "validity"}
    | {"质量", "质量戳", "数据质量"}
)
_USABLE = frozenset({"", "uncertain", "questionable", "suspect", "可疑"})
_GOOD = _USABLE | frozenset({"good", "ok", "valid", "true", "好", "正常"})
_BAD = ("bad", "invalid", "not ", "no ", "false", "comm", "fail", "out of", "坏", "异常", "无效")
_LEAST_USABLE = {"opcquality": 64, "validity": 1}
"""Of columns with codes, the least that is not bad: those of OPC, and WinCC's."""
_FRACTIONS = frozenset({"millisec", "milliseconds", "msec", "ms", "毫秒"})
_REMARKS = frozenset({"annotated", "questionable", "substituted"})
_TRUTHS = {"true": 1.0, "false": 0.0}
_MOST_NAMED = 3


def check_one_tag(texts: Mapping[str, Sequence[str]]) -> None:
    """See that rows speak of one tag, where a column is called so: joined, all tags would be one signal.

    Raises:
        UnreadableTableError: a column names several; the text says which, and the mend.
    """
    for name, cells in texts.items():
        there = list(dict.fromkeys(cells))
        if name.casefold() in _TAGS and len(there) > 1:
            named = ", ".join(there[:_MOST_NAMED]) + (", …" if len(there) > _MOST_NAMED else "")
            raise UnreadableTableError(
                f"rows speak of several in column {name!r}: {named}; "
                f"take each with --only '{name}={there[0]}'; --only may be given again"
            )


def bad_rows(columns: Mapping[str, Sequence[str]]) -> tuple[str, NDArray[np.bool_]] | None:
    """Return the column that says how good its row is, in words or known codes, and which are bad; else None.

    >>> bad_rows({"OPCQuality": ["192", "0"], "Quality": ["0", "133"]})[1].tolist()
    [False, True]
    """
    for name, cells in columns.items():
        if name.casefold() in _QUALITIES:
            said = [_is_bad(name.casefold(), cell) for cell in cells]
            if False in said and 2 * said.count(None) < len(said):
                return name, np.array([one is True for one in said])
    return None


def _is_bad(name: str, said: str) -> bool | None:
    """Say whether a word or a code means that a value is not to be used, None where it cannot be told."""
    word = said.casefold()
    if word.isdecimal():
        return int(word) < _LEAST_USABLE[name] if name in _LEAST_USABLE else None
    return False if word in _GOOD else True if word.startswith(_BAD) else None


def without_bad(numbers: Numbers, bad: NDArray[np.bool_]) -> Numbers:
    """Return a column without the numbers of some rows."""
    return replace(numbers, values=np.where(bad, np.nan, numbers.values))


def truths_of(name: str, cells: Sequence[str]) -> Numbers | None:
    """Read a column of truths as 1 and 0; None if it is none, or says the same in all rows.

    >>> truths_of("run", ["TRUE", "False", ""]).values
    array([ 1.,  0., nan])
    """
    said = {cell.casefold() for cell in cells} - {""}
    if said != _TRUTHS.keys() or name.casefold() in _REMARKS:
        return None
    return Numbers(values=np.array([_TRUTHS.get(cell.casefold(), np.nan) for cell in cells]), words=Counter())


def milliseconds_of(columns: Mapping[str, Sequence[str]]) -> tuple[str, InstantsMs] | None:
    """Return the column that says the milliseconds of times in whole seconds, and these; None where none does."""
    for name, cells in columns.items():
        if name.casefold() in _FRACTIONS and all(cell.isdecimal() and len(cell) <= len("999") for cell in cells):
            return name, np.array([int(cell) for cell in cells], dtype=np.int64)
    return None
