"""Who may speak to the broker: a login for each device and gateway, whose password opens its own topics alone."""

from __future__ import annotations

import contextlib
import dataclasses
from typing import TYPE_CHECKING, Annotated

import typer

from plant.errors import Misconfigured, Rejected, Unavailable
from service.commands.common import Data, Json, answer, site_and_tag, surroundings, table

if TYPE_CHECKING:
    from service.broker.accounts import Accounts
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
    from service.broker.accounts import (
        asset_rights,
        control_room_rights,
        gateway_rights,
        node_rights,
        topic_rights,
    )

    rights: list[str] = []
    for one in asset or ():
        rights += asset_rights(*site_and_tag(one))
    rights += node_rights(*_group_and_node(node)) if node else ()
    rights += gateway_rights() if gateway else ()
    for site in control_room or ():
        rights += control_room_rights(site)
    for wanted in topic or ():
        rights += topic_rights(wanted)
    if not rights:
        raise Rejected("no_topics", "say what it speaks for: --asset, --node, --gateway, --control-room or --topic")
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
        _cut(around, name)
    answer({"removed": name}, as_json=json, line=lambda: f"{name} may do nothing any more")


def _cut(around: Surroundings, name: str) -> None:
    """End the connection of a client that came by certificate: whoever comes in its name ends it."""
    from ingest.mqtt.connecting import end_session

    with contextlib.suppress(Misconfigured, Unavailable):  # it may do nothing any more in any case
        end_session(around.broker_settings(), name)


def _accounts(around: Surroundings) -> Accounts:
    from service.broker.accounts import Accounts

    settings = around.settings
    if settings.broker_accounts is None:
        raise Misconfigured(
            "ASSETLOOP_BROKER_ACCOUNTS names no folder: the one in which your mosquitto reads the devices' logins"
        )
    return Accounts(settings.broker_accounts, settings.broker_pid_file)


def _group_and_node(text: str) -> tuple[str, str]:
    group, _, node = text.partition("/")
    if not group or not node or "/" in node:
        raise Rejected("bad_node", f"{text!r} is not GROUP/NODE")
    return group, node
