"""Training on the job queue: asked for with a row, done by any worker that shares the database."""

from __future__ import annotations

import logging

from procrastinate import Blueprint, JobContext

from models.feedback import baselines
from models.feedback.labelling import learn_from_labels
from models.feedback.watching import watch
from models.remaining.classes import learn_classes
from models.remaining.estimates import ClassModelCache, estimate_remaining_life
from models.training.train import TrainedModel, TrainingRefused, train_one
from models.training_requests import NAMESPACE, QUEUE, TRAIN, TRAIN_TASK, TrainingRequest
from plant.backoff import GrowingWait
from plant.clock import Clock
from plant.errors import Conflict, Unavailable
from plant.model import TrainingState
from storage.core import jobs
from storage.core.database import Database, Transaction
from storage.models import installations, trainings

_log = logging.getLogger(__name__)

LEARNING = "learning"
"""What is done at intervals has a queue of its own too, so that it does not wait for a fleet's training."""

_RESUME = "resume_stalled"
_LEARN = "learn"
_ESTIMATE = "estimate_remaining_life"
_ESTIMATE_BEFORE = "tell_remaining_life"  # jobs that an earlier release asked for may wait under this name
_LEARN_CLASSES = "learn_classes"
_RETRY = GrowingWait(first_s=10.0, most_s=10.0)


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


def training_blueprint(database: Database, clock: Clock) -> Blueprint:
    """Declare what a worker does for this room; add it with `namespace=NAMESPACE`."""
    blueprint = Blueprint()
    life_models = ClassModelCache()

    @blueprint.task(name=TRAIN_TASK, queue=QUEUE, retry=jobs.RetryWhileUnavailable(wait=_RETRY))
    def train(training_id: int) -> None:
        run_training(database, training_id, clock=clock)

    @blueprint.periodic(cron="* * * * *")
    @blueprint.task(name=_RESUME, queue=LEARNING, queueing_lock=f"{NAMESPACE}:{_RESUME}", pass_context=True)
    async def resume_stalled(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - periodic tasks get it
        await jobs.resume_stalled(context.app, TRAIN)

    @blueprint.periodic(cron="* * * * *")
    @blueprint.task(name=_LEARN, queue=LEARNING, queueing_lock=f"{NAMESPACE}:{_LEARN}")
    def learn(timestamp: int) -> None:  # noqa: ARG001 - periodic tasks get it
        learn_from_labels(database, clock=clock)
        watch(database, clock=clock)
        baselines.propose(database, clock=clock)

    @blueprint.periodic(cron="* * * * *")
    @blueprint.task(
        name=_ESTIMATE, aliases=[_ESTIMATE_BEFORE], queue=LEARNING, queueing_lock=f"{NAMESPACE}:{_ESTIMATE}"
    )
    def estimate(timestamp: int) -> None:  # noqa: ARG001 - periodic tasks get it
        estimate_remaining_life(database, clock=clock, models=life_models)

    @blueprint.periodic(cron="17 * * * *")
    @blueprint.task(name=_LEARN_CLASSES, queue=QUEUE, queueing_lock=f"{NAMESPACE}:{_LEARN_CLASSES}")
    def learn_lives(timestamp: int) -> None:  # noqa: ARG001 - periodic tasks get it
        learn_classes(database, clock=clock)

    return blueprint
