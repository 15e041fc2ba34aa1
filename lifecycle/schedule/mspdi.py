"""Milestones of Microsoft Project's XML (MSPDI): the baseline is the plan, the finish is the forecast."""

from __future__ import annotations

from typing import TYPE_CHECKING

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from lifecycle.schedule.milestones import Milestone, a_date
from plant.errors import Rejected

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


def read_mspdi(body: bytes) -> list[Milestone]:
    """Read the milestones of a project; without a baseline nothing is planned yet.

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
    if _name(project) != "Project":
        raise Rejected("no_schedule", f"the XML is a {_name(project)[:40]}, not a Project")
    tasks = (task for part in project if _name(part) == "Tasks" for task in part)
    return [_milestone(task) for task in tasks if _text(task, "Milestone") == "1" and _text(task, "Name")]


def _milestone(task: Element) -> Milestone:
    key, where = _text(task, "UID"), f"task {_text(task, 'ID') or _text(task, 'UID')}"
    baselines = [part for part in task if _name(part) == "Baseline" and _text(part, "Number") in {"", "0"}]
    return Milestone(
        key=key,
        name=_text(task, "Name"),
        planned=a_date(_text(baselines[0], "Finish"), where) if baselines else None,
        forecast=a_date(_text(task, "Finish"), where),
        actual=a_date(_text(task, "ActualFinish"), where),
    )


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _text(element: Element, name: str) -> str:
    return next(((part.text or "").strip() for part in element if _name(part) == name), "")
