"""Estimate for each machine, once an hour of its data, how long it has left: by its class's history or its own wear."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import numpy as np

from models.catalogue import ModelRefused
from models.remaining.classes import read_life_model
from models.remaining.estimator import RemainingLife
from models.remaining.history import History
from models.remaining.trend import TimeLeft, WearTrend
from plant.clock import Clock
from plant.errors import Misconfigured, Unavailable
from plant.model import Outlook
from storage.core.database import Database, Transaction
from storage.models import remaining
from storage.models.remaining import LifeModelLine, MachineToEstimate, RemainingLifeEstimate

EVERY = timedelta(hours=1)
"""How often a machine is estimated, in data time."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class ClassModelCache:
    """The models of classes, each read once; one that is refused is logged once, and its machines go by their wear."""

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
                _log.error("remaining life of a class: its model is refused", extra={"error": str(error)})
                self._read[line.life_model_id] = None
        model = self._read[line.life_model_id]
        return None if model is None else (line, model)


def estimate_remaining_life(
    database: Database, *, clock: Clock, models: ClassModelCache | None = None, most: int = 500
) -> int:
    """Estimate for machines whose data have gone on by an hour; return for how many.

    Each has a transaction of its own, and one that fails stops no other.

    Raises:
        Unavailable: the database is away; the estimates written so far stand.
    """
    known = models or ClassModelCache()
    with database.transaction() as tx:
        found = remaining.to_estimate(tx, every=EVERY, most=most)
        known.look(tx)
    for one in found:
        try:
            with database.transaction() as tx:
                remaining.write(tx, _estimate(tx, one, known, clock.now()))
        except (Unavailable, Misconfigured):
            raise
        except Exception:  # noqa: BLE001 - one bad machine must not stop the others
            _log.exception("remaining life cannot be estimated", extra={"asset_id": one.asset_id})
    return len(found)


def _estimate(tx: Transaction, due: MachineToEstimate, models: ClassModelCache, at: datetime) -> RemainingLifeEstimate:
    of_class = models.of(tx, due.class_id)
    if of_class is not None:
        line, model = of_class
        left = _by_class(tx, due, line, model)
        if left is not None:
            return _row(due, left, f"life/{due.asset_class}/v{line.version}", model.coverage, at)
    trend = WearTrend() if due.wear_limit is None else WearTrend(limit=due.wear_limit)
    version = f"wear/{due.asset}/v{due.model_version}"
    if due.is_relearning:  # wear counts from a normal that no longer holds
        return _by_wear(due, TimeLeft(outlook=Outlook.TOO_SHORT), version, trend, at)
    times_s, wear = remaining.wear(tx, due.asset_id, model_id=due.model_id, since=due.since, until=due.watermark)
    left = trend.estimate(times_s, wear)
    if left.likely_s is not None:
        left = _later(left, due.watermark.timestamp() - float(times_s[-1]))
    return _by_wear(due, left, version, trend, at)


def _by_wear(
    due: MachineToEstimate, left: TimeLeft, version: str, trend: WearTrend, at: datetime
) -> RemainingLifeEstimate:
    return replace(_row(due, left, version, trend.coverage, at), wear_limit=trend.limit)


def _by_class(tx: Transaction, due: MachineToEstimate, line: LifeModelLine, model: RemainingLife) -> TimeLeft | None:
    """Ask the class's model; None where the machine has no readings it knows."""
    keys = [*line.keys, *line.setting_keys]
    times_s, rows = remaining.hours(tx, due.asset_id, keys, since=due.since, until=due.watermark)
    count = len(line.keys)
    if not len(times_s) or not np.isfinite(rows[:, :count]).any():
        return None
    begin_s = due.since.timestamp() if due.since else float(times_s[0])
    course = model.predict(History(time=times_s, rows=rows[:, :count], settings=rows[:, count:], begin=begin_s))
    likely, low, high = (float(column[-1]) for column in (course.likely, course.low, course.high))
    left = TimeLeft(
        outlook=Outlook.KNOWN,
        likely_s=likely,
        low_s=min(low, likely),
        high_s=max(high, likely) if np.isfinite(high) else None,
    )
    return _later(left, due.watermark.timestamp() - float(course.time[-1]))


def _later(left: TimeLeft, passed_s: float) -> TimeLeft:
    """Say the same so many seconds later."""
    likely, low, high = (
        None if one is None else max(0.0, one - passed_s) for one in (left.likely_s, left.low_s, left.high_s)
    )
    return TimeLeft(outlook=left.outlook, likely_s=likely, low_s=low, high_s=high)


def _row(due: MachineToEstimate, left: TimeLeft, version: str, coverage: float, at: datetime) -> RemainingLifeEstimate:
    return RemainingLifeEstimate(
        asset_id=due.asset_id,
        time=due.watermark,
        installation_id=due.installation_id,
        source_version=version,
        outlook=left.outlook,
        likely_s=left.likely_s,
        low_s=left.low_s,
        high_s=left.high_s,
        coverage=coverage,
        estimated_at=at,
    )
