"""Learn the remaining life of a class from its machines that ran to failure, and keep it in the record."""

from __future__ import annotations

import logging
from datetime import datetime

import numpy as np
from sklearn.base import clone

from models.catalogue import ModelRefused, fingerprint, libraries, loaded, packed
from models.remaining.estimator import LEAST_LIVES, RemainingLife
from models.remaining.history import History, Life
from plant.clock import Clock
from storage.core.database import Database, Transaction
from storage.models import remaining
from storage.models.remaining import ClassToLearn, FailedLife, LifeModelLine, NewLifeModel

TRUSTED = (
    "models.remaining.conditions.Conditions",
    "models.remaining.estimator.RemainingLife",
    "models.remaining.features.HealthMap",
    "models.remaining.regressor.LifeRegressor",
    "models.remaining.wear.HiddenWear",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
)
"""The types that a stored model of remaining life may hold; the last is scikit-learn's, not known to skops."""

LEAST_HOURS = 24
"""A life of which fewer hours were recorded teaches nothing."""

_log = logging.getLogger(__name__)


def learn_classes(database: Database, *, clock: Clock, estimator: RemainingLife | None = None) -> int:
    """Train a model for each class of which more machines have failed than its newest knows; return how many.

    `estimator` is what learns, the shipped one where None. A class from which nothing can be learnt is logged, and
    tried again at the next call.

    Raises:
        Unavailable: the database is away; what was stored stands.
    """
    with database.transaction() as tx:
        found = remaining.classes_to_learn(tx, least=LEAST_LIVES)
    shipped = RemainingLife() if estimator is None else estimator
    return sum(_learn(database, one, clock, clone(shipped)) for one in found)


def _learn(database: Database, what: ClassToLearn, clock: Clock, model: RemainingLife) -> bool:
    with database.transaction() as tx:
        keys, setting_keys = remaining.keys(tx, what.class_id)
        lives = _lives(tx, what.class_id, keys, setting_keys)
    try:
        model.fit(lives)
    except ValueError as error:
        _log.warning(
            "remaining life cannot be learnt", extra={"class": what.asset_class, "why": str(error), "lives": len(lives)}
        )
        return False
    with database.transaction() as tx:
        remaining.add_model(tx, _new(model, what, keys, setting_keys, lives, clock.now()))
    return True


def _lives(tx: Transaction, class_id: int, keys: list[str], setting_keys: list[str]) -> list[Life]:
    found = (_life(tx, one, keys, setting_keys) for one in remaining.lives(tx, class_id))
    return [one for one in found if one is not None]


def _life(tx: Transaction, failed: FailedLife, keys: list[str], setting_keys: list[str]) -> Life | None:
    times_s, rows = remaining.hours(
        tx, failed.asset_id, [*keys, *setting_keys], since=failed.begin, until=failed.failed_at
    )
    if len(times_s) < LEAST_HOURS:
        return None
    begin_s = failed.begin.timestamp() if failed.begin else float(times_s[0])
    history = History(time=times_s, rows=rows[:, : len(keys)], settings=rows[:, len(keys) :], begin=begin_s)
    return Life(history=history, failed_at=max(failed.failed_at.timestamp(), float(times_s[-1])))


def _new(
    model: RemainingLife,
    what: ClassToLearn,
    keys: list[str],
    setting_keys: list[str],
    lives: list[Life],
    at: datetime,
) -> NewLifeModel:
    times_s = np.concatenate([life.history.time for life in lives])
    rows = np.concatenate([np.hstack([life.history.rows, life.history.settings]) for life in lives])
    return NewLifeModel(
        class_id=what.class_id,
        keys=keys,
        setting_keys=setting_keys,
        lives=what.failures,
        data_sha256=fingerprint(range(rows.shape[1]), (1e6 * times_s).astype(np.int64), rows),
        libraries=libraries(),
        artifact=packed(model),
        trained_at=at,
        figures={"lives": len(lives), "step_s": model.step_, "horizon_s": model.horizon_},
    )


def read_life_model(tx: Transaction, line: LifeModelLine) -> RemainingLife:
    """Return the model of a class.

    Raises:
        ModelRefused: it was trained under another scikit-learn, is damaged, or is no model of remaining life.
    """
    name = f"life/v{line.version} of class {line.class_id}"
    artifact = remaining.artifact(tx, line.life_model_id)
    model = loaded(artifact, name=name, libraries=line.libraries, trusted=TRUSTED)
    if not isinstance(model, RemainingLife):
        raise ModelRefused(f"{name} is a {type(model).__name__}, not a RemainingLife")
    return model
