"""`assetloop order maintenance`: planned maintenance, at the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from service.commands.common import Data, Json, answer, enter_file, surroundings, table
from service.commands.orders.commands import By
from service.commands.orders.spending import order_app
from service.commands.who import who

__all__ = ["order_app"]
maintenance_app = typer.Typer(help="Planned maintenance.", no_args_is_help=True)
order_app.add_typer(maintenance_app, name="maintenance")
PlanId = Annotated[int, typer.Argument(help="Which plan, as `list` numbers them.", metavar="PLAN")]


@maintenance_app.command("import", epilog="Example: assetloop order maintenance import maintenance.toml --json")
def import_plans(
    file: Annotated[Path, typer.Argument(help="A TOML file: site and [[maintenance_plan]] tables.", metavar="FILE")],
    by: By = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Bring maintenance plans in: by the calendar, by running hours or counts, or on a condition."""
    from alerts.preventive.plan_file import import_maintenance_plans, read_maintenance_plans

    around = surroundings(data)
    site, plans = read_maintenance_plans(file)
    actor = who(by)
    with around.database(actor=actor) as database, database.transaction() as tx:
        done = import_maintenance_plans(tx, site, plans, clock=around.clock, by=actor.name)
        counts = {how: done[how] for how in ("added", "changed")}
        enter_file(tx, "maintenance_plans", file, counts, actor=actor, at=around.clock.now(), sites=[site])
    answer(done, as_json=json, line=lambda: ", ".join(f"{how} {count}" for how, count in done.items()))


@maintenance_app.command("list", epilog="Example: assetloop order maintenance list --site north")
def list_plans(
    site: Annotated[str | None, typer.Option(help="Tag of a site.")] = None,
    asset: Annotated[str | None, typer.Option(help="Tag of an asset.")] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """List maintenance plans, when each is due next, and its last order."""
    from api.schemas.work.maintenance import MaintenancePlanShape
    from storage.orders import maintenance_plans

    with surroundings(data).database() as database, database.transaction() as tx:
        found = [MaintenancePlanShape.of(one) for one in maintenance_plans.list_plans(tx, site=site, asset=asset)]
    rows = [
        (
            str(one.plan_id),
            f"{one.site}/{one.asset}",
            one.name,
            "resting" if not one.is_active else f"{one.next_due:%Y-%m-%d %H:%MZ}" if one.next_due else one.kind.value,
            one.last_order or "",
        )
        for one in found
    ]
    answer(
        {"maintenance_plans": [one.model_dump(mode="json") for one in found]},
        as_json=json,
        line=lambda: table(("PLAN", "ASSET", "NAME", "NEXT", "LAST ORDER"), rows) if rows else "there is no plan yet",
    )


@maintenance_app.command("rest", epilog="Example: assetloop order maintenance rest 3")
def rest(plan_id: PlanId, by: By = None, data: Data = None, json: Json = False) -> None:
    """Let a plan make no orders any more."""
    _activate(plan_id, by, data, is_active=False, as_json=json)


@maintenance_app.command("resume", epilog="Example: assetloop order maintenance resume 3")
def resume(plan_id: PlanId, by: By = None, data: Data = None, json: Json = False) -> None:
    """Let a plan that rests go on."""
    _activate(plan_id, by, data, is_active=True, as_json=json)


def _activate(plan_id: int, by: str | None, data: Path | None, *, is_active: bool, as_json: bool) -> None:
    from storage.orders.maintenance_plans import activate_plan

    around = surroundings(data)
    with around.database() as database, database.transaction() as tx:
        activate_plan(tx, plan_id, is_active=is_active, at=around.clock.now(), by=who(by).name)
    said = f"maintenance plan {plan_id} {'goes on' if is_active else 'rests'}"
    answer({"plan_id": plan_id, "is_active": is_active}, as_json=as_json, line=lambda: said)
