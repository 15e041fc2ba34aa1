"""The people of the demo: one of each kind, without a credential, let in by one click on this machine alone."""

from __future__ import annotations

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
