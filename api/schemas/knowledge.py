"""The documents about lessons and what a search finds, that the API gives out and takes."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field

from alerts.knowledge.nearest import Near
from alerts.knowledge.search import Because, Hit, SearchAnswer
from alerts.knowledge.things import FoundThings
from api.schemas.shape import Nothing, Shape
from storage.knowledge.lessons import Lesson, LessonRevision, LessonWords
from storage.work.orders import order_number


class ReasonShape(Shape):
    """Why something was found: the same word, the same meaning, or a word spelt nearly so."""

    because: Because
    asked: str
    found: str


class PieceShape(Shape):
    """A piece of a text, and whether it is what was asked for."""

    text: str
    is_match: bool


class FoundShape(BaseModel):
    """One thing that was found: a closed order, a lesson, a document or a rationalisation."""

    kind: str = Field(description="order, lesson, document or rationalisation.")
    key: str = Field(description="The order's number, or the id of the rest.", examples=["WO-000017"])
    site: str | None = Field(description="Null: for every site.")
    asset_class: str | None
    asset: str | None
    failure_mode: str
    signals: list[str]
    title: str
    at: datetime
    score: float = Field(description="How well it fits, for sorting alone.")
    snippet: list[PieceShape]
    reasons: list[ReasonShape]

    @classmethod
    def of(cls, hit: Hit) -> Self:
        """Show one hit."""
        entry = hit.entry
        return cls(
            kind=entry.kind,
            key=order_number(int(entry.key)) if entry.kind == "order" else entry.key,
            site=entry.site,
            asset_class=entry.asset_class,
            asset=entry.asset,
            failure_mode=entry.failure_mode,
            signals=list(entry.signals),
            title=entry.title,
            at=entry.at,
            score=entry.score,
            snippet=[PieceShape.model_validate(piece) for piece in hit.snippet],
            reasons=[ReasonShape.model_validate(reason) for reason in hit.reasons],
        )


class ThingShape(BaseModel):
    """A thing that is called so, or says so, in whatever state it is."""

    kind: Literal["asset", "order", "alert", "document"]
    key: str = Field(description="The asset's tag, the order's number, the alert's id, the document's file.")
    site: str
    asset: str | None
    title: str

    @classmethod
    def each(cls, things: FoundThings) -> list[Self]:
        """Show things, kind by kind."""
        return [
            *(
                cls(kind="asset", key=one.asset, site=one.site, asset=one.asset, title=one.name)
                for one in things.assets
            ),
            *(
                cls(kind="order", key=order.number, site=order.site, asset=order.asset, title=order.title)
                for order in (one.order for one in things.orders)
            ),
            *(
                cls(kind="alert", key=str(alert.alert_id), site=alert.site, asset=alert.asset, title=alert.kind)
                for alert in (one.alert for one in things.alerts)
            ),
            *(
                cls(kind="document", key=one.file, site=one.site, asset=one.asset, title=one.title)
                for one in things.documents
            ),
        ]


class SearchAnswerShape(BaseModel):
    """What a question found: what was learnt, best first, and what is called so."""

    found: list[FoundShape]
    things: list[ThingShape]
    knows_spelling: bool = Field(description="Whether misspelt words are found: the server has pg_trgm.")

    @classmethod
    def of(cls, answer: SearchAnswer, things: FoundThings) -> Self:
        """Show an answer."""
        return cls(
            found=[FoundShape.of(hit) for hit in answer.hits],
            things=ThingShape.each(things),
            knows_spelling=answer.knows_spelling,
        )


class NearShape(FoundShape):
    """What is near to an order, and what they share besides words."""

    same_mode: bool = Field(description="Whether the failure mode is the same.")
    shared_signals: list[str] = Field(description="Signals that showed both.")

    @classmethod
    def near(cls, near: Near) -> Self:
        """Show what is near."""
        return cls(
            **FoundShape.of(near.hit).model_dump(), same_mode=near.same_mode, shared_signals=list(near.shared_signals)
        )


class NewLessonWords(Nothing):
    """What a lesson says."""

    failure_mode: str = Field(examples=["VIB"])
    seen: str = Field(max_length=4000, description="What was seen.")
    cause: str = Field(default="", max_length=4000, description="What led to it.")
    helped: str = Field(max_length=4000, description="What helped.")
    signals: list[str] = Field(default_factory=list, max_length=50, description="Keys of the signals that showed it.")

    def words(self) -> LessonWords:
        """Return what it says, as the record keeps it."""
        return LessonWords(
            failure_mode=self.failure_mode,
            seen=self.seen,
            cause=self.cause,
            helped=self.helped,
            signals=tuple(self.signals),
        )


class NewLesson(NewLessonWords):
    """A lesson of a class that came from no order."""

    site: str
    asset_class: str


class LessonRevisionShape(BaseModel):
    """One wording that a lesson had."""

    revision: int
    at: datetime
    by: str
    failure_mode: str
    signals: list[str]
    seen: str
    cause: str
    helped: str
    withdrawn: bool

    @classmethod
    def of(cls, one: LessonRevision) -> Self:
        """Show one wording."""
        return cls(revision=one.revision, at=one.at, by=one.by, withdrawn=one.is_withdrawn, **_said(one.says))


class LessonShape(BaseModel):
    """A lesson as it stands."""

    lesson_id: UUID
    site: str
    asset_class: str
    order: str | None = Field(description="The order that taught it.", examples=["WO-000017"])
    asset: str | None
    failure_mode: str
    signals: list[str]
    seen: str
    cause: str
    helped: str
    kept_at: datetime
    kept_by: str
    changed_at: datetime
    changed_by: str
    revision: int
    withdrawn_at: datetime | None

    @classmethod
    def of(cls, lesson: Lesson) -> Self:
        """Show a lesson."""
        return cls(
            lesson_id=lesson.lesson_id,
            site=lesson.site,
            asset_class=lesson.asset_class,
            order=None if lesson.order_id is None else order_number(lesson.order_id),
            asset=lesson.asset,
            kept_at=lesson.kept_at,
            kept_by=lesson.kept_by,
            changed_at=lesson.changed_at,
            changed_by=lesson.changed_by,
            revision=lesson.revision,
            withdrawn_at=lesson.withdrawn_at,
            **_said(lesson.says),
        )


class LessonWithRevisions(LessonShape):
    """A lesson with every wording it has had, oldest first."""

    revisions: list[LessonRevisionShape]


def _said(says: LessonWords) -> dict[str, Any]:
    return {
        "failure_mode": says.failure_mode,
        "signals": list(says.signals),
        "seen": says.seen,
        "cause": says.cause,
        "helped": says.helped,
    }
