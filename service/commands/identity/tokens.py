"""`assetloop token`: with which programs ask the API, in a person's name or a machine's."""

from __future__ import annotations

import dataclasses
from typing import Annotated

import typer

from plant.errors import Misconfigured
from plant.people.rights import PlantRole, Right
from service.commands.common import Data, Json, answer, surroundings, table
from service.commands.who import who

token_app = typer.Typer(help="Tokens with which programs ask the API.", no_args_is_help=True)


@token_app.command(epilog="Example: assetloop token issue 'nightly report' --person li.wei --scope see --days 30")
def issue(
    name: Annotated[str, typer.Argument(help="What it is for.")],
    person: Annotated[str | None, typer.Option(help="In whose name it acts, as they sign in.")] = None,
    role: Annotated[PlantRole | None, typer.Option(help="Of a machine: the role that it has.")] = None,
    scope: Annotated[list[Right] | None, typer.Option(help="Narrow it to a right; may be given again.")] = None,
    site: Annotated[list[str] | None, typer.Option(help="Narrow it to a site; may be given again.")] = None,
    days: Annotated[int, typer.Option(help="After so many days it opens nothing.", min=1, max=366)] = 90,
    data: Data = None,
    json: Json = False,
) -> None:
    """Issue a token. It is shown this once: what is kept of it cannot be turned back."""
    from api.identity.tokens import TokenWanted, issue_token

    if (person is None) == (role is None):
        raise Misconfigured("say whose it is: --person SIGN-IN, or --role ROLE for a machine")
    around = surroundings(data)
    wanted = TokenWanted(
        name=name,
        sign_in=person,
        role=role,
        scopes=tuple(scope) if scope else None,
        sites=tuple(site) if site else None,
        days=days,
    )
    with around.database(actor=who()) as database:
        issued = issue_token(database, wanted, actor=who(), clock=around.clock)
    answer(issued, as_json=json, line=lambda: issued.token)


@token_app.command("list", epilog="Example: assetloop token list --json")
def list_tokens(data: Data = None, json: Json = False) -> None:
    """List every token, revoked ones too, without its secret."""
    from storage.identity import api_tokens

    around = surroundings(data)
    with around.database() as database, database.transaction() as tx:
        found = api_tokens.every(tx)
    now = around.clock.now()
    answer(
        {"tokens": [dataclasses.asdict(one) for one in found]},
        as_json=json,
        line=lambda: table(
            ("TOKEN", "OF", "NAME", "RIGHTS", "SITES", "USED", "STATE"),
            [
                (
                    one.token_id,
                    one.sign_in or f"machine, {one.role}",
                    one.name,
                    ", ".join(one.scopes) if one.scopes else "all of its role's",
                    ", ".join(one.sites) if one.sites else "all",
                    f"{one.used_at:%Y-%m-%d %H:%MZ}" if one.used_at else "never",
                    "revoked" if one.revoked_at else "expired" if one.expires_at <= now else "valid",
                )
                for one in found
            ],
        ),
    )


@token_app.command(epilog="Example: assetloop token revoke 3f9c0a1b2d4e")
def revoke(
    token_id: Annotated[str, typer.Argument(help="As `assetloop token list` names it.")],
    data: Data = None,
    json: Json = False,
) -> None:
    """Let a token open nothing any more, at once."""
    from api.identity.tokens import revoke_token

    around = surroundings(data)
    with around.database(actor=who()) as database:
        revoke_token(database, token_id, actor=who(), clock=around.clock)
    answer({"revoked": token_id}, as_json=json, line=lambda: f"{token_id} opens nothing any more")
