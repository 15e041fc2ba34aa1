"""Joint reviews over HTTP: goals, what slipped and failed, what each side owes, decisions, and lessons."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from api.parts import GivenParts
from api.problems import answers
from api.schemas.lifecycle.reviews import (
    Acceptance,
    AssumptionWanted,
    DecisionShape,
    DecisionWanted,
    GoalShape,
    GoalsShape,
    GoalStandingShape,
    GoalWanted,
    HoldWanted,
    NewRecommendation,
    OutcomeWanted,
    RecommendationShape,
    RecommendationsShape,
    ReviewShape,
    SideWanted,
)
from lifecycle.review import decisions, goals, recommending, reviewing
from lifecycle.review.page import html_page
from lifecycle.review.recommending import WantedRecommendation
from storage.projects import goals as goal_rows
from storage.projects import projects as project_rows
from storage.projects import recommendations as recommendation_rows
from storage.projects import reviews as review_rows
from storage.register.assets import time_zone_of

router = APIRouter(prefix="/projects/{project}", tags=["reviews"])
Since = Annotated[datetime | None, Query(description="From when on; else since the last review, or a week ago.")]
WithLessons = Annotated[bool, Query(alias="lessons", description="With what the project teaches.")]
Number = Annotated[int | None, Query(description="Of a review that was held; else as it stands now.")]


@router.get("/review", responses=answers(400, 403, 404))
def get_review(
    parts: GivenParts, project: str, since: Since = None, lessons: WithLessons = False, number: Number = None
) -> ReviewShape:
    """Return a review as it stands now, or one that was held."""
    if number is not None:
        return ReviewShape.of(reviewing.held_review(parts.database, project, number))
    return ReviewShape.of(
        reviewing.draft(parts.database, project, clock=parts.clock, since=since, with_lessons=lessons)
    )


@router.get("/review/page", response_class=HTMLResponse, responses=answers(400, 403, 404))
def get_review_page(
    parts: GivenParts,
    project: str,
    language: Literal["en", "zh"] = "en",
    since: Since = None,
    lessons: WithLessons = False,
    number: Number = None,
) -> str:
    """Return a review as one HTML page to be read or printed."""
    if number is not None:
        found = reviewing.held_review(parts.database, project, number)
    else:
        found = reviewing.draft(parts.database, project, clock=parts.clock, since=since, with_lessons=lessons)
    with parts.database.transaction() as tx:
        zone = time_zone_of(tx, found.site)
    return html_page(found, language, zone)


@router.post("/reviews", status_code=201, responses=answers(400, 403, 404, 409))
def hold_review(parts: GivenParts, project: str, wanted: HoldWanted) -> ReviewShape:
    """Keep a review as both sides looked at it; the next one begins where it ends."""
    return ReviewShape.of(
        reviewing.hold(
            parts.database,
            project,
            actor=parts.principal,
            clock=parts.clock,
            since=wanted.since,
            with_lessons=wanted.lessons,
        )
    )


@router.post("/decisions", status_code=201, responses=answers(400, 403, 404))
def raise_decision(parts: GivenParts, project: str, wanted: DecisionWanted) -> DecisionShape:
    """Write down what has to be decided or done, whose it is, and by when."""
    number = decisions.raise_decision(
        parts.database, project, **wanted.model_dump(), actor=parts.principal, clock=parts.clock
    )
    return next(one for one in _decisions(parts, project) if one.decision_id == number)


@router.post("/decisions/{decision_id}/done", status_code=204, responses=answers(400, 403, 404))
def finish_decision(parts: GivenParts, project: str, decision_id: int, wanted: OutcomeWanted) -> None:
    """Say what came of a decision; it does not come back."""
    decisions.finish_decision(
        parts.database, project, decision_id, wanted.outcome, actor=parts.principal, clock=parts.clock
    )


def _decisions(parts: GivenParts, project: str) -> list[DecisionShape]:
    with parts.database.transaction() as tx:
        known = project_rows.get(tx, project)
        found = review_rows.decisions(tx, known.project_id, since=known.created_at)
    return [DecisionShape.model_validate(one) for one in found]


@router.get("/decisions", responses=answers(403, 404))
def list_decisions(parts: GivenParts, project: str) -> list[DecisionShape]:
    """List every decision, the open ones first."""
    return _decisions(parts, project)


@router.get("/goals", responses=answers(403, 404))
def list_goals(parts: GivenParts, project: str) -> GoalsShape:
    """Return the goals of a project: those that count with what is reached, and the newest of each measure."""
    with parts.database.transaction() as tx:
        known = project_rows.get(tx, project)
        standing = goal_rows.standing(tx, known.project_id, at=parts.clock.now())
        newest = goal_rows.newest(tx, known.project_id)
    return GoalsShape(
        standing=[GoalStandingShape.model_validate(one) for one in standing],
        newest=[GoalShape.model_validate(one) for one in newest],
    )


@router.post("/goals", status_code=201, responses=answers(400, 403, 404))
def propose_goal(parts: GivenParts, project: str, wanted: GoalWanted) -> GoalsShape:
    """Propose a goal; it counts once both sides have agreed."""
    goals.propose_goal(parts.database, project, wanted.measure, wanted.target, actor=parts.principal, clock=parts.clock)
    return list_goals(parts, project)


@router.post("/goals/{goal_id}/agree", responses=answers(400, 403, 404, 409))
def agree_to_goal(parts: GivenParts, project: str, goal_id: int, wanted: SideWanted) -> GoalShape:
    """Agree to a goal for a side; one person agrees for one side alone."""
    return GoalShape.model_validate(
        goals.agree_to_goal(parts.database, project, goal_id, wanted.side, actor=parts.principal, clock=parts.clock)
    )


@router.post("/assumptions", status_code=204, responses=answers(400, 403, 404))
def assume(parts: GivenParts, project: str, wanted: AssumptionWanted) -> None:
    """Say what the design counts with for one machine of a class; the review shows what came of it."""
    recommending.assume(
        parts.database,
        project,
        wanted.asset_class,
        wanted.what,
        wanted.value,
        part=wanted.part,
        actor=parts.principal,
        clock=parts.clock,
    )


@router.get("/recommendations", responses=answers(403, 404))
def list_recommendations(parts: GivenParts, project: str) -> RecommendationsShape:
    """Return what a project recommends, and what it took over from earlier ones."""
    with parts.database.transaction() as tx:
        project_id = project_rows.get(tx, project).project_id
        made = recommendation_rows.recommendations(tx, project_id)
        taken_over = recommendation_rows.taken_over(tx, project_id)
    return RecommendationsShape(
        made=[RecommendationShape.model_validate(one) for one in made],
        taken_over=[RecommendationShape.model_validate(one) for one in taken_over],
    )


@router.post("/recommendations", status_code=201, responses=answers(400, 403, 404))
def recommend(parts: GivenParts, project: str, wanted: NewRecommendation) -> RecommendationsShape:
    """Recommend something for later projects; somebody else decides on it."""
    new = WantedRecommendation(**wanted.model_dump())
    recommending.recommend(parts.database, project, new, actor=parts.principal, clock=parts.clock)
    return list_recommendations(parts, project)


@router.post("/recommendations/{recommendation_id}/decide", responses=answers(400, 403, 404, 409))
def decide(parts: GivenParts, project: str, recommendation_id: int, wanted: Acceptance) -> RecommendationsShape:
    """Accept or reject a recommendation; accepted, it is a requirement of later projects."""
    recommending.decide_on_recommendation(
        parts.database,
        project,
        recommendation_id,
        is_accepted=wanted.is_accepted,
        actor=parts.principal,
        clock=parts.clock,
    )
    return list_recommendations(parts, project)


@router.post("/checks/{recommendation_id}", responses=answers(400, 403, 404))
def answer_check(
    parts: GivenParts, project: str, recommendation_id: int, wanted: OutcomeWanted
) -> RecommendationsShape:
    """Say what was found at a check that an earlier project recommends."""
    recommending.answer_check(
        parts.database, project, recommendation_id, wanted.outcome, actor=parts.principal, clock=parts.clock
    )
    return list_recommendations(parts, project)
