"""The sheet Job of a COBie workbook: what is done at assets of a type, how long it takes, how often it comes again."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from lifecycle.importing.cobie.attributes import CobieAttributes, own_json
from lifecycle.importing.cobie.tables import CobieRow, CobieTables
from lifecycle.importing.facts import JobPlanFact, MaintenanceFact, Recurrence, RowFault
from lifecycle.importing.tables.cells import day_of, number_of
from plant.errors import Rejected
from plant.orders.job_plan import JobPlan, JobStep
from storage.orders.job_plans import plan_of_document
from storage.orders.maintenance_plans import maintenance_of_document

_DAYS = {"minute": 0.0, "hour": 1 / 24, "day": 1.0, "week": 7.0, "month": 30.4375, "quarter": 91.3125, "year": 365.25}
_WORK_HOURS = {
    "minute": 1 / 60,
    "hour": 1.0,
    "day": 8.0,
    "week": 40.0,
    "month": 160.0,
    "quarter": 480.0,
    "year": 1920.0,
}
_UNIT_WORDS = {
    "minute": "minute min 分 分钟",
    "hour": "hour h hr 小时 时 stunde",
    "day": "day d 天 日 tag",
    "week": "week wk 周 星期 woche",
    "month": "month mon 月 个月 monat",
    "quarter": "quarter 季 季度 quartal",
    "year": "year yr a 年 jahr",
}
_UNITS = {word: unit for unit, words in _UNIT_WORDS.items() for word in words.split()}
_TURN_WORDS = {
    (1, "day"): "daily 每天 每日 täglich",
    (1, "week"): "weekly 每周 wöchentlich",
    (2, "week"): "biweekly fortnightly 每两周",
    (1, "month"): "monthly 每月 monatlich",
    (2, "month"): "bimonthly 每两月",
    (3, "month"): "quarterly 每季 每季度 vierteljährlich",
    (6, "month"): "semiannually semiannual halfyearly biannually biannual 每半年 halbjährlich",
    (1, "year"): "annually annual yearly 每年 jährlich",
}
_TURNS = {word: turn for turn, words in _TURN_WORDS.items() for word in words.split()}
_RULES = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY", "quarter": "MONTHLY", "year": "YEARLY"}
_MOST_TURNS = 9999


def read_jobs(tables: CobieTables, attributes: CobieAttributes, *, is_1904: bool) -> Iterator[JobPlanFact]:
    """Read the sheet Job: rows of one name and type are the steps of a plan, by TaskNumber."""
    jobs: dict[str, dict[str, list[CobieRow]]] = defaultdict(lambda: defaultdict(list))
    for row in tables.of("Job"):
        if row["Name"]:
            jobs[row["Name"]][row["TypeName"]].append(row)
        else:
            tables.faults.append(RowFault(what="a job has no Name", mend="give it one", origin=row.origin))
    for name, of_types in jobs.items():
        for class_tag, rows in of_types.items():
            # A job of the library has one name, where COBie lets each type have its own of that name.
            tag = f"{name} ({class_tag})" if len(of_types) > 1 and class_tag else name
            yield from _job(tables, attributes, tag, class_tag, rows, is_1904=is_1904)


def _job(
    tables: CobieTables,
    attributes: CobieAttributes,
    tag: str,
    class_tag: str,
    rows: Sequence[CobieRow],
    *,
    is_1904: bool,
) -> Iterator[JobPlanFact]:
    origin, kept = rows[0].origin, attributes.of("Job", rows[0]["Name"]).get("document")
    again = _again(tables, rows[0], is_1904=is_1904) if class_tag else None
    if kept:
        try:
            yield JobPlanFact(plan=plan_of_document(json.loads(kept), version=0), again=again, origin=origin)
        except (ValueError, KeyError, TypeError, ArithmeticError):
            what = f"the attribute document of job {tag} is damaged"
            mend = "export it again, or delete the attribute"
            tables.faults.append(RowFault(what=what, mend=mend, origin=origin))
        return
    ordered = sorted(rows, key=lambda row: (row["TaskNumber"].zfill(9), row.origin.row))
    steps = tuple(JobStep(text=row["Description"]) for row in ordered if row["Description"])
    hours = sum((_hours(tables, row) for row in rows), start=Decimal(0))
    plan = JobPlan(tag=tag, name=rows[0]["Name"], class_tag=class_tag, hours=hours, steps=steps)
    yield JobPlanFact(plan=plan, again=again, origin=origin)


def read_maintenance(
    tables: CobieTables, attributes: CobieAttributes, tags: dict[str, str]
) -> Iterator[MaintenanceFact]:
    """Read the maintenance plans that an export of ours says asset by asset."""
    for row in tables.of("Component"):
        said = (attributes.of("Component", row["Name"]).get("maintenance_plans") or "[]").strip()
        kept: list[object] = own_json(said, [])
        for document in kept if kept or said == "[]" else [said]:
            try:
                if not isinstance(document, dict):
                    raise TypeError(document)
                plan = maintenance_of_document("", document)
            except (ValueError, KeyError, TypeError):
                what = f"the attribute maintenance_plans of {row['Name']} is damaged"
                mend = "export it again, or delete the attribute"
                tables.faults.append(RowFault(what=what, mend=mend, origin=row.origin))
                continue
            yield MaintenanceFact(asset=tags[row["Name"]], plan=plan, origin=row.origin)


def unit_of_time(typed: str) -> str:
    """Return what a unit of time means, in whatever number or language; empty where nobody knows.

    >>> unit_of_time("Months"), unit_of_time("hrs"), unit_of_time("年"), unit_of_time("Wochen"), unit_of_time("shift")
    ('month', 'hour', 'year', 'week', '')
    """
    plain = re.sub(r"[\W_]", "", typed.casefold())
    for form in (
        plain,
        plain.removesuffix("s"),
        plain.removesuffix("en"),
        plain.removesuffix("e"),
        plain.removesuffix("n"),
    ):
        if form in _UNITS:
            return _UNITS[form]
    return ""


def how_often(number: float, unit: str) -> Recurrence | None:
    """Say how often a job comes again by the time between two turns; None where it is less than a day's rule can say.

    >>> how_often(3, "month").rule, how_often(0.5, "year").rule, how_often(2, "quarter").rule
    ('FREQ=MONTHLY;INTERVAL=3', 'FREQ=MONTHLY;INTERVAL=6', 'FREQ=MONTHLY;INTERVAL=6')
    >>> how_often(500, "hour").hours, how_often(0.5, "month").rule
    (500, 'FREQ=DAILY;INTERVAL=15')
    """
    if unit == "hour":
        return Recurrence(hours=number) if number > 0 else None
    if unit == "quarter":
        number, unit = number * 3, "month"
    if unit == "year" and number != int(number) and number * 12 == int(number * 12):
        number, unit = number * 12, "month"
    if number != int(number):
        number, unit = round(number * _DAYS[unit]), "day"
    if unit == "minute" or not 1 <= number <= _MOST_TURNS:
        return None
    return Recurrence(rule=f"FREQ={_RULES[unit]};INTERVAL={int(number)}")


def _again(tables: CobieTables, row: CobieRow, *, is_1904: bool) -> Recurrence | None:
    """Read how often a job comes again; what cannot be read is named, and the job is kept without."""
    said = " ".join(part for part in (row["Frequency"], row["FrequencyUnit"]) if part)
    if not said:
        return None
    try:
        number, unit = _turn(row)
        found = how_often(number, unit) if unit else None
    except Rejected:
        found = None
    if found is None:
        what = f"job {row['Name']}: how often it comes again, {said!r}, is not understood"
        mend = "write Frequency as a number and FrequencyUnit as day, week, month, year or hour"
        tables.faults.append(RowFault(what=what, mend=mend, origin=row.origin))
        return None
    begins, after = _start(tables, row, is_1904=is_1904)
    return Recurrence(rule=found.rule, hours=found.hours, begins=begins, first_after_days=after)


def _turn(row: CobieRow) -> tuple[float, str]:
    for typed in (row["Frequency"], row["FrequencyUnit"]):
        word = re.sub(r"[\W_]", "", typed.casefold())
        if word in _TURNS:
            turns, unit = _TURNS[word]
            return float(turns), unit
    return number_of(row.cells.get("Frequency", 1.0)) or 0.0, unit_of_time(row["FrequencyUnit"])


def _start(tables: CobieTables, row: CobieRow, *, is_1904: bool) -> tuple[date | None, int | None]:
    """Read when a job comes first: a day, or so long after the import."""
    unit, typed = unit_of_time(row["TaskStartUnit"]), row["Start"]
    if not typed:
        return None, None
    try:
        if unit:
            return None, round((number_of(row.cells["Start"]) or 0.0) * _DAYS[unit])
        return day_of(row.cells["Start"], is_1904=is_1904), None
    except Rejected as error:
        what = f"job {row['Name']}, column Start: {error.detail}"
        mend = "write a day as 2026-03-01, or a number with its TaskStartUnit"
        tables.faults.append(RowFault(what=what, mend=mend, origin=row.origin))
        return None, None


def _hours(tables: CobieTables, row: CobieRow) -> Decimal:
    """Return how long a job takes, a day of work being 8 hours."""
    per_unit = _WORK_HOURS[unit_of_time(row["DurationUnit"]) or "hour"]
    try:
        number = number_of(row.cells.get("Duration", ""))
    except Rejected as error:
        what = f"job {row['Name']}: {error.detail}"
        tables.faults.append(RowFault(what=what, mend="write its Duration as a number", origin=row.origin))
        number = None
    return Decimal(str(round((number or 0.0) * per_unit, 2)))
