"""Things found by a part of what they are called: assets by tag, name, class or signal, documents by title."""

from __future__ import annotations

from dataclasses import dataclass

from storage.core.database import Transaction


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundAsset:
    """An asset that is called what was asked for."""

    site: str
    asset: str
    name: str
    name_zh: str
    area: str
    asset_class: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundDocument:
    """A document whose title or file holds what was asked for; of an asset, or of the whole project."""

    title: str
    version: str
    file: str
    project: str
    site: str
    asset: str | None


def find_assets(tx: Transaction, text: str, *, most: int = 8) -> list[FoundAsset]:
    """Return assets that are called so, an exact tag first, then those of which a signal is; see the statement."""
    found = tx.all("finding_things.assets", text=text, words=text.split(), most=most)
    return [FoundAsset(**row) for row in found]


def find_documents(tx: Transaction, text: str, *, most: int = 8) -> list[FoundDocument]:
    """Return documents whose title or file holds a text."""
    return [FoundDocument(**row) for row in tx.all("finding_things.documents", text=text, most=most)]


def assets_to_label(
    tx: Transaction, *, site: str | None, area: str | None, asset: str | None, most: int, skip: int = 0
) -> tuple[list[FoundAsset], int]:
    """Return the assets of a site, an area or a tag behind the first `skip`, and how many there are."""
    rows = tx.all("finding_things.labelled", site=site, area=area, asset=asset, most=most, skip=skip)
    total = rows[0]["total"] if rows else 0
    return [FoundAsset(**{name: value for name, value in row.items() if name != "total"}) for row in rows], total
