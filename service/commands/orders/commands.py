"""`assetloop order`: list work orders, show one, move it, change it, give it to somebody, say something about it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from plant.errors import Misconfigured
from plant.orders.rules import WorkType
from plant.work_order import OrderState, Step, WorkOrder, states_called
from service.commands.common import Data, Json, answer, surroundings, table
from service.commands.who import who

order_app = typer.Typer(help="Work orders: list, show, move, change, assign, comment.", no_args_is_help=True)
Number = Annotated[str, typer.Argument(help="Number of the order, as WO-000017.", metavar="NUMBER")]
By = Annotated[
    str | None, typer.Option(help="Who does it; goes into the record.", show_default="the user of this machine")
]
Revision = Annotated[
    int | None, typer.Option(help="The revision that was read; refused where somebody changed it since.", min=1)
]


@order_app.command("list", epilog="Example: assetloop order list --overdue --team mechanics --json")
def list_orders(
    state: Annotated[OrderState | None, typer.Option(help="Only those in this state.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Also those that have ended.")] = False,
    warranty: Annotated[bool, typer.Option("--warranty", help="Only failures within a warranty.")] = False,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only those that should have been done by now.")] = False,
    site: Annotated[str | None, typer.Option(help="Tag of a site.")] = None,
    team: Annotated[str | None, typer.Option(help="Tag of a team.")] = None,
    assignee: Annotated[str | None, typer.Option(help="Who is to do it, as they sign in.")] = None,
    work_type: Annotated[WorkType | None, typer.Option("--type", help="Only work of this type.")] = None,
    most: Annotated[int, typer.Option(help="At most so many, the newest first.", min=1, max=1000)] = 200,
    data: Data = None,
    json: Json = False,
) -> None:
    """List work orders, the newest first; those that stand open unless told."""
    from storage.work import orders

    around = surroundings(data)
    now = around.clock.now()
    wanted = orders.OrderFilter(
        states=states_called(state or ("all" if every else "open")),
        site=site,
        team=team,
        assignee=assignee,
        work_type=work_type,
        overdue_at=now if overdue else None,
        in_warranty=warranty,
    )
    with around.database() as database, database.transaction() as tx:
        found = orders.list_orders(tx, wanted, most=most)
    answer({"orders": [_as_json(one) for one in found]}, as_json=json, line=lambda: _table(found, now))


def _table(found: list[WorkOrder], now: datetime) -> str:
    if not found:
        return "there is no such work order"
    rows = [
        (
            one.number,
            f"{one.site}/{one.asset}",
            one.state.value,
            str(one.priority),
            f"{one.requested_finish:%Y-%m-%d %H:%MZ}{' overdue' if one.is_overdue(now) else ''}",
            one.assignee_name or one.team or "",
            one.title,
        )
        for one in found
    ]
    return table(("ORDER", "ASSET", "STATE", "PRIORITY", "REQUESTED FINISH", "WHO", "TITLE"), rows)


@order_app.command(epilog="Example: assetloop order show WO-000017 --json")
def show(number: Number, data: Data = None, json: Json = False) -> None:
    """Show one work order with all that belongs to it."""
    from api.schemas.orders import OrderWithEvents

    around = surroundings(data)
    with around.database() as database, database.transaction() as tx:
        found = OrderWithEvents.read(tx, number)
    answer(found.model_dump(mode="json"), as_json=json, line=lambda: _shown(found))


def _shown(found: Any) -> str:
    lines = [
        f"{found.number}  {found.title}",
        f"{found.site}/{found.asset}  {found.state.value}  priority {found.priority}  revision {found.revision}",
        f"requested finish {found.requested_finish:%Y-%m-%d %H:%MZ}",
        f"who: {found.assignee_name or 'nobody yet'}, team {found.team or 'none yet'}",
    ]
    lines += [f"why: rule {found.why['rule']}"] if found.why.get("rule") else []
    lines += [f"{one.at:%Y-%m-%d %H:%MZ}  {one.by}: {one.said}" for one in found.comments]
    return "\n".join([*lines, f"next: {', '.join(found.steps) or 'nothing more'}"])


@order_app.command(epilog="Example: assetloop order step WO-000017 approve --note 'before Friday'")
def step(
    number: Number,
    take: Annotated[Step, typer.Argument(help="What is to be done with it; it is closed in console and API.")],
    note: Annotated[str, typer.Option(help="Why.")] = "",
    revision: Revision = None,
    by: By = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Move an order by one step of its life."""
    from alerts.orders.commands import take_step

    around = surroundings(data)
    with around.database(actor=who(by)) as database:
        moved = take_step(database, number, take, actor=who(by), clock=around.clock, note=note, revision=revision)
    answer(_as_json(moved), as_json=json, line=lambda: f"{moved.number} is {moved.state.value}")


@order_app.command(epilog="Example: assetloop order assign WO-000017 --team mechanics --person li.wei")
def assign(
    number: Number,
    team: Annotated[str | None, typer.Option(help="Tag of the team.", show_default="none")] = None,
    person: Annotated[str | None, typer.Option(help="As they sign in.", show_default="nobody")] = None,
    revision: Revision = None,
    by: By = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Give an order to a team and a person."""
    from alerts.orders.editing import assign_order

    around = surroundings(data)
    with around.database(actor=who(by)) as database:
        given = assign_order(
            database, number, team=team, person=person, revision=revision, actor=who(by), clock=around.clock
        )
    said = " of ".join(one for one in (given.assignee_name, given.team) if one) or "nobody"
    answer(_as_json(given), as_json=json, line=lambda: f"{given.number} is given to {said}")


@order_app.command(epilog="Example: assetloop order edit WO-000017 --revision 3 --priority 1")
def edit(
    number: Number,
    revision: Annotated[int, typer.Option(help="The revision that was read.", min=1)],
    title: Annotated[str | None, typer.Option(help="In a line.")] = None,
    priority: Annotated[int | None, typer.Option(help="1 is the most urgent.", min=1, max=5)] = None,
    work_type: Annotated[WorkType | None, typer.Option("--type", help="What kind of work.")] = None,
    finish: Annotated[str | None, typer.Option(help="Requested finish: ISO 8601, as 2026-01-31T12:00Z.")] = None,
    by: By = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Change an order's title, priority, type or requested finish; all that belongs to it stays."""
    from alerts.orders.editing import OrderChanges, edit_order
    from service.commands.instants import read_instant

    changes = OrderChanges(
        title=title, priority=priority, work_type=work_type, requested_finish=read_instant(finish) if finish else None
    )
    around = surroundings(data)
    with around.database(actor=who(by)) as database:
        edited = edit_order(database, number, changes, revision=revision, actor=who(by), clock=around.clock)
    answer(_as_json(edited), as_json=json, line=lambda: f"{edited.number} has revision {edited.revision}")


@order_app.command(epilog="Example: assetloop order comment WO-000017 'bearing ordered'")
def comment(
    number: Number,
    said: Annotated[str, typer.Argument(help="What is to be said.")],
    by: By = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Say something about an order; it stays as it is said."""
    from alerts.orders.editing import comment_on_order

    if not said.strip():
        raise Misconfigured("say something: the comment is empty")
    around = surroundings(data)
    with around.database(actor=who(by)) as database:
        order = comment_on_order(database, number, said, actor=who(by), clock=around.clock)
    answer(_as_json(order), as_json=json, line=lambda: f"said about {order.number}")


def _as_json(order: WorkOrder) -> dict[str, Any]:
    from api.schemas.orders import OrderShape

    return OrderShape.model_validate(order).model_dump(mode="json")
