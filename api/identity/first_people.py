"""The first people: one administrator, entered without a password but with a link that sets it, and those of the demo.

The demo has one person of each kind, without a credential, let in by one click on this machine alone.
"""

from __future__ import annotations

from api.identity.credentials import make_link
from api.identity.people import NewPerson, add_person
from plant.clock import Clock
from plant.people.principal import process
from plant.people.rights import PlantRole
from storage.core.database import Database
from storage.identity import people

DEMO_ENGINEERS = "engineering"
DEMO_PEOPLE = (
    NewPerson(sign_in="ana", name="Ana Silva", roles=((PlantRole.OPERATIONS, None),), is_demo=True),
    NewPerson(sign_in="li.wei", name="Li Wei", roles=((PlantRole.MAINTENANCE, None),), is_demo=True),
    NewPerson(
        sign_in="jonas",
        name="Jonas Berg",
        roles=((PlantRole.ENGINEERING, None),),
        teams=(DEMO_ENGINEERS,),
        is_demo=True,
    ),
    NewPerson(sign_in="amara", name="Amara Okafor", roles=((PlantRole.SUPERVISOR, None),), is_demo=True),
)


def enter_demo_people(database: Database, *, clock: Clock) -> None:
    """Enter the demo's people and their team, once."""
    with database.transaction() as tx:
        if people.by_sign_in(tx, DEMO_PEOPLE[0].sign_in) is not None:
            return
        people.put_team(
            tx, tag=DEMO_ENGINEERS, name="Project engineering", name_zh="工程部", answers_for_engineering=True
        )
    for person in DEMO_PEOPLE:
        add_person(database, person, actor=process("assetloop up --demo"), clock=clock)


FIRST_SIGN_IN = "admin"


def first_link(database: Database, *, clock: Clock) -> str | None:
    """Return the path of a link for the first administrator; None where somebody has set a password already."""
    actor = process("assetloop first start")
    with database.transaction() as tx:
        administrators = [
            one
            for one in people.everybody(tx)
            if one.disabled_at is None
            and not one.is_demo
            and any(PlantRole.ADMINISTRATOR in held for held in one.roles.values())
        ]
        if any(people.secret_hash(tx, one.person_id, "password") or one.subject for one in administrators):
            return None
        sign_in = administrators[0].sign_in if administrators else None
    if sign_in is None:
        new = NewPerson(sign_in=FIRST_SIGN_IN, name="Administrator", roles=((PlantRole.ADMINISTRATOR, None),))
        sign_in = add_person(database, new, actor=actor, clock=clock).sign_in
    return make_link(database, sign_in, actor=actor, clock=clock)
