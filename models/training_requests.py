"""Training is asked for with a row and a job in one transaction; any worker on the same database does it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from plant.clock import Clock
from plant.model import Succession
from storage.core import jobs
from storage.core.database import Database, Transaction
from storage.models import trainings

NAMESPACE = "models"
QUEUE = "training"
"""Training has a queue of its own, so that orders do not wait while a fleet is trained."""

TRAIN_TASK = "train"
TRAIN = f"{NAMESPACE}:{TRAIN_TASK}"


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingRequest:
    """Who asks for training, and what is to become of the model."""

    trained_by: str
    succession: Succession = Succession.CHALLENGE


def ask(tx: Transaction, installation_id: int, task: TrainingRequest, *, batch: str, clock: Clock) -> int | None:
    """Ask for the training of a machine, as a row and a job; None where it waits for training already."""
    training_id = trainings.ask(
        tx,
        installation_id,
        batch=batch,
        succession=task.succession,
        asked_by=task.trained_by,
        at=clock.now(),
    )
    if training_id is not None:
        jobs.defer(tx, TRAIN, queue=QUEUE, lock=f"training-{installation_id}", training_id=training_id)
    return training_id


def ask_for_all(
    database: Database, installation_ids: Sequence[int], task: TrainingRequest, *, batch: str, clock: Clock
) -> int:
    """Ask for the training of many machines at once; return how many did not wait for it already."""
    with database.transaction() as tx:
        asked = [ask(tx, one, task, batch=batch, clock=clock) for one in installation_ids]
    return sum(one is not None for one in asked)
