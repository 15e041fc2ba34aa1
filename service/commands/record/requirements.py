"""`assetloop project requirements`: keep what a project asks for, see what assets lack, and exchange it as IDS."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated

import typer

from plant.errors import NotFound
from service.commands.common import Data, Json, answer, bytes_of, surroundings, table, write_file
from service.commands.who import who

requirements_app = typer.Typer(help="What a project must be handed over with.", no_args_is_help=True)
Project = Annotated[str, typer.Argument(help="Tag of the project.", metavar="PROJECT")]


@requirements_app.command(epilog="Example: assetloop project requirements keep cw-2026 requirements.toml")
def keep(
    project: Project,
    file: Annotated[Path, typer.Argument(help="A requirements file in TOML, or an IDS 1.0 file.", metavar="FILE")],
    asset_class: Annotated[
        list[str] | None,
        typer.Option("--class", help="In an IDS file: what it applies to is this class, as IFCPUMP=pump; again."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and write nothing.")] = False,
    data: Data = None,
    json: Json = False,
) -> None:
    """Keep what a project asks for as its next version; both sides sign it on the project's page."""
    from lifecycle.requirements.agreeing import take_requirements
    from lifecycle.requirements.taking import read_requirements_file

    requirements = read_requirements_file(bytes_of(file), str(file), asset_class or [])
    around, actor = surroundings(data), who()
    with around.database(actor=actor) as database:
        taken = take_requirements(database, project, requirements, actor=actor, clock=around.clock, is_trial=dry_run)
    rows = [(one.change, one.asset_class, one.kind, one.what) for one in taken.changes]
    said = "nothing is kept yet" if taken.version is None else f"version {taken.version}, to be signed by both sides"
    changed = table(("CHANGE", "CLASS", "KIND", "WHAT"), rows) if rows else "nothing changes"
    answer(
        {
            "version": taken.version,
            "changes": [dataclasses.asdict(one) for one in taken.changes],
            "notes": list(taken.notes),
        },
        as_json=json,
        line=lambda: "\n".join([said, changed, *taken.notes]),
    )


@requirements_app.command(epilog="Example: assetloop project requirements check cw-2026 --json")
def check(project: Project, data: Data = None, json: Json = False) -> None:
    """Say what each asset lacks of what was agreed, or, before that, of the newest version."""
    from lifecycle.requirements.agreeing import look_at_requirements

    with surroundings(data).database() as database:
        view = look_at_requirements(database, project)
    rows = [(one.asset, one.kind, one.what) for one in view.unmet]
    signed = {str(one.version): dict(one.signed) for one in view.versions}
    plain = {
        "project": view.project,
        "counts": view.counts,
        "signed": signed,
        "unmet": [dataclasses.asdict(one) for one in view.unmet],
    }
    answer(plain, as_json=json, line=lambda: table(("ASSET", "LACKS", "WHAT"), rows) if rows else "nothing is lacking")


@requirements_app.command(epilog="Example: assetloop project requirements export cw-2026 -o cw.ids")
def export(
    project: Project,
    out: Annotated[
        Path, typer.Option("-o", "--out", help="A .ids file for the parameters, else TOML.", metavar="FILE")
    ],
    data: Data = None,
    json: Json = False,
) -> None:
    """Write the newest version as TOML, or what it asks of parameters as IDS 1.0."""
    from lifecycle.requirements.agreeing import look_at_requirements
    from lifecycle.requirements.ids import write_ids
    from lifecycle.requirements.requirement import requirements_of_document
    from lifecycle.requirements.writing import as_toml

    with surroundings(data).database() as database:
        view = look_at_requirements(database, project)
    if not view.versions:
        raise NotFound(f"{project} has no requirements")
    requirements = requirements_of_document(view.versions[0].document)
    is_ids = out.suffix.lower() in {".ids", ".xml"}
    body = write_ids(requirements, f"{project}, version {view.versions[0].version}") if is_ids else b""
    write_file(out, body or as_toml(requirements).encode())
    answer({"file": str(out)}, as_json=json, line=lambda: str(out))
