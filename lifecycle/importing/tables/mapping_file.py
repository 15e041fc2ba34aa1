"""What the columns of a tag list mean: a file in TOML, proposed by their heads, edited by people, and kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from lifecycle.importing.tables.columns import TagColumn, known_column
from lifecycle.importing.tables.heads import Heads
from lifecycle.register.toml_file import read_toml
from plant.errors import Rejected

_Head = Annotated[str, Field(max_length=500)]


@dataclass(frozen=True, kw_only=True, slots=True)
class ColumnMapping:
    """What each column says, by its head. Rows are counted from 1; `head_row` 0 lets the heads be found."""

    columns: dict[str, TagColumn]
    sheet: str = ""
    head_row: int = 0
    head_rows: int = 1
    classes: dict[str, str] = field(default_factory=dict)


class MappingFile(BaseModel):
    """A mapping as people and programs write it."""

    model_config = ConfigDict(extra="forbid")
    sheet: _Head = ""
    head_row: Annotated[int, Field(ge=0, le=1000, description="The row of the heads, from 1; 0: they are found.")] = 0
    head_rows: Annotated[int, Field(ge=1, le=2)] = 1
    columns: Annotated[dict[_Head, TagColumn], Field(max_length=1000, description="What each head means.")]
    classes: Annotated[
        dict[_Head, _Head], Field(max_length=1000, description="Classes that are called otherwise.")
    ] = {}

    def mapping(self) -> ColumnMapping:
        """Return it as a value."""
        return ColumnMapping(**self.model_dump())


def read_mapping(path: Path) -> ColumnMapping:
    """Read a kept mapping.

    Raises:
        Rejected: it cannot be read, or says something that makes no sense; the text says where.
    """
    return read_toml(path, MappingFile, absent="no_mapping", bad="bad_mapping").mapping()


def propose_mapping(heads: Heads, sheet: str) -> ColumnMapping:
    """Propose what the columns mean by their heads: each meaning once, what nobody knows as a parameter.

    Raises:
        Rejected: two columns have one head.
    """
    columns: dict[str, TagColumn] = {}
    taken: set[TagColumn] = set()
    for name in heads.names:
        if not name:
            continue
        if name in columns:
            raise Rejected("head_twice", f"two columns are called {name}; rename one of them")
        column = known_column(name)
        if column is None or (column in taken and column is not TagColumn.DAY):
            column = TagColumn.PARAMETER
        taken.add(column)
        columns[name] = column
    rows = 2 if any(" / " in name for name in heads.names) else 1
    return ColumnMapping(columns=columns, sheet=sheet, head_row=heads.row + 1, head_rows=rows)


def as_toml(mapping: ColumnMapping) -> str:
    """Write a mapping as the file that `read_mapping` reads.

    >>> print(as_toml(ColumnMapping(columns={"位号": TagColumn.TAG}, sheet="Tags", head_row=2)).splitlines()[-1])
    "位号" = "tag"
    """
    known = ", ".join(TagColumn)
    return "\n".join(
        [
            "# What the columns of this tag list mean: on the left a head, on the right one of",
            f"# {known}.",
            f"sheet = {quoted(mapping.sheet)}",
            f"head_row = {mapping.head_row}",
            f"head_rows = {mapping.head_rows}",
            "",
            *(["[classes]", *(f"{quoted(typed)} = {quoted(tag)}" for typed, tag in mapping.classes.items()), ""]
              if mapping.classes else []),
            "[columns]",
            *(f"{quoted(name)} = {quoted(column.value)}" for name, column in mapping.columns.items()),
            "",
        ]
    )  # fmt: skip


def as_plain(mapping: ColumnMapping) -> dict[str, Any]:
    """Say a mapping as JSON that keeps the order of the columns; `of_plain` reads it."""
    pairs = [[name, column.value] for name, column in mapping.columns.items()]
    return {**asdict(mapping), "columns": pairs}


def of_plain(said: Mapping[str, Any]) -> ColumnMapping:
    """Return the mapping that `as_plain` said.

    >>> one = ColumnMapping(columns={"位号": TagColumn.TAG, "A": TagColumn.IGNORE}, head_row=2)
    >>> of_plain(as_plain(one)) == one
    True
    """
    return ColumnMapping(**{**said, "columns": {name: TagColumn(column) for name, column in said["columns"]}})


def quoted(text: str) -> str:
    r"""Write a TOML string.

    >>> print(quoted('a "b"'))
    "a \"b\""
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def columns_at(mapping: ColumnMapping, heads: Heads) -> tuple[dict[TagColumn, int], dict[int, tuple[str, TagColumn]]]:
    """Return where each single meaning stands, and which columns are parameters or days under their own names."""
    single: dict[TagColumn, int] = {}
    others: dict[int, tuple[str, TagColumn]] = {}
    for at, name in enumerate(heads.names):
        column = mapping.columns.get(name)
        if column is None or column is TagColumn.IGNORE:
            continue
        if column in {TagColumn.PARAMETER, TagColumn.DAY}:
            others[at] = (name, column)
        else:
            single.setdefault(column, at)
    return single, others


def unknown_heads(mapping: ColumnMapping, heads: Heads) -> Sequence[str]:
    """Return the heads of a table that its mapping does not know."""
    return [name for name in heads.names if name and name not in mapping.columns]


def absent_heads(mapping: ColumnMapping, heads: Heads) -> Sequence[str]:
    """Return the heads that a mapping wants to read and a table does not have."""
    wanted = (name for name, column in mapping.columns.items() if column is not TagColumn.IGNORE)
    return [name for name in wanted if name not in heads.names]


def tag_heads(mapping: ColumnMapping) -> frozenset[str]:
    """Return the heads under which tags stand by a mapping."""
    return frozenset(name for name, column in mapping.columns.items() if column is TagColumn.TAG)
