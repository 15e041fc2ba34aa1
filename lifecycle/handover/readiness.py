"""Training, spares and who answers for a gate: recorded by people, and counted where a gate wants them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lifecycle.handover.gates import GateName
from lifecycle.handover.projects import enter_project, held, plain_said
from plant.clock import Clock
from plant.errors import Rejected
from plant.people.principal import Principal
from plant.people.rights import Right
from plant.tags import one_form
from storage.core.database import Database
from storage.projects import readiness as rows
from storage.projects.readiness import GateDuty

_MOST_SPARES = Decimal(1_000_000)
_PART = re.compile(r"\S(.{0,98}\S)?")


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingHeld:
    """That somebody was trained on a class of assets on a day, and who taught."""

    asset_class: str
    person: str
    held_on: date
    taught_by: str


def record_training(database: Database, tag: str, training: TrainingHeld, *, actor: Principal, clock: Clock) -> None:
    """Record a training that was held.

    Raises:
        Conflict: it is recorded already.
        NotFound: there is no such project, or it has no asset of that class.
        Rejected: somebody is not named, or it is still to come.
    """
    now = clock.now()
    if training.held_on > now.date():
        raise Rejected("not_yet_held", f"a training is recorded once it was held; {training.held_on} is still to come")
    person, taught_by = plain_said("person", training.person), plain_said("teacher", training.taught_by)
    with database.transaction() as tx:
        project = held(tx, tag, Right.WORK_ON_PROJECTS, actor)
        said = {"asset_class": training.asset_class, "person": person, "taught_by": taught_by}
        rows.record_training(tx, project.project_id, **said, held_on=training.held_on, at=now, by=actor.name)
        enter_project(tx, "training.recorded", project, actor, clock, **said, held_on=training.held_on.isoformat())


def want_spare(database: Database, tag: str, part: str, quantity: Decimal, *, actor: Principal, clock: Clock) -> None:
    """Say how many of a part must be on stock before the handover; said again, the new number counts.

    Raises:
        NotFound: there is no such project.
        Rejected: it is no part's number, or no quantity.
    """
    number = one_form(part).strip()
    if not _PART.fullmatch(number):
        raise Rejected("bad_part", "a part's number has 1 to 100 characters")
    if not 0 < quantity <= _MOST_SPARES:
        raise Rejected("bad_quantity", f"a quantity is above 0 and at most {_MOST_SPARES:,}")
    with database.transaction() as tx:
        project = held(tx, tag, Right.PLAN_PROJECTS, actor)
        rows.want_spare(tx, project.project_id, number, quantity, at=clock.now(), by=actor.name)
        enter_project(tx, "spare.wanted", project, actor, clock, part=number, quantity=str(quantity))


def name_duty(
    database: Database,
    tag: str,
    gate: GateName,
    *,
    delivers: str,
    checks: str,
    decides: str,
    actor: Principal,
    clock: Clock,
) -> None:
    """Name who delivers, checks and decides at a gate; what is printed on it. Rights stay as they are.

    Raises:
        NotFound: there is no such project.
        Rejected: somebody is not named.
    """
    duty = GateDuty(
        gate=gate.value,
        delivers=plain_said("name of who delivers", delivers),
        checks=plain_said("name of who checks", checks),
        decides=plain_said("name of who decides", decides),
    )
    with database.transaction() as tx:
        project = held(tx, tag, Right.PLAN_PROJECTS, actor)
        rows.name_duty(tx, project.project_id, duty, at=clock.now(), by=actor.name)
        enter_project(
            tx,
            "gate.duty",
            project,
            actor,
            clock,
            gate=gate.value,
            delivers=duty.delivers,
            checks=duty.checks,
            decides=duty.decides,
        )
