"""Connections and transactions: every connection has the rights of one role, and errors are the product's own."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from typing import Any, LiteralString, Self

import psycopg
import psycopg.conninfo
from psycopg.rows import DictRow, dict_row

from plant.errors import NotFound
from plant.people.principal import Principal
from storage.core.driver_errors import in_our_terms
from storage.core.named_sql import statements
from storage.core.pool import SharedConnections


class Role(StrEnum):
    """The database roles of the product, each with its own rights; nobody can log in as one."""

    OWNER = "assetloop_owner"
    INGEST = "assetloop_ingest"
    APP = "assetloop_app"
    GRAFANA = "assetloop_grafana"


_SET_ROLE: dict[Role, LiteralString] = {
    Role.OWNER: "SET ROLE assetloop_owner",
    Role.INGEST: "SET ROLE assetloop_ingest",
    Role.APP: "SET ROLE assetloop_app",
    Role.GRAFANA: "SET ROLE assetloop_grafana",
}

_LONGEST_HOLDER = 46

# How long a session may do nothing within an open transaction. A process that is frozen there keeps the rows it has
# locked, and everybody who needs them waits for it. After this time the server ends its session and takes the
# transaction back: the others go on, and the process, once it wakes, gets an `Unavailable` and does its work again.
# 5 s for ingest, since its slot's lease runs out then, too, and who takes the slot over needs those rows.
_LONGEST_IDLE = {Role.INGEST: "5s", Role.APP: "30s"}

_READ_ONLY_SESSION = """
SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY;
SET statement_timeout = '15s';
SET search_path = watch, public;
"""


class Transaction:
    """One open transaction; statements are named `subject.statement`.

    `gathered` is what the ledger enters at the end, None where it enters at once. `deferred` names the jobs that are
    enqueued once in it, however often they are asked for.

    `copies` is False for a server that has no COPY; rows are then inserted and selected one by one. `principal` is on
    whose behalf it is, where that is known: what is written says how they were recognised.
    """

    def __init__(
        self, connection: psycopg.Connection[DictRow], *, copies: bool = True, principal: Principal | None = None
    ) -> None:
        self.connection = connection
        self.copies = copies
        self.principal = principal
        self.deferred: set[str] = set()
        self.gathered: list[tuple[str, datetime, str]] | None = None

    def all(self, name: str, /, **parameters: Any) -> list[DictRow]:
        """Return every row of a named statement, each a dict by column name."""
        return self._cursor(name, parameters).fetchall()

    def all_in_binary(self, name: str, /, **parameters: Any) -> list[DictRow]:
        """Return every row as `all` does, in PostgreSQL's binary format: faster for many bytes or numbers."""
        with self.connection.cursor(binary=True) as cursor:
            return cursor.execute(_statement(name), parameters).fetchall()

    def first(self, name: str, /, **parameters: Any) -> DictRow | None:
        """Return the first row, or None where there is none."""
        return self._cursor(name, parameters).fetchone()

    def one(self, name: str, /, **parameters: Any) -> DictRow:
        """Return the first row.

        Raises:
            NotFound: the statement gave no row.
        """
        row = self.first(name, **parameters)
        if row is None:
            raise NotFound(f"{name} found nothing for {parameters}")
        return row

    def run(self, name: str, /, **parameters: Any) -> int:
        """Run a named statement and return how many rows it touched."""
        return self._cursor(name, parameters).rowcount

    def arrays(self, name: str, /, **parameters: Any) -> list[list[bytes]]:
        """Return every row of a named statement whose columns are arrays, each in binary: see `storage.binary`."""
        with self.connection.cursor(binary=True) as cursor:
            result = cursor.execute(_statement(name), parameters).pgresult
            if result is None:
                return []
            columns = range(result.nfields)
            return [[result.get_value(row, column) or b"" for column in columns] for row in range(result.ntuples)]

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Pipeline: send every statement of the block without waiting for answers; wait for all of them at its end."""
        if not self.copies:  # such a server may not know pipelines either
            yield
            return
        with self.connection.pipeline():
            yield

    def run_many(self, name: str, /, parameters: list[dict[str, Any]]) -> None:
        """Run a named statement once for each set of parameters, pipelined."""
        with self.connection.cursor() as cursor:
            cursor.executemany(_statement(name), parameters)

    def _cursor(self, name: str, parameters: dict[str, Any]) -> psycopg.Cursor[DictRow]:
        return self.connection.execute(_statement(name), parameters)


def _statement(name: str) -> bytes:
    subject, _, statement = name.partition(".")
    return statements(subject)[statement]


class Database:
    """A pool of connections with the rights of `role`. Thread-safe. Connects when first used.

    `copies=False` is for a server that has no COPY. `holder` names the process that the pool belongs to, and becomes a
    part of its sessions' name at the server: when the process stops answering, another one finds its sessions by that
    name and ends them.
    """

    def __init__(
        self, url: str, *, role: Role, most: int = 4, wait_s: float = 10.0, copies: bool = True, holder: str = ""
    ) -> None:
        self.role = role
        self.url = url
        self._copies = copies
        self._pool = SharedConnections(
            url,
            session=_session(role, holder),
            configure=self._configure,
            most=most,
            wait_s=wait_s,
            name=role.value,
        )
        self._principal: Principal | None = None
        self._sites: AbstractSet[str] | None = None

    def on_behalf_of(self, principal: Principal, *, sites: AbstractSet[str] | None) -> Database:
        """Return the same pool, every transaction of which is on somebody's behalf.

        What is written in it says how they were recognised, and it finds nothing of other `sites`; None: of every site.
        """
        behalf = copy.copy(self)
        vars(behalf).update(_principal=principal, _sites=sites)
        return behalf

    def _configure(self, connection: psycopg.Connection[DictRow]) -> None:
        assume(connection, self.role)

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Commit when the block ends, roll back when it raises.

        Raises:
            Unavailable: the server cannot be reached, or went away; at once where that is known.
            Rejected: a value is one that no column can hold.
        """
        with in_our_terms(), self._pool.connection() as connection:
            tx = Transaction(connection, copies=self._copies, principal=self._principal)
            if self._principal is not None:
                tx.all(
                    "behalf.act",
                    actor=self._principal.name,
                    recognised=self._principal.recognition.value,
                    person=self._principal.person_id,
                    sites=None if self._sites is None else sorted(self._sites),
                )
            yield tx

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def session_name(role: Role, holder: str = "") -> str:
    """Name the sessions of a role, or of one process of it, as the server lists them (`application_name`).

    >>> session_name(Role.INGEST, "plant:71:0a1b2c3d")
    'assetloop-ingest plant:71:0a1b2c3d'
    """
    # The server keeps 63 characters. What makes a holder unique stands at its end, so the beginning is cut.
    return f"{role.value.replace('_', '-')} {holder[-_LONGEST_HOLDER:]}".rstrip()


def _session(role: Role, holder: str = "") -> dict[str, Any]:
    # Our statements are short: compiling them first (jit) takes longer than running them.
    options = "-c timezone=UTC -c jit=off"
    if role in _LONGEST_IDLE:
        options += f" -c idle_in_transaction_session_timeout={_LONGEST_IDLE[role]}"
    return {
        "row_factory": dict_row,
        "connect_timeout": 5,
        "application_name": session_name(role, holder),
        "options": options,
        # A server whose machine is gone never says so: who waits for its answer is told after some 20 s.
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 2,
        "tcp_user_timeout": 20_000,
    }


def connect(url: str, *, role: Role | None = None) -> psycopg.Connection[DictRow]:
    """Open one connection of the caller's own, with the rights of `role` where one is given.

    Raises:
        Unavailable: the server cannot be reached.
        Misconfigured: the URL is not one, or names a role that may not do this.
    """
    with in_our_terms():
        session = _session(role) if role else {**_session(Role.OWNER), "application_name": "assetloop"}
        connection = psycopg.Connection[DictRow].connect(url, **session)
        try:
            if role is not None:
                assume(connection, role)
        except BaseException:
            connection.close()
            raise
        return connection


def without_password(url: str) -> str:
    """Return an address without its password.

    Raises:
        Misconfigured: it is not an address.

    >>> without_password("postgresql://me:secret@db.example/plant")
    'user=me dbname=plant host=db.example'
    """
    with in_our_terms():
        parts: dict[str, Any] = psycopg.conninfo.conninfo_to_dict(url)
    parts.pop("password", None)
    return psycopg.conninfo.make_conninfo(**parts)


def assume(connection: psycopg.Connection[DictRow], role: Role) -> None:
    """Give the session the rights of `role`, and no others; Grafana's is read-only with a statement timeout."""
    connection.execute(_SET_ROLE[role])
    if role is Role.GRAFANA:
        connection.execute(_READ_ONLY_SESSION)
    connection.commit()
