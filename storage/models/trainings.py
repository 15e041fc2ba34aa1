"""Trainings that were asked for, and what came of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from plant.model import ModelState, Succession, TrainingState
from storage.core.database import Transaction

Ending = Literal[TrainingState.TRAINED, TrainingState.REFUSED, TrainingState.FAILED]


@dataclass(frozen=True, kw_only=True, slots=True)
class Training:
    """One training; `batch` names those that were asked for together, `outcome` says why there is no model."""

    training_id: int
    installation_id: int
    batch: str
    succession: Succession
    asked_by: str
    asked_at: datetime
    state: TrainingState
    outcome: str
    model_id: int | None
    finished_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingOutcome:
    """What came of one of several trainings: a version and its place, or why there is none."""

    site: str
    asset: str
    state: TrainingState
    outcome: str
    version: int | None
    model_state: ModelState | None


def ask(
    tx: Transaction, installation_id: int, *, batch: str, succession: Succession, asked_by: str, at: datetime
) -> int | None:
    """Ask for a training; return its id, None where the machine waits for one already."""
    row = tx.first(
        "trainings.ask",
        installation_id=installation_id,
        batch=batch,
        succession=succession.value,
        asked_by=asked_by,
        at=at,
    )
    return int(row["training_id"]) if row else None


def get(tx: Transaction, training_id: int) -> Training:
    """Return one training; raises `NotFound` where there is none."""
    row = tx.one("trainings.get", training_id=training_id)
    return Training(**{**row, "succession": Succession(row["succession"]), "state": TrainingState(row["state"])})


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
    touched = tx.run(
        "trainings.finish", training_id=training_id, state=state.value, outcome=outcome, model_id=model_id, at=at
    )
    return touched > 0


def counts(tx: Transaction, batch: str) -> dict[TrainingState, int]:
    """Count the trainings that were asked for together by their state."""
    return {TrainingState(row["state"]): row["count"] for row in tx.all("trainings.of_batch", batch=batch)}


def outcomes(tx: Transaction, batch: str) -> list[TrainingOutcome]:
    """Return what came of trainings that were asked for together, by asset."""
    return [_outcome(row) for row in tx.all("trainings.outcomes", batch=batch)]


def _outcome(row: dict[str, Any]) -> TrainingOutcome:
    model_state = row["model_state"]
    states = {"state": TrainingState(row["state"]), "model_state": ModelState(model_state) if model_state else None}
    return TrainingOutcome(**{**row, **states})
