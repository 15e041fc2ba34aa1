"""Bring a database to the present schema: forward only, checksummed, one transaction a file, one migrator at a time."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

import psycopg
from procrastinate.schema import SchemaManager
from psycopg.rows import DictRow

from plant.errors import Conflict, Misconfigured, Unavailable
from storage.database import Transaction, connect, in_our_terms
from storage.grade import Grade, Server, judge

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
class Step:
    """One file of SQL that has to run."""

    name: str
    sql: bytes

    @property
    def sha256(self) -> str:
        """Return the digest that is remembered with the step."""
        return hashlib.sha256(self.sql).hexdigest()


@dataclass(frozen=True, kw_only=True, slots=True)
class Migrated:
    """What a migrate found and did."""

    grade: Grade
    server: Server
    applied: tuple[str, ...]
    installation: str


def plan(url: str, *, allow_unsupported: bool = False) -> tuple[Server, list[Step]]:
    """Say which steps a migrate of the database at `url` would run, oldest first.

    Raises:
        Unavailable: no server there.
        Misconfigured: a server that the product does not run on.
        Conflict: an applied file has changed since, or the database is newer than this program.
    """
    with in_our_terms(), connect(url) as connection:
        server = judge(Transaction(connection), allow_unsupported=allow_unsupported)
        return server, _pending(Transaction(connection), server)


def migrate(url: str, *, allow_unsupported: bool = False) -> Migrated:
    """Apply what is pending, then re-create functions, views and rights.

    Raises:
        Unavailable, Misconfigured, Conflict: as `plan`; Unavailable also when another migrate holds the lock,
            Conflict also when something of somebody else's depends on our views. Nothing is changed then.
    """
    with in_our_terms(), connect(url) as connection:
        connection.autocommit = True
        connection.execute("SET lock_timeout = '15s'")
        _take_the_lock(connection)
        server = judge(Transaction(connection), allow_unsupported=allow_unsupported)
        if server.grade is not Grade.PLAIN:
            connection.execute("CREATE EXTENSION IF NOT EXISTS timescaledb")
            server = judge(Transaction(connection), allow_unsupported=allow_unsupported)
        _ensure_roles(connection, server)
        connection.execute("SET ROLE assetloop_owner")
        connection.execute(_SCHEMA_MIGRATION)
        steps = _pending(Transaction(connection), server)
        with connection.transaction(force_rollback=True):
            _drop_watch(connection)  # what forbids it is told before anything is changed
        for step in steps:
            _apply(connection, step)
        _redefine(connection, server.grade)
        installation = _settle(Transaction(connection), server.grade)
        return Migrated(
            grade=server.grade, server=server, applied=tuple(s.name for s in steps), installation=installation
        )


def _take_the_lock(connection: psycopg.Connection[DictRow]) -> None:
    try:
        connection.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
    except psycopg.errors.LockNotAvailable as error:
        raise Unavailable("another migrate is at work on this database; try again when it has ended") from error


def _ensure_roles(connection: psycopg.Connection[DictRow], server: Server) -> None:
    sql = (files("storage") / "definitions" / "00_roles.administrator.sql").read_text(encoding="utf-8")
    try:
        connection.execute(sql.encode())
    except psycopg.errors.InsufficientPrivilege as error:
        if server.has_roles:
            return
        raise Misconfigured(
            "this login may not create the product's roles; let an administrator run, in this database:\n" + sql
        ) from error


def _pending(tx: Transaction, server: Server) -> list[Step]:
    applied = {}
    if tx.one("migrate.server")["migrated"]:
        applied = {row["name"]: row["sha256"] for row in tx.all("migrate.applied")}
    known = _steps(server.grade)
    unknown = sorted(applied.keys() - {step.name for step in known})
    if unknown:
        raise Conflict(f"the database is newer than this program (it has {unknown[-1]}); install a newer assetloop")
    for step in known:
        if step.name != _JOBS and applied.get(step.name, step.sha256) != step.sha256:
            raise Conflict(f"migration {step.name} was changed after it was applied; restore the released file")
    return [step for step in known if step.name not in applied]


def _steps(grade: Grade) -> list[Step]:
    migrations = [
        Step(name=_stem(file), sql=file.read_bytes())
        for file in _files("migrations", grade)
        if _stem(file)[0].isdigit()
    ]
    jobs = Step(name=_JOBS, sql=SchemaManager.get_schema().encode())
    return [jobs, *migrations]


def _files(folder: str, grade: Grade) -> list[Traversable]:
    """List the files that hold for `grade`: `NAME.sql` for all, `NAME.plain.sql` and `NAME.timescale.sql` for some."""
    variants = {"", "plain" if grade is Grade.PLAIN else "timescale", grade.value}
    found = [file for file in (files("storage") / folder).iterdir() if file.name.endswith(".sql")]
    return sorted((f for f in found if _variant(f) in variants), key=lambda file: file.name)


def _variant(file: Traversable) -> str:
    return file.name.removesuffix(".sql").partition(".")[2]


def _stem(file: Traversable) -> str:
    return file.name.partition(".")[0]


def _apply(connection: psycopg.Connection[DictRow], step: Step) -> None:
    with connection.transaction():
        connection.execute(step.sql)
        Transaction(connection).run("migrate.remember", name=step.name, sha256=step.sha256)


def _redefine(connection: psycopg.Connection[DictRow], grade: Grade) -> None:
    with connection.transaction():
        _drop_watch(connection)
        connection.execute("CREATE SCHEMA watch")
        for file in _files("definitions", grade):
            connection.execute(file.read_bytes())


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


def _settle(tx: Transaction, grade: Grade) -> str:
    tx.run("migrate.settle", installation=f"assetloop-{secrets.token_hex(4)}", grade=grade.value)
    return str(tx.one("migrate.deployment")["installation"])
