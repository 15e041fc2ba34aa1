"""Microsoft Project's XML (MSPDI): the baseline is the plan, the finish the forecast, work has its calendar."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from lifecycle.schedule.calendar import AROUND_THE_CLOCK, STANDARD, WorkCalendar
from lifecycle.schedule.milestones import Milestone, a_date
from lifecycle.schedule.mspdi_calendars import calendars_of, instant_of, name_of, number_of, text_of, within
from lifecycle.schedule.work import ScheduledActivity, SchedulePlan
from plant.errors import Rejected

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

# Minutes, hours, days, weeks, months and percent that go on through nights and days off; also as estimates.
_ELAPSED = frozenset({4, 6, 8, 10, 12, 20, 36, 38, 40, 42, 44, 52})
_DURATION = re.compile(r"P(?:(\d{1,6})D)?T?(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})(?:\.\d+)?S)?")


def read_mspdi(body: bytes) -> SchedulePlan:
    """Read the milestones and the work of a project; without a baseline nothing is planned yet.

    Raises:
        Rejected: it is no such XML, or one with entities.
    """
    try:
        project = fromstring(body, forbid_dtd=True)
    except DefusedXmlException as error:
        raise Rejected(
            "bad_xml", "the file declares entities or a document type, which a schedule has no use for"
        ) from error
    except (ParseError, ValueError, LookupError) as error:
        raise Rejected("bad_xml", f"the file is damaged: {error}") from error
    if name_of(project) != "Project":
        raise Rejected("no_schedule", f"the XML is a {name_of(project)[:40]}, not a Project")
    tasks = [task for task in within(project, "Tasks") if text_of(task, "Name")]
    calendars = calendars_of(project)
    usual = calendars.get(text_of(project, "CalendarUID"), STANDARD)
    return SchedulePlan(
        milestones=[_milestone(task) for task in tasks if text_of(task, "Milestone") == "1"],
        activities=[_activity(task, calendars, usual) for task in tasks if _is_work(task)],
        calendar=usual,
        calendars=calendars,
        status_at=instant_of(text_of(project, "StatusDate")) or instant_of(text_of(project, "CurrentDate")),
    )


def _milestone(task: Element) -> Milestone:
    key, where = text_of(task, "UID"), f"task {text_of(task, 'ID') or text_of(task, 'UID')}"
    baseline = _baseline(task)
    return Milestone(
        key=key,
        name=text_of(task, "Name"),
        planned=a_date(text_of(baseline, "Finish"), where) if baseline is not None else None,
        forecast=a_date(text_of(task, "Finish"), where),
        actual=a_date(text_of(task, "ActualFinish"), where),
    )


def _baseline(task: Element) -> Element | None:
    found = (part for part in task if name_of(part) == "Baseline" and text_of(part, "Number") in {"", "0"})
    return next(found, None)


def _is_work(task: Element) -> bool:
    left_out = text_of(task, "Active") == "0" or text_of(task, "IsNull") == "1" or text_of(task, "UID") == "0"
    return not left_out and text_of(task, "Summary") != "1" and text_of(task, "Milestone") != "1"


def _activity(task: Element, calendars: dict[str, WorkCalendar], usual: WorkCalendar) -> ScheduledActivity:
    baseline = _baseline(task)
    is_elapsed = number_of(task, "DurationFormat", 7) in _ELAPSED
    done = float(min(max(number_of(task, "PercentComplete", 0), 0), 100))
    return ScheduledActivity(
        key=text_of(task, "UID"),
        name=text_of(task, "Name"),
        hours=hours_of(text_of(task, "Duration")),
        done_percent=done,
        calendar=AROUND_THE_CLOCK if is_elapsed else calendars.get(text_of(task, "CalendarUID"), usual),
        plan_start=instant_of(text_of(baseline, "Start")) if baseline is not None else None,
        plan_finish=instant_of(text_of(baseline, "Finish")) if baseline is not None else None,
        is_started=done > 0 or bool(text_of(task, "ActualStart")),
        is_finished=done == 100 or bool(text_of(task, "ActualFinish")),
    )


def hours_of(text: str) -> float:
    """Read a duration as XML writes it, in hours; 0 where it is none.

    >>> hours_of("PT20H30M0S"), hours_of("P1DT2H"), hours_of("soon")
    (20.5, 26.0, 0.0)
    """
    found = _DURATION.fullmatch(text.strip())
    if found is None:
        return 0.0
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return days * 24 + hours + minutes / 60 + seconds / 3600
