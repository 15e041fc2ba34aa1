"""What was learnt, over HTTP: the search, what is nearest to an order, and lessons."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response

from alerts.knowledge import lessons as use
from alerts.knowledge.nearest import nearest
from alerts.knowledge.search import search
from alerts.knowledge.things import find_things
from api.parts import GivenParts
from api.problems import answers
from api.protocol.paging import Pages
from api.revisions import RevisionDemanded, tag_revision
from api.schemas.knowledge import (
    LessonRevisionShape,
    LessonShape,
    LessonWithRevisions,
    NearShape,
    NewLesson,
    NewLessonWords,
    SearchAnswerShape,
)
from api.schemas.shape import NOTHING, Nothing
from storage.knowledge import lessons
from storage.work import orders

search_router = APIRouter(prefix="/search", tags=["knowledge"])
lesson_router = APIRouter(prefix="/lessons", tags=["knowledge"])
order_router = APIRouter(prefix="/work-orders", tags=["knowledge"])
_EDITED = answers(400, 404, 412, 428)
AssetClass = Annotated[str | None, Query(alias="class", description="Tag of a class; every one where absent.")]


@search_router.get("", responses=answers(400))
def find(
    parts: GivenParts,
    q: Annotated[str, Query(description="Words in English or Chinese, tags; misspelt ones too.")],
    kind: Annotated[
        list[Literal["order", "lesson", "document", "rationalisation"]] | None,
        Query(description="Of what was learnt; may be given again; every kind where absent."),
    ] = None,
    asset_class: AssetClass = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> SearchAnswerShape:
    """Find what was learnt (closed orders, lessons, documents, rationalisations), best first, each with why.

    Beside it, up to eight of each kind, the assets, orders, alerts and documents whose name or words hold the text:
    what the console's search shows.
    """
    with parts.database.transaction() as tx:
        learnt = search(tx, q, kinds=kind, asset_class=asset_class, most=limit)
        return SearchAnswerShape.of(learnt, find_things(tx, q.strip(), now=parts.clock.now()))


@order_router.get("/{number}/nearest", responses=answers(404))
def list_nearest(parts: GivenParts, number: str) -> list[NearShape]:
    """List the three closed orders and lessons of its class that are nearest to an order, each with why."""
    with parts.database.transaction() as tx:
        return [NearShape.near(one) for one in nearest(tx, orders.get_order(tx, number))]


@order_router.post("/{number}/lessons", status_code=201, responses=answers(400, 404, 409))
def keep_order_lesson(parts: GivenParts, number: str, says: NewLessonWords) -> LessonShape:
    """Keep what a closed order has taught; once an order."""
    return LessonShape.of(
        use.keep_order_lesson(parts.database, number, says.words(), actor=parts.principal, clock=parts.clock)
    )


@lesson_router.get("", responses=answers(400))
def list_lessons(parts: GivenParts, pages: Pages, asset_class: AssetClass = None) -> list[LessonShape]:
    """List lessons that stand, the newest first."""
    with parts.database.transaction() as tx:
        found = lessons.list_lessons(tx, asset_class=asset_class, after=pages.after(), most=pages.one_more)
    return [LessonShape.of(one) for one in pages.page(found, lambda one: (one.changed_at, one.lesson_id))]


@lesson_router.post("", status_code=201, responses=answers(400, 404, 409))
def keep_lesson(parts: GivenParts, new: NewLesson) -> LessonShape:
    """Keep a lesson of a class that came from no order."""
    return LessonShape.of(
        use.keep_lesson(
            parts.database, new.site, new.asset_class, new.words(), actor=parts.principal, clock=parts.clock
        )
    )


@lesson_router.get("/{lesson_id}", responses=answers(404))
def get_lesson(parts: GivenParts, lesson_id: UUID, response: Response) -> LessonWithRevisions:
    """Show a lesson with every wording it has had; the ETag is its revision."""
    with parts.database.transaction() as tx:
        lesson = LessonShape.of(lessons.get(tx, lesson_id))
        revisions = [LessonRevisionShape.of(one) for one in lessons.revisions(tx, lesson_id)]
    tag_revision(response, lesson.revision)
    return LessonWithRevisions(**lesson.model_dump(), revisions=revisions)


@lesson_router.post("/{lesson_id}/revise", responses=_EDITED)
def revise_lesson(
    parts: GivenParts, lesson_id: UUID, says: NewLessonWords, read: RevisionDemanded, response: Response
) -> LessonShape:
    """Put a lesson in other words; what it said before stays in the record."""
    changed = use.revise_lesson(
        parts.database, lesson_id, says.words(), revision=read, actor=parts.principal, clock=parts.clock
    )
    tag_revision(response, changed.revision)
    return LessonShape.of(changed)


@lesson_router.post("/{lesson_id}/withdraw", responses=_EDITED)
def withdraw_lesson(
    parts: GivenParts, lesson_id: UUID, read: RevisionDemanded, response: Response, _nothing: Nothing = NOTHING
) -> LessonShape:
    """Take a lesson that is wrong out of the search; it stays in the record."""
    gone = use.withdraw_lesson(parts.database, lesson_id, revision=read, actor=parts.principal, clock=parts.clock)
    tag_revision(response, gone.revision)
    return LessonShape.of(gone)
