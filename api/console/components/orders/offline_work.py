"""What a person standing before a machine does while the console is away: kept in the browser, sent once it is back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from nicegui.element import Element

from api.console.components.elements import mark
from api.console.texts.texts import named
from api.console.visit import Visit
from plant.iso14224 import FAILURE_MODES
from plant.orders.job_plan import OrderTask, TaskKind, Verdict
from plant.people.rights import Right
from plant.severity import Severity
from plant.work_order import WorkOrder
from storage.views.overview import AssetView

_SEVERITIES = (Severity.CRITICAL, Severity.MAJOR, Severity.MINOR, Severity.WARNING)


class OfflineWork:
    """The forms that a page shows while it is away; it knows them beforehand, since nothing can be asked for then."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._element = mark(Element("offline-work"), "offline-work")

    def put(self, orders: Sequence[tuple[WorkOrder, Sequence[OrderTask]]], asset: AssetView | None = None) -> None:
        """Say of which orders and which asset something may be done."""
        visit = self._visit
        work: dict[str, Any] = {"orders": [self._order(order, tasks) for order, tasks in orders if order.state.is_open]}
        if asset is not None and visit.may(Right.REPORT_FAILURES, asset.site):
            work |= {
                "asset": {"site": asset.site, "asset": asset.asset},
                "modes": [(code, named(visit.language, *names)) for code, names in FAILURE_MODES.items()],
                "severities": [(one.value, visit.word("severity", one.value)) for one in _SEVERITIES],
            }
        self._element.props["work"] = json.dumps(work, ensure_ascii=False)

    def _order(self, order: WorkOrder, tasks: Sequence[OrderTask]) -> dict[str, Any]:
        may = self._visit.may(Right.WORK_ON_ORDERS, order.site)
        return {
            "number": order.number,
            "path": f"/api/v1/work-orders/{quote(order.number, safe='')}",
            "notes": self._visit.may(Right.COMMENT_ON_ORDERS, order.site),
            "tasks": [self._task(task) for task in tasks if may and task.answer is None],
        }

    def _task(self, task: OrderTask) -> dict[str, Any]:
        visit, step = self._visit, task.step
        is_reading = step.kind is TaskKind.READING
        return {
            "position": task.position,
            "text": f"{task.position}. {named(visit.language, step.text, step.text_zh)}",
            "kind": "reading" if is_reading else "check",
            "says": visit.t("reading_in", unit=step.unit) if is_reading else "",
            "verdicts": [(one.value, visit.word("verdict", one.value)) for one in (Verdict.PASS, Verdict.FAIL)],
        }
