"""Text from outside, cut and cleaned so that PostgreSQL can store and index it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from plant.errors import Rejected

MOST_INDEXED = 500  # characters; an index entry may have 2,704 bytes, a character at most four

_REFUSALS = (
    psycopg.DataError,
    psycopg.IntegrityError,
    psycopg.NotSupportedError,
    psycopg.errors.ProgramLimitExceeded,
    psycopg.errors.RaiseException,
)


def storable(text: str, most: int = MOST_INDEXED) -> str:
    r"""Return `text` cut to `most` characters, without the ones PostgreSQL refuses (NUL, lone surrogates).

    >>> storable("pump\x00 \ud800" + "x" * 9, most=8)
    'pump� �x'
    """
    if len(text) <= most and text.isascii() and "\x00" not in text:
        return text
    cut = text[:most].replace("\x00", "\N{REPLACEMENT CHARACTER}")
    return "".join(char if not "\ud800" <= char <= "\udfff" else "\N{REPLACEMENT CHARACTER}" for char in cut)


@contextmanager
def refusals() -> Iterator[None]:
    """Separate data that the server will never accept from a server that cannot accept them now.

    Raises:
        Rejected: the data are at fault; trying again gives the same.
    """
    try:
        yield
    except _REFUSALS as error:
        raise Rejected("refused_by_database", str(error).strip().partition("\n")[0]) from error
