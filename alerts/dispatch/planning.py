"""From a notice's revision to the messages that are to go out; from a step that is due to the next one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from alerts.dispatch.answering.invitations import invitation
from alerts.dispatch.circle import circle_of
from alerts.dispatch.messages import notice_document
from alerts.dispatch.plans import NoticePlan, NoticePlans
from alerts.dispatch.receivers import Receiver, StepReceivers, due_after_quiet, receivers_of
from plant.notices.notice import Bilingual, Notice, NoticeSubject, PostedNotice
from plant.severity import Severity
from storage.core.database import Transaction
from storage.notices import dispatches, escalations, notices
from storage.notices.dispatches import PlannedDispatch
from storage.notices.escalations import DueStep

_NOBODY = "on-call/"

WhoIsOnCall = Callable[[Transaction, NoticePlan, datetime], frozenset[str] | None]
"""Names who is on call by a plan's roster; None where it has none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Planner:
    """Plans messages inside the transaction that locked the notice or the step: all of it is kept, or nothing."""

    plans: NoticePlans
    on_call: WhoIsOnCall

    def plan(self, tx: Transaction, posted: PostedNotice, planned_revision: int, now: datetime) -> None:
        """Plan for a locked notice: its first step where people are to be told, else what keeps programs up to date."""
        plans = self.plans.plans_for(posted.notice)
        dispatches.refresh(tx, posted.notice_id, _document(tx, posted, 0))
        if posted.is_settled:
            escalations.stop_escalation(tx, posted.notice_id)
            if posted.acknowledged_at is not None:
                dispatches.withdraw(tx, posted.notice_id, but=self._machines(), at=now)
        elif posted.told_revision > planned_revision:
            escalations.stop_escalation(tx, posted.notice_id)
            for plan in plans:
                self._take_step(tx, posted, plan, 0, now)
        elif posted.notice.areas:
            self._tell_new_areas(tx, posted, plans, now)
        for way in dispatches.ways_told(tx, posted.notice_id, self._machines()):
            self._plan_message(tx, posted, Receiver(way=way, at=now), 0, now)
        escalations.mark_planned(tx, posted.notice_id)

    def escalate(self, tx: Transaction, due: DueStep, now: datetime) -> None:
        """Take the locked step that is due, if it still has to be, and say when the next one comes."""
        posted = notices.get(tx, due.notice_id)
        plan = next((one for one in self.plans.plans if one.name == due.plan), None)
        is_over = posted is None or posted.is_settled or plan is None or due.next_step >= len(plan.steps)
        if is_over or posted is None or plan is None:
            escalations.stop_escalation(tx, due.notice_id, due.plan)
            return
        after_quiet = due_after_quiet(posted.notice, plan, now)
        if after_quiet > now:
            self._escalate_from(tx, posted, plan, due.next_step, after_quiet)
        else:
            self._take_step(tx, posted, plan, due.next_step, now)

    def _tell_new_areas(
        self, tx: Transaction, posted: PostedNotice, plans: Sequence[NoticePlan], now: datetime
    ) -> None:
        """Tell those of a notice that has reached their area, whom nobody has told of it yet; the others know."""
        told, going_on = dispatches.told(tx, posted.notice_id), escalations.plans_of(tx, posted.notice_id)
        for plan in plans:
            if plan.name in going_on:
                for receiver in self._receivers(tx, posted, plan, 0, now).receivers:
                    if (receiver.way, receiver.person) not in told:
                        self._plan_message(tx, posted, receiver, 0, now)
            else:
                self._take_step(tx, posted, plan, 0, now, but=told)

    def _receivers(
        self, tx: Transaction, posted: PostedNotice, plan: NoticePlan, step: int, now: datetime
    ) -> StepReceivers:
        circle = circle_of(tx, posted.notice, plan)
        return receivers_of(
            posted.notice,
            self.plans,
            plan,
            plan.steps[step],
            team=circle.team,
            everybody=circle.everybody,
            on_call=circle.called(self.on_call(tx, plan, now)),
            now=now,
        )

    def _take_step(
        self,
        tx: Transaction,
        posted: PostedNotice,
        plan: NoticePlan,
        step: int,
        now: datetime,
        but: Collection[tuple[str, str]] = (),
    ) -> None:
        found = self._receivers(tx, posted, plan, step, now)
        for receiver in found.receivers:
            if (receiver.way, receiver.person) not in but:
                self._plan_message(tx, posted, receiver, step, now)
        self._say_nobody(tx, posted, plan, now, is_nobody=found.nobody_on_call)
        following = step + 1
        due_at = None
        if following < len(plan.steps):
            told_at = due_after_quiet(posted.notice, plan, now)
            due_at = due_after_quiet(posted.notice, plan, told_at + plan.steps[following].after)
        self._escalate_from(tx, posted, plan, following, due_at)

    def _plan_message(
        self, tx: Transaction, posted: PostedNotice, receiver: Receiver, step: int, now: datetime
    ) -> None:
        planned = PlannedDispatch(
            notice_id=posted.notice_id,
            revision=posted.revision,
            step=step,
            way=receiver.way,
            person=receiver.person,
            document=_document(tx, posted, step),
            next_at=receiver.at,
            held=receiver.held,
        )
        dispatches.plan(tx, planned, at=now)

    def _escalate_from(
        self, tx: Transaction, posted: PostedNotice, plan: NoticePlan, step: int, due_at: datetime | None
    ) -> None:
        escalations.escalate_from(
            tx,
            posted.notice_id,
            revision=posted.told_revision,
            plan_name=plan.name,
            next_step=step,
            due_at=due_at,
        )

    def _machines(self) -> list[str]:
        return [way.name for way in self.plans.ways.values() if way.is_machine]

    def _say_nobody(
        self, tx: Transaction, posted: PostedNotice, plan: NoticePlan, now: datetime, *, is_nobody: bool
    ) -> None:
        """Let people know once that nobody is on call, and that somebody is again."""
        subject_id = f"{_NOBODY}{plan.name}"
        if posted.notice.subject_id.startswith(_NOBODY):
            return
        stands = [one for one in notices.about(tx, NoticeSubject.SYSTEM, subject_id) if one.ended_at is None]
        if not is_nobody and stands and any("on-call" in step.people for step in plan.steps):
            notices.end(tx, NoticeSubject.SYSTEM, subject_id, at=now)
        elif is_nobody and not stands:
            notices.post(tx, _nobody_is_on_call(plan, posted.notice, subject_id), tell=True, at=now)


def _nobody_is_on_call(plan: NoticePlan, about: Notice, subject_id: str) -> Notice:
    return Notice(
        subject=NoticeSubject.SYSTEM,
        subject_id=subject_id,
        severity=Severity.MAJOR,
        priority=2,
        site=about.site,
        title=Bilingual(
            en=f"Nobody is on call (plan {plan.name})",
            zh=f"无人值班（方案 {plan.name}）",
        ),
        lines=(
            Bilingual(
                en=f"The whole team was told instead of: {about.title.en}",
                zh=f"已改为通知全班组：{about.title.zh}",
            ),
        ),
    )


def _document(tx: Transaction, posted: PostedNotice, step: int) -> dict[str, Any]:
    """Write what is sent of a notice; with how to answer, where it is an order for engineering."""
    document, notice = notice_document(posted, step=step), posted.notice
    if notice.subject is NoticeSubject.ORDER and posted.ended_at is None:
        document["data"]["answer"] = invitation(
            tx,
            number=notice.subject_id,
            team=notice.team,
            occasion=f"notice {posted.revision}",
            at=posted.changed_at,
            link=notice.link,
        )
    return document
