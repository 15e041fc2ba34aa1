"""What makes a project's assets ready, as rows: training, spares, who answers, and their way into service."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from plant.errors import Conflict, NotFound
from storage.core.database import Transaction
from storage.figures.figures import note_state


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldTraining:
    """That somebody was trained on a class of assets."""

    training_id: int
    asset_class: str
    person: str
    held_on: date
    taught_by: str
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class WantedSpare:
    """A part that must be on stock; `free` are those on hand that nobody has reserved."""

    part: str
    name: str
    quantity: Decimal
    free: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class GateDuty:
    """Who answers for a gate, by name."""

    gate: str
    delivers: str
    checks: str
    decides: str


def record_training(
    tx: Transaction,
    project_id: int,
    *,
    asset_class: str,
    person: str,
    held_on: date,
    taught_by: str,
    at: datetime,
    by: str,
) -> None:
    """Record that somebody was trained.

    Raises:
        Conflict: that is recorded already.
        NotFound: the project has no asset of that class.
    """
    if asset_class not in classes(tx, project_id):
        raise NotFound(f"the project has no asset of class {asset_class}")
    values = {"asset_class": asset_class, "person": person, "held_on": held_on, "taught_by": taught_by}
    if tx.first("readiness.record_training", project_id=project_id, **values, at=at, by=by) is None:
        raise Conflict(f"the training of {person} on {asset_class} of {held_on.isoformat()} is recorded already")


def trainings(tx: Transaction, project_id: int) -> list[HeldTraining]:
    """Return who was trained on what, the earliest first."""
    return [HeldTraining(**row) for row in tx.all("readiness.trainings", project_id=project_id)]


def classes(tx: Transaction, project_id: int) -> list[str]:
    """Return the classes of a project's assets."""
    return [row["asset_class"] for row in tx.all("readiness.classes", project_id=project_id)]


def class_names(tx: Transaction) -> dict[str, tuple[str, str]]:
    """Return by its tag how every class is called, in English and in Chinese."""
    return {row["tag"]: (row["name"], row["name_zh"]) for row in tx.all("readiness.class_names")}


def want_spare(tx: Transaction, project_id: int, part: str, quantity: Decimal, *, at: datetime, by: str) -> None:
    """Say how many of a part must be on stock."""
    tx.run("readiness.want_spare", project_id=project_id, part=part, quantity=quantity, at=at, by=by)


def spares(tx: Transaction, project_id: int) -> list[WantedSpare]:
    """Return the spares a project wants, by part."""
    return [WantedSpare(**row) for row in tx.all("readiness.spares", project_id=project_id)]


def name_duty(tx: Transaction, project_id: int, duty: GateDuty, *, at: datetime, by: str) -> None:
    """Name who answers for a gate."""
    values = {"gate": duty.gate, "delivers": duty.delivers, "checks": duty.checks, "decides": duty.decides}
    tx.run("readiness.name_duty", project_id=project_id, **values, at=at, by=by)


def duties(tx: Transaction, project_id: int) -> dict[str, GateDuty]:
    """Return who answers, by gate."""
    return {row["gate"]: GateDuty(**row) for row in tx.all("readiness.duties", project_id=project_id)}


def commission(tx: Transaction, project_id: int, *, at: datetime) -> int:
    """Let a project's assets be in commissioning from `at` on; return how many were not yet."""
    changed = tx.all("readiness.commission", project_id=project_id)
    for row in changed:
        note_state(tx, row["asset_id"], "commissioning", since=at, noted_at=at)
    return len(changed)


def put_in_service(tx: Transaction, project_id: int, *, at: datetime) -> int:
    """Let a project's assets be in service from `at` on; return how many were in commissioning."""
    changed = tx.all("readiness.put_in_service", project_id=project_id)
    for row in changed:
        note_state(tx, row["asset_id"], "in_service", since=at, noted_at=at)
    tx.run("readiness.return_to_service_later", project_id=project_id)
    tx.run("readiness.begin_service", project_id=project_id, at=at)
    return len(changed)


def commissioning_team(tx: Transaction, asset_ids: Collection[int]) -> str | None:
    """Return the team of engineering whose some assets are while all are in commissioning; None: they are not."""
    row = tx.first("readiness.commissioning_team", asset_ids=list(asset_ids))
    return row["team"] if row else None


def in_commissioning(tx: Transaction, asset_ids: Collection[int]) -> set[int]:
    """Return which of some assets are in commissioning."""
    return {row["asset_id"] for row in tx.all("readiness.in_commissioning", asset_ids=list(asset_ids))}
