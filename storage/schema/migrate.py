"""Bring a database to the present schema: forward only, checksummed, one transaction a file, one migrator at a time."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

import psycopg
from procrastinate.schema import SchemaManager
from psycopg.rows import DictRow

from plant.errors import Conflict, Unavailable
from storage.core.database import Transaction, connect
from storage.core.driver_errors import in_our_terms
from storage.core.grade import Grade, Server
from storage.schema.preflight import Patience, look, prepare
from storage.schema.rules import Rules

_LOCK = 0x61_73_73_65_74  # "asset"; the advisory lock that keeps a second migrator out
_JOBS = "0000_jobs"  # the queue's own schema; its later changes come as migrations of ours
_SCHEMA_MIGRATION = """
CREATE TABLE IF NOT EXISTS schema_migration (
    name text PRIMARY KEY,
    sha256 text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
)
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class MigrationFile:
    """One file of SQL: a migration by its name."""

    name: str
    sql: bytes

    @property
    def sha256(self) -> str:
        """Return the digest that is stored with the migration."""
        return hashlib.sha256(self.sql).hexdigest()


@dataclass(frozen=True, kw_only=True, slots=True)
class MigrationPlan:
    """What a migrate has to do: files not yet applied; on a server of a higher grade, then those it wants otherwise."""

    server: Server
    grade: Grade
    pending: tuple[MigrationFile, ...]
    rise: tuple[MigrationFile, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Name every step in order."""
        rise = f"rise from the {self.grade} to the {self.server.grade} grade, moving the readings"
        return tuple(file.name for file in self.pending) + ((rise,) if self.rise else ())


@dataclass(frozen=True, kw_only=True, slots=True)
class Migrated:
    """What a migrate found and did."""

    grade: Grade
    server: Server
    applied: tuple[str, ...]
    installation: str


def plan(url: str, *, allow_unsupported: bool = False) -> MigrationPlan:
    """Say what a migrate of the database at `url` would do.

    Raises:
        Unavailable: no server there.
        Misconfigured: a server that the product does not run on.
        Conflict: an applied file has changed since, or the database is newer than this program or of a higher grade
            than its server.
    """
    with in_our_terms(), connect(url) as connection:
        connection.autocommit = True
        return _plan(Transaction(connection), look(connection, allow_unsupported=allow_unsupported))


def migrate(
    url: str,
    *,
    rules: Rules | None = None,
    allow_unsupported: bool = False,
    patience: Patience | None = None,
    say: Callable[[str], object] = lambda _line: None,
) -> Migrated:
    """Apply what is pending, take up a grade that has risen, then re-create functions, views, policies and rights.

    `say` is called with a line about each thing that takes long.

    Raises:
        Unavailable, Misconfigured, Conflict: as `plan`; Unavailable also when another migrate or somebody's session
            holds a lock all the time, Misconfigured when an administrator has to do something first, Conflict also
            when something of somebody else's depends on our views. What was applied stands, nothing is half-done.
    """
    patient = patience or Patience()
    with in_our_terms(), connect(url) as connection:
        connection.autocommit = True
        connection.add_notice_handler(lambda notice: _pass_on(notice.message_primary or "", say))
        patient.set_on(connection)
        _take_the_lock(connection)
        server = prepare(connection, allow_unsupported=allow_unsupported)
        connection.execute(_SCHEMA_MIGRATION)
        planned = _plan(Transaction(connection), server)
        patient.with_locks(connection, lambda: _try_to_drop_watch(connection))
        for file in planned.pending:
            patient.with_locks(connection, lambda file=file: _apply(connection, file))  # type: ignore[misc]
        patient.with_locks(connection, lambda: _redefine(connection, planned, rules or Rules()))
        installation = str(Transaction(connection).one("migrate.deployment")["installation"])
        return Migrated(grade=server.grade, server=server, applied=planned.names, installation=installation)


def _pass_on(notice: str, say: Callable[[str], object]) -> None:
    if notice.startswith("moving "):
        say(notice)


def _take_the_lock(connection: psycopg.Connection[DictRow]) -> None:
    try:
        connection.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
    except psycopg.errors.LockNotAvailable as error:
        raise Unavailable("another migrate is at work on this database; try again when it has ended") from error


def _plan(tx: Transaction, server: Server) -> MigrationPlan:
    found = tx.one("migrate.server")
    settled = tx.first("migrate.deployment") if found["settled"] else None
    grade = Grade(settled["grade"]) if settled else server.grade
    if grade.is_above(server.grade):
        raise Conflict(
            f"the database is of the {grade} grade and this server only of the {server.grade}; give it back what it "
            "had (the extension, shared_preload_libraries, timescaledb.license)"
        )
    applied = {row["name"]: row["sha256"] for row in tx.all("migrate.applied")} if found["migrated"] else {}
    known = _migrations(grade)
    _check(known, applied)
    before = {file.name: file.sha256 for file in known}
    rise = tuple(file for file in _migrations(server.grade) if before[file.name] != file.sha256)
    pending = tuple(file for file in known if file.name not in applied)
    return MigrationPlan(server=server, grade=grade, pending=pending, rise=rise)


def _check(known: list[MigrationFile], applied: dict[str, str]) -> None:
    unknown = sorted(applied.keys() - {file.name for file in known})
    if unknown:
        raise Conflict(f"the database is newer than this program (it has {unknown[-1]}); install a newer assetloop")
    for file in known:
        if file.name != _JOBS and applied.get(file.name, file.sha256) != file.sha256:
            raise Conflict(f"migration {file.name} was changed after it was applied; restore the released file")


def _migrations(grade: Grade) -> list[MigrationFile]:
    jobs = MigrationFile(name=_JOBS, sql=SchemaManager.get_schema().encode())
    own = (MigrationFile(name=one.name.partition(".")[0], sql=one.read_bytes()) for one in _files("migrations", grade))
    return [jobs, *own]


def _files(folder: str, grade: Grade) -> list[Traversable]:
    """List the files that hold for `grade`, by their names: `NAME.sql` for all, `NAME.plain.sql` and the like for some.

    `timescale` means both editions, `jobs` both grades whose roll-ups are made by jobs.
    """
    variants = {"", grade.value, "community" if grade is Grade.COMMUNITY else "jobs"}
    variants.add("plain" if grade is Grade.PLAIN else "timescale")
    found = [file for file in (files("storage") / folder).iterdir() if file.name.endswith(".sql")]
    return sorted((f for f in found if f.name.removesuffix(".sql").partition(".")[2] in variants), key=lambda f: f.name)


def _apply(connection: psycopg.Connection[DictRow], file: MigrationFile) -> None:
    with connection.transaction():
        connection.execute(file.sql)
        Transaction(connection).run("migrate.remember", name=file.name, sha256=file.sha256)


def _redefine(connection: psycopg.Connection[DictRow], planned: MigrationPlan, rules: Rules) -> None:
    tx, grade = Transaction(connection), planned.server.grade
    with connection.transaction():
        tx.run("migrate.settle", installation=f"assetloop-{secrets.token_hex(4)}", grade=grade.value)
        tx.run("migrate.settle_rules", chunk=rules.chunk, partition=rules.partition, **asdict(rules))
        _drop_watch(connection)
        if planned.rise:
            connection.execute((files("storage") / "rises" / "aside.sql").read_bytes())
            for file in planned.rise:
                _apply(connection, file)
            connection.execute((files("storage") / "rises" / "move.sql").read_bytes())
        connection.execute("CREATE SCHEMA watch")
        for definition in _files("definitions", grade):
            connection.execute(definition.read_bytes())


def _try_to_drop_watch(connection: psycopg.Connection[DictRow]) -> None:
    """Drop and roll back, so that an error which forbids it comes before anything has changed."""
    with connection.transaction(force_rollback=True):
        _drop_watch(connection)


def _drop_watch(connection: psycopg.Connection[DictRow]) -> None:
    """Drop our views and their schema, and nothing of anybody else's."""
    drop_views = Transaction(connection).first("migrate.drop_views")
    try:
        if drop_views:
            connection.execute(drop_views["statement"].encode())
        connection.execute("DROP SCHEMA IF EXISTS watch")
    except psycopg.errors.DependentObjectsStillExist as error:
        found = "; ".join((error.diag.message_detail or str(error)).splitlines())
        raise Conflict(
            f"the views of schema watch cannot be made anew: {found}; "
            "keep its definition, drop it, migrate, then create it again in a schema of its own"
        ) from error
