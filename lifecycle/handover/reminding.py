"""The job that reminds of a gate before it is due, once it is the next one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

from procrastinate import Blueprint

from lifecycle.handover.gates import GateName
from lifecycle.handover.looking import GateView, ProjectView, view_of
from plant.clock import Clock
from plant.notices.notice import Bilingual, Notice, NoticeSubject
from plant.severity import Severity
from storage.core.database import Database, Transaction
from storage.notices import notices
from storage.projects import projects as rows
from storage.projects.projects import Project
from storage.schema.upkeep import QUEUE

NAMESPACE = "handover"
_BEFORE = timedelta(days=7)
_MOST_LINES = 5
_TEAMS: Mapping[str, Callable[[Project], Sequence[str | None]]] = {
    "engineering": lambda project: (project.engineering_team,),
    "operations": lambda _: (None,),
    "both": lambda project: (project.engineering_team, None),
}
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
    """Post a notice for each gate that is next and due within a week, end those of passed ones; return how many.

    It goes to who delivers at the gate: engineering's team of the project, operations, or both.
    """
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
    told = {posted.notice.team for posted in notices.about(tx, NoticeSubject.REMINDER, subject_id)}
    teams = _TEAMS[one.rule.delivers](view.project)
    for team in teams:
        notice = _notice(view.project, one, one.due, team, clock)
        notices.post(tx, notice, tell=team not in told, at=clock.now())
    return len(teams)


def _notice(project: Project, one: GateView, due: date, team: str | None, clock: Clock) -> Notice:
    english, chinese = GATE_NAMES[one.gate]
    lines = [lack.said for lack in one.lacks[:_MOST_LINES]]
    more = len(one.lacks) - len(lines)
    if more > 0:
        lines.append(Bilingual(en=f"and {more} more", zh=f"另有 {more} 项"))
    return Notice(
        subject=NoticeSubject.REMINDER,
        subject_id=f"{project.tag}/{one.gate.value}",
        severity=Severity.MINOR if due < clock.now().date() else Severity.WARNING,
        title=Bilingual(
            en=f"{project.tag}: {english} due {due.isoformat()}",
            zh=f"{project.tag}：{chinese}，到期日 {due.isoformat()}",
        ),
        site=project.site,
        team=team,
        lines=tuple(lines),
        link=f"/handover/{project.tag}",
    )


def handover_blueprint(database: Database, clock: Clock) -> Blueprint:
    """Declare what a worker does for projects; add it with `namespace=NAMESPACE`."""
    blueprint = Blueprint()

    @blueprint.periodic(cron="7 6 * * *")
    @blueprint.task(name="remind", queue=QUEUE, queueing_lock=f"{NAMESPACE}:remind")
    def remind_daily(timestamp: int) -> None:  # noqa: ARG001 - periodic tasks get it
        remind(database, clock=clock)

    return blueprint
