"""Milestones of Primavera P6's exchange file (XER): tables of tab-separated rows, in any code page."""

from __future__ import annotations

import re

from lifecycle.schedule.milestones import Milestone, a_date, decoded
from plant.errors import Rejected

# By the type of an activity: what of it is planned, forecast and actual.
_DATES = {
    "TT_Mile": ("target_start_date", ("early_start_date", "restart_date"), "act_start_date"),
    "TT_FinMile": ("target_end_date", ("early_end_date", "reend_date"), "act_end_date"),
}
# Only these end a line: a field of bytes may hold what Unicode calls one.
_LINE_END = re.compile("\r\n|\n|\r")
Row = dict[str, str]


def read_xer(body: bytes) -> list[Milestone]:
    """Read start and finish milestones of every project in the file; its baseline copy, where it has one, is the plan.

    Raises:
        Rejected: it has no table of activities.
    """
    tables = _tables(decoded(body.replace(b"\0", b"")))
    if "TASK" not in tables:
        raise Rejected("no_schedule", "the XER has no table TASK")
    copies = {row.get("proj_id", "") for row in tables.get("PROJECT", ()) if row.get("orig_proj_id")}
    milestones = [row for row in tables["TASK"] if row.get("task_type") in _DATES]
    plans = {row.get("task_code"): row for row in milestones if row.get("proj_id") in copies}
    return [
        _milestone(row, plans.get(row.get("task_code"), row)) for row in milestones if row.get("proj_id") not in copies
    ]


def _milestone(row: Row, plan: Row) -> Milestone:
    planned, forecast, actual = _DATES[row["task_type"]]
    key = row.get("task_code") or row.get("task_id", "")
    where = f"activity {key}"
    expected = next((row[name] for name in forecast if row.get(name)), "")
    return Milestone(
        key=key,
        name=row.get("task_name") or key,
        planned=a_date(plan.get(planned, ""), where),
        forecast=a_date(expected or row.get(planned, ""), where),
        actual=a_date(row.get(actual, ""), where),
    )


def _tables(text: str) -> dict[str, list[Row]]:
    """Read every table. A row that is short goes on in the next line, where that line has just what it lacks."""
    tables: dict[str, list[Row]] = {}
    fields: list[str] = []
    rows: list[Row] = []
    short: list[str] | None = None
    for line in _LINE_END.split(text):
        mark, *values = line.split("\t")
        if mark == "%R":
            short = values if len(values) < len(fields) else None
            rows.append(_row(fields, values))
        elif mark == "%T":
            rows, fields = tables.setdefault(values[0].strip() if values else "", []), []
        elif mark == "%F":
            fields = [value.strip() for value in values]
        elif short and len(short) + len(values) == len(fields):
            rows[-1] = _row(fields, [*short[:-1], f"{short[-1]} {mark}", *values])
            short = None
    return tables


def _row(fields: list[str], values: list[str]) -> Row:
    return dict(zip(fields, map(str.strip, values), strict=False))
