"""Mappings of columns that people save under a name, so that the next tag list of the same maker is read by them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lifecycle.importing.tables.columns import TagColumn
from lifecycle.importing.tables.mapping_file import ColumnMapping, as_plain, of_plain
from plant.clock import Clock
from plant.errors import Conflict, NotFound, Rejected
from plant.orders.wording import plain_text
from plant.people.principal import Principal
from plant.people.rights import Right
from storage.core.database import Transaction
from storage.register import column_mappings

_MOST_NAME = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class NamedMapping:
    """A mapping under its name, with who saved it and when."""

    site: str
    name: str
    mapping: ColumnMapping
    saved_at: datetime
    saved_by: str


def save_mapping(
    tx: Transaction,
    site: str,
    name: str,
    mapping: ColumnMapping,
    *,
    actor: Principal,
    clock: Clock,
    replaces: bool = False,
) -> NamedMapping:
    """Save a mapping under a name, in place of what has that name where `replaces` says so.

    Raises:
        Forbidden, NotFound: who acts may not register assets at the site, or sees nothing of it.
        Rejected: the name cannot be one, or no column is mapped to tag.
        Conflict: the name is taken.
    """
    actor.demand(Right.REGISTER_ASSETS, site)
    called = plain_text(name, what="name", most=_MOST_NAME)
    if "/" in called or "\n" in called:
        raise Rejected("bad_name", "the name of a mapping is one line without a slash")
    if TagColumn.TAG not in mapping.columns.values():
        raise Rejected("no_tag_column", "no column is mapped to tag; a mapping says where the tags stand")
    said = as_plain(mapping)
    if not column_mappings.save_mapping(
        tx, site=site, name=called, said=said, at=clock.now(), by=actor.name, replaces=replaces
    ):
        if replaces:
            raise NotFound(f"there is no site {site}")
        raise Conflict(f"a mapping of columns is called {called} at {site} already; say that it is to be replaced")
    return get_mapping(tx, site, called)


def list_mappings(tx: Transaction, site: str | None = None) -> list[NamedMapping]:
    """Return what is saved, of one site or of all that are seen, by name."""
    return [_named(one) for one in column_mappings.list_mappings(tx, site)]


def get_mapping(tx: Transaction, site: str, name: str) -> NamedMapping:
    """Return what is saved under a name; raises `NotFound` where nothing is."""
    return _named(column_mappings.get_mapping(tx, site, name))


def drop_mapping(tx: Transaction, site: str, name: str, *, actor: Principal) -> None:
    """Forget a mapping; imports that were tried with it keep what it said.

    Raises:
        Forbidden, NotFound: as `save_mapping` does, or nothing is saved under the name.
    """
    actor.demand(Right.REGISTER_ASSETS, site)
    column_mappings.drop_mapping(tx, site, name)


def _named(saved: column_mappings.SavedMapping) -> NamedMapping:
    return NamedMapping(
        site=saved.site,
        name=saved.name,
        mapping=of_plain(saved.said),
        saved_at=saved.saved_at,
        saved_by=saved.saved_by,
    )
