"""`assetloop register import` and `demo`: bring files into the register, or see first what that would change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast, get_args

import typer

from plant.errors import Misconfigured
from service.commands.common import Data, Json, answer, surroundings
from service.commands.who import who

if TYPE_CHECKING:
    from lifecycle.importing.facts import SourceKind


def register_import(
    file: Annotated[Path, typer.Argument(help="A register file in TOML, a tag list, or a workbook or model of it.")],
    kind: Annotated[
        str | None, typer.Option("--as", help="What the file is: plant, tags, cobie, ifc, aasx; found unless given.")
    ] = None,
    site: Annotated[str | None, typer.Option(help="Tag of the site, where the file names none.")] = None,
    asset_class: Annotated[str | None, typer.Option("--class", help="Class of assets that have none there.")] = None,
    mapping: Annotated[Path | None, typer.Option(help="File that keeps what the columns mean.", metavar="FILE")] = None,
    sheet: Annotated[str | None, typer.Option(help="The sheet to read, where a workbook has several.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the difference, and write nothing.")] = False,
    data: Data = None,
    json: Json = False,
) -> None:
    """Bring in sites, classes, assets, signals and more; says what it added, changed and left. Safe to repeat.

    Rows that cannot be taken are named with their mend and stop nothing else; the command then ends with exit code 1.
    """
    from lifecycle.importing.difference import lines_of
    from lifecycle.importing.reading import ReadOptions, read_facts
    from lifecycle.importing.running import import_facts
    from service.runtime.screen import Screen

    options = ReadOptions(kind=_kind(kind), site=site, class_tag=asset_class, mapping=mapping, sheet=sheet)
    around, screen, actor = surroundings(data), Screen(), who()
    facts = read_facts(file, options)
    with around.database(actor=actor) as database, screen.bar(f"taking in {file.name}", "assets") as bar:
        difference = import_facts(database, facts, actor=actor, clock=around.clock, is_trial=dry_run, progress=bar)
    answer(difference, as_json=json, line=lambda: "\n".join(lines_of(difference, file.name)))
    if difference.faults:
        raise typer.Exit(1)


def _kind(name: str | None) -> SourceKind | None:
    from lifecycle.importing.facts import SourceKind

    for kind in get_args(SourceKind):
        if name == kind:
            return cast("SourceKind", kind)
    if name is None:
        return None
    raise Misconfigured(f"{name} is no kind of file; write one of {', '.join(get_args(SourceKind))}")


def register_demo() -> None:
    """Print the demo's register file, to copy and edit."""
    from service.demo import demonstration

    print(demonstration.plant_file().read_text(encoding="utf-8"), end="")
