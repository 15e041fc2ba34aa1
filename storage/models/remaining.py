"""How long machines have left, as rows: what it is estimated from, the estimates, and the models of whole classes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from psycopg.types.json import Jsonb

from plant.model import Outlook
from storage.core.database import Transaction

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class MachineToEstimate:
    """A machine whose remaining life should be estimated again; it is scored up to `watermark`, data time.

    It was last changed at `since`, None where it never was; `is_relearning` says that the champion still knows the
    machine as it was before. `wear_limit`, in alarm lines, is the register's; None where it states none.
    """

    asset_id: int
    installation_id: int
    asset: str
    class_id: int
    asset_class: str
    watermark: datetime
    model_id: int
    model_version: int
    since: datetime | None
    is_relearning: bool
    wear_limit: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RemainingLifeEstimate:
    """How long a machine has left, as estimated at `time`, data time; seconds count from there.

    The truth lies between `low_s` and `high_s` with the probability `coverage`; `high_s` is None where the interval has
    no end. `wear_limit`, in alarm lines, is the wear that counts as the end; None where the estimate comes from the
    history of the class.
    """

    asset_id: int
    time: datetime
    installation_id: int
    source_version: str
    outlook: Outlook
    likely_s: float | None
    low_s: float | None
    high_s: float | None
    coverage: float
    estimated_at: datetime
    wear_limit: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class FailedLife:
    """A machine that ran to its confirmed failure, data time; `begin` is None where its life is as long as its data."""

    order_id: int
    asset_id: int
    begin: datetime | None
    failed_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class ClassToLearn:
    """A class of which more machines have failed than its newest model knows."""

    class_id: int
    asset_class: str
    failures: int


@dataclass(frozen=True, kw_only=True, slots=True)
class LifeModelLine:
    """The newest model of a class, without its bytes; `keys` in the order of its columns, settings apart."""

    class_id: int
    life_model_id: int
    version: int
    keys: tuple[str, ...]
    setting_keys: tuple[str, ...]
    lives: int
    libraries: dict[str, str]
    figures: dict[str, Any]
    trained_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class NewLifeModel:
    """A model of a class about to be stored."""

    class_id: int
    keys: Sequence[str]
    setting_keys: Sequence[str]
    lives: int
    data_sha256: bytes
    libraries: dict[str, str]
    artifact: bytes
    trained_at: datetime
    figures: dict[str, Any] = field(default_factory=dict)


def to_estimate(tx: Transaction, *, every: timedelta, most: int) -> list[MachineToEstimate]:
    """Return machines whose data have gone on by `every` since their last estimate, those left longest first."""
    return [MachineToEstimate(**row) for row in tx.all("remaining.to_estimate", every=every, most=most)]


def wear(
    tx: Transaction, asset_id: int, *, model_id: int, since: datetime | None, until: datetime
) -> tuple[Floats, Floats]:
    """Return instants (n,), epoch seconds, and the wear (n,), in alarm lines, by one model in [since, until)."""
    rows = tx.all("remaining.wear", asset_id=asset_id, model_id=model_id, since=since, until=until)
    return np.array([row["time_s"] for row in rows]), np.array([row["wear"] for row in rows])


def write(tx: Transaction, estimate: RemainingLifeEstimate) -> None:
    """Write an estimate; where it is still unknown for the same reason the newest row moves on instead."""
    row = {**asdict(estimate), "outlook": estimate.outlook.value}
    if estimate.likely_s is None and tx.run("remaining.move", **row):
        return
    tx.run("remaining.write", **row)


def newest(tx: Transaction, asset_id: int) -> RemainingLifeEstimate | None:
    """Return the newest estimate for the machine that is installed at an asset."""
    row = tx.first("remaining.newest", asset_id=asset_id)
    return _estimate(row) if row else None


def newest_of(tx: Transaction, asset_ids: Collection[int]) -> dict[int, RemainingLifeEstimate]:
    """Return the newest estimate for each machine that is installed at one of some assets."""
    return {row["asset_id"]: _estimate(row) for row in tx.all("remaining.newest_of", asset_ids=list(asset_ids))}


def _estimate(row: dict[str, Any]) -> RemainingLifeEstimate:
    return RemainingLifeEstimate(**{**row, "outlook": Outlook(row["outlook"])})


def classes_to_learn(tx: Transaction, *, least: int) -> list[ClassToLearn]:
    """Return classes with at least `least` confirmed failures, and more than their newest model knows."""
    return [ClassToLearn(**row) for row in tx.all("remaining.classes_to_learn", least=least)]


def lives(tx: Transaction, class_id: int) -> list[FailedLife]:
    """Return the lives of a class that ended in a confirmed failure, by their orders."""
    return [FailedLife(**row) for row in tx.all("remaining.lives", class_id=class_id)]


def keys(tx: Transaction, class_id: int) -> tuple[list[str], list[str]]:
    """Return which measurements and which settings every asset of a class has."""
    rows = tx.all("remaining.keys", class_id=class_id)
    return [row["key"] for row in rows if not row["is_setting"]], [row["key"] for row in rows if row["is_setting"]]


def hours(
    tx: Transaction, asset_id: int, keys: Sequence[str], *, since: datetime | None, until: datetime
) -> tuple[Floats, Floats]:
    """Return hours (n,), their begin in epoch seconds, and the means (n, keys) of an asset's signals, NaN for none."""
    rows = tx.all("remaining.hours", asset_id=asset_id, keys=list(keys), since=since, until=until)
    time_s, row = np.unique([one["time_s"] for one in rows], return_inverse=True)
    table = np.full((len(time_s), len(keys)), np.nan)
    table[row.ravel(), [one["place"] for one in rows]] = [one["mean"] for one in rows]
    return time_s.astype(np.float64), table


def add_model(tx: Transaction, model: NewLifeModel) -> int:
    """Store the next version of a class's model; return it."""
    row = tx.one(
        "remaining.add_model",
        class_id=model.class_id,
        keys=list(model.keys),
        setting_keys=list(model.setting_keys),
        lives=model.lives,
        data_sha256=model.data_sha256,
        libraries=Jsonb(model.libraries),
        figures=Jsonb(model.figures),
        artifact=model.artifact,
        trained_at=model.trained_at,
    )
    return int(row["version"])


def newest_models(tx: Transaction) -> dict[int, LifeModelLine]:
    """Return the newest model of each class that has one, by class."""
    rows = tx.all("remaining.newest_models")
    return {
        row["class_id"]: LifeModelLine(
            **{**row, "keys": tuple(row["keys"]), "setting_keys": tuple(row["setting_keys"])}
        )
        for row in rows
    }


def artifact(tx: Transaction, life_model_id: int) -> bytes:
    """Return the bytes of a class's model."""
    return bytes(tx.one("remaining.artifact", life_model_id=life_model_id)["artifact"])
