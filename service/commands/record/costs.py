"""`assetloop project costs` and `punches`: what a project costs as tables, and what is wanting as BCF, in and out."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer

from plant.escaped import escaped
from service.commands.common import Data, Json, answer, bytes_of, surroundings, table, write_file
from service.commands.record.project_gates import project_app
from service.commands.record.projects import File, Project
from service.commands.who import who

__all__ = ["project_app"]
costs_app = typer.Typer(help="Budget, orders, costs, payments and labour.", no_args_is_help=True)
project_app.add_typer(costs_app, name="costs")
punches_app = typer.Typer(help="Punches as BCF, for a BIM tool.", no_args_is_help=True)
project_app.add_typer(punches_app, name="punches")


@costs_app.command("import", epilog="Example: assetloop project costs import cw-2026 costs.csv --dry-run")
def import_table(
    project: Project,
    file: File,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count what would change, and write nothing.")] = False,
    data: Data = None,
    json: Json = False,
) -> None:
    """Take a table over: kind,key,day,code,amount,text or person,trade,month,days. Safe to repeat."""
    from lifecycle.costs.cost_centre import import_costs

    around, actor = surroundings(data), who()
    with around.database(actor=actor) as database:
        done = import_costs(
            database, project, file.name, bytes_of(file), actor=actor, clock=around.clock, is_trial=dry_run
        )
    answer(dict(done), as_json=json, line=lambda: ", ".join(f"{how} {count}" for how, count in done.items()))


@costs_app.command("export", epilog="Example: assetloop project costs export cw-2026 -o costs.csv")
def export_table(
    project: Project,
    labour: Annotated[bool, typer.Option("--labour", help="Days of labour instead of costs.")] = False,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="File to write it to.")] = None,
    data: Data = None,
) -> None:
    """Write costs or labour as the table that `import` reads to no difference."""
    from lifecycle.costs.cost_centre import cost_centre
    from lifecycle.costs.cost_table import write_costs, write_labour

    with surroundings(data).database() as database:
        found = cost_centre(database, project)
    text = write_labour(found.labour) if labour else write_costs(found.costs)
    if output is None:
        print(escaped(text.replace("\r\n", "\n").rstrip("\n"), keeps_lines=True))
        return
    write_file(output, text.encode("utf-8-sig"))
    print(output)


@costs_app.command("show", epilog="Example: assetloop project costs show cw-2026 --json")
def show_costs(project: Project, data: Data = None, json: Json = False) -> None:
    """Show what was planned, ordered, incurred and paid, by code."""
    from api.schemas.lifecycle.costs import CostCentreShape
    from lifecycle.costs.cost_centre import cost_centre

    with surroundings(data).database() as database:
        found = cost_centre(database, project)

    def line(name: str, *amounts: Decimal) -> tuple[str, ...]:
        return (name, *(f"{amount:,.2f}" for amount in amounts))

    rows = [line(one.code or "–", one.budget, one.committed, one.actual, one.paid, one.left) for one in found.codes]
    total = found.total
    rows.append(line("total", total.budget, total.committed, total.actual, total.paid, total.left))
    head = ("CODE", "BUDGET", "COMMITTED", "ACTUAL", "PAID", f"LEFT {found.currency}".rstrip())
    answer(CostCentreShape.of(found).model_dump(mode="json"), as_json=json, line=lambda: table(head, rows))


@punches_app.command("export", epilog="Example: assetloop project punches export cw-2026 -o punches.bcf")
def export_bcf(
    project: Project,
    output: Annotated[Path, typer.Option("-o", "--output", help="File to write it to.")],
    data: Data = None,
    json: Json = False,
) -> None:
    """Write the punches as a BCF 2.1 file, each a topic with its asset's ids in building models."""
    from lifecycle.handover.punch_exchange import export_punches

    with surroundings(data).database() as database, database.transaction() as tx:
        file = export_punches(tx, project)
    write_file(output, file)
    answer({"file": str(output), "bytes": len(file)}, as_json=json, line=lambda: f"{output}: {len(file):,} bytes")


@punches_app.command("import", epilog="Example: assetloop project punches import cw-2026 back.bcf")
def import_bcf(project: Project, file: File, data: Data = None, json: Json = False) -> None:
    """Read the status of punches back from a BCF file; it is shown, and closes nothing."""
    from lifecycle.handover.punch_exchange import take_punches_back

    around, actor = surroundings(data), who()
    with around.database(actor=actor) as database:
        said = take_punches_back(
            database, project, bytes_of(file), file_name=file.name, actor=actor, clock=around.clock
        )
    rows = [(str(number), status) for number, status in sorted(said.items())]
    answer(
        {"punches": [{"punch": number, "status": status} for number, status in said.items()]},
        as_json=json,
        line=lambda: table(("PUNCH", "STATUS THERE"), rows),
    )
