"""The files that come with a demonstrated project: its schedule, its tag list and its COBie workbook."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from xml.sax.saxutils import escape

from service.demo.project.stage import LATER, MOTOR, MOTORS, PUMP, PUMPS

_MAKERS = {PUMP: ("Hydra Pumpen", "HP 80-250"), MOTOR: ("Norrtal Elektro", "NE 55-4")}


_WORK = (("Civil works", 0, 40), ("Pumps and piping", 25, 80), ("Electrical and instruments", 60, 100))
"""What is done between start and mechanical completion, from which percent of that time to which."""


def schedule(start: date, planned: date, forecast: date, status: date) -> bytes:
    """Write the schedule as Microsoft Project saves it on a day: baseline, what is forecast, and what is done."""
    milestones = (("1", "Start", start, start), ("2", "Mechanical completion", planned, forecast))
    lines = [
        f"<Task><UID>{uid}</UID><ID>{uid}</ID><Name>{escape(name)}</Name><Milestone>1</Milestone>"
        f"<Finish>{finish}T17:00:00</Finish>"
        + (f"<ActualFinish>{finish}T17:00:00</ActualFinish>" if finish <= status else "")
        + f"<Baseline><Number>0</Number><Finish>{base}T17:00:00</Finish></Baseline></Task>"
        for uid, name, base, finish in milestones
    ]
    lines += [
        _work(str(uid), name, _part(start, planned, begin, end), _part(start, forecast, begin, end), status)
        for uid, (name, begin, end) in enumerate(_WORK, start=3)
    ]
    head = '<?xml version="1.0" encoding="UTF-8"?><Project xmlns="http://schemas.microsoft.com/project">'
    told = f"<Name>Riverside</Name><StatusDate>{status}T17:00:00</StatusDate>"
    return f"{head}{told}<Tasks>{''.join(lines)}</Tasks></Project>".encode()


def _part(first: date, last: date, begin: int, end: int) -> tuple[date, date]:
    days = (last - first).days
    return first + timedelta(days=days * begin // 100), first + timedelta(days=days * end // 100)


def _work(uid: str, name: str, plan: tuple[date, date], now: tuple[date, date], status: date) -> str:
    begin, end = now
    done = min(max(100 * (status - begin).days // max((end - begin).days, 1), 0), 100)
    began = f"<ActualStart>{begin}T08:00:00</ActualStart>" if done else ""
    ended = f"<ActualFinish>{end}T17:00:00</ActualFinish>" if done == 100 else ""
    return (
        f"<Task><UID>{uid}</UID><ID>{uid}</ID><Name>{escape(name)}</Name><Milestone>0</Milestone>"
        f"<Start>{begin}T08:00:00</Start><Finish>{end}T17:00:00</Finish>"
        f"<Duration>PT{8 * (end - begin).days}H0M0S</Duration><DurationFormat>7</DurationFormat>"
        f"<PercentComplete>{done}</PercentComplete>{began}{ended}"
        f"<Baseline><Number>0</Number><Start>{plan[0]}T08:00:00</Start><Finish>{plan[1]}T17:00:00</Finish></Baseline>"
        "</Task>"
    )


def tag_list(folder: Path) -> Path:
    """Write the tag list as a plant keeps it: a table with heads of its own."""
    file = folder / "tags.csv"
    rows = [("Tag", "Description", "Class", "Area", "Manufacturer", "Model", "Serial")]
    rows += [(tag, name, kind, "Intake", *_MAKERS[kind], _serial(tag)) for tag, name, kind in _machines()]
    file.write_text("".join(",".join(row) + "\n" for row in rows), encoding="utf-8")
    return file


def cobie(folder: Path) -> Path:
    """Write the COBie workbook: who made the machines, their serial numbers, and the documents they come with."""
    import xlsxwriter

    file = folder / "handover.cobie.xlsx"
    sheets: dict[str, list[tuple[str, ...]]] = {
        "Facility": [
            ("Name", "CreatedBy", "Category", "ProjectName"),
            ("riverside", "jonas", "Waterworks", "Riverside"),
        ],
        "Type": [
            ("Name", "CreatedBy", "Category", "Manufacturer", "ModelNumber"),
            *((kind, "jonas", kind, *_MAKERS[kind]) for kind in (PUMP, MOTOR)),
        ],
        "Component": [
            ("Name", "CreatedBy", "TypeName", "Space", "Description", "SerialNumber", "TagNumber"),
            *((tag, "jonas", kind, "", name, _serial(tag), tag) for tag, name, kind in _machines()),
        ],
    }
    with xlsxwriter.Workbook(str(file)) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for place, row in enumerate(rows):
                sheet.write_row(place, 0, row)
    return file


def _machines() -> list[tuple[str, str, str]]:
    pumps = [(tag, f"Raw water pump {tag[-1]}", PUMP) for tag in (*PUMPS, LATER)]
    return [*pumps, *((tag, "Blower motor", MOTOR) for tag in MOTORS)]


def _serial(tag: str) -> str:
    return f"SN-{tag[-3:]}-26"
