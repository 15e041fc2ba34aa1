"""How a person reports a failure that nothing had noticed."""

from __future__ import annotations

from functools import partial

from nicegui import ui

from alerts.orders import commands
from api.console.components.elements import box, mark, words
from api.console.components.forms import Form, choice, remark, said, sheet
from api.console.components.instants import InstantField
from api.console.components.orders.files import files_field, send_files
from api.console.texts.texts import TEXTS
from api.console.visit import Visit
from api.parts import Parts
from plant.escaped import escaped
from plant.iso14224 import FAILURE_MODES
from plant.people.rights import Right
from plant.severity import Severity
from plant.work_order import FailureReport, WorkOrder

_SEVERITIES = {one.value: TEXTS[f"severity_{one.value}"] for one in Severity if one is not Severity.INDETERMINATE}


def report_button(visit: Visit, site: str, tag: str) -> None:
    """Offer to report a failure of an asset to who may."""
    if not visit.may(Right.REPORT_FAILURES, site):
        return
    with mark(box("button quiet", tag="button"), "report") as button:
        words(visit.t("report"))
    button.on("click", partial(_ask, visit, site, tag))


def _ask(visit: Visit, site: str, tag: str) -> None:
    raised: list[WorkOrder] = []
    with sheet(f"{tag}: {visit.t('report')}") as dialog:
        what = remark(visit, "what_seen", "what")
        what.props("maxlength=200")
        more = ui.textarea(label=visit.t("words")).props("outlined dense autogrow maxlength=4000")
        mark(more, "words")
        with box("fields"):
            mode = choice(visit, "failure_mode", FAILURE_MODES, None, "failure-mode")
            severity = choice(visit, "severity", _SEVERITIES, Severity.MAJOR.value, "severity")
            failed = InstantField(visit, "failed_at", None)

        words(visit.t("files"), "small muted")
        files = files_field(visit)

        def act(parts: Parts) -> None:
            report = FailureReport(
                actor=parts.principal,
                failure_mode=mode.value,
                severity=Severity(severity.value),
                what=said(what),
                failed_at=failed.value,
                words=str(more.value or "").strip(),
            )
            raised.append(_report(parts, site, tag, report))

        async def done() -> None:
            refused = await send_files(files, raised[-1].number)
            dialog.close()
            _go_there(visit, raised[-1], refused)

        Form(
            visit,
            act,
            need=(Right.REPORT_FAILURES, site),
            on_done=done,
            action="report_do",
            hint="report_hint",
            lacks=lambda: None if said(what) and mode.value else visit.t("what_needed"),
        )


def _go_there(visit: Visit, order: WorkOrder, refused: list[str]) -> None:
    """Open the order, and say which files were not taken."""
    if refused:
        ui.notify(visit.t("files_refused", why=escaped("; ".join(refused))), type="warning")
    ui.navigate.to(f"/work-orders/{order.number}")


def _report(parts: Parts, site: str, tag: str, report: FailureReport) -> WorkOrder:
    return commands.report_failure(parts.database, site, tag, report, clock=parts.clock, console_url=parts.console_url)
