"""`assetloop backup` and `restore`: PostgreSQL's own dump with a manifest beside it, in one file."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from plant.errors import Conflict, Misconfigured, Rejected
from service.commands.record.ledger import enter_restore
from service.runtime.postgres import PostgresServer, binaries
from service.runtime.screen import Screen
from service.runtime.surroundings import Surroundings
from storage.core.disk import make_private
from storage.transfer import dump
from storage.transfer.dump import BackupManifest, Digest

_FORMAT = 1
_DUMP, _MANIFEST = "record.dump", "manifest.json"
_CHUNK = 2**20
_PREAMBLE_ENDS = b"SELECT pg_catalog.set_config("
_SETTING = re.compile(rb"SET (\w+) = ")
_MOST_NAMED = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class BackedUp:
    """A backup that is whole."""

    file: str
    tables: int
    rows: int
    bytes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Restored:
    """A backup that was restored and compared."""

    tables: int
    rows: int


def backup(around: Surroundings, file: Path, screen: Screen) -> BackedUp:
    """Dump the database as one snapshot shows it, with the digest of every table in it; the file is whole or not there.

    Only its owner may read it.

    Raises:
        Misconfigured: no client program is new enough, the file cannot be written, or the dump is refused.
    """
    url = around.database_url()
    programs = client_programs(dump.server_version(url) // 10_000)
    draft = file.with_name(f"{file.name}.part")
    try:
        make_private(draft)
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_STORED) as archive, dump.one_snapshot(url) as (snapshot, digest):
            with screen.step("dumping the database"), archive.open(_DUMP, "w", force_zip64=True) as member:
                _dump(programs, url, snapshot, member)
            with screen.bar("digesting what was dumped", "tables") as bar:
                held = digest(bar)
            archive.writestr(_MANIFEST, json.dumps({"format": _FORMAT, **asdict(held)}, indent=1))
        draft.replace(file)
    except OSError as error:
        raise Misconfigured(f"{file} cannot be written: {error.strerror or error}; name another with -o") from error
    finally:
        draft.unlink(missing_ok=True)
    rows = sum(table.rows for table in held.tables.values())
    return BackedUp(file=str(file), tables=len(held.tables), rows=rows, bytes=file.stat().st_size)


def restore(around: Surroundings, file: Path, screen: Screen, *, into_folder: bool = False) -> Restored:
    """Restore a backup into an empty database in one transaction, then compare every table's digest.

    With `into_folder` the data folder gets an embedded database for it, where no setting names another one: `up` on
    that folder goes on with what was backed up.

    Raises:
        Rejected: the file is no backup, or of a newer program.
        Conflict: the database is not empty, or what was restored differs from what was backed up.
        Misconfigured: the server cannot hold it, or no client program is new enough; nothing is restored then.
    """
    with _archive(file) as archive:
        held = _manifest(archive, file)
        if into_folder and around.settings.database_url is None and around.running() is None:
            with _embedded(around, screen) as url:
                return _restore_into(url, archive, held, around, screen)
        return _restore_into(around.database_url(), archive, held, around, screen)


@contextmanager
def _embedded(around: Surroundings, screen: Screen) -> Iterator[str]:
    """Run the folder's embedded database meanwhile; one that was made for this goes again where this fails."""
    folder = around.folder
    with folder:
        is_new = not (folder.database / "PG_VERSION").exists()
        try:
            with screen.step("database"):
                server = PostgresServer(folder.database).start()
            try:
                yield server.url
            finally:
                server.stop()
        except BaseException:
            if is_new:
                shutil.rmtree(folder.database, ignore_errors=True)
            raise


def _restore_into(
    url: str, archive: zipfile.ZipFile, held: BackupManifest, around: Surroundings, screen: Screen
) -> Restored:
    programs = client_programs(max(dump.server_version(url), held.version) // 10_000)
    dump.prepare_restore(url, held, allow_unsupported=around.settings.allow_unsupported)
    with screen.step("restoring the database"), dump.timescale_aside(url, held), archive.open(_DUMP) as member:
        _restore(programs, url, member)
    with screen.bar("comparing with what was backed up", "tables") as bar:
        wrong = dump.compare(url, held, bar)
    if wrong:
        raise Conflict(f"restored, but not as backed up: {', '.join(wrong[:_MOST_NAMED])}; do not use this database")
    enter_restore(url, Path(str(archive.filename)), around)
    return Restored(tables=len(held.tables), rows=sum(table.rows for table in held.tables.values()))


def client_programs(major: int) -> Path:
    """Find the folder of PostgreSQL's client programs that fit a server: of its major version, or the next newer.

    Raises:
        Misconfigured: there are none; the text says what to install.
    """
    found = sorted((version, folder) for folder in _folders() if (version := _major(folder)) is not None)
    for version, folder in found:
        if version >= major:
            return folder
    has = f"only {found[-1][0]} is here" if found else "none is here"
    raise Misconfigured(
        f"pg_dump and pg_restore {major} or newer are needed for this server, and {has}: install PostgreSQL's client "
        f"programs (postgresql-client-{major}), or run this where they are"
    )


def _folders() -> list[Path]:
    on_path = shutil.which("pg_dump")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return [folder for folder in (*debian, *((Path(on_path).parent,) if on_path else ()), binaries()) if _whole(folder)]


def _whole(folder: Path) -> bool:
    return all((folder / name).exists() for name in ("pg_dump", "pg_restore", "psql"))


def _major(folder: Path) -> int | None:
    done = subprocess.run([folder / "pg_dump", "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    version = re.search(r"\s(\d+)", done.stdout)
    return int(version[1]) if version else None


def _dump(programs: Path, url: str, snapshot: str, target: IO[bytes]) -> None:
    with subprocess.Popen(  # noqa: S603 - PostgreSQL's own program
        [programs / "pg_dump", "--format=custom", "--no-comments", "--enable-row-security", f"--snapshot={snapshot}"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_environment(url),
    ) as process:
        said = _listen(process.stderr)
        assert process.stdout is not None  # noqa: S101 - it was asked for
        shutil.copyfileobj(process.stdout, target, _CHUNK)
    if process.returncode:
        raise Misconfigured(f"pg_dump could not dump the database: {_telling(said)}")


def _restore(programs: Path, url: str, source: IO[bytes]) -> None:
    """Let pg_restore write SQL and psql run it in one transaction, without settings that an older server lacks."""
    with (
        subprocess.Popen(  # noqa: S603 - PostgreSQL's own program
            [programs / "pg_restore", "--file=-"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as reader,
        subprocess.Popen(  # noqa: S603 - PostgreSQL's own program
            [programs / "psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--file=-"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env={**_environment(url), "PGOPTIONS": "-c client_min_messages=error"},
        ) as writer,
    ):
        reader_said, writer_said = _listen(reader.stderr), _listen(writer.stderr)
        assert reader.stdin and reader.stdout and writer.stdin  # noqa: S101, PT018 - they were asked for
        feeder = threading.Thread(target=_feed, args=(source, reader.stdin), daemon=True)
        feeder.start()
        try:
            _pass_preamble(url, reader.stdout, writer.stdin)
            shutil.copyfileobj(reader.stdout, writer.stdin, _CHUNK)
            if reader.wait():
                writer.kill()  # nothing is committed
        except BrokenPipeError:
            reader.kill()
        finally:
            _close(writer.stdin)
    if writer.returncode or reader.returncode:
        raise Misconfigured(
            f"the backup could not be restored, and nothing was: {_telling([*reader_said, *writer_said])}"
        )


def _pass_preamble(url: str, source: IO[bytes], target: IO[bytes]) -> None:
    preamble = []
    for line in source:
        preamble.append(line)
        if line.startswith(_PREAMBLE_ENDS):
            break
    names = [found[1].decode() for line in preamble if (found := _SETTING.match(line))]
    unknown = {name.encode() for name in dump.unknown_settings(url, names)}
    for line in preamble:
        found = _SETTING.match(line)
        if not (found and found[1] in unknown):
            target.write(line)


def _feed(source: IO[bytes], target: IO[bytes]) -> None:
    try:
        shutil.copyfileobj(source, target, _CHUNK)
    except (BrokenPipeError, ValueError):
        return
    finally:
        _close(target)


def _close(stream: IO[bytes]) -> None:
    try:
        stream.close()
    except BrokenPipeError:
        return


def _listen(stream: IO[bytes] | None) -> list[str]:
    """Collect what a program says, so that it never waits for us to hear it."""
    said: list[str] = []

    def hear() -> None:
        for line in stream or ():
            said.append(line.decode(errors="replace").strip())
            del said[:-50]

    threading.Thread(target=hear, daemon=True).start()
    return said


def _telling(said: list[str]) -> str:
    lines = [line for line in said if "error" in line.lower() or "FATAL" in line] or said
    return lines[0] if lines else "it did not say why"


def _environment(url: str) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("ASSETLOOP_")}
    return {**ours, **dump.environment(url)}


@contextmanager
def _archive(file: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except FileNotFoundError as error:
        raise Rejected("no_file", f"there is no file {file}") from error
    except zipfile.BadZipFile as error:
        raise Rejected("not_a_backup", f"{file} is no backup, or is damaged: {error}") from error


def _manifest(archive: zipfile.ZipFile, file: Path) -> BackupManifest:
    try:
        archive.getinfo(_DUMP)
        found = json.loads(archive.read(_MANIFEST))
        if found.pop("format") > _FORMAT:
            raise Rejected("newer_backup", f"{file} was written by a newer assetloop; install that version")
        tables = {name: Digest(**table) for name, table in found.pop("tables").items()}
        return BackupManifest(**found, tables=tables)
    except (KeyError, TypeError, ValueError) as error:
        raise Rejected(
            "not_a_backup", f"{file} is no backup: it lacks a dump, or a manifest that can be read"
        ) from error
