"""What a worker does for models: training what is asked for, and at intervals learning and estimating."""

from __future__ import annotations

from procrastinate import Blueprint, JobContext

from models.feedback import baselines
from models.feedback.labelling import learn_from_labels
from models.feedback.watching import watch
from models.remaining.classes import learn_classes
from models.remaining.estimates import ClassModelCache, estimate_remaining_life
from models.training.queue import run_training
from models.training_requests import NAMESPACE, QUEUE, TRAIN, TRAIN_TASK
from plant.backoff import GrowingWait
from plant.clock import Clock
from storage.core import jobs
from storage.core.database import Database

LEARNING = "learning"
"""What is done at intervals has a queue of its own too, so that it does not wait for a fleet's training."""

_RESUME = "resume_stalled"
_LEARN = "learn"
_ESTIMATE = "estimate_remaining_life"
_ESTIMATE_BEFORE = "tell_remaining_life"  # jobs that an earlier release asked for may wait under this name
_LEARN_CLASSES = "learn_classes"
_RETRY = GrowingWait(first_s=10.0, most_s=10.0)


def model_blueprint(database: Database, clock: Clock) -> Blueprint:
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
