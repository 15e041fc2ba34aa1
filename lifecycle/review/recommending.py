"""What a project teaches: what its design counted with, and what the next project is to do otherwise.

An accepted recommendation is a requirement of every later project with machines of its class: a document at the gate of
completeness, people at that of training, parts at that of spares, and a check to be answered at operations' pre-review.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

from lifecycle.handover.projects import check_class, enter_project, held, plain_said
from plant.clock import Clock
from plant.errors import Conflict, Forbidden, NotFound, Rejected
from plant.people.principal import Principal
from plant.people.rights import Right
from storage.core.database import Database
from storage.projects import readiness
from storage.projects import recommendations as rows
from storage.projects.recommendations import Assumed, RecommendedKind


@dataclass(frozen=True, kw_only=True, slots=True)
class WantedRecommendation:
    """What is recommended, and why: `what` is a class of VDI 2770, a part's number, or words."""

    asset_class: str
    kind: RecommendedKind
    what: str
    because: str
    quantity: Decimal = Decimal(1)


def assume(
    database: Database,
    tag: str,
    asset_class: str,
    what: Assumed,
    value: float,
    *,
    part: str = "",
    actor: Principal,
    clock: Clock,
) -> None:
    """Say what the design counts with for one machine of a class.

    Raises:
        Forbidden: they may not plan this project.
        NotFound: the project has no asset of that class.
        Rejected: the value makes no sense, or it is about parts and none is named.
    """
    if not math.isfinite(value) or not 0 <= value < 1e12:
        raise Rejected("bad_value", "what a design counts with is 0 or more")
    if (what is Assumed.PARTS) != bool(part):
        raise Rejected("bad_part", "name the part where it is about parts, and only there")
    with database.transaction() as tx:
        project = held(tx, tag, Right.PLAN_PROJECTS, actor)
        if asset_class not in readiness.classes(tx, project.project_id):
            raise NotFound(f"the project has no asset of class {asset_class}")
        values = {"asset_class": asset_class, "part": part}
        rows.assume(tx, project.project_id, **values, what=what, value=value, at=clock.now(), by=actor.name)
        enter_project(tx, "assumption.said", project, actor, clock, **values, what=what.value, value=str(value))


def recommend(database: Database, tag: str, wanted: WantedRecommendation, *, actor: Principal, clock: Clock) -> int:
    """Recommend something for later projects, and return its number; somebody else accepts it.

    Raises:
        Forbidden: they do not work on this project.
        NotFound: there is no such project or class.
        Rejected: it says nothing, no quantity, or no class of documents.
    """
    if wanted.kind is RecommendedKind.DOCUMENT:
        check_class(wanted.what)
    if not 0 < wanted.quantity <= 1_000_000:
        raise Rejected("bad_quantity", "a quantity is above 0 and at most 1,000,000")
    what, because = plain_said("recommendation", wanted.what), plain_said("reason", wanted.because)
    with database.transaction() as tx:
        project = held(tx, tag, Right.WORK_ON_PROJECTS, actor)
        number = rows.recommend(
            tx,
            project.project_id,
            asset_class=wanted.asset_class,
            kind=wanted.kind,
            what=what,
            quantity=wanted.quantity,
            because=because,
            at=clock.now(),
            by=actor.name,
            proposer=actor.person_id or actor.name,
        )
        detail = {"recommendation": number, "asset_class": wanted.asset_class, "kind": wanted.kind.value, "what": what}
        enter_project(tx, "recommendation.made", project, actor, clock, **detail)
        return number


def decide_on_recommendation(
    database: Database, tag: str, recommendation_id: int, *, is_accepted: bool, actor: Principal, clock: Clock
) -> None:
    """Accept or reject a recommendation; not one's own.

    Raises:
        Conflict: it was decided, or it is their own.
        Forbidden: they sign for neither side here.
        NotFound: there is no such recommendation.
    """
    with database.transaction() as tx:
        project = held(tx, tag, Right.SEE, actor)
        if not any(actor.may(right, project.site) for right in (Right.SIGN_FOR_OPERATIONS, Right.SIGN_FOR_ENGINEERING)):
            raise Forbidden(f"{actor.name} signs for neither side at {project.site}")
        of_project = {one.recommendation_id: one for one in rows.recommendations(tx, project.project_id)}
        known = of_project.get(recommendation_id)
        if known is None:
            raise NotFound(f"there is no recommendation {recommendation_id} in {tag}")
        if known.proposer == (actor.person_id or actor.name):
            raise Conflict("somebody else decides on a recommendation than who made it")
        at = clock.now()
        if not rows.decide(tx, project.project_id, recommendation_id, is_accepted=is_accepted, at=at, by=actor.name):
            raise Conflict(f"recommendation {recommendation_id} was decided by {known.decided_by}")
        event = "recommendation.accepted" if is_accepted else "recommendation.rejected"
        enter_project(tx, event, project, actor, clock, recommendation=recommendation_id)


def answer_check(
    database: Database, tag: str, recommendation_id: int, answer: str, *, actor: Principal, clock: Clock
) -> None:
    """Say what was found at a check that an earlier project recommends.

    Raises:
        Forbidden: they do not work on this project.
        NotFound: no such check is recommended to it.
        Rejected: it says nothing.
    """
    said = plain_said("answer", answer)
    with database.transaction() as tx:
        project = held(tx, tag, Right.WORK_ON_PROJECTS, actor)
        checks = {
            one.recommendation_id
            for one in rows.taken_over(tx, project.project_id)
            if one.kind is RecommendedKind.CHECK
        }
        if recommendation_id not in checks:
            raise NotFound(f"no check {recommendation_id} is recommended to {tag}")
        rows.answer_check(tx, project.project_id, recommendation_id, said, at=clock.now(), by=actor.name)
        enter_project(tx, "check.answered", project, actor, clock, recommendation=recommendation_id, answer=said)
