"""The files that come with a demonstrated project: its schedule, its tag list and its COBie workbook."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

from service.demo.project.stage import LATER, MOTOR, MOTORS, PUMP, PUMPS

_MAKERS = {PUMP: ("Hydra Pumpen", "HP 80-250"), MOTOR: ("Norrtal Elektro", "NE 55-4")}


def schedule(start: date, planned: date, forecast: date) -> bytes:
    """Write the schedule as Microsoft Project saves it: with a baseline, and with what is forecast now."""
    tasks = (("1", "Start", start, start, start), ("2", "Mechanical completion", planned, forecast, None))
    lines = [
        f"<Task><UID>{uid}</UID><ID>{uid}</ID><Name>{escape(name)}</Name><Milestone>1</Milestone>"
        f"<Finish>{finish}T17:00:00</Finish>"
        + (f"<ActualFinish>{actual}T17:00:00</ActualFinish>" if actual else "")
        + f"<Baseline><Number>0</Number><Finish>{base}T17:00:00</Finish></Baseline></Task>"
        for uid, name, base, finish, actual in tasks
    ]
    head = '<?xml version="1.0" encoding="UTF-8"?><Project xmlns="http://schemas.microsoft.com/project">'
    return f"{head}<Name>Riverside</Name><Tasks>{''.join(lines)}</Tasks></Project>".encode()


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
