"""`assetloop register mapping`: what the columns of tag lists mean, saved under names for the next list."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated

import typer

from service.commands.common import Data, Json, answer, show, surroundings, table, write_file
from service.commands.who import who
from service.runtime.counted import counted

mapping_app = typer.Typer(help="Mappings of columns, saved by name for the next tag list.", no_args_is_help=True)
Site = Annotated[str, typer.Argument(help="Tag of the site.", metavar="SITE")]
Name = Annotated[str, typer.Argument(help="What the mapping is called.", metavar="NAME")]


@mapping_app.command("list", epilog="Example: assetloop register mapping list --site north")
def list_saved(
    site: Annotated[str | None, typer.Option(help="Only those of this site.")] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """List the mappings that are saved, with the heads under which tags stand."""
    from lifecycle.importing.column_mappings import list_mappings
    from lifecycle.importing.tables.mapping_file import tag_heads

    with surroundings(data).database(actor=who()) as database, database.transaction() as tx:
        found = list_mappings(tx, site)
    rows = [
        (
            one.site,
            one.name,
            ", ".join(sorted(tag_heads(one.mapping))),
            len(one.mapping.columns),
            one.saved_by,
            f"{one.saved_at:%Y-%m-%d %H:%M}",
        )
        for one in found
    ]
    plain = {"mappings": [dataclasses.asdict(one) for one in found]}
    heads = ("SITE", "NAME", "TAGS UNDER", "COLUMNS", "BY", "SAVED")
    answer(plain, as_json=json, line=lambda: table(heads, rows) if rows else "none is saved")


@mapping_app.command("show", epilog="Example: assetloop register mapping show north 'Pumpen AG' -o pumpen.toml")
def show_saved(
    site: Site,
    name: Name,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="The file to write.", metavar="FILE")] = None,
    data: Data = None,
) -> None:
    """Print a mapping as TOML, to edit and to save again."""
    from lifecycle.importing.column_mappings import get_mapping
    from lifecycle.importing.tables.mapping_file import as_toml

    with surroundings(data).database(actor=who()) as database, database.transaction() as tx:
        text = as_toml(get_mapping(tx, site, name).mapping)
    if out is None:
        show(text.rstrip())
    else:
        write_file(out, text.encode())


@mapping_app.command("save", epilog="Example: assetloop register mapping save north 'Pumpen AG' pumpen.toml")
def save_file(
    site: Site,
    name: Name,
    file: Annotated[Path, typer.Argument(help="The mapping in TOML, as `import --mapping FILE` writes it.")],
    replace: Annotated[bool, typer.Option("--replace", help="Take the place of what has that name.")] = False,
    data: Data = None,
    json: Json = False,
) -> None:
    """Save a mapping under a name."""
    from lifecycle.importing.column_mappings import save_mapping
    from lifecycle.importing.tables.mapping_file import read_mapping

    mapping, around, actor = read_mapping(file), surroundings(data), who()
    with around.database(actor=actor) as database, database.transaction() as tx:
        saved = save_mapping(tx, site, name, mapping, actor=actor, clock=around.clock, replaces=replace)
    answer(saved, as_json=json, line=lambda: f"{site}: saved {saved.name}, {counted(len(mapping.columns), 'columns')}")


@mapping_app.command("delete", epilog="Example: assetloop register mapping delete north 'Pumpen AG'")
def delete_saved(site: Site, name: Name, data: Data = None, json: Json = False) -> None:
    """Forget a mapping; imports that were tried with it keep what it said."""
    from lifecycle.importing.column_mappings import drop_mapping

    actor = who()
    with surroundings(data).database(actor=actor) as database, database.transaction() as tx:
        drop_mapping(tx, site, name, actor=actor)
    answer({"site": site, "deleted": name}, as_json=json, line=lambda: f"{site}: {name} is forgotten")
