"""Decisions of a joint review: whose each is and by when; each comes back until it is done."""

from __future__ import annotations

from datetime import date

from lifecycle.handover.projects import enter_project, held, plain_said
from plant.clock import Clock
from plant.errors import NotFound
from plant.people.principal import Principal
from plant.people.rights import Right
from storage.core.database import Database
from storage.projects import reviews as rows
from storage.projects.reviews import OwingSide


def raise_decision(
    database: Database, tag: str, text: str, *, side: OwingSide, owner: str, due: date, actor: Principal, clock: Clock
) -> int:
    """Write down what has to be decided or done, by whom and by when; return its number.

    Raises:
        Forbidden: they do not work on this project.
        NotFound: there is no such project.
        Rejected: it says nothing, or nobody owns it.
    """
    said, whose = plain_said("decision", text), plain_said("owner", owner)
    with database.transaction() as tx:
        project = held(tx, tag, Right.WORK_ON_PROJECTS, actor)
        values = {"text": said, "side": side, "owner": whose}
        number = rows.raise_decision(
            tx, project.project_id, text=said, side=side, owner=whose, due=due, at=clock.now(), by=actor.name
        )
        enter_project(tx, "decision.raised", project, actor, clock, decision=number, **values, due=due.isoformat())
        return number


def finish_decision(
    database: Database, tag: str, decision_id: int, outcome: str, *, actor: Principal, clock: Clock
) -> None:
    """Say what came of a decision; it does not come back.

    Raises:
        Forbidden: they do not work on this project.
        NotFound: there is no such open decision.
        Rejected: it says nothing.
    """
    said = plain_said("outcome", outcome)
    with database.transaction() as tx:
        project = held(tx, tag, Right.WORK_ON_PROJECTS, actor)
        if not rows.finish_decision(tx, project.project_id, decision_id, said, at=clock.now(), by=actor.name):
            raise NotFound(f"there is no open decision {decision_id} in {tag}")
        enter_project(tx, "decision.done", project, actor, clock, decision=decision_id, outcome=said)
