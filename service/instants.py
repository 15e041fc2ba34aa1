"""Instants as people write them on the command line."""

from __future__ import annotations

from datetime import datetime

from plant.errors import Misconfigured


def read_instant(text: str) -> datetime:
    """Read an ISO 8601 instant with its zone.

    Raises:
        Misconfigured: it is none; the text says how to write it.

    >>> read_instant("2026-01-31T08:00+08:00").isoformat()
    '2026-01-31T08:00:00+08:00'
    """
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise Misconfigured(f"{text} is no ISO 8601 instant; write 2026-01-31T08:00+08:00") from error
    if instant.tzinfo is None:
        raise Misconfigured(f"{text} does not say its time zone; write {text}+08:00, or {text}Z for UTC")
    return instant
