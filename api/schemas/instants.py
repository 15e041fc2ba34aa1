"""Instants and days as callers write them: RFC 3339 with an offset, and nothing else that could be taken for it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, WithJsonSchema

_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_OLDEST, _NEWEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def _written_as_instant(said: object) -> object:
    if isinstance(said, datetime) or (isinstance(said, str) and _INSTANT.fullmatch(said)):
        return said
    raise ValueError("write an instant as RFC 3339 with its offset: 2026-03-01T08:00:00Z, and + in an address as %2B")


def _is_of_our_time(at: datetime) -> datetime:
    if _OLDEST <= at < _NEWEST:
        return at
    raise ValueError(f"an instant lies between {_OLDEST.year} and {_NEWEST.year}")


def _written_as_day(said: object) -> object:
    if isinstance(said, date) or (isinstance(said, str) and _DAY.fullmatch(said)):
        return said
    raise ValueError("write a day as 2026-03-01")


Instant = Annotated[
    AwareDatetime,
    BeforeValidator(_written_as_instant),
    AfterValidator(_is_of_our_time),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-03-01T08:00:00Z"]}),
]
"""An instant that a caller names."""
Day = Annotated[
    date,
    BeforeValidator(_written_as_day),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-03-01"]}),
]
"""A day that a caller names."""
