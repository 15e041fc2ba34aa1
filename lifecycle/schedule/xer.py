"""Milestones of Primavera P6's exchange file (XER): tables of tab-separated rows, in any code page."""

from __future__ import annotations

from collections.abc import Iterator

from lifecycle.schedule.milestones import Milestone, a_date, decoded
from plant.errors import Rejected

# By the type of an activity: what of it is planned, forecast and actual.
_DATES = {
    "TT_Mile": ("target_start_date", ("early_start_date", "restart_date"), "act_start_date"),
    "TT_FinMile": ("target_end_date", ("early_end_date", "reend_date"), "act_end_date"),
}
Row = dict[str, str]


def read_xer(body: bytes) -> list[Milestone]:
    """Read start and finish milestones of every project in the file.

    Raises:
        Rejected: it has no table of activities.
    """
    tables = _tables(decoded(body.replace(b"\0", b"")))
    if "TASK" not in tables:
        raise Rejected("no_schedule", "the XER has no table TASK")
    return [_milestone(row) for row in tables["TASK"] if row.get("task_type") in _DATES]


def _milestone(row: Row) -> Milestone:
    planned, forecast, actual = _DATES[row["task_type"]]
    key = row.get("task_code") or row.get("task_id", "")
    where = f"activity {key}"
    expected = next((row[name] for name in forecast if row.get(name)), "")
    return Milestone(
        key=key,
        name=row.get("task_name") or key,
        planned=a_date(row.get(planned, ""), where),
        forecast=a_date(expected or row.get(planned, ""), where),
        actual=a_date(row.get(actual, ""), where),
    )


def _tables(text: str) -> dict[str, list[Row]]:
    """Read every table; a line that begins with no mark goes on with the last value of the row before."""
    tables: dict[str, list[Row]] = {}
    fields: list[str] = []
    rows: list[Row] = []
    for mark, values in _lines(text):
        if mark == "%T":
            rows, fields = tables.setdefault(values[0] if values else "", []), []
        elif mark == "%F":
            fields = values
        elif mark == "%R":
            rows.append(dict(zip(fields, values, strict=False)))
    return tables


def _lines(text: str) -> Iterator[tuple[str, list[str]]]:
    for line in text.splitlines():
        mark, _, rest = line.partition("\t")
        if mark in {"%T", "%F", "%R"}:
            yield mark, [value.strip() for value in rest.split("\t")]
