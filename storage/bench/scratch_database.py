"""A database that is made for one purpose and dropped with it: for benches, and for trying what must not be kept."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from psycopg import sql
from psycopg.conninfo import make_conninfo

from storage.core.database import connect
from storage.core.driver_errors import in_our_terms


@contextmanager
def scratch_database(server_url: str) -> Iterator[str]:
    """Yield the address of a new, empty database on the server of `server_url`; it is dropped when the block ends.

    Raises:
        Unavailable: the server cannot be reached.
        Misconfigured: the login may not create databases.
    """
    name = f"assetloop_scratch_{secrets.token_hex(4)}"
    try:
        _administer(server_url, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield make_conninfo(server_url, dbname=name)
    finally:
        _administer(server_url, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _administer(server_url: str, statement: sql.Composed) -> None:
    with in_our_terms(), connect(server_url) as connection:
        connection.autocommit = True
        connection.execute(statement)
