"""`assetloop order plans …` and the tasks of orders, at the command line."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated

import typer

from plant.orders.job_plan import Verdict
from service.commands.common import Data, Json, answer, enter_file, surroundings, table
from service.commands.orders.commands import By, Number, order_app
from service.commands.who import who

__all__ = ["order_app"]
plans_app = typer.Typer(help="The job library.", no_args_is_help=True)
order_app.add_typer(plans_app, name="plans")


@plans_app.command("import", epilog="Example: assetloop order plans import plans.toml --json")
def import_plans(
    file: Annotated[Path, typer.Argument(help="A TOML file of [[job_plan]] tables.", metavar="FILE")],
    by: By = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Bring job plans in; what changed becomes the next version, and orders keep the one they were given."""
    from alerts.orders.job_library import import_job_plans
    from lifecycle.register.job_plan_file import read_job_plans

    around = surroundings(data)
    plans = read_job_plans(file)
    actor, now = who(by), around.clock.now()
    with around.database(actor=actor) as database, database.transaction() as tx:
        done = import_job_plans(tx, plans, at=now, by=actor.name)
        counts = {"added": len(done.added), "changed": len(done.changed)}
        enter_file(tx, "job_plans", file, counts, actor=actor, at=now)
    said = f"added {len(done.added)}, changed {len(done.changed)}, left {len(done.left)} job plans"
    look_again = [
        f"{tag}: the version before came from DR-{request}; see that the file has its steps"
        for tag, request in done.replaced.items()
    ]
    answer(done, as_json=json, line=lambda: "\n".join([said, *look_again]))


@plans_app.command("list", epilog="Example: assetloop order plans list --class centrifugal_pump")
def list_plans(
    asset_class: Annotated[str | None, typer.Option("--class", help="Those that a class can be given.")] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """List the newest version of each job plan."""
    from api.schemas.work.tasks import JobPlanShape
    from storage.orders.job_plans import list_job_plans

    with surroundings(data).database() as database, database.transaction() as tx:
        found = list_job_plans(tx, asset_class)
    rows = [(one.tag, one.version, one.class_tag or "every", f"{one.hours} h", one.name) for one in found]
    answer(
        {"job_plans": [JobPlanShape.model_validate(one).model_dump(mode="json") for one in found]},
        as_json=json,
        line=lambda: table(("PLAN", "VERSION", "CLASS", "HOURS", "NAME"), rows) if rows else "there is no job plan yet",
    )


@order_app.command(epilog="Example: assetloop order plan WO-000017 bearing")
def plan(
    number: Number,
    tag: Annotated[str, typer.Argument(help="Tag of the job plan.", metavar="PLAN")],
    version: Annotated[int | None, typer.Option(help="Which version.", show_default="the newest", min=1)] = None,
    by: By = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Let an order follow a job plan: its steps become tasks."""
    from alerts.orders.checklist import plan_order

    around = surroundings(data)
    with around.database() as database:
        order = plan_order(database, number, tag, version=version, actor=who(by), clock=around.clock)
    result = {"order": order.number, "job_plan": order.job_plan, "version": order.job_plan_version}
    answer(result, as_json=json, line=lambda: f"{order.number} follows {order.job_plan} v{order.job_plan_version}")


@order_app.command(epilog="Example: assetloop order tasks WO-000017 --json")
def tasks(number: Number, data: Data = None, json: Json = False) -> None:
    """List the tasks of an order with their answers."""
    from storage.orders.tasks import tasks_of
    from storage.work import orders

    with surroundings(data).database() as database, database.transaction() as tx:
        found = tasks_of(tx, orders.get_order(tx, number).order_id)
    rows = [(one.position, one.answer.verdict.value if one.answer else "open", one.step.text) for one in found]
    answer(
        {"tasks": [dataclasses.asdict(one) for one in found]},
        as_json=json,
        line=lambda: table(("TASK", "ANSWER", "TEXT"), rows) if rows else f"{number} has no tasks",
    )


@order_app.command("answer", epilog="Example: assetloop order answer WO-000017 3 --reading 7.1")
def answer_one(
    number: Number,
    position: Annotated[int, typer.Argument(help="Which task.", metavar="TASK")],
    verdict: Annotated[Verdict | None, typer.Option(help="What was found.")] = None,
    reading: Annotated[float | None, typer.Option(help="What was read, where the task asks for it.")] = None,
    note: Annotated[str, typer.Option(help="What else there is to say; who skips a task says why.")] = "",
    by: By = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Say what was found at a task."""
    from alerts.orders.checklist import answer_task

    around = surroundings(data)
    with around.database() as database:
        order = answer_task(
            database,
            number,
            position,
            verdict=verdict,
            reading=reading,
            note=note,
            actor=who(by),
            clock=around.clock,
        )
    result = {"order": order.number, "task": position, "revision": order.revision}
    answer(result, as_json=json, line=lambda: f"task {position} of {order.number} is answered")
