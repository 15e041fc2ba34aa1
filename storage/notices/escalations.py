"""What comes next for a notice: what is not planned for yet, and which step of its plan is due when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from plant.notices.notice import NoticeSubject, PostedNotice
from storage.core.database import Transaction
from storage.notices.notices import posted_of


@dataclass(frozen=True, kw_only=True, slots=True)
class DueStep:
    """The step of one of a notice's plans that is due; `revision` is the one that was told."""

    notice_id: str
    revision: int
    plan: str
    next_step: int
    due_at: datetime


def unplanned(tx: Transaction, *, most: int) -> list[str]:
    """Name notices with a revision that nobody has planned for."""
    return [row["notice_id"] for row in tx.all("escalations.unplanned", most=most)]


def lock_unplanned(tx: Transaction, notice_id: str) -> tuple[PostedNotice, int] | None:
    """Lock a notice to plan for it, with the revision up to which it was; None where somebody else does, or has."""
    row = tx.first("escalations.lock_unplanned", notice_id=notice_id)
    return None if row is None else (posted_of(row), int(row["planned_revision"]))


def mark_planned(tx: Transaction, notice_id: str) -> None:
    """Say that a locked notice has been planned for."""
    tx.run("escalations.planned", notice_id=notice_id)


def escalate_from(
    tx: Transaction, notice_id: str, *, revision: int, plan_name: str, next_step: int, due_at: datetime | None
) -> None:
    """Say which step of which plan comes next for a notice, and when; None: none does."""
    tx.run(
        "escalations.escalate_from",
        notice_id=notice_id,
        revision=revision,
        plan=plan_name,
        next_step=next_step,
        due_at=due_at,
    )


def stop_escalation(tx: Transaction, notice_id: str, plan_name: str | None = None) -> None:
    """Let no further step come, of one plan or of all."""
    tx.run("escalations.stop_escalation", notice_id=notice_id, plan=plan_name)


def plans_of(tx: Transaction, notice_id: str) -> set[str]:
    """Name the plans by which people are told of a notice, or were."""
    return {row["plan"] for row in tx.all("escalations.plans", notice_id=notice_id)}


def due_escalations(tx: Transaction, *, now: datetime, most: int) -> list[str]:
    """Name notices of which a step is due."""
    return [row["notice_id"] for row in tx.all("escalations.due_escalations", now=now, most=most)]


def lock_escalation(tx: Transaction, notice_id: str, *, now: datetime) -> DueStep | None:
    """Lock the step that is due, the first of several; None where somebody else takes it, or has."""
    row = tx.first("escalations.lock_escalation", notice_id=notice_id, now=now)
    return None if row is None else DueStep(**row)


def pause(tx: Transaction, subject: NoticeSubject, subject_id: str, *, at: datetime) -> None:
    """Hold the clock of a thing's escalations, for as long as a question is open."""
    tx.run("escalations.pause", subject=subject.value, subject_id=subject_id, at=at)


def resume(tx: Transaction, subject: NoticeSubject, subject_id: str, *, at: datetime) -> None:
    """Let the clock go on from where it was held."""
    tx.run("escalations.resume", subject=subject.value, subject_id=subject_id, at=at)
