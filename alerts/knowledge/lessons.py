"""What people do with lessons: keep one, put it in other words, withdraw it; and what a closed order suggests."""

from __future__ import annotations

from dataclasses import asdict, replace
from uuid import UUID, uuid4

from alerts.knowledge.indexing import index_lesson
from plant.clock import Clock, iso
from plant.errors import Conflict, Rejected, StaleRevision
from plant.iso14224 import ACTIVITIES, FAILURE_CAUSES, known_failure_mode
from plant.people.principal import Principal
from plant.people.rights import Right
from plant.work_order import Closing, Outcome, WorkOrder
from storage.core.database import Database, Transaction
from storage.knowledge import lessons
from storage.knowledge.lessons import Lesson, LessonWords
from storage.work import orders

_LONGEST = 4000
_MOST_SIGNALS = 50
_LEADING = 3


def suggested(order: WorkOrder, closing: Closing | None) -> LessonWords:
    """Say what an order would teach, in the words that are there: for a person to put right before it is kept."""
    cause, _ = FAILURE_CAUSES.get(closing.cause, ("", "")) if closing else ("", "")
    action, _ = ACTIVITIES.get(closing.action, ("", "")) if closing else ("", "")
    note = closing.note if closing else ""
    return LessonWords(
        failure_mode=closing.failure_mode if closing else order.failure_mode,
        seen=order.title,
        cause=cause,
        helped=f"{action}: {note}" if action and note else action or note,
        signals=tuple(signals_of(order)[:_LEADING]),
    )


def offered(tx: Transaction, order: WorkOrder) -> LessonWords | None:
    """Return what a closed order would teach; None where it stands open, found nothing, or has taught its lesson."""
    closing = orders.closing_of(tx, order.order_id)
    if closing is None or not is_worth_keeping(closing) or lessons.of_order(tx, order.order_id) is not None:
        return None
    return suggested(order, closing)


def is_worth_keeping(closing: Closing) -> bool:
    """Say whether a lesson is offered: something was found, or people were told for nothing."""
    return closing.outcome is not Outcome.NO_FAULT_FOUND


def signals_of(order: WorkOrder) -> list[str]:
    """Name the signals that show what an order is about, those that show it most first."""
    found = order.evidence.get("signals") or ()
    return [one["signal"] for one in sorted(found, key=lambda one: -float(one.get("share") or 0))]


def keep_order_lesson(database: Database, number: str, says: LessonWords, *, actor: Principal, clock: Clock) -> Lesson:
    """Keep what an order has taught, in `actor`'s name.

    Raises:
        NotFound: there is no such order.
        Conflict: the order still stands, or has taught its lesson already.
        Rejected: the failure mode is not in its list, or it is not said what was seen and what helped.
        Forbidden: they may not close orders at that site.
    """
    kept = _checked(says)
    with database.transaction() as tx:
        order = orders.get_order(tx, number)
        actor.demand(Right.CLOSE_ORDERS, order.site)
        if order.state.is_open:
            raise Conflict(f"{number} still stands open: a lesson is kept when it has been closed")
        return _keep(tx, kept, order.site, order.asset_class, order.order_id, actor, clock)


def keep_lesson(
    database: Database, site: str, asset_class: str, says: LessonWords, *, actor: Principal, clock: Clock
) -> Lesson:
    """Keep a lesson of a class that came from no order, in `actor`'s name.

    Raises:
        Conflict: there is no such site or class.
        Rejected, Forbidden: as `keep_order_lesson`.
    """
    kept = _checked(says)
    actor.demand(Right.CLOSE_ORDERS, site)
    with database.transaction() as tx:
        return _keep(tx, kept, site, asset_class, None, actor, clock)


def revise_lesson(
    database: Database, lesson_id: UUID, says: LessonWords, *, revision: int | None, actor: Principal, clock: Clock
) -> Lesson:
    """Put a lesson in other words; `revision` is the one that was read, None whichever there is.

    Raises:
        NotFound: there is none.
        StaleRevision: somebody else changed it meanwhile.
        Rejected, Forbidden: as `keep_order_lesson`.
    """
    return _change(database, lesson_id, _checked(says), revision, actor, clock, withdrawn=False)


def withdraw_lesson(
    database: Database, lesson_id: UUID, *, revision: int | None, actor: Principal, clock: Clock
) -> Lesson:
    """Take a lesson that is wrong out of the search; it stays in the record.

    Raises:
        NotFound, StaleRevision, Forbidden: as `revise_lesson`.
    """
    return _change(database, lesson_id, None, revision, actor, clock, withdrawn=True)


def _keep(
    tx: Transaction,
    says: LessonWords,
    site: str,
    asset_class: str,
    order_id: int | None,
    actor: Principal,
    clock: Clock,
) -> Lesson:
    lesson_id = uuid4()
    lessons.add(
        tx,
        lesson_id,
        says,
        site=site,
        asset_class=asset_class,
        order_id=order_id,
        at=clock.now(),
        by=actor.name,
    )
    index_lesson(tx, lesson_id)
    return lessons.get(tx, lesson_id)


def _change(
    database: Database,
    lesson_id: UUID,
    says: LessonWords | None,
    revision: int | None,
    actor: Principal,
    clock: Clock,
    *,
    withdrawn: bool,
) -> Lesson:
    with database.transaction() as tx:
        lesson = lessons.get(tx, lesson_id)
        actor.demand(Right.CLOSE_ORDERS, lesson.site)
        wanted = says or lesson.says
        _refuse_stale(lesson, wanted, revision)
        lessons.revise(
            tx,
            lesson_id,
            wanted,
            revision=lesson.revision,
            at=clock.now(),
            by=actor.name,
            withdrawn=withdrawn,
        )
        index_lesson(tx, lesson_id)
        return lessons.get(tx, lesson_id)


def _refuse_stale(lesson: Lesson, wanted: LessonWords, revision: int | None) -> None:
    if revision in (None, lesson.revision):
        return
    said = f"this lesson was changed by {lesson.changed_by} at {iso(lesson.changed_at)}; look at both and decide"
    raise StaleRevision(
        said,
        current={**asdict(lesson.says), "revision": lesson.revision},
        yours={**asdict(wanted), "revision": revision},
    )


def _checked(says: LessonWords) -> LessonWords:
    """Return the words without space around them, where they are a lesson's."""
    known_failure_mode(says.failure_mode)
    kept = replace(says, seen=says.seen.strip(), cause=says.cause.strip(), helped=says.helped.strip())
    if not kept.seen or not kept.helped:
        raise Rejected("words_needed", "say what was seen, and what helped")
    if max(len(kept.seen), len(kept.cause), len(kept.helped)) > _LONGEST:
        raise Rejected("too_long", f"a lesson says each thing in at most {_LONGEST} characters")
    if len(kept.signals) > _MOST_SIGNALS:
        raise Rejected("too_many_signals", f"a lesson names at most {_MOST_SIGNALS} signals")
    return kept
