"""What was thought through about alarms, as rows of the register: one a class and kind."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from typing import Literal

from plant.alarms.rationalisation import Rationalisation
from storage.core.database import Transaction


def put_rationalisation(tx: Transaction, said: Rationalisation) -> Literal["added", "changed", "left"]:
    """Make the register say this for a class and kind; the class must be known."""
    row = tx.first("rationalisations.put", **asdict(said))
    if row is None:
        return "left"
    return "added" if row["is_new"] else "changed"


def lock_rationalisation(tx: Transaction, class_tag: str, kind: str) -> None:
    """Let nobody else say anything for a class and kind until the transaction ends."""
    tx.all("rationalisations.lock", named=f"{class_tag}/{kind}")


def list_rationalisations(tx: Transaction) -> list[Rationalisation]:
    """Return all that was thought through, by class and kind."""
    return [Rationalisation(**row) for row in tx.all("rationalisations.all")]


def rationalisations_of(tx: Transaction, asset_ids: Collection[int]) -> dict[tuple[int, str], Rationalisation]:
    """Return what was thought through for some assets, by asset and kind."""
    rows = tx.all("rationalisations.of_assets", asset_ids=list(asset_ids))
    return {(row.pop("asset_id"), row["kind"]): Rationalisation(**row) for row in rows}
