"""Milestones and work of Primavera P6's exchange file (XER): tables of tab-separated rows, in any code page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from math import isfinite

from lifecycle.schedule.calendar import STANDARD, WorkCalendar
from lifecycle.schedule.milestones import Milestone, a_date, decoded
from lifecycle.schedule.mspdi_calendars import instant_of
from lifecycle.schedule.work import ScheduledActivity, SchedulePlan
from lifecycle.schedule.xer_calendars import xer_calendars
from plant.errors import Rejected

# By the type of an activity: what of it is planned, forecast and actual.
_DATES = {
    "TT_Mile": ("target_start_date", ("early_start_date", "restart_date"), "act_start_date"),
    "TT_FinMile": ("target_end_date", ("early_end_date", "reend_date"), "act_end_date"),
}
# What is done by somebody; a level of effort and the summary of a branch only last as long as that does.
_WORK = frozenset({"TT_Task", "TT_Rsrc"})
# Only these end a line: a field of bytes may hold what Unicode calls one.
_LINE_END = re.compile("\r\n|\n|\r")
Row = dict[str, str]


def read_xer(body: bytes) -> SchedulePlan:
    """Read milestones and work of every project in the file; its baseline copy, where it has one, is the plan.

    Raises:
        Rejected: it has no table of activities.
    """
    tables = _tables(decoded(body.replace(b"\0", b"")))
    if "TASK" not in tables:
        raise Rejected("no_schedule", "the XER has no table TASK")
    projects = tables.get("PROJECT", ())
    copies = {row.get("proj_id", "") for row in projects if row.get("orig_proj_id")}
    plans = {row.get("task_code"): row for row in tables["TASK"] if row.get("proj_id") in copies}
    now = [row for row in tables["TASK"] if row.get("proj_id") not in copies]
    calendars = xer_calendars(tables.get("CALENDAR", ()))
    own = [row for row in projects if row.get("proj_id") not in copies]
    usual = _usual(own, tables.get("CALENDAR", ()), calendars)
    status = [at for row in own if (at := instant_of(row.get("last_recalc_date", "")))]
    return SchedulePlan(
        milestones=[_milestone(row, plans.get(row.get("task_code"), row)) for row in now if _is_milestone(row)],
        activities=[
            _activity(row, plans.get(row.get("task_code"), row), calendars.get(row.get("clndr_id", ""), usual))
            for row in now
            if row.get("task_type") in _WORK
        ],
        calendar=usual,
        calendars=calendars,
        status_at=max(status, default=None),
    )


def _is_milestone(row: Row) -> bool:
    return row.get("task_type") in _DATES


def _usual(projects: Sequence[Row], rows: Sequence[Row], calendars: Mapping[str, WorkCalendar]) -> WorkCalendar:
    named = [row["clndr_id"] for row in projects if row.get("clndr_id")]
    default = [row.get("clndr_id", "") for row in rows if row.get("default_flag") == "Y"]
    return next((calendars[key] for key in [*named, *default] if key in calendars), STANDARD)


def _activity(row: Row, plan: Row, calendar: WorkCalendar) -> ScheduledActivity:
    key, status = row.get("task_code") or row.get("task_id", ""), row.get("status_code")
    return ScheduledActivity(
        key=key,
        name=row.get("task_name") or key,
        hours=max(_number(row, "target_drtn_hr_cnt"), 0.0),
        done_percent=100.0 if status == "TK_Complete" else _done(row),
        calendar=calendar,
        plan_start=instant_of(plan.get("target_start_date", "")),
        plan_finish=instant_of(plan.get("target_end_date", "")),
        is_started=status in {"TK_Active", "TK_Complete"},
        is_finished=status == "TK_Complete",
    )


def _done(row: Row) -> float:
    """Say how much of an activity is done, by what it is judged by: what was seen, units, or the duration."""
    match row.get("complete_pct_type"):
        case "CP_Phys":
            done = _number(row, "phys_complete_pct")
        case "CP_Units":
            booked = _number(row, "act_work_qty") + _number(row, "act_equip_qty")
            left = _number(row, "remain_work_qty") + _number(row, "remain_equip_qty")
            done = 100 * booked / (booked + left) if booked + left > 0 else 0.0
        case _:
            whole = _number(row, "target_drtn_hr_cnt")
            done = 100 * (whole - _number(row, "remain_drtn_hr_cnt")) / whole if whole > 0 else 0.0
    return min(max(done, 0.0), 100.0)


def _number(row: Row, name: str) -> float:
    try:
        found = float(row.get(name, "").replace(",", ".") or 0)
    except ValueError:
        return 0.0
    return found if isfinite(found) else 0.0


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
