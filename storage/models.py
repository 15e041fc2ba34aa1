"""Trained models as rows: their bytes, what they were trained on and with, and which of them is in charge."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from plant.asset import SignalRole
from storage.database import Transaction


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


@dataclass(frozen=True, kw_only=True, slots=True)
class NewModel:
    """A model about to be stored. `artifact` is its bytes, `data_sha256` the digest of what it was trained on."""

    installation_id: int
    kind: str
    signal_ids: tuple[int, ...]
    data_from: datetime
    data_to: datetime
    data_rows: int
    data_sha256: bytes
    libraries: dict[str, str]
    figures: dict[str, float]
    artifact: bytes
    trained_by: str
    trained_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredModel:
    """A model as it was stored, with the asset it belongs to."""

    model_id: int
    installation_id: int
    asset_id: int
    asset: str
    kind: str
    version: int
    state: str
    signals: tuple[ModelSignal, ...]
    data_from: datetime
    data_to: datetime
    data_rows: int
    data_sha256: bytes
    libraries: dict[str, str]
    figures: dict[str, float]
    artifact: bytes
    trained_by: str
    trained_at: datetime


def installations(tx: Transaction, asset_ids: Collection[int] | None) -> list[Installation]:
    """Return what is installed at `asset_ids`; where None, whatever has something declared healthy."""
    rows = tx.all("models.installations", asset_ids=None if asset_ids is None else list(asset_ids))
    return [Installation(**row) for row in rows]


def asset_id_of(tx: Transaction, site: str, asset: str) -> int | None:
    """Return the asset of a site by its tag, or None."""
    row = tx.first("models.asset_of", site=site, asset=asset)
    return None if row is None else int(row["asset_id"])


def signals_of(tx: Transaction, asset_id: int) -> tuple[ModelSignal, ...]:
    """Return every signal of an asset, in the register's order."""
    return tuple(_signal(row) for row in tx.all("models.signals", asset_id=asset_id))


def add(tx: Transaction, model: NewModel, *, champion: bool) -> tuple[int, int]:
    """Store a model as champion, retiring the one before, or as challenger; return its id and version."""
    which = {"installation_id": model.installation_id, "kind": model.kind}
    tx.one("models.hold", installation_id=model.installation_id)
    version = int(tx.one("models.next_version", **which)["version"])
    if champion:
        tx.run("models.retire", **which)
    row = tx.one(
        "models.add",
        **which,
        version=version,
        state="champion" if champion else "challenger",
        signal_ids=list(model.signal_ids),
        data_from=model.data_from,
        data_to=model.data_to,
        data_rows=model.data_rows,
        data_sha256=model.data_sha256,
        libraries=Jsonb(model.libraries),
        figures=Jsonb(model.figures),
        artifact=model.artifact,
        trained_by=model.trained_by,
        trained_at=model.trained_at,
    )
    return int(row["model_id"]), version


def promote(tx: Transaction, model: StoredModel) -> bool:
    """Make a challenger the champion and retire the one before; return False if it is no challenger now."""
    tx.one("models.hold", installation_id=model.installation_id)
    if load(tx, model.model_id).state != "challenger":
        return False
    tx.run("models.retire", installation_id=model.installation_id, kind=model.kind)
    return tx.run("models.promote", model_id=model.model_id) > 0


def load(tx: Transaction, model_id: int) -> StoredModel:
    """Return one model with its bytes.

    Raises:
        NotFound: there is none of this id.
    """
    row = tx.one("models.load", model_id=model_id)
    signals = tuple(_signal(row) for row in tx.all("models.model_signals", model_id=model_id))
    return StoredModel(signals=signals, **row)


def load_many(tx: Transaction, model_ids: Collection[int]) -> list[StoredModel]:
    """Return several models with their bytes, by id; those that there are none of are left out."""
    signals: dict[int, list[ModelSignal]] = {model_id: [] for model_id in model_ids}
    for row in tx.all_in_binary("models.signals_of_many", model_ids=list(model_ids)):
        signals[row.pop("model_id")].append(_signal(row))
    rows = tx.all_in_binary("models.load_many", model_ids=list(model_ids))
    return [StoredModel(signals=tuple(signals[row["model_id"]]), **row) for row in rows]


def history(tx: Transaction, asset_id: int) -> list[dict[str, Any]]:
    """Return every model of an asset without its bytes, newest first."""
    return tx.all("models.history", asset_id=asset_id)


def _signal(row: dict[str, Any]) -> ModelSignal:
    return ModelSignal(**{**row, "role": SignalRole(row["role"])})
