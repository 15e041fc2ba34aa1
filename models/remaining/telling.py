"""Tell of each machine, once an hour of its data, how long it has left: by its class's history, or by its own wear."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import numpy as np

from models.catalogue import ModelRefused
from models.remaining.classes import read_life_model
from models.remaining.estimator import RemainingLife
from models.remaining.history import History
from models.remaining.trend import Left, WearTrend
from plant.clock import Clock
from plant.errors import Misconfigured, Unavailable
from plant.model import Outlook
from storage.core.database import Database, Transaction
from storage.models import remaining
from storage.models.remaining import Due, LifeModelLine
from storage.models.remaining import RemainingLife as Told

EVERY = timedelta(hours=1)
"""So often in data time."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class ClassModels:
    """The models of classes, each read once; one that is refused is said so once, and its machines go by their wear."""

    _newest: dict[int, LifeModelLine] = field(default_factory=dict)
    _read: dict[int, RemainingLife | None] = field(default_factory=dict)

    def look(self, tx: Transaction) -> None:
        """See which are the newest now."""
        self._newest = remaining.newest_models(tx)

    def of(self, tx: Transaction, class_id: int) -> tuple[LifeModelLine, RemainingLife] | None:
        """Return the model of a class that can be used."""
        line = self._newest.get(class_id)
        if line is None:
            return None
        if line.life_model_id not in self._read:
            try:
                self._read[line.life_model_id] = read_life_model(tx, line)
            except ModelRefused as error:
                _log.error("a class's remaining life is not told: its model is refused", extra={"error": str(error)})
                self._read[line.life_model_id] = None
        model = self._read[line.life_model_id]
        return None if model is None else (line, model)


def tell_remaining_life(database: Database, *, clock: Clock, models: ClassModels | None = None, most: int = 500) -> int:
    """Tell of machines whose data have gone on by an hour, each in a transaction of its own; return of how many.

    A machine of which nothing can be told stops no other.

    Raises:
        Unavailable: the database is away; what was told stands.
    """
    known = models or ClassModels()
    with database.transaction() as tx:
        found = remaining.due(tx, every=EVERY, most=most)
        known.look(tx)
    for one in found:
        try:
            with database.transaction() as tx:
                remaining.put(tx, _told(tx, one, known, clock.now()))
        except (Unavailable, Misconfigured):
            raise
        except Exception:  # noqa: BLE001 - one bad machine must not stop the others
            _log.exception("remaining life cannot be told", extra={"asset_id": one.asset_id})
    return len(found)


def _told(tx: Transaction, due: Due, models: ClassModels, at: datetime) -> Told:
    of_class = models.of(tx, due.class_id)
    if of_class is not None:
        line, model = of_class
        left = _by_class(tx, due, line, model)
        if left is not None:
            return _row(due, left, f"life/{due.asset_class}/v{line.version}", model.coverage, at)
    trend = WearTrend() if due.wear_limit is None else WearTrend(limit=due.wear_limit)
    version = f"wear/{due.asset}/v{due.model_version}"
    if due.is_relearning:  # how far it is from a normal that is past says nothing
        return _by_wear(due, Left(outlook=Outlook.TOO_SHORT), version, trend, at)
    times_s, wear = remaining.wear(tx, due.asset_id, model_id=due.model_id, since=due.since, until=due.watermark)
    left = trend.tell(times_s, wear)
    if left.likely_s is not None:
        left = _later(left, due.watermark.timestamp() - float(times_s[-1]))
    return _by_wear(due, left, version, trend, at)


def _by_wear(due: Due, left: Left, version: str, trend: WearTrend, at: datetime) -> Told:
    return replace(_row(due, left, version, trend.coverage, at), wear_limit=trend.limit)


def _by_class(tx: Transaction, due: Due, line: LifeModelLine, model: RemainingLife) -> Left | None:
    """Ask the class's model; None where the machine has no readings it knows."""
    keys = [*line.keys, *line.setting_keys]
    times_s, rows = remaining.hours(tx, due.asset_id, keys, since=due.since, until=due.watermark)
    count = len(line.keys)
    if not len(times_s) or not np.isfinite(rows[:, :count]).any():
        return None
    begin_s = due.since.timestamp() if due.since else float(times_s[0])
    told = model.predict(History(time=times_s, rows=rows[:, :count], settings=rows[:, count:], begin=begin_s))
    likely, low, high = (float(column[-1]) for column in (told.likely, told.low, told.high))
    left = Left(
        outlook=Outlook.KNOWN,
        likely_s=likely,
        low_s=min(low, likely),
        high_s=max(high, likely) if np.isfinite(high) else None,
    )
    return _later(left, due.watermark.timestamp() - float(told.time[-1]))


def _later(left: Left, passed_s: float) -> Left:
    """Say the same so many seconds later."""
    likely, low, high = (
        None if one is None else max(0.0, one - passed_s) for one in (left.likely_s, left.low_s, left.high_s)
    )
    return Left(outlook=left.outlook, likely_s=likely, low_s=low, high_s=high)


def _row(due: Due, left: Left, version: str, coverage: float, at: datetime) -> Told:
    return Told(
        asset_id=due.asset_id,
        time=due.watermark,
        installation_id=due.installation_id,
        source_version=version,
        outlook=left.outlook,
        likely_s=left.likely_s,
        low_s=left.low_s,
        high_s=left.high_s,
        coverage=coverage,
        told_at=at,
    )
