"""The first start: one administrator, entered without a password, and a link in the terminal that sets it."""

from __future__ import annotations

from api.identity.credentials import make_link
from api.identity.people import NewPerson, add_person
from plant.clock import Clock
from plant.people.principal import process
from plant.people.rights import PlantRole
from storage.core.database import Database
from storage.identity import people

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
