"""`assetloop person`: who there is, what they may do, and the link with which they set a password."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from plant.errors import Misconfigured
from plant.people.rights import EVERY_SITE, PlantRole
from service.commands.common import Data, Json, answer, surroundings, table
from service.commands.who import who

person_app = typer.Typer(help="People: their roles, teams and passwords.", no_args_is_help=True)
SignIn = Annotated[str, typer.Argument(help="As they sign in.", metavar="SIGN-IN")]
RoleAt = Annotated[str, typer.Argument(help="ROLE, or ROLE@SITE for one site.", metavar="ROLE[@SITE]")]


def role_at(text: str) -> tuple[PlantRole, str | None]:
    """Read a role and the site where it holds; no site: everywhere.

    Raises:
        Misconfigured: there is no such role.

    >>> role_at("maintenance@north")
    (<PlantRole.MAINTENANCE: 'maintenance'>, 'north')
    """
    role, _, site = text.partition("@")
    if role not in set(PlantRole):
        raise Misconfigured(f"{role} is no role; the roles are {', '.join(PlantRole)}")
    return PlantRole(role), site or None


@person_app.command(epilog="Example: assetloop person add li.wei --name 'Li Wei' --role maintenance@north")
def add(
    sign_in: SignIn,
    name: Annotated[str, typer.Option(help="The name that the record keeps.")],
    role: Annotated[list[str] | None, typer.Option(help="ROLE or ROLE@SITE; may be given again.")] = None,
    team: Annotated[list[str] | None, typer.Option(help="Tag of a team; may be given again.")] = None,
    mail: Annotated[str, typer.Option(help="Mail address.")] = "",
    phone: Annotated[str, typer.Option(help="Telephone number.")] = "",
    language: Annotated[str, typer.Option(help="en or zh; empty: as their browser asks.")] = "",
    time_zone: Annotated[str, typer.Option(help="As Asia/Shanghai; empty: their browser's.")] = "",
    data: Data = None,
    json: Json = False,
) -> None:
    """Enter a person; they set their password by the link that is printed, once, within a day."""
    from api.identity.credentials import make_link
    from api.identity.people import NewPerson, PersonReach, add_person

    around = surroundings(data)
    new = NewPerson(
        sign_in=sign_in,
        name=name,
        reach=PersonReach(language=language, time_zone=time_zone, mail=mail, phone=phone),
        roles=tuple(role_at(one) for one in role or ()),
        teams=tuple(team or ()),
    )
    with around.database(actor=who()) as database:
        person = add_person(database, new, actor=who(), clock=around.clock)
        link = make_link(database, person.sign_in, actor=who(), clock=around.clock)
    _say_link(around, person.sign_in, link, as_json=json)


@person_app.command(epilog="Example: assetloop person link li.wei")
def link(sign_in: SignIn = "admin", data: Data = None, json: Json = False) -> None:
    """Print a link with which a person sets a password, once, within a day; earlier ones end."""
    from api.identity.credentials import make_link
    from api.identity.first_people import FIRST_SIGN_IN, first_link

    around = surroundings(data)
    with around.database(actor=who()) as database:
        made = first_link(database, clock=around.clock) if sign_in == FIRST_SIGN_IN else None
        made = made or make_link(database, sign_in, actor=who(), clock=around.clock)
    _say_link(around, sign_in, made, as_json=json)


def _say_link(around: Any, sign_in: str, path: str, *, as_json: bool) -> None:
    from service.runtime.roles import console_url

    address = (console_url(around) or f"http://127.0.0.1:{around.settings.port}").rstrip("/") + path
    answer({"sign_in": sign_in, "link": address}, as_json=as_json, line=lambda: address)


@person_app.command("list", epilog="Example: assetloop person list --json")
def list_people(data: Data = None, json: Json = False) -> None:
    """List everybody, also who is disabled."""
    from storage.identity import people

    with surroundings(data).database() as database, database.transaction() as tx:
        found = people.everybody(tx)
    answer(
        {
            "people": [
                {
                    "sign_in": one.sign_in,
                    "name": one.name,
                    "roles": _roles(one.roles),
                    "teams": sorted(one.teams),
                    "disabled": one.disabled_at is not None,
                }
                for one in found
            ]
        },
        as_json=json,
        line=lambda: table(
            ("SIGN-IN", "NAME", "ROLES", "STATE"),
            [
                (
                    one.sign_in,
                    one.name,
                    ", ".join(_roles(one.roles)) or "none",
                    "disabled" if one.disabled_at else "demo" if one.is_demo else "",
                )
                for one in found
            ],
        ),
    )


def _roles(roles: dict[str, frozenset[PlantRole]]) -> list[str]:
    return [
        role.value if site == EVERY_SITE else f"{role.value}@{site}"
        for site, held in sorted(roles.items())
        for role in sorted(held)
    ]


@person_app.command(epilog="Example: assetloop person reach li.wei --mail li.wei@example.com --time-zone Asia/Shanghai")
def reach(
    sign_in: SignIn,
    mail: Annotated[str | None, typer.Option(help="Mail address; a forgotten password is reset by it.")] = None,
    phone: Annotated[str | None, typer.Option(help="Telephone number.")] = None,
    language: Annotated[str | None, typer.Option(help="en or zh; empty: as their browser asks.")] = None,
    time_zone: Annotated[str | None, typer.Option(help="As Asia/Shanghai; empty: their browser's.")] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Change how a person is spoken to and reached; what is not named stays."""
    from api.identity.people import PersonReach, change_reach, known

    around = surroundings(data)
    given = {"mail": mail, "phone": phone, "language": language, "time_zone": time_zone}
    with around.database(actor=who()) as database:
        with database.transaction() as tx:
            now = known(tx, sign_in)
        wanted = {name: getattr(now, name) if value is None else value for name, value in given.items()}
        person = change_reach(database, sign_in, PersonReach(**wanted), actor=who(), clock=around.clock)
    shown = {name: getattr(person, name) for name in given}
    answer(
        {"sign_in": person.sign_in, **shown},
        as_json=json,
        line=lambda: ", ".join(value for value in shown.values() if value) or "by no way",
    )


@person_app.command(epilog="Example: assetloop person disable li.wei")
def disable(sign_in: SignIn, data: Data = None, json: Json = False) -> None:
    """Let a person in no more, at once; what they did keeps their name."""
    from api.identity.people import disable_person

    around = surroundings(data)
    with around.database(actor=who()) as database:
        person = disable_person(database, sign_in, actor=who(), clock=around.clock)
    answer({"disabled": person.sign_in}, as_json=json, line=lambda: f"{person.name} is let in no more")


@person_app.command(epilog="Example: assetloop person enable li.wei")
def enable(sign_in: SignIn, data: Data = None, json: Json = False) -> None:
    """Let a disabled person in again."""
    from api.identity.people import enable_person

    around = surroundings(data)
    with around.database(actor=who()) as database:
        person = enable_person(database, sign_in, actor=who(), clock=around.clock)
    answer({"enabled": person.sign_in}, as_json=json, line=lambda: f"{person.name} is let in again")


@person_app.command(epilog="Example: assetloop person grant li.wei supervisor@north")
def grant(sign_in: SignIn, role: RoleAt, data: Data = None, json: Json = False) -> None:
    """Give a person a role."""
    from api.identity.people import grant_role

    around = surroundings(data)
    with around.database(actor=who()) as database:
        person = grant_role(database, sign_in, *role_at(role), actor=who(), clock=around.clock)
    answer({"roles": _roles(person.roles)}, as_json=json, line=lambda: ", ".join(_roles(person.roles)))


@person_app.command(epilog="Example: assetloop person withdraw li.wei supervisor@north")
def withdraw(sign_in: SignIn, role: RoleAt, data: Data = None, json: Json = False) -> None:
    """Take a role of a person."""
    from api.identity.people import withdraw_role

    around = surroundings(data)
    with around.database(actor=who()) as database:
        person = withdraw_role(database, sign_in, *role_at(role), actor=who(), clock=around.clock)
    answer({"roles": _roles(person.roles)}, as_json=json, line=lambda: ", ".join(_roles(person.roles)) or "no role")


@person_app.command(epilog="Example: assetloop person team engineering --name 'Engineering' --member jonas --answers")
def team(
    tag: Annotated[str, typer.Argument(help="Tag of the team.")],
    name: Annotated[str | None, typer.Option(help="Its name, for people.")] = None,
    name_zh: Annotated[str, typer.Option(help="Its name in Chinese.")] = "",
    answers: Annotated[bool, typer.Option("--answers", help="It may answer for engineering.")] = False,
    member: Annotated[list[str] | None, typer.Option(help="Who is of it; may be given again.")] = None,
    on_call: Annotated[list[str] | None, typer.Option(help="Who is of it and on call; may be given again.")] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Make a team, or change it, and let people be of it."""
    from api.identity.ledger_entries import enter
    from api.identity.people import known
    from storage.identity import people

    around, actor = surroundings(data), who()
    with around.database(actor=who()) as database, database.transaction() as tx:
        people.put_team(tx, tag=tag, name=name or tag, name_zh=name_zh, answers_for_engineering=answers)
        enter(tx, "team.put", actor, tag, around.clock)
        for sign_in in {*(member or ()), *(on_call or ())}:
            person = known(tx, sign_in)
            people.join_team(tx, person.person_id, tag, on_call=sign_in in (on_call or ()))
            enter(tx, "team.joined", actor, person.sign_in, around.clock, team=tag)
        found = next(one for one in people.teams(tx) if one.tag == tag)
    answer(found, as_json=json, line=lambda: f"{found.name}: {', '.join(found.members) or 'nobody yet'}")


@person_app.command(epilog="Example: assetloop person rights")
def rights() -> None:
    """Print the one table: which route wants which right, and which roles have it."""
    from api.identity.route_rights import as_table

    print(as_table())
