"""The driver's errors in the product's own terms: whether to try again, mend a setting, or give up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
from psycopg_pool import PoolTimeout

from plant.errors import AssetloopError, Misconfigured, Rejected, Unavailable


@contextmanager
def in_our_terms() -> Iterator[None]:
    """Raise the product's errors in place of the driver's, for a server that is away or refuses a login or a value."""
    try:
        yield
    except psycopg.Error as error:
        ours = _in_our_terms(error)
        if ours is None:
            raise
        raise ours from error


def _in_our_terms(error: psycopg.Error) -> AssetloopError | None:
    said = _line(error)
    for kinds, ours in _TERMS:
        if isinstance(error, kinds):
            return ours(said)
    if isinstance(error, psycopg.ProgrammingError) and error.sqlstate is None:
        return Misconfigured(f"ASSETLOOP_DATABASE_URL is not a usable address: {said}")
    return None


_TERMS: tuple[tuple[tuple[type[psycopg.Error], ...], Callable[[str], AssetloopError]], ...] = (
    (
        (PoolTimeout,),
        lambda _: Unavailable("the database does not answer; is the server of ASSETLOOP_DATABASE_URL running?"),
    ),
    (
        (psycopg.errors.InsufficientPrivilege,),
        lambda said: Misconfigured(f"the database refuses: {said}; run `assetloop migrate`"),
    ),
    (
        (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedFunction, psycopg.errors.UndefinedColumn),
        lambda said: Misconfigured(f"the database lacks something: {said}; run `assetloop migrate`"),
    ),
    (
        (psycopg.errors.DiskFull,),
        lambda said: Unavailable(
            f"the database's disk is full: {said}; free space there, or keep less (ASSETLOOP_RAW_RETENTION_DAYS); "
            "what waits goes on by itself"
        ),
    ),
    (
        (psycopg.errors.LockNotAvailable,),
        lambda said: Unavailable(f"somebody holds a lock all the time: {said}; try again when that has ended"),
    ),
    ((psycopg.DataError,), lambda said: Rejected("bad_value", said)),
    (
        (psycopg.OperationalError, psycopg.InterfaceError, psycopg.errors.IdleInTransactionSessionTimeout),
        lambda said: Unavailable(f"the database is away: {said}"),
    ),
)


def _line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__
