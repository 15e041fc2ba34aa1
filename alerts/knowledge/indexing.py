"""What can be found is kept as it is: closed orders and lessons at once, and once a minute whatever was missed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from procrastinate import Blueprint

from alerts.knowledge.words import WORDS_VERSION, keys
from plant.backoff import GrowingWait
from plant.clock import Clock
from plant.iso14224 import ACTIVITIES, FAILURE_CAUSES, FAILURE_MODES, Names
from storage.core.database import Database, Transaction
from storage.core.jobs import RetryWhileUnavailable
from storage.knowledge import entries, lessons, sources
from storage.knowledge.entries import KnowledgeEntry
from storage.knowledge.sources import Rationalised, TitledDocument
from storage.work.orders import order_number

NAMESPACE = "knowledge"
_QUEUE = "upkeep"
_TASK = "index"
_A_BATCH = 200
_MOST_A_RUN = 5000
_LEAST_SHARE = 0.1
_A_FEW_TIMES = RetryWhileUnavailable(wait=GrowingWait(first_s=10.0, most_s=10.0), most_retries=3)


def index_order(tx: Transaction, order_id: int) -> None:
    """Let a closed order be found by its title, what people noted on it, and its codes."""
    order = sources.closed_order(tx, order_id)
    body = "\n".join((order.closing_note, *order.notes)).strip()
    codes = _named(FAILURE_MODES.get(order.failure_mode), FAILURE_CAUSES.get(order.cause), ACTIVITIES.get(order.action))
    words = keys("\n".join((order_number(order_id), order.title, body, codes)))
    found = order.evidence.get("signals") or ()
    entries.put(
        tx,
        KnowledgeEntry(
            kind="order",
            key=str(order_id),
            title=order.title,
            body=body,
            at=order.closed_at,
            words=words,
            length=len(words),
            stamp=f"{WORDS_VERSION}:{order.revision}",
            site_id=order.site_id,
            class_id=order.class_id,
            asset_id=order.asset_id,
            failure_mode=order.failure_mode,
            signals=[one["signal"] for one in found if float(one.get("share") or 0) >= _LEAST_SHARE],
        ),
    )


def index_lesson(tx: Transaction, lesson_id: UUID) -> None:
    """Let a lesson be found by what it says; one that was withdrawn is found no more."""
    lesson = lessons.get(tx, lesson_id)
    if lesson.withdrawn_at is not None:
        entries.drop(tx, "lesson", str(lesson_id))
        return
    place = sources.place_of_lesson(tx, lesson_id)
    body = "\n".join(said for said in (lesson.says.cause, lesson.says.helped) if said)
    words = keys("\n".join((lesson.says.seen, body, _named(FAILURE_MODES.get(lesson.says.failure_mode)))))
    entries.put(
        tx,
        KnowledgeEntry(
            kind="lesson",
            key=str(lesson_id),
            title=lesson.says.seen,
            body=body,
            at=lesson.changed_at,
            words=words,
            length=len(words),
            stamp=f"{WORDS_VERSION}:{lesson.revision}",
            site_id=place.site_id,
            class_id=place.class_id,
            asset_id=place.asset_id,
            failure_mode=lesson.says.failure_mode,
            signals=lesson.says.signals,
        ),
    )


def index_rationalisation(tx: Transaction, one: Rationalised, at: datetime) -> None:
    """Let what was thought through about an alarm be found, at every site that has the class."""
    title = f"{one.class_name}: {one.kind.replace('_', ' ')}"
    body = "\n".join(one.lines)
    words = keys(f"{title}\n{one.class_name_zh}\n{body}")
    entries.put(
        tx,
        KnowledgeEntry(
            kind="rationalisation",
            key=f"{one.class_id}:{one.kind}",
            title=title,
            body=body,
            at=at,
            words=words,
            length=len(words),
            stamp=one.stamp,
            class_id=one.class_id,
        ),
    )


def index_document(tx: Transaction, one: TitledDocument, at: datetime) -> None:
    """Let a document be found by its title, the name of its file, and its version."""
    body = "\n".join(said for said in (one.file, one.version) if said)
    words = keys(f"{one.title}\n{body}")
    entries.put(
        tx,
        KnowledgeEntry(
            kind="document",
            key=one.key,
            title=one.title,
            body=body,
            at=one.at or at,
            words=words,
            length=len(words),
            stamp=one.stamp,
            site_id=one.site_id,
            class_id=one.class_id,
            asset_id=one.asset_id,
        ),
    )


def catch_up(database: Database, *, now: datetime, most: int = _MOST_A_RUN) -> int:
    """Let everything be found that is not yet, in batches; return how much that was.

    Raises:
        Unavailable: the database is away. What was indexed stands.
    """
    done = 0
    while done < most:
        with database.transaction() as tx:
            indexed = _a_batch(tx, now)
        if not indexed:
            break
        done += indexed
    return done


def _a_batch(tx: Transaction, now: datetime) -> int:
    orders_due = sources.orders_due(tx, version=WORDS_VERSION, most=_A_BATCH)
    lessons_due = sources.lessons_due(tx, version=WORDS_VERSION, most=_A_BATCH)
    rationalised = sources.rationalisations_due(tx, version=WORDS_VERSION, most=_A_BATCH)
    documents = sources.documents_due(tx, version=WORDS_VERSION, most=_A_BATCH)
    lost = sources.lost_rationalisations(tx)
    for order_id in orders_due:
        index_order(tx, order_id)
    for lesson_id in lessons_due:
        index_lesson(tx, lesson_id)
    for one in rationalised:
        index_rationalisation(tx, one, now)
    for document in documents:
        index_document(tx, document, now)
    for key in lost:
        entries.drop(tx, "rationalisation", key)
    return len(orders_due) + len(lessons_due) + len(rationalised) + len(documents) + len(lost)


def knowledge_blueprint(database: Database, clock: Clock) -> Blueprint:
    """Declare what a worker does for the search; add it with `namespace=NAMESPACE`."""
    blueprint = Blueprint()

    @blueprint.periodic(cron="* * * * *")
    @blueprint.task(name=_TASK, queue=_QUEUE, queueing_lock=f"{NAMESPACE}:{_TASK}", retry=_A_FEW_TIMES)
    def index(timestamp: int) -> None:  # noqa: ARG001 - periodic tasks get it
        catch_up(database, now=clock.now())

    return blueprint


def _named(*codes: Names | None) -> str:
    return "\n".join(" ".join(names) for names in _there(codes))


def _there(codes: Iterable[Names | None]) -> Iterable[Names]:
    return (names for names in codes if names is not None)
