"""Who may speak to the broker: a login for each device and gateway, whose password opens its own topics alone."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Annotated

import typer

from plant.errors import Misconfigured, Rejected
from service.commands.common import Data, Json, answer, site_and_tag, surroundings, table

if TYPE_CHECKING:
    from lifecycle.register.broker_accounts import Accounts
    from service.runtime.surroundings import Surroundings


def add(
    name: Annotated[str, typer.Argument(help="The login, which is also the client id: letters, digits, . _ -")],
    asset: Annotated[
        list[str] | None, typer.Option(help="SITE/TAG of an asset it speaks for; as often as needed.")
    ] = None,
    node: Annotated[str | None, typer.Option(help="GROUP/NODE: it is this Sparkplug node.")] = None,
    gateway: Annotated[bool, typer.Option("--gateway", help="It is a ThingsBoard gateway.")] = False,
    topic: Annotated[list[str] | None, typer.Option(help="A topic of the plant's own that it publishes on.")] = None,
    control_room: Annotated[
        list[str] | None, typer.Option(help="A site whose alerts it hears, acknowledges and shelves, for people.")
    ] = None,
    certificate: Annotated[
        bool, typer.Option("--certificate", help="It comes with a certificate in this name, and has no password.")
    ] = False,
    data: Data = None,
    json: Json = False,
) -> None:
    """Let a device or a gateway speak to mosquitto, on its own topics alone. Its password is shown this once."""
    from lifecycle.register.broker_accounts import LoginWish

    wish = LoginWish(
        name=name,
        assets=tuple(site_and_tag(one) for one in asset or ()),
        node=_group_and_node(node) if node else None,
        is_gateway=gateway,
        control_rooms=tuple(control_room or ()),
        topics=tuple(topic or ()),
    )
    rights = wish.rights()
    password = _accounts(surroundings(data)).add(name, rights, has_password=not certificate)
    answer(
        {"login": name, "password": password, "rights": rights},
        as_json=json,
        line=lambda: password or f"{name} may come with its certificate",
    )


def logins(data: Data = None, json: Json = False) -> None:
    """List who may speak to mosquitto, and what each may do."""
    found = _accounts(surroundings(data)).every()
    answer(
        {"logins": [dataclasses.asdict(one) for one in found]},
        as_json=json,
        line=lambda: table(
            ("LOGIN", "BY", "MAY"),
            [
                (one.name, "password" if one.has_password else "certificate", right.removeprefix("topic "))
                for one in found
                for right in one.rights
            ],
        ),
    )


def remove(
    name: Annotated[str, typer.Argument(help="As `assetloop device logins` names it.")],
    data: Data = None,
    json: Json = False,
) -> None:
    """Let a device speak to mosquitto no more; its connection ends."""
    around = surroundings(data)
    gone = _accounts(around).remove(name)
    if not gone.has_password:
        around.end_session(name)
    answer({"removed": name}, as_json=json, line=lambda: f"{name} may do nothing any more")


def _accounts(around: Surroundings) -> Accounts:
    found = around.broker_accounts()
    if found is None:
        raise Misconfigured(
            "ASSETLOOP_BROKER_ACCOUNTS names no folder: the one in which your mosquitto reads the devices' logins"
        )
    return found


def _group_and_node(text: str) -> tuple[str, str]:
    group, _, node = text.partition("/")
    if not group or not node or "/" in node:
        raise Rejected("bad_node", f"{text!r} is not GROUP/NODE")
    return group, node
