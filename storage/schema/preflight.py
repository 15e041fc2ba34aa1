"""What a migrate needs first: a server that is new enough, the extension, the roles, and patience with locks."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, TypeVar

import psycopg
from psycopg.rows import DictRow

from plant.errors import Misconfigured, Unavailable
from storage.core.database import Transaction
from storage.core.grade import Grade, Server, judge, lacks_extension

T = TypeVar("T")
Connection = psycopg.Connection[DictRow]
Sleep = Callable[[float], Any]
_EXTENSION = "CREATE EXTENSION IF NOT EXISTS timescaledb"
_LONGEST_NAMED = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Patience:
    """How a migrate waits for locks: `attempts` times for `wait_s`, others going ahead for `pause_s` each."""

    wait_s: float = 3.0
    pause_s: float = 2.0
    attempts: int = 5
    sleep: Sleep = time.sleep

    def set_on(self, connection: Connection) -> None:
        """Let the session wait for a lock for `wait_s` only, since everybody who comes later waits behind it."""
        connection.execute("SELECT set_config('lock_timeout', %s, false)", [f"{int(self.wait_s * 1000)}ms"])

    def with_locks(self, connection: Connection, attempt: Callable[[], T]) -> T:
        """Return what `attempt`, a transaction of its own, returns once it gets its locks.

        One that stood against another, each with a lock the other wants, was undone as a whole and begins again.

        Raises:
            Unavailable: somebody holds one all the time; the text names them and the mend.
        """
        for left in reversed(range(self.attempts)):
            try:
                return attempt()
            except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected) as error:
                if not left:
                    holders = _holders(connection)
                    raise Unavailable(
                        f"something is read or written all the time that has to change: {holders}; "
                        "end that session, or close that dashboard, and run `assetloop migrate` again"
                    ) from error
            self.sleep(self.pause_s)
        raise AssertionError("a patience has at least one attempt")


def _holders(connection: Connection) -> str:
    rows = Transaction(connection).all("migrate.holders")
    named = [f"{row['application']} (user {row['login']}, process {row['pid']})" for row in rows[:_LONGEST_NAMED]]
    more = f" and {len(rows) - len(named)} more" if len(rows) > len(named) else ""
    return f"held by {', '.join(named)}{more}" if named else "by a session that has ended since"


def look(connection: Connection, *, allow_unsupported: bool, keep: bool = False) -> Server:
    """Name the server's grade, for which the extension has to be there; `keep` leaves it where it was not yet.

    Raises:
        Misconfigured: the product does not run on this server, or an administrator has to create the extension.
    """
    tx = Transaction(connection)
    if not lacks_extension(tx):
        return judge(tx, allow_unsupported=allow_unsupported)
    try:
        with connection.transaction(force_rollback=not keep):
            connection.execute(_EXTENSION)
            return judge(tx, allow_unsupported=allow_unsupported)
    except psycopg.errors.InsufficientPrivilege as error:
        raise Misconfigured(
            "this server offers TimescaleDB and this login may not create it; let an administrator run, in this "
            f"database:\n{_EXTENSION};"
        ) from error


def prepare(connection: Connection, *, allow_unsupported: bool) -> Server:
    """Have the extension, where the server offers it, and the roles; speak as the owner from here on.

    Raises:
        Misconfigured: as `look`; also when an administrator has to make the roles: the text is the SQL.
    """
    server = look(connection, allow_unsupported=allow_unsupported, keep=True)
    _ensure_roles(connection, server)
    connection.execute("SET ROLE assetloop_owner")
    return server


def _ensure_roles(connection: Connection, server: Server) -> None:
    """Make the roles; a login that may not do so needs only to be a member of the owner, once they are there."""
    try:
        make_roles(connection)
    except Misconfigured:
        if not Transaction(connection).one("migrate.roles_serve", community=server.grade is Grade.COMMUNITY)["serve"]:
            raise


def make_roles(connection: Connection) -> None:
    """Make the roles, and this login a member of them.

    Raises:
        Misconfigured: an administrator has to: the text is the SQL.
    """
    sql = (files("storage") / "definitions" / "00_roles.administrator.sql").read_text(encoding="utf-8")
    try:
        connection.execute(sql.encode())
    except psycopg.errors.InsufficientPrivilege as error:
        membership = Transaction(connection).one("migrate.membership")["statement"]
        raise Misconfigured(
            "this login may not create the product's roles; let an administrator run, in this database:\n"
            f"{sql}{membership}"
        ) from error
