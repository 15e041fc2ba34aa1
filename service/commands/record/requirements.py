"""`assetloop project requirements`: keep what a project asks for, see what assets lack, and exchange it as IDS."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from plant.errors import NotFound
from service.commands.common import Data, Json, answer, bytes_of, surroundings, table, write_file
from service.commands.who import who

if TYPE_CHECKING:
    from lifecycle.requirements.requirement import Requirements

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
    data: Data = None,
    json: Json = False,
) -> None:
    """Keep what a project asks for as its next version; both sides sign it on the project's page."""
    from lifecycle.requirements.agreeing import keep_requirements

    requirements = _read(file, asset_class or [])
    around, actor = surroundings(data), who()
    with around.database(actor=actor) as database:
        kept = keep_requirements(database, project, requirements, actor=actor, clock=around.clock)
    answer(
        {"version": kept.version, "sha256": kept.sha256, "notes": list(requirements.notes)},
        as_json=json,
        line=lambda: "\n".join(
            [f"version {kept.version}, to be signed by both sides: {kept.sha256}", *requirements.notes]
        ),
    )


def _read(file: Path, classes: list[str]) -> Requirements:
    from lifecycle.requirements.ids import read_ids
    from lifecycle.requirements.requirement import read_requirements

    body = bytes_of(file)
    if not body.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        return read_requirements(file)
    read, named = read_ids(body), dict(one.partition("=")[::2] for one in classes)
    renamed = tuple(dataclasses.replace(one, class_tag=named.get(one.class_tag, one.class_tag)) for one in read.classes)
    return dataclasses.replace(read, classes=renamed)


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
    from lifecycle.requirements.requirement import as_toml, requirements_of_document

    with surroundings(data).database() as database:
        view = look_at_requirements(database, project)
    if not view.versions:
        raise NotFound(f"{project} has no requirements")
    requirements = requirements_of_document(view.versions[0].document)
    is_ids = out.suffix.lower() in {".ids", ".xml"}
    body = write_ids(requirements, f"{project}, version {view.versions[0].version}") if is_ids else b""
    write_file(out, body or as_toml(requirements).encode())
    answer({"file": str(out)}, as_json=json, line=lambda: str(out))
