"""The commands that carry the record elsewhere: export and import of readings, backup and restore of everything."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.commands.common import Data, Json, answer, enter_file, surroundings
from service.runtime.counted import counted

if TYPE_CHECKING:
    from service.runtime.surroundings import Surroundings


def export(
    output: Annotated[Path, typer.Option("-o", "--output", help="Parquet file to write.", metavar="FILE")],
    since: Annotated[str | None, typer.Option("--from", help="From here on: ISO 8601. Default: all.")] = None,
    until: Annotated[str | None, typer.Option("--to", help="Up to here, not included: ISO 8601. Default: all.")] = None,
    asset: Annotated[list[str] | None, typer.Option(help="SITE/TAG; may be given again. Default: every asset.")] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Write readings, with flags and to the microsecond, into a Parquet file; `assetloop import` reads it."""
    from service.commands.instants import read_instant
    from service.runtime.screen import Screen
    from storage.transfer import parquet

    around = surroundings(data)
    time_from, time_to = (read_instant(text) if text else None for text in (since, until))
    with around.database() as database, Screen().bar(f"exporting to {output.name}", "pieces") as bar:
        written = parquet.export(
            database, output, assets=asset or None, time_from=time_from, time_to=time_to, progress=bar
        )
    answer(
        {"file": str(output), "readings": written},
        as_json=json,
        line=lambda: f"{output}: {counted(written, 'readings')}",
    )


def import_(
    file: Annotated[Path, typer.Argument(help="A Parquet file that `assetloop export` wrote.")],
    data: Data = None,
    json: Json = False,
) -> None:
    """Store the readings of an exported file, each once; safe to repeat. Its assets must be registered."""
    from service.runtime.screen import Screen
    from storage.core.database import Role
    from storage.transfer import parquet

    around = surroundings(data)
    with around.database(Role.INGEST) as database, Screen().bar(f"importing {file.name}", "readings") as bar:
        done = parquet.bring_in(database, file, now=datetime.now(UTC), progress=bar)
    if done.stored:
        _enter_import(around, file, stored=done.stored, sites=done.sites)
    answer(
        done,
        as_json=json,
        line=lambda: (
            f"{file}: {counted(done.readings, 'readings')}, {done.stored:,} stored, {done.duplicate:,} held already, "
            f"{done.conflicting:,} kept beside a different value"
        ),
    )


def _enter_import(around: Surroundings, file: Path, *, stored: int, sites: Sequence[str]) -> None:
    """Enter in the ledger of every site what a file brought in."""
    from service.commands.who import who

    actor = who(otherwise="assetloop import")
    with around.database(actor=actor) as database, database.transaction() as tx:
        enter_file(tx, "readings", file, {"stored": stored}, actor=actor, at=around.clock.now(), sites=sites)


def backup(
    output: Annotated[Path, typer.Option("-o", "--output", help="File to write.", metavar="FILE")],
    data: Data = None,
    json: Json = False,
) -> None:
    """Write the whole record into one file, beside whatever goes on; `assetloop restore` reads it."""
    from service.commands.record.backup import backup as run_backup
    from service.runtime.screen import Screen

    done = run_backup(surroundings(data), output, Screen())
    held = f"{counted(done.tables, 'tables')}, {counted(done.rows, 'rows')}"
    answer(
        done,
        as_json=json,
        line=lambda: f"{done.file}: {held}, {done.bytes / 2**20:,.1f} MiB",
    )


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `assetloop backup` wrote.")],
    data: Annotated[
        Path | None,
        typer.Option(metavar="NEWDIR", help="Make this data folder with an embedded database for it, for `up` to use."),
    ] = None,
    json: Json = False,
) -> None:
    """Bring a backup into an empty database, all of it or nothing, and compare every table with what was backed up."""
    from service.commands.record.backup import restore as run_restore
    from service.runtime.screen import Screen

    done = run_restore(surroundings(data), file, Screen(), into_folder=data is not None)
    answer(
        done,
        as_json=json,
        line=lambda: f"{counted(done.tables, 'tables')}, {counted(done.rows, 'rows')}: all as they were backed up",
    )
