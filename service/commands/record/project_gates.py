"""`assetloop project train`, `spare` and `responsible`: what gates count, and who answers for them."""

from __future__ import annotations

from typing import Annotated

import typer

from service.commands.common import Data, Json, answer, read_amount, surroundings
from service.commands.instants import read_day
from service.commands.record.projects import Project, project_app, read_gate
from service.commands.who import who

__all__ = ["project_app"]


@project_app.command(epilog="Example: assetloop project train cw-2026 pump 'Li Wei' --on 2026-06-01 --by 'Jonas Weber'")
def train(
    project: Project,
    asset_class: Annotated[str, typer.Argument(help="Class of assets that it was about.", metavar="CLASS")],
    person: Annotated[str, typer.Argument(help="Who was trained.")],
    on: Annotated[str, typer.Option(help="On which day, as 2026-06-01.")],
    by: Annotated[str, typer.Option(help="Who taught.")],
    data: Data = None,
) -> None:
    """Record a training that was held; the gate of training counts them."""
    from lifecycle.handover.readiness import TrainingHeld, record_training

    around = surroundings(data)
    held = TrainingHeld(asset_class=asset_class, person=person, held_on=read_day(on), taught_by=by)
    with around.database(actor=who()) as database:
        record_training(database, project, held, actor=who(), clock=around.clock)
    print(f"{person} is trained on {asset_class}")


@project_app.command(epilog="Example: assetloop project spare cw-2026 BRG-6205 2")
def spare(
    project: Project,
    part: Annotated[str, typer.Argument(help="Number of the part.")],
    quantity: Annotated[str, typer.Argument(help="How many must be on stock.")],
    data: Data = None,
    json: Json = False,
) -> None:
    """Say how many of a part must be on stock before the handover; the gate of spares counts them."""
    from lifecycle.handover.readiness import want_spare

    number = read_amount(quantity)
    around = surroundings(data)
    with around.database(actor=who()) as database:
        want_spare(database, project, part, number, actor=who(), clock=around.clock)
    answer({"part": part, "quantity": str(number)}, as_json=json, line=lambda: f"{part}: {number}")


@project_app.command(
    epilog="Example: assetloop project responsible cw-2026 training --delivers Jonas --checks Ana --decides Amara"
)
def responsible(
    project: Project,
    gate: Annotated[str, typer.Argument(help="The gate.")],
    delivers: Annotated[str, typer.Option(help="Who delivers, by name.")],
    checks: Annotated[str, typer.Option(help="Who checks.")],
    decides: Annotated[str, typer.Option(help="Who decides.")],
    data: Data = None,
) -> None:
    """Name who answers for a gate; it is printed there and on the certificate. Rights stay as they are."""
    from lifecycle.handover.readiness import name_duty

    around = surroundings(data)
    with around.database(actor=who()) as database:
        name_duty(
            database,
            project,
            read_gate(gate),
            delivers=delivers,
            checks=checks,
            decides=decides,
            actor=who(),
            clock=around.clock,
        )
    print(f"{gate}: {delivers} delivers, {checks} checks, {decides} decides")
