"""`assetloop register import`, `export`, `show` and `compare`: files into the register and out, and its history."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast, get_args

import typer

from plant.errors import Misconfigured
from service.commands.common import Data, Json, Tongue, answer, read_language, say, surroundings, table
from service.commands.instants import read_day
from service.commands.who import who
from service.runtime.counted import counted

if TYPE_CHECKING:
    from lifecycle.importing.facts import SourceKind
    from lifecycle.importing.tables.mapping_file import ColumnMapping
    from plant.people.principal import Principal
    from service.runtime.surroundings import Surroundings

Site = Annotated[str, typer.Argument(help="Tag of the site.", metavar="SITE")]


def register_import(
    file: Annotated[Path, typer.Argument(help="A register file in TOML, a tag list, or a workbook or model of it.")],
    kind: Annotated[
        str | None, typer.Option("--as", help="What the file is: plant, tags, cobie, ifc, aasx; found unless given.")
    ] = None,
    site: Annotated[str | None, typer.Option(help="Tag of the site, where the file names none.")] = None,
    asset_class: Annotated[str | None, typer.Option("--class", help="Class of assets that have none there.")] = None,
    asset: Annotated[str | None, typer.Option(help="Tag of the asset that a maker's package is of.")] = None,
    mapping: Annotated[Path | None, typer.Option(help="File that keeps what the columns mean.", metavar="FILE")] = None,
    saved_mapping: Annotated[
        str, typer.Option(help="Read the columns by the mapping that is saved under this name.", metavar="NAME")
    ] = "",
    save_mapping: Annotated[
        str, typer.Option(help="Save what the columns mean under this name, once taken in.", metavar="NAME")
    ] = "",
    sheet: Annotated[str | None, typer.Option(help="The sheet to read, where a workbook has several.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the difference, and write nothing.")] = False,
    retire_missing: Annotated[
        bool, typer.Option("--retire-missing", help="Retire what an earlier version of the file put there.")
    ] = False,
    replaces: Annotated[str, typer.Option(help="What that earlier version was called.", metavar="NAME")] = "",
    language: Tongue = "en",
    data: Data = None,
    json: Json = False,
) -> None:
    """Bring in sites, classes, assets, signals and more; says what it added, changed and left. Safe to repeat.

    Rows that cannot be taken are named with their mend and stop nothing else; the command then ends with exit code 1.
    """
    from api.refusals.differences import difference_lines
    from lifecycle.importing.difference import as_document
    from lifecycle.importing.reading import ReadOptions, read_facts
    from lifecycle.importing.running import import_facts
    from service.runtime.screen import Screen

    tongue = read_language(language)
    around, screen, actor = surroundings(data), Screen(), who()
    mappings = _Mappings(around=around, actor=actor, site=site or "")
    with _told_when_cut_off():
        with screen.bar(f"reading {file.name}", "bytes") as bar:
            options = ReadOptions(
                kind=_kind(kind),
                site=site,
                class_tag=asset_class,
                asset=asset,
                mapping=mapping,
                saved_mapping=mappings.saved(saved_mapping) if saved_mapping else None,
                on_mapping=mappings.used.append,
                sheet=sheet,
                progress=bar,
            )
            facts = read_facts(file, options)
        with around.database(actor=actor) as database, screen.bar(f"taking in {file.name}", "assets") as bar:
            difference = import_facts(
                database, facts, actor=actor, clock=around.clock, is_trial=dry_run, progress=bar, replaces=replaces,
                retires_missing=retire_missing,
            )  # fmt: skip
    if save_mapping and not dry_run:
        mappings.save(save_mapping, facts.site.tag)
    shown = as_document(difference, most=None)
    answer(difference, as_json=json, line=lambda: "\n".join(difference_lines(tongue, shown, file.name)))
    if difference.faults:
        raise typer.Exit(1)


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class _Mappings:
    """The saved mappings of columns, for one import; `used` is by which one it was read."""

    around: Surroundings
    actor: Principal
    site: str
    used: list[ColumnMapping] = dataclasses.field(default_factory=list)

    def saved(self, name: str) -> ColumnMapping:
        from lifecycle.importing.column_mappings import get_mapping

        if not self.site:
            raise Misconfigured("a saved mapping is a site's; say which (--site)")
        with self.around.database(actor=self.actor) as database, database.transaction() as tx:
            return get_mapping(tx, self.site, name).mapping

    def save(self, name: str, site: str) -> None:
        from lifecycle.importing.column_mappings import save_mapping

        if not self.used:
            raise Misconfigured("only a tag list has a mapping of columns; nothing was saved")
        with self.around.database(actor=self.actor) as database, database.transaction() as tx:
            save_mapping(tx, site, name, self.used[0], actor=self.actor, clock=self.around.clock, replaces=True)
        say(f"saved the mapping of columns as {name}")


@contextmanager
def _told_when_cut_off() -> Iterator[None]:
    """Say that nothing is half done where somebody interrupts an import: it is one transaction."""
    try:
        yield
    except KeyboardInterrupt:
        typer.echo("interrupted: nothing was taken in", err=True)
        raise


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


def register_export(
    site: Site,
    out: Annotated[Path, typer.Option("-o", "--out", help="The workbook to write.", metavar="FILE")],
    data: Data = None,
    json: Json = False,
) -> None:
    """Write what the register holds of a site as a COBie 2.4 workbook, which imports again to no difference."""
    from lifecycle.importing.cobie.writer import write_cobie
    from lifecycle.importing.standing import facts_of_register

    around, actor = surroundings(data), who()
    with around.database(actor=actor) as database, database.transaction() as tx:
        facts = facts_of_register(tx, site)
    write_cobie(facts, out, by=actor.name, at=around.clock.now())
    done = {"file": str(out), "assets": len(facts.assets)}
    answer(done, as_json=json, line=lambda: f"{out}: {counted(len(facts.assets), 'assets')}")


def register_show(
    site: Site,
    on: Annotated[str, typer.Option("--on", help="As of the end of this day of the site. Default: today.")] = "",
    kind: Annotated[str | None, typer.Option(help="Only things of this kind, as asset or signal.")] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Show the register of a site as of a day: every item, and who said it last, when and from which file."""
    from lifecycle.importing.history import register_on

    around = surroundings(data)
    with around.database() as database, database.transaction() as tx:
        found = register_on(tx, site, read_day(on) if on else around.clock.now().date())
    shown = [one for one in found if kind in (None, one.kind)]
    rows = [(one.kind, one.item, f"{one.at:%Y-%m-%d %H:%M}", one.by, one.source) for one in shown]
    plain = {"items": [dataclasses.asdict(one) for one in shown]}
    answer(plain, as_json=json, line=lambda: table(("KIND", "ITEM", "SINCE", "BY", "FROM"), rows))


def register_compare(
    site: Site,
    first: Annotated[str, typer.Argument(help="A day, as 2026-03-01.", metavar="DAY")],
    second: Annotated[str, typer.Argument(help="A later day.", metavar="DAY")],
    language: Tongue = "en",
    data: Data = None,
    json: Json = False,
) -> None:
    """Compare the register of a site at the end of two days: each change with who, when and from which file."""
    from api.refusals.differences import noted_line
    from lifecycle.importing.history import compare_days

    tongue = read_language(language)
    around = surroundings(data)
    with around.database() as database, database.transaction() as tx:
        found = compare_days(tx, site, read_day(first), read_day(second))
    plain = {"changes": [dataclasses.asdict(one) for one in found]}
    answer(plain, as_json=json, line=lambda: "\n".join(noted_line(tongue, one) for one in found) or "nothing changed")
