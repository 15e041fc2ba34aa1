"""One training that was asked for with a row: any worker that shares the database does it."""

from __future__ import annotations

from models.training.train import TrainedModel, TrainingRefused, train_one
from models.training_requests import TrainingRequest
from plant.clock import Clock
from plant.errors import Conflict, Unavailable
from plant.model import TrainingState
from storage.core.database import Database, Transaction
from storage.models import installations, trainings


def run_training(database: Database, training_id: int, *, clock: Clock) -> TrainedModel | TrainingRefused | None:
    """Do a training that was asked for; None where it is done already. Its outcome is written with the model.

    Raises:
        Unavailable: the database is away; the training still waits.
    """
    with database.transaction() as tx:
        asked = trainings.get(tx, training_id)
        installation = installations.standing(tx, asked.installation_id)
    if asked.state is not TrainingState.QUEUED:
        return None
    if installation is None:
        _finish(database, training_id, TrainingState.REFUSED, "its machine is not installed any more", clock)
        return None
    task = TrainingRequest(trained_by=asked.asked_by, succession=asked.succession)

    def also(tx: Transaction, trained: TrainedModel) -> None:
        if not trainings.finish(
            tx, training_id, state=TrainingState.TRAINED, model_id=trained.model_id, at=clock.now()
        ):
            raise Conflict(f"training {training_id} was done by another worker meanwhile")

    try:
        outcome = train_one(database, installation, task, clock=clock, also=also)
    except (Unavailable, Conflict):
        raise
    except Exception as error:
        _finish(database, training_id, TrainingState.FAILED, f"{type(error).__name__}: {error}", clock)
        raise
    if isinstance(outcome, TrainingRefused):
        _finish(database, training_id, TrainingState.REFUSED, outcome.reason, clock)
    return outcome


def _finish(database: Database, training_id: int, state: trainings.Ending, outcome: str, clock: Clock) -> None:
    with database.transaction() as tx:
        trainings.finish(tx, training_id, state=state, outcome=outcome, at=clock.now())
