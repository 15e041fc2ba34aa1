"""Imports into the register and its history, as the API says them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from api.schemas.shape import PlainText, Shape
from lifecycle.importing.column_mappings import NamedMapping
from lifecycle.importing.history import NotedChange
from lifecycle.importing.tables.columns import TagColumn
from lifecycle.importing.tables.mapping_file import ColumnMapping, MappingFile


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


class ColumnMappingWanted(MappingFile):
    """A mapping of columns to be saved under a name; `replace` lets it take the place of what has that name."""

    name: PlainText = Field(min_length=1, max_length=100, examples=["Pumpen AG"])
    replace: bool = False

    def mapping(self) -> ColumnMapping:
        """Return it as a value, without its name."""
        return ColumnMapping(**self.model_dump(exclude={"name", "replace"}))


class ColumnMappingShape(Shape):
    """A mapping of columns that is saved: what each head of a tag list means, and how classes are called there."""

    site: str
    name: str
    sheet: str
    head_row: int
    head_rows: int
    columns: dict[str, TagColumn]
    classes: dict[str, str]
    saved_at: datetime
    saved_by: str

    @classmethod
    def of(cls, saved: NamedMapping) -> ColumnMappingShape:
        """Show a mapping."""
        return cls(
            **asdict(saved.mapping), site=saved.site, name=saved.name, saved_at=saved.saved_at, saved_by=saved.saved_by
        )


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
