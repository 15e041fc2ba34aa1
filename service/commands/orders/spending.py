"""What an order costs, at the command line: stores, parts from stock, labour, downtime."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from service.commands.common import Data, Json, answer, enter_file, read_amount, surroundings, table
from service.commands.instants import read_day
from service.commands.orders.commands import By, Number
from service.commands.orders.library import order_app
from service.commands.who import who
from service.runtime.counted import counted

__all__ = ["order_app"]
parts_app = typer.Typer(help="Parts in stock.", no_args_is_help=True)
order_app.add_typer(parts_app, name="parts")
PartNumber = Annotated[str, typer.Argument(help="Number of the part.", metavar="PART")]
Quantity = Annotated[str, typer.Argument(help="How much, as 2 or 0.5.", metavar="QUANTITY")]
Note = Annotated[str, typer.Option(help="What else there is to say.")]


@parts_app.command("import", epilog="Example: assetloop order parts import stores.toml --json")
def import_parts(
    file: Annotated[Path, typer.Argument(help="A stores file: site, currency, [[trade]], [[part]].", metavar="FILE")],
    data: Data = None,
    json: Json = False,
) -> None:
    """Bring in a site's currency, its trades with what an hour costs, and its parts; stock is left as it is."""
    from lifecycle.register.stores_file import import_stores, read_stores

    stores, around, actor = read_stores(file), surroundings(data), who()
    with around.database(actor=actor) as database, database.transaction() as tx:
        done = import_stores(tx, stores)
        counts = {how: sum(done[how].values()) for how in ("added", "changed")}
        enter_file(tx, "stores", file, counts, actor=actor, at=around.clock.now(), sites=[stores.site])
    said = "; ".join(
        f"{how} {', '.join(counted(n, what) for what, n in one.items()) or 'nothing'}" for how, one in done.items()
    )
    answer(done, as_json=json, line=lambda: said)


@parts_app.command("list", epilog="Example: assetloop order parts list --site north")
def list_stock(
    site: Annotated[str | None, typer.Option(help="Tag of a site.")] = None, data: Data = None, json: Json = False
) -> None:
    """List parts with their stock and their price."""
    from api.schemas.work.spending import PartShape
    from storage.orders.stock import list_parts

    with surroundings(data).database() as database, database.transaction() as tx:
        found = list_parts(tx, site)
    rows = [
        (one.number, one.name, f"{one.free:f}", f"{one.on_hand:f}", one.unit, str(one.price or "no price"))
        for one in found
    ]
    answer(
        {"parts": [PartShape.of(one).model_dump(mode="json") for one in found]},
        as_json=json,
        line=lambda: (
            table(("PART", "NAME", "FREE", "ON HAND", "UNIT", "PRICE"), rows) if rows else "there are no parts yet"
        ),
    )


@parts_app.command("receive", epilog="Example: assetloop order parts receive north 6205 10 --price 12.50")
def receive(
    site: Annotated[str, typer.Argument(help="Tag of the site.")],
    part: PartNumber,
    quantity: Quantity,
    price: Annotated[str | None, typer.Option(help="Of one unit, from now on.", show_default="as it was")] = None,
    note: Note = "",
    by: By = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Put parts into stock."""
    from alerts.orders.stock import receive_part
    from api.schemas.work.spending import PartShape

    around = surroundings(data)
    actor = who(by)
    with around.database() as database:
        found = receive_part(
            database,
            site,
            part,
            read_amount(quantity),
            price=None if price is None else read_amount(price),
            actor=actor,
            clock=around.clock,
            note=note,
        )
    said = f"{found.on_hand:f} of {found.number} are on hand"
    answer(PartShape.of(found).model_dump(mode="json"), as_json=json, line=lambda: said)


@parts_app.command("reserve", epilog="Example: assetloop order parts reserve WO-000017 6205 2")
def reserve(
    number: Number, part: PartNumber, quantity: Quantity, by: By = None, data: Data = None, json: Json = False
) -> None:
    """Reserve parts for an order."""
    from alerts.orders.stock import reserve_part

    around = surroundings(data)
    with around.database() as database:
        order = reserve_part(database, number, part, read_amount(quantity), actor=who(by), clock=around.clock)
    _said(order, f"{quantity} of {part} are reserved for {order.number}", as_json=json)


@parts_app.command("issue", epilog="Example: assetloop order parts issue WO-000017 6205 2")
def issue(
    number: Number,
    part: PartNumber,
    quantity: Quantity,
    without_price: Annotated[bool, typer.Option("--without-price", help="Although nobody has said its price.")] = False,
    note: Note = "",
    by: By = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Take parts out of stock for an order, and book them at their price."""
    from alerts.orders.stock import issue_part

    around = surroundings(data)
    with around.database() as database:
        order = issue_part(
            database,
            number,
            part,
            read_amount(quantity),
            without_price=without_price,
            actor=who(by),
            clock=around.clock,
            note=note,
        )
    _said(order, f"{quantity} of {part} went to {order.number}", as_json=json)


@order_app.command(epilog="Example: assetloop order labour WO-000017 li.wei mechanic 2026-03-04 3.5")
def labour(
    number: Number,
    person: Annotated[str, typer.Argument(help="Who worked, as they sign in.")],
    trade: Annotated[str, typer.Argument(help="Tag of their trade.")],
    day: Annotated[str, typer.Argument(help="On which day, as 2026-03-04.")],
    hours: Annotated[str, typer.Argument(help="How long, as 3.5.")],
    note: Note = "",
    by: By = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Book the hours of a person on a day."""
    from alerts.orders.bookings import book_labour
    from plant.orders.spending import Labour

    around = surroundings(data)
    worked = Labour(person=person, trade=trade, day=read_day(day), hours=read_amount(hours), note=note)
    with around.database() as database:
        order = book_labour(database, number, worked, actor=who(by), clock=around.clock)
    _said(order, f"{hours} h of {person} are booked on {order.number}", as_json=json)


@order_app.command(epilog="Example: assetloop order downtime WO-000017 --from 2026-03-04T06:00Z --reason 'seal leaks'")
def downtime(
    number: Number,
    reason: Annotated[str, typer.Option(help="Why it stood.")],
    since: Annotated[str, typer.Option("--from", help="From when: ISO 8601.")],
    until: Annotated[str | None, typer.Option("--to", help="Until when.", show_default="it still stands")] = None,
    planned: Annotated[bool, typer.Option("--planned", help="It was meant to stand.")] = False,
    by: By = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Note that the machine of an order stood."""
    from alerts.orders.downtime import note_downtime
    from service.commands.instants import read_instant

    around = surroundings(data)
    with around.database() as database:
        order = note_downtime(
            database,
            number,
            down_from=read_instant(since),
            down_to=read_instant(until) if until else None,
            reason=reason,
            is_planned=planned,
            actor=who(by),
            clock=around.clock,
        )
    _said(order, f"noted at {order.number}", as_json=json)


@order_app.command(epilog="Example: assetloop order cost WO-000017 --json")
def cost(number: Number, data: Data = None, json: Json = False) -> None:
    """Say what was spent on an order, and what of that has no price."""
    from plant.orders.spending import spent_on
    from storage.work import orders

    with surroundings(data).database() as database, database.transaction() as tx:
        spent = spent_on(orders.bookings(tx, orders.get_order(tx, number).order_id))
    costs = [
        {
            "currency": one.currency,
            "parts": str(one.parts),
            "labour": str(one.labour),
            "other": str(one.other),
            "total": str(one.total),
        }
        for one in spent.costs
    ]
    result = {
        "costs": costs,
        "hours": str(spent.hours),
        "unpriced_hours": str(spent.unpriced_hours),
        "unpriced_parts": spent.unpriced_parts,
    }
    rows = [(one["currency"], one["parts"], one["labour"], one["other"], one["total"]) for one in costs]
    unpriced = f"without a price: {spent.unpriced_hours} h, {spent.unpriced_parts} issues of parts"
    head = table(("CURRENCY", "PARTS", "LABOUR", "OTHER", "TOTAL"), rows) if rows else "nothing was booked at a price"
    answer(result, as_json=json, line=lambda: f"{head}\n{spent.hours} h; {unpriced}")


def _said(order: Any, line: str, *, as_json: bool) -> None:
    answer({"order": order.number, "revision": order.revision}, as_json=as_json, line=lambda: line)
