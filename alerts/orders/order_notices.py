"""Notices about orders: that one is for engineering or for a team, was given to somebody, or should have been done."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from plant.clock import iso
from plant.notices.notice import Bilingual, Notice, NoticeSubject
from plant.severity import Severity
from plant.work_order import WorkOrder
from storage.core.database import Transaction
from storage.notices import notices

Occasioned = Literal["raised", "assigned", "overdue"]
_SAID = {
    "raised": Bilingual(en="New order", zh="新工单"),
    "assigned": Bilingual(en="Given to you", zh="已指派"),
    "overdue": Bilingual(en="Overdue", zh="已逾期"),
}


def tell_of_order(tx: Transaction, order: WorkOrder, what: Occasioned, *, link: str | None, at: datetime) -> None:
    """Let the order's team know of it, operations of its site where it has none; in the caller's transaction.

    That it is overdue is a reminder, a thing of its own: who took note of the order has not taken note of that.
    """
    notices.post(tx, notice_of_order(order, what, link=link), tell=True, at=at)


def notice_of_order(order: WorkOrder, what: Occasioned, *, link: str | None) -> Notice:
    """Say in both languages what an order's team has to know of it."""
    said = _SAID[what]
    lines = [Bilingual(en=order.title, zh=order.title), _due(order)]
    if order.assignee_name:
        lines.append(Bilingual(en=f"For {order.assignee_name}", zh=f"执行人：{order.assignee_name}"))
    return Notice(
        subject=NoticeSubject.REMINDER if what == "overdue" else NoticeSubject.ORDER,
        subject_id=order.number,
        severity=order.severity,
        title=Bilingual(en=f"{said.en}: {order.number} {order.asset}", zh=f"{said.zh}：{order.number} {order.asset}"),
        site=order.site,
        asset_id=order.asset_id,
        team=order.team,
        priority=order.priority,
        critical=order.severity is Severity.CRITICAL,
        lines=tuple(lines),
        link=link,
        evidence={"event": what, "revision": order.revision, "assignee": order.assignee},
    )


def end_notices(tx: Transaction, order: WorkOrder, *, at: datetime) -> None:
    """Say that an order is over, to everybody who was told of it."""
    for subject in (NoticeSubject.ORDER, NoticeSubject.REMINDER):
        notices.end(tx, subject, order.number, at=at)


def note_notices(tx: Transaction, order: WorkOrder, *, at: datetime, by: str) -> None:
    """Say that somebody has taken note of an order, to everybody who was told of it."""
    for subject in (NoticeSubject.ORDER, NoticeSubject.REMINDER):
        notices.acknowledge(tx, subject, order.number, at=at, by=by)


def _due(order: WorkOrder) -> Bilingual:
    finish = iso(order.requested_finish)
    return Bilingual(en=f"Requested finish {finish}", zh=f"要求完成 {finish}")
