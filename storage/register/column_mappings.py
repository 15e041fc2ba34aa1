"""What the columns of tag lists mean, saved under names, as rows: each mapping is of one site."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from plant.errors import NotFound
from storage.core.database import Transaction


@dataclass(frozen=True, kw_only=True, slots=True)
class SavedMapping:
    """A mapping under its name; `said` is what `lifecycle.importing.tables.mapping_file.as_plain` makes of it."""

    site: str
    name: str
    said: dict[str, Any]
    saved_at: datetime
    saved_by: str


def save_mapping(
    tx: Transaction, *, site: str, name: str, said: dict[str, Any], at: datetime, by: str, replaces: bool
) -> bool:
    """Save a mapping; False where the name is taken and `replaces` is not said, or the site is not there."""
    statement = "column_mappings.replace" if replaces else "column_mappings.add"
    return tx.first(statement, site=site, name=name, said=Jsonb(said), at=at, by=by) is not None


def list_mappings(tx: Transaction, site: str | None = None) -> list[SavedMapping]:
    """Return what is saved, of one site or of all, by name."""
    return [SavedMapping(**row) for row in tx.all("column_mappings.listed", site=site, name=None)]


def get_mapping(tx: Transaction, site: str, name: str) -> SavedMapping:
    """Return what is saved under a name; raises `NotFound` where nothing is."""
    row = tx.first("column_mappings.listed", site=site, name=name)
    if row is None:
        raise _nothing(site, name)
    return SavedMapping(**row)


def drop_mapping(tx: Transaction, site: str, name: str) -> None:
    """Forget a mapping; raises `NotFound` where nothing is saved under the name."""
    if tx.first("column_mappings.drop", site=site, name=name) is None:
        raise _nothing(site, name)


def _nothing(site: str, name: str) -> NotFound:
    return NotFound(f"no mapping of columns is called {name} at {site}")
