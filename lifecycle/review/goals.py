"""Goals of a project: one side proposes, somebody of each side agrees, and from then on they are measured."""

from __future__ import annotations

import math

from lifecycle.handover.projects import enter_project, held
from plant.clock import Clock
from plant.errors import Conflict, Forbidden, Rejected
from plant.people.principal import Principal
from plant.people.rights import Right
from storage.core.database import Database
from storage.projects import goals as rows
from storage.projects.goals import Measure, ProposedGoal
from storage.projects.reviews import OwingSide

RIGHT_OF_SIDE: dict[OwingSide, Right] = {
    "engineering": Right.SIGN_FOR_ENGINEERING,
    "operations": Right.SIGN_FOR_OPERATIONS,
}
"""By which right somebody speaks for a side."""


def propose_goal(
    database: Database, tag: str, measure: Measure, target: float, *, actor: Principal, clock: Clock
) -> int:
    """Propose a goal and return its number; the one that counts stays until both sides agree to the new one.

    Raises:
        Forbidden: they may not plan this project.
        NotFound: there is no such project.
        Rejected: the target makes no sense.
    """
    if not math.isfinite(target) or not 0 <= target < 1e12 or (measure is Measure.AVAILABILITY and target > 1):
        raise Rejected("bad_target", "a target is 0 or more, and availability is a share from 0 to 1")
    with database.transaction() as tx:
        project = held(tx, tag, Right.PLAN_PROJECTS, actor)
        goal_id = rows.propose(tx, project.project_id, measure, target, at=clock.now(), by=actor.name)
        enter_project(
            tx, "goal.proposed", project, actor, clock, goal=goal_id, measure=measure.value, target=str(target)
        )
        return goal_id


def agree_to_goal(
    database: Database, tag: str, goal_id: int, side: OwingSide, *, actor: Principal, clock: Clock
) -> ProposedGoal:
    """Agree to a goal for a side; one person agrees for one side alone.

    Raises:
        Conflict: the side has agreed, a newer goal was proposed, or they agreed for the other side.
        Forbidden: they do not speak for that side.
        NotFound: there is no such goal.
    """
    with database.transaction() as tx:
        project = held(tx, tag, RIGHT_OF_SIDE[side], actor)
        if not actor.person_id:
            raise Forbidden("only a person can agree to a goal")
        goal = rows.get_goal(tx, project.project_id, goal_id)
        if all(one.goal_id != goal_id for one in rows.newest(tx, project.project_id)):
            raise Conflict(f"a newer goal for {goal.measure.value} was proposed; agree to that one")
        if actor.name in {goal.engineering_by, goal.operations_by}:
            raise Conflict(f"{actor.name} has agreed already: two people agree, for two sides")
        if not rows.agree(tx, project.project_id, goal_id, side, at=clock.now(), by=actor.name):
            raise Conflict(f"{side} has agreed to this goal already")
        enter_project(tx, "goal.agreed", project, actor, clock, goal=goal_id, side=side)
        return rows.get_goal(tx, project.project_id, goal_id)
