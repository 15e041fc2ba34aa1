"""`assetloop project`: set a project up, take its schedule over, add documents and punches, and see its gates."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from plant.errors import Misconfigured
from service.commands.common import Data, Json, answer, bytes_of, surroundings, table
from service.commands.instants import read_day
from service.commands.record.requirements import requirements_app
from service.commands.who import who
from service.runtime.counted import counted

if TYPE_CHECKING:
    from lifecycle.handover.gates import GateName
    from lifecycle.handover.looking import ProjectView
    from storage.projects.project_work import KeptWork

project_app = typer.Typer(help="Projects: schedule, gates and handover.", no_args_is_help=True)
project_app.add_typer(requirements_app, name="requirements")
Project = Annotated[str, typer.Argument(help="Tag of the project.", metavar="PROJECT")]
File = Annotated[Path, typer.Argument(help="The file.", metavar="FILE")]


@project_app.command(epilog="Example: assetloop project add cw-2026 --site north --name 'Cooling water' --asset P-101")
def add(
    project: Project,
    site: Annotated[str, typer.Option(help="Tag of the site.")],
    name: Annotated[str, typer.Option(help="What it is called.")],
    asset: Annotated[list[str] | None, typer.Option(help="Tag of an asset of it; may be given again.")] = None,
    completion: Annotated[str, typer.Option(help="Key of the milestone of completion; else the last one.")] = "",
    trial_days: Annotated[int, typer.Option(help="How long trial operation lasts.", min=0, max=365)] = 30,
    fresh_hours: Annotated[int, typer.Option(help="For how long telemetry must have come.", min=1, max=720)] = 24,
    document: Annotated[
        list[str] | None, typer.Option(help="Class of VDI 2770 that each asset comes with. Default: 03-02 and 03-04.")
    ] = None,
    team: Annotated[str, typer.Option(help="Team that is told of its assets in commissioning.")] = "engineering",
    keep_running: Annotated[
        bool, typer.Option("--keep-running", help="Its assets run on meanwhile and are not in commissioning.")
    ] = False,
    warranty_months: Annotated[
        int | None, typer.Option(help="How long the makers answer for its assets from the handover on.", min=1, max=600)
    ] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Set a project up; its assets are in commissioning until both sides have signed."""
    from lifecycle.handover.projects import ProjectWanted, add_project

    around = surroundings(data)
    wanted = ProjectWanted(
        tag=project,
        site=site,
        name=name,
        assets=tuple(asset or ()),
        completion_key=completion,
        trial_days=trial_days,
        fresh_hours=fresh_hours,
        required_documents=tuple(document) if document else ("03-02", "03-04"),
        engineering_team=team,
        keep_running=keep_running,
        warranty_months=warranty_months,
    )
    with around.database(actor=who()) as database:
        added = add_project(database, wanted, actor=who(), clock=around.clock)
    answer(
        {"project": added.tag, "assets": added.assets},
        as_json=json,
        line=lambda: f"{added.tag}: {counted(len(added.assets), 'assets')}",
    )


@project_app.command(epilog="Example: assetloop project schedule cw-2026 plan.xml --dry-run")
def schedule(
    project: Project,
    file: File,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would move, and write nothing.")] = False,
    data: Data = None,
    json: Json = False,
) -> None:
    """Take a schedule's milestones over: Microsoft Project's XML, Primavera's XER, or CSV. Safe to repeat."""
    from lifecycle.handover.scheduling import import_schedule

    around = surroundings(data)
    with around.database(actor=who()) as database:
        taken = import_schedule(
            database, project, file.name, bytes_of(file), actor=who(), clock=around.clock, is_trial=dry_run
        )
    lines = [
        (
            one.milestone.key,
            one.milestone.name,
            str(one.milestone.stands or "–"),
            "new" if one.moved_days is None else f"{one.moved_days:+d} d",
        )
        for one in taken.slips
    ]
    lines += [(one.key, one.name, str(one.stands or "–"), "not in the file") for one in taken.gone]
    answer(
        {
            "milestones": [dict(zip(("key", "name", "stands", "moved"), line, strict=True)) for line in lines],
            "work": _work(taken.work),
        },
        as_json=json,
        line=lambda: "\n".join([table(("KEY", "MILESTONE", "STANDS", "MOVED"), lines), *_work_line(taken.work)]),
    )


def _work(work: KeptWork | None) -> dict[str, Any] | None:
    if work is None:
        return None
    names = ("activities", "started", "finished", "hours", "done_percent", "planned_percent")
    return {"status_on": work.status_on.isoformat()} | {name: getattr(work, name) for name in names}


def _work_line(work: KeptWork | None) -> list[str]:
    if work is None:
        return []
    planned = "" if work.planned_percent is None else f", {work.planned_percent:g} % by the plan"
    counts = f"{work.finished} of {work.activities} activities finished, {work.started - work.finished} running"
    return [f"work on {work.status_on}: {work.done_percent:g} % done{planned}; {counts}"]


@project_app.command(epilog="Example: assetloop project document cw-2026 manual.pdf --class 03-02 --title Manual")
def document(
    project: Project,
    file: File,
    vdi_class: Annotated[str, typer.Option("--class", help="Class of VDI 2770, as 03-02.")],
    title: Annotated[str, typer.Option(help="Its title.")],
    version: Annotated[str, typer.Option(help="Which version it is.")] = "1",
    asset: Annotated[str | None, typer.Option(help="Of which asset; else of the whole project.")] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Keep a version of a document by its hash; the file itself stays where it is."""
    from lifecycle.handover.projects import DocumentWanted, add_document

    around = surroundings(data)
    wanted = DocumentWanted(
        file=file.name, body=bytes_of(file), vdi_class=vdi_class, title=title, version=version, asset=asset
    )
    with around.database(actor=who()) as database:
        digest = add_document(database, project, wanted, actor=who(), clock=around.clock)
    answer({"sha256": digest}, as_json=json, line=lambda: f"{title}, version {version}: {digest}")


@project_app.command(epilog="Example: assetloop project punch cw-2026 'guard is missing' --category A --asset P-101")
def punch(
    project: Project,
    text: Annotated[str, typer.Argument(help="What is wanting.")],
    category: Annotated[str, typer.Option(help="A blocks, B may be carried.")] = "B",
    asset: Annotated[str | None, typer.Option(help="At which asset.")] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Write down what is still wanting."""
    from lifecycle.handover.projects import raise_punch

    around = surroundings(data)
    with around.database(actor=who()) as database:
        number = raise_punch(
            database, project, category=category, text=text, asset=asset, actor=who(), clock=around.clock
        )
    answer({"punch": number}, as_json=json, line=lambda: f"punch {number}")


@project_app.command(epilog="Example: assetloop project carry cw-2026 3 2026-09-01")
def carry(
    project: Project,
    number: Annotated[int, typer.Argument(help="Number of the punch.")],
    until: Annotated[str, typer.Argument(help="Until when it is done, as 2026-09-01.")],
    data: Data = None,
) -> None:
    """Let a punch B be done after the handover."""
    from lifecycle.handover.projects import carry_punch

    around = surroundings(data)
    day = read_day(until)
    with around.database(actor=who()) as database:
        carry_punch(database, project, number, day, actor=who(), clock=around.clock)
    print(f"punch {number} is carried until {day}")


@project_app.command("close-punch", epilog="Example: assetloop project close-punch cw-2026 3")
def close_punch(
    project: Project, number: Annotated[int, typer.Argument(help="Number of the punch.")], data: Data = None
) -> None:
    """Say that a punch is done."""
    from lifecycle.handover.projects import close_punch as close

    around = surroundings(data)
    with around.database(actor=who()) as database:
        close(database, project, number, actor=who(), clock=around.clock)
    print(f"punch {number} is done")


@project_app.command("pass", epilog="Example: assetloop project pass cw-2026 completeness")
def pass_(
    project: Project,
    gate: Annotated[str, typer.Argument(help="The gate that is next.")],
    note: Annotated[str, typer.Option(help="What was found.")] = "",
    data: Data = None,
    json: Json = False,
) -> None:
    """Pass the gate that is next; what is signed is signed in the console, by people."""
    from lifecycle.handover.passing import pass_gate

    around = surroundings(data)
    with around.database(actor=who()) as database:
        view = pass_gate(database, project, read_gate(gate), note=note, actor=who(), clock=around.clock)
    _say(view, as_json=json)


def read_gate(gate: str) -> GateName:
    """Read the name of a gate.

    Raises:
        Misconfigured: there is none of that name.
    """
    from lifecycle.handover.gates import GateName

    if gate not in set(GateName):
        raise Misconfigured(f"{gate} is no gate; the gates are {', '.join(GateName)}")
    return GateName(gate)


@project_app.command(epilog="Example: assetloop project show cw-2026 --json")
def show(project: Project, data: Data = None, json: Json = False) -> None:
    """Show a project's gates, when each is due, and what the next one wants."""
    from lifecycle.handover.looking import look

    around = surroundings(data)
    with around.database() as database:
        view = look(database, project, clock=around.clock)
    _say(view, as_json=json)


def _say(view: ProjectView, *, as_json: bool) -> None:
    progress = view.progress
    said = f"{progress.reached} of {progress.total} milestones reached, {progress.due} by the first plan"
    lines = [
        (
            one.gate.value,
            str(one.due or "–"),
            "" if one.working_days is None or one.is_passed else str(one.working_days),
            one.settled.outcome if one.settled else "signed" if one.is_passed else "next" if one.is_next else "",
            "; ".join(lack.line for lack in one.lacks) or (one.settled.note if one.settled else ""),
        )
        for one in view.gates
    ]
    answer(
        {
            "project": view.project.tag,
            "handed_over": view.is_handed_over,
            "progress": {"reached": progress.reached, "due": progress.due, "total": progress.total},
            "work": _work(view.work),
            "manifest_sha256": view.manifest_sha256,
            "gates": [dict(zip(("gate", "due", "working_days", "state", "note"), line, strict=True)) for line in lines],
        },
        as_json=as_json,
        line=lambda: "\n".join(
            [said, *_work_line(view.work), "", table(("GATE", "DUE", "WORKING DAYS", "STATE", "NOTE"), lines)]
        ),
    )


@project_app.command("list", epilog="Example: assetloop project list")
def list_projects(data: Data = None, json: Json = False) -> None:
    """List every project."""
    from storage.projects import projects as rows

    with surroundings(data).database() as database, database.transaction() as tx:
        found = rows.every(tx)
    answer(
        {"projects": [{"project": one.tag, "site": one.site, "name": one.name} for one in found]},
        as_json=json,
        line=lambda: table(("PROJECT", "SITE", "NAME"), [(one.tag, one.site, one.name) for one in found]),
    )
