"""The installed machines that models are trained for, and the signals of their assets."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from plant.asset import SignalRole
from storage.core.database import Transaction


@dataclass(frozen=True, kw_only=True, slots=True)
class Installation:
    """An installed machine that a model may be trained for."""

    installation_id: int
    asset_id: int
    site: str
    asset: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelSignal:
    """One column of a model's input."""

    signal_id: int
    key: str
    unit: str
    role: SignalRole = SignalRole.MEASUREMENT


def to_train(
    tx: Transaction, asset_ids: Collection[int] | None, *, class_tags: Collection[str] | None = None
) -> list[Installation]:
    """Return the machines that are installed at `asset_ids`.

    Without them: all machines of which some time was declared healthy, or those of the classes `class_tags` alone.
    """
    rows = tx.all(
        "installations.to_train",
        asset_ids=None if asset_ids is None else list(asset_ids),
        class_tags=None if class_tags is None else list(class_tags),
    )
    return [Installation(**row) for row in rows]


def standing(tx: Transaction, installation_id: int) -> Installation | None:
    """Return one installation; None where the machine is not installed any more."""
    row = tx.first("installations.standing", installation_id=installation_id)
    return Installation(**row) if row else None


def unknown_classes(tx: Transaction, tags: Collection[str]) -> list[str]:
    """Return those of some classes of equipment that are not registered."""
    known = {row["tag"] for row in tx.all("installations.classes", tags=list(tags))}
    return sorted(set(tags) - known)


def asset_id_of(tx: Transaction, site: str, asset: str) -> int | None:
    """Return the asset of a site by its tag, or None."""
    row = tx.first("installations.asset_of", site=site, asset=asset)
    return None if row is None else int(row["asset_id"])


def signals_of(tx: Transaction, asset_id: int) -> tuple[ModelSignal, ...]:
    """Return every signal of an asset, in the register's order."""
    return tuple(signal_of_row(row) for row in tx.all("installations.signals", asset_id=asset_id))


def signal_of_row(row: dict[str, Any]) -> ModelSignal:
    """Make a signal of its columns."""
    return ModelSignal(signal_id=row["signal_id"], key=row["key"], unit=row["unit"], role=SignalRole(row["role"]))
