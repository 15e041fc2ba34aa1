"""Trainings that were asked for, and what came of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from storage.core.database import Transaction

Ending = Literal["trained", "refused", "failed"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Training:
    """One training; `batch` names those that were asked for together, `outcome` says why there is no model."""

    training_id: int
    installation_id: int
    batch: str
    succession: str
    asked_by: str
    asked_at: datetime
    state: str
    outcome: str
    model_id: int | None
    finished_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class OutcomeLine:
    """What came of one of several trainings: a version and its place, or why there is none."""

    site: str
    asset: str
    state: str
    outcome: str
    version: int | None
    model_state: str | None


def ask(
    tx: Transaction, installation_id: int, *, batch: str, succession: str, asked_by: str, at: datetime
) -> int | None:
    """Ask for a training; return its id, None where the machine waits for one already."""
    row = tx.first(
        "trainings.ask",
        installation_id=installation_id,
        batch=batch,
        succession=succession,
        asked_by=asked_by,
        at=at,
    )
    return int(row["training_id"]) if row else None


def get(tx: Transaction, training_id: int) -> Training:
    """Return one training; raises `NotFound` where there is none."""
    return Training(**tx.one("trainings.get", training_id=training_id))


def finish(
    tx: Transaction,
    training_id: int,
    *,
    state: Ending,
    at: datetime,
    outcome: str = "",
    model_id: int | None = None,
) -> bool:
    """Say what came of a training; False where that was said before."""
    return (
        tx.run("trainings.finish", training_id=training_id, state=state, outcome=outcome, model_id=model_id, at=at) > 0
    )


def standing(tx: Transaction, batch: str) -> dict[str, int]:
    """Count the trainings that were asked for together by their state."""
    return {row["state"]: row["count"] for row in tx.all("trainings.of_batch", batch=batch)}


def outcomes(tx: Transaction, batch: str) -> list[OutcomeLine]:
    """Return what came of trainings that were asked for together, by asset."""
    return [OutcomeLine(**row) for row in tx.all("trainings.outcomes", batch=batch)]
