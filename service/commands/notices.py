"""`assetloop notify`: whether the plans make sense, whether the ways work, what went out and what did not."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Annotated, Any

import typer

from plant.errors import Misconfigured, NotFound
from service.commands.common import Data, Json, answer, surroundings, table
from service.commands.who import who

if TYPE_CHECKING:
    from alerts.dispatch.plans import NoticePlans
    from service.runtime.surroundings import Surroundings

notify_app = typer.Typer(help="Notices: ways out, plans, and what went out.", no_args_is_help=True)
WayName = Annotated[str, typer.Argument(help="Name of the way.", metavar="WAY")]


@notify_app.command(epilog="Example: ASSETLOOP_NOTIFY=notify.toml assetloop notify check")
def check(data: Data = None, json: Json = False) -> None:
    """Read the plans and every secret they name, and say who is on call by their rosters; nothing is sent."""
    from service.runtime.dispatching import plans_of

    around = surroundings(data)
    plans = plans_of(around)
    faults = [*_secret_faults(around, plans)]
    on_call = {plan.name: _on_call(around, plans, plan.name) for plan in plans.plans if plan.roster}
    said = {"ways": sorted(plans.ways), "plans": [plan.name for plan in plans.plans], "on_call": on_call}
    if faults:
        raise Misconfigured("; ".join(faults))

    def line() -> str:
        rows = [(plan.name, len(plan.steps), ", ".join(on_call.get(plan.name, [])) or "-") for plan in plans.plans]
        return table(("PLAN", "STEPS", "ON CALL NOW"), rows)

    answer(said, as_json=json, line=line)


def _secret_faults(around: Surroundings, plans: NoticePlans) -> list[str]:
    """Name each secret that is not there, by its way."""
    from alerts.dispatch.plans import WayKind
    from alerts.dispatch.sending.ways_out import read_secret

    places = {name: way.secret or (way.address if way.kind is WayKind.CHAT else "") for name, way in plans.ways.items()}
    own = {f"{way} of {person}": place for person, ways in plans.chats.items() for way, place in ways.items()}
    faults = []
    for name, place in {**places, **own}.items():
        try:
            if place:
                read_secret(place)
        except Misconfigured as error:
            faults.append(f"way {name}: {error}")
    if any(way.kind is WayKind.MAIL for way in plans.ways.values()) and around.mail_server() is None:
        faults.append("a way of kind mail wants ASSETLOOP_MAIL")
    return faults


def _on_call(around: Surroundings, plans: NoticePlans, name: str) -> list[str]:
    from alerts.dispatch.rosters import who_is_on_call
    from alerts.dispatch.who_is_on_call import Rosters

    (plan,) = (one for one in plans.plans if one.name == name)
    body = Rosters(plans=plans).read(plan.roster)
    return sorted(who_is_on_call(body, around.clock.now(), zone=plan.zone))


@notify_app.command("try", epilog="Example: assetloop notify try cmms")
def try_way(
    way: WayName,
    person: Annotated[str, typer.Option(help="Sign-in of the person, for a way that goes to each.")] = "",
    data: Data = None,
    json: Json = False,
) -> None:
    """Send one message by a way, now, and say what was answered."""
    from alerts.dispatch.trying import try_out
    from service.runtime.dispatching import plans_of, ways_out

    around = surroundings(data)
    plans = plans_of(around)
    if way not in plans.ways:
        raise NotFound(f"there is no way {way}; the ways are {', '.join(sorted(plans.ways))}")
    with contextlib.ExitStack() as stack:
        publisher = None
        if plans.ways[way].kind == "mqtt":
            publisher = stack.enter_context(contextlib.closing(around.order_publisher()))
        mail = ""
        if person:
            from storage.identity import people

            with around.database() as database, database.transaction() as tx:
                found = people.by_sign_in(tx, person)
            mail = found.mail if found else ""
        said = try_out(ways_out(around, plans, publisher), way, person, mail, at=around.clock.now())
    answer({"way": way, "said": said}, as_json=json, line=lambda: f"{way}: {said}")


@notify_app.command("list", epilog="Example: assetloop notify list --state dead")
def list_messages(
    state: Annotated[str | None, typer.Option(help="waiting, sent, dead, superseded or withdrawn.")] = None,
    most: Annotated[int, typer.Option(help="At most so many.", min=1, max=1000)] = 50,
    data: Data = None,
    json: Json = False,
) -> None:
    """List messages, the newest first, and the ways that are closed."""
    from storage.notices import dispatches

    with surroundings(data).database() as database, database.transaction() as tx:
        found = dispatches.list_dispatches(tx, state=state, most=most)
        closed = dispatches.closed_ways(tx)

    def line() -> str:
        rows = [
            (one.dispatch_id, one.state, one.way, one.person or "-", one.attempts, one.title["en"], one.said or "-")
            for one in found
        ]
        shut = [f"the way {one.way} is closed: {one.because}" for one in closed]
        return "\n".join([table(("MESSAGE", "STATE", "WAY", "TO", "TRIES", "WHAT", "ANSWER"), rows), *shut])

    answer(
        {"messages": [_plain(one) for one in found], "closed": [_plain(one) for one in closed]}, as_json=json, line=line
    )


def _plain(one: Any) -> dict[str, Any]:
    import dataclasses

    return dataclasses.asdict(one)


@notify_app.command("again", epilog="Example: assetloop notify again 0b0c6a3e-8b0f-4f0e-9a54-0a5a1d2a9c11")
def again(
    message: Annotated[str, typer.Argument(help="Id of a message that has ended badly.", metavar="MESSAGE")],
    data: Data = None,
    json: Json = False,
) -> None:
    """Send a message again that has ended badly, under the same key."""
    from storage.notices import dispatches

    around = surroundings(data)
    with around.database() as database, database.transaction() as tx:
        dispatches.send_again(tx, message, at=around.clock.now(), by=who().name)
    answer({"message": message}, as_json=json, line=lambda: f"{message} goes out again")


@notify_app.command("open", epilog="Example: assetloop notify open cmms")
def open_way(way: WayName, data: Data = None, json: Json = False) -> None:
    """Let messages go out again by a way whose receiver had said that it wants nothing more."""
    from storage.notices import dispatches

    with surroundings(data).database() as database, database.transaction() as tx:
        dispatches.open_way(tx, way)
    answer({"way": way}, as_json=json, line=lambda: f"{way} is open")
