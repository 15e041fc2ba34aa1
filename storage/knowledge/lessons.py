"""Lessons as rows: what was seen, why, and what helped, with every wording a lesson has had."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from plant.errors import Conflict, NotFound
from storage.core.database import Transaction
from storage.core.keyset import After, beyond


@dataclass(frozen=True, kw_only=True, slots=True)
class LessonWords:
    """What a lesson says: seen, why, what helped; the failure mode by ISO 14224 and the keys of the signals."""

    failure_mode: str
    seen: str
    cause: str
    helped: str
    signals: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Lesson:
    """A lesson as it stands: where, for which class, from which order, who kept it and who changed it last."""

    lesson_id: UUID
    site: str
    asset_class: str
    order_id: int | None
    asset: str | None
    says: LessonWords
    kept_at: datetime
    kept_by: str
    changed_at: datetime
    changed_by: str
    revision: int
    withdrawn_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class LessonRevision:
    """One wording of a lesson, who wrote it and when."""

    revision: int
    at: datetime
    by: str
    says: LessonWords
    is_withdrawn: bool


def add(
    tx: Transaction,
    lesson_id: UUID,
    says: LessonWords,
    *,
    site: str,
    asset_class: str,
    order_id: int | None,
    at: datetime,
    by: str,
) -> None:
    """Keep a lesson.

    Raises:
        Conflict: its order has taught one already; or there is no such site or class.
    """
    known = {**_columns(says), "site": site, "asset_class": asset_class, "order_id": order_id, "at": at, "by": by}
    if not tx.run("lessons.add", lesson_id=lesson_id, **known):
        raise Conflict("this order has taught its lesson already: change that one")
    tx.run("lessons.add_revision", lesson_id=lesson_id)


def revise(
    tx: Transaction,
    lesson_id: UUID,
    says: LessonWords,
    *,
    revision: int,
    at: datetime,
    by: str,
    withdrawn: bool = False,
) -> None:
    """Write a lesson anew from `revision`, or withdraw it; what it said before stays in the record.

    Raises:
        Conflict: the stored revision is another.
    """
    known = {**_columns(says), "revision": revision, "at": at, "by": by, "withdrawn": withdrawn}
    if not tx.run("lessons.revise", lesson_id=lesson_id, **known):
        raise Conflict("this lesson was changed by somebody else; read it again")
    tx.run("lessons.add_revision", lesson_id=lesson_id)


def get(tx: Transaction, lesson_id: UUID) -> Lesson:
    """Return one lesson.

    Raises:
        NotFound: there is none.
    """
    row = tx.first("lessons.get", lesson_id=lesson_id)
    if row is None:
        raise NotFound(f"there is no lesson {lesson_id}")
    return _lesson(row)


def of_order(tx: Transaction, order_id: int) -> UUID | None:
    """Return the id of the lesson an order has taught; None where it has taught none."""
    row = tx.first("lessons.of_order", order_id=order_id)
    return row["lesson_id"] if row else None


def list_lessons(
    tx: Transaction, *, asset_class: str | None = None, after: After | None = None, most: int = 100
) -> list[Lesson]:
    """Return lessons that stand, the newest first; of one class, or of every one."""
    return [_lesson(row) for row in tx.all("lessons.list", asset_class=asset_class, **beyond(after), most=most)]


def revisions(tx: Transaction, lesson_id: UUID) -> list[LessonRevision]:
    """Return every wording a lesson has had, oldest first."""
    return [
        LessonRevision(
            revision=row["revision"], at=row["at"], by=row["by"], says=_words(row), is_withdrawn=row["is_withdrawn"]
        )
        for row in tx.all("lessons.revisions", lesson_id=lesson_id)
    ]


def _columns(says: LessonWords) -> dict[str, object]:
    return {**asdict(says), "signals": list(says.signals)}


def _words(row: dict[str, object]) -> LessonWords:
    signals = row["signals"]
    assert isinstance(signals, list)  # noqa: S101 - text[] of the table
    said = {name: str(row[name]) for name in ("failure_mode", "seen", "cause", "helped")}
    return LessonWords(**said, signals=tuple(signals))


def _lesson(row: dict[str, object]) -> Lesson:
    words = ("failure_mode", "seen", "cause", "helped", "signals")
    known = {name: value for name, value in row.items() if name not in words}
    return Lesson(**known, says=_words(row))  # type: ignore[arg-type]
