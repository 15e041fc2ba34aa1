"""Where the next page of a list begins: after the last row of the page before, by its instant and its id."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class After:
    """The last row of a page: its instant, and its id as text."""

    at: datetime
    row_id: str


def beyond(after: After | None) -> dict[str, object]:
    """Return the values of a statement's keyset condition; nulls begin with the first row."""
    return {"after_at": after.at if after else None, "after_id": after.row_id if after else None}
