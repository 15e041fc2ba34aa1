"""Imports into the register and its history, as the API says them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from api.schemas.shape import Shape
from lifecycle.importing.history import NotedChange


class UploadShape(Shape):
    """A file that was sent to be imported, with what was chosen for it.

    `said` is what it would change, or did: counts of what is `added`, `changed` and `left`; `items` with the fields
    before and after; `faults` by sheet and row; what is `missing`; `warnings`. Of each list the first 200 are there,
    `in_all` counts them. One that failed has its `reason` instead.
    """

    upload_id: UUID
    site: str
    file: str
    kind: str
    options: dict[str, Any]
    state: str
    said: dict[str, Any]
    uploaded_at: datetime
    uploaded_by: str
    decided_at: datetime | None
    decided_by: str | None


class RegisterItemShape(Shape):
    """An item of the register as it stood, and who said it, when and from which file."""

    kind: str
    item: str
    at: datetime
    by: str
    recognised: str
    file: str
    said: dict[str, Any]


class RegisterChangeShape(Shape):
    """What became of an item between two days; `fields` hold what each said before and after."""

    kind: str
    item: str
    how: str
    fields: dict[str, tuple[Any, Any]]
    at: datetime
    by: str
    file: str

    @classmethod
    def of(cls, noted: NotedChange) -> RegisterChangeShape:
        """Show a change, with whoever made it last."""
        one, last = noted.change, noted.by[-1]
        fields = dict(one.fields)
        return cls(kind=one.kind, item=one.item, how=one.how, fields=fields, at=last.at, by=last.by, file=last.source)
