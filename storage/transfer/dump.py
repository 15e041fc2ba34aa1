"""What a backup needs of the database: one snapshot, digests of every table, and a TimescaleDB that stands aside."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg.conninfo import conninfo_to_dict

from plant.errors import Conflict, Misconfigured
from storage.core.database import Transaction, connect
from storage.core.driver_errors import in_our_terms
from storage.core.grade import Grade, Server, lacks_extension
from storage.schema.preflight import look, make_roles
from storage.schema.upkeep import grade_of

Progress = Callable[[int, int], object]

_VARIABLES = {
    "dbname": "PGDATABASE",
    **{name: f"PG{name.upper()}" for name in ("host", "hostaddr", "port", "user", "password", "passfile", "service")},
    **{name: f"PG{name.upper()}" for name in ("sslmode", "sslrootcert", "sslcert", "sslkey", "options")},
}
_MADE_ANEW = {"touched"}  # what the server's own jobs go on with as soon as it is restored


@dataclass(frozen=True, kw_only=True, slots=True)
class Digest:
    """How many rows a table has, and the sum of their hashes."""

    rows: int
    digest: str


@dataclass(frozen=True, kw_only=True, slots=True)
class BackupManifest:
    """What a backup holds, and of which server; `version` is PostgreSQL's number, as 170002."""

    grade: str
    version: int
    timescale: str | None
    tables: dict[str, Digest]


def environment(url: str) -> dict[str, str]:
    """Return the variables by which PostgreSQL's own programs find a database; its password stays out of sight.

    >>> environment("postgresql://me:secret@db.example/plant")["PGPASSWORD"]
    'secret'
    """
    try:
        found = conninfo_to_dict(url)
    except psycopg.ProgrammingError as error:
        raise Misconfigured(f"ASSETLOOP_DATABASE_URL is not a usable address: {str(error).strip()}") from error
    return {_VARIABLES[name]: str(value) for name, value in found.items() if name in _VARIABLES and value is not None}


@contextmanager
def one_snapshot(url: str) -> Iterator[tuple[str, Callable[[Progress], BackupManifest]]]:
    """Yield a snapshot's name and what digests every table as it was in it; the snapshot lasts as long as the block.

    Raises:
        Misconfigured: the database has not been migrated.
    """
    with in_our_terms(), connect(url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        with connection.transaction():
            tx = Transaction(connection)
            if not tx.one("migrate.server")["settled"]:
                raise Misconfigured("there is nothing to back up: the database has not been migrated")
            yield tx.one("dump.snapshot")["snapshot"], lambda progress: _manifest_of(tx, progress)


def server_version(url: str) -> int:
    """Return PostgreSQL's version number, as 170002."""
    with in_our_terms(), connect(url) as connection:
        return connection.info.server_version


def _manifest_of(tx: Transaction, progress: Progress) -> BackupManifest:
    server = tx.one("migrate.server")
    return BackupManifest(
        grade=grade_of(tx).value,
        version=server["version"],
        timescale=server["timescale"],
        tables=_digests(tx, progress),
    )


def _digests(tx: Transaction, progress: Progress) -> dict[str, Digest]:
    found = tx.all("dump.tables")
    digests = {}
    for done, row in enumerate(found, 1):
        digest = tx.connection.execute(row["statement"].encode()).fetchone()
        digests[row["name"]] = Digest(**(digest or {"rows": 0, "digest": ""}))
        progress(done, len(found))
    return digests


def prepare_restore(url: str, manifest: BackupManifest, *, allow_unsupported: bool) -> None:
    """Make an empty database ready to take a backup.

    Raises:
        Conflict: the database is not empty.
        Misconfigured: the server cannot hold the backup, or an administrator has to do something first.
    """
    with in_our_terms(), connect(url) as connection:
        connection.autocommit = True
        tx = Transaction(connection)
        if not tx.one("dump.is_empty")["empty"]:
            raise Conflict(
                "a backup is restored into an empty database, and this one is not: create another one, or name a new "
                "folder with --data NEWDIR, for `assetloop up --data NEWDIR` to go on with"
            )
        if manifest.timescale is not None or lacks_extension(tx):
            _refuse_another(
                look(connection, allow_unsupported=allow_unsupported, keep=manifest.timescale is not None), manifest
            )
        make_roles(connection)


def _refuse_another(server: Server, manifest: BackupManifest) -> None:
    if manifest.timescale is None:
        return
    if server.timescale != manifest.timescale:
        raise Misconfigured(
            f"the backup is of TimescaleDB {manifest.timescale} and this server has {server.timescale or 'none'}: "
            "restore it on a server with that version, and update the extension there"
        )
    if manifest.grade == Grade.COMMUNITY and server.grade is not Grade.COMMUNITY:
        raise Misconfigured("the backup is of TimescaleDB's community edition: set timescaledb.license to timescale")


@contextmanager
def timescale_aside(url: str, manifest: BackupManifest) -> Iterator[None]:
    """Keep TimescaleDB from its work while the block fills its own tables."""
    if manifest.timescale is None:
        yield
        return
    _say(url, "dump.pre_restore")
    try:
        yield
    finally:
        _say(url, "dump.post_restore")


def _say(url: str, statement: str) -> None:
    with in_our_terms(), connect(url) as connection:
        connection.autocommit = True
        Transaction(connection).one(statement)


def unknown_settings(url: str, names: list[str]) -> set[str]:
    """Return which of these settings the server does not know."""
    with in_our_terms(), connect(url) as connection:
        return {row["name"] for row in Transaction(connection).all("dump.unknown_settings", names=names)}


def compare(url: str, manifest: BackupManifest, progress: Progress) -> list[str]:
    """Return the names of the tables that are not as they were backed up."""
    with in_our_terms(), connect(url) as connection:
        found = _digests(Transaction(connection), progress)
    names = manifest.tables.keys() | found.keys()
    return sorted(name for name in names - _MADE_ANEW if manifest.tables.get(name) != found.get(name))
