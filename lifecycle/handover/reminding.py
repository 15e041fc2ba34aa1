"""The job that reminds of a gate before it is due, once it is the next one."""

from __future__ import annotations

from datetime import timedelta

from procrastinate import Blueprint

from lifecycle.handover.gates import GateName
from lifecycle.handover.looking import GateView, ProjectView, view_of
from plant.clock import Clock
from plant.notices.notice import Bilingual, Notice, NoticeSubject
from plant.severity import Severity
from storage.core.database import Database, Transaction
from storage.notices import notices
from storage.projects import projects as rows
from storage.schema.upkeep import QUEUE

NAMESPACE = "handover"
_BEFORE = timedelta(days=7)
GATE_NAMES: dict[GateName, tuple[str, str]] = {
    GateName.FEASIBILITY: ("feasibility report", "可行性报告"),
    GateName.PRE_REVIEW: ("pre-review by operations", "运行部门预审"),
    GateName.COMPLETENESS: ("completeness", "资料齐全性"),
    GateName.PUNCH_LIST: ("punch list", "尾项清单"),
    GateName.TRAINING: ("training held", "培训完成"),
    GateName.SPARES: ("spares on stock", "备件到位"),
    GateName.TELEMETRY: ("telemetry proven", "遥测验证"),
    GateName.CONFIRMATION: ("handover confirmation", "移交确认"),
    GateName.TRIAL: ("trial operation", "试运行"),
    GateName.SIGN_OFF: ("dual sign-off", "双方签字"),
}


def remind(database: Database, *, clock: Clock) -> int:
    """Post a notice for each gate that is next and due within a week, end those of passed ones; return how many."""
    posted = 0
    with database.transaction() as tx:
        for project in rows.every(tx):
            view = view_of(tx, project, clock)
            for one in view.gates:
                posted += _remind_of(tx, view, one, clock)
    return posted


def _remind_of(tx: Transaction, view: ProjectView, one: GateView, clock: Clock) -> int:
    subject_id = f"{view.project.tag}/{one.gate.value}"
    if one.is_passed:
        notices.end(tx, NoticeSubject.REMINDER, subject_id, at=clock.now())
        return 0
    if not one.is_next or one.due is None or one.due > (clock.now() + _BEFORE).date():
        return 0
    english, chinese = GATE_NAMES[one.gate]
    is_late = one.due < clock.now().date()
    notice = Notice(
        subject=NoticeSubject.REMINDER,
        subject_id=subject_id,
        severity=Severity.MINOR if is_late else Severity.WARNING,
        title=Bilingual(
            en=f"{view.project.tag}: {english} due {one.due.isoformat()}",
            zh=f"{view.project.tag}：{chinese}，到期日 {one.due.isoformat()}",
        ),
        site=view.project.site,
        lines=tuple(Bilingual(en=lack.line, zh=lack.line) for lack in one.lacks[:5]),
        link=f"/handover/{view.project.tag}",
    )
    is_known = bool(notices.about(tx, NoticeSubject.REMINDER, subject_id))
    notices.post(tx, notice, tell=not is_known, at=clock.now())
    return 1


def handover_blueprint(database: Database, clock: Clock) -> Blueprint:
    """Declare what a worker does for projects; add it with `namespace=NAMESPACE`."""
    blueprint = Blueprint()

    @blueprint.periodic(cron="7 6 * * *")
    @blueprint.task(name="remind", queue=QUEUE, queueing_lock=f"{NAMESPACE}:remind")
    def remind_daily(timestamp: int) -> None:  # noqa: ARG001 - periodic tasks get it
        remind(database, clock=clock)

    return blueprint
