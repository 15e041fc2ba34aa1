"""Learn from labels: keep the readings of each episode, and let false alarms raise the asset's alarm line."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta

from lifecycle import ledger
from lifecycle.model_events import AlarmLineMoved
from models.catalogue import KIND, ModelRefused, make_ready, source_version, unpacked
from models.training import threshold
from models.training.backtest import UNNOTICED, moves_the_line, replay
from plant.clock import Clock
from plant.errors import Misconfigured, Unavailable
from plant.model import ModelState
from plant.work_order import Outcome
from storage.core.database import Database, Transaction
from storage.models import catalogue as store
from storage.models import installations, labels, scoring
from storage.models.catalogue import StoredModel
from storage.models.labels import EpisodeReadings, Label
from storage.register import assets
from storage.telemetry import windows
from storage.telemetry.windows import Window

BEFORE = timedelta(hours=1)
"""Readings from so long before an episode are kept too: a model that watches it again settles in them."""

LONGEST = timedelta(hours=6)
"""Of a longer episode no more than this is kept."""

_log = logging.getLogger(__name__)
_MOST_ROWS = 50_000
_ACTOR = "learning"


def learn_from_labels(database: Database, *, clock: Clock, most: int = 100) -> int:
    """Learn from new labels, each in a transaction of its own; return how many there were.

    A label that fails is logged and not tried again, so that it stops no other.
    """
    for learnt in range(most):
        with database.transaction() as tx:
            found = labels.to_learn(tx, most=1)
        if not found:
            return learnt
        make_ready()
        try:
            with database.transaction() as tx:
                if locked := labels.lock(tx, found[0].label_id):
                    _learn(tx, locked, clock)
        except (Unavailable, Misconfigured):
            raise
        except Exception:  # noqa: BLE001 - one bad label must not stop the others
            _log.exception("nothing could be learnt from a label", extra={"label_id": found[0].label_id})
            with database.transaction() as tx:
                labels.mark_learnt(tx, found[0].label_id, at=clock.now())
    return most


def _learn(tx: Transaction, label: Label, clock: Clock) -> None:
    kept = _keep(tx, label)
    if label.outcome is Outcome.FALSE_ALARM and moves_the_line(label):
        _raise_line(tx, label, kept, clock)
    labels.mark_learnt(tx, label.label_id, at=clock.now())


def _keep(tx: Transaction, label: Label) -> EpisodeReadings | None:
    """Keep the readings of an episode that was confirmed or false: later models are judged by them."""
    if label.outcome is Outcome.NO_FAULT_FOUND or label.installation_id is None:
        return None
    signal_ids = [signal.signal_id for signal in installations.signals_of(tx, label.asset_id)]
    window = _around(tx, signal_ids, label)
    labels.keep_readings(tx, label.label_id, signal_ids, window)
    return (
        EpisodeReadings(label_id=label.label_id, signal_ids=tuple(signal_ids), window=window) if len(window) else None
    )


def _around(tx: Transaction, signal_ids: Sequence[int], label: Label) -> Window:
    if label.is_a_report:
        after, until = label.onset - UNNOTICED - BEFORE, label.onset
    else:
        after, until = label.onset - BEFORE, min(label.ended, label.onset + LONGEST)
    return windows.read(tx, signal_ids, after=after, until=until, most=_MOST_ROWS)


def _raise_line(tx: Transaction, label: Label, kept: EpisodeReadings | None, clock: Clock) -> None:
    """Raise the line of the champion by the level that it gave the episode, or would have given."""
    model_id = store.of_asset(tx, label.asset_id, kind=KIND, state=ModelState.CHAMPION)
    if model_id is None:
        return
    model = store.load(tx, model_id)
    if model.installation_id != label.installation_id:
        return  # the machine that gave the false alarm is gone
    level = _level(model, label, kept)
    faults = [_known_level(one) for one in labels.of_installation(tx, model.installation_id) if _is_fault(one)]
    raised = threshold.raised(model.line, level, faults) if level >= model.line else model.line
    if raised > model.line:
        _move(tx, model, raised, label, level, clock)


def _level(model: StoredModel, label: Label, kept: EpisodeReadings | None) -> float:
    """Return the worst level of an episode in the model's own alarm lines; 0 where that is not known any more."""
    if label.source_version == source_version(model):
        return _known_level(label)
    try:
        detector = unpacked(model)
    except ModelRefused:
        return 0.0
    return replay(detector, model.signals, kept, label).level if kept else 0.0


def _known_level(label: Label) -> float:
    return threshold.level_of(label.score or 0.0, label.line)


def _is_fault(label: Label) -> bool:
    return label.outcome is Outcome.CONFIRMED and moves_the_line(label)


def _move(tx: Transaction, model: StoredModel, raised: float, label: Label, level: float, clock: Clock) -> None:
    now, shown_level = clock.now(), round(level, 4)
    because = {"order_id": label.order_id, "level": shown_level, "before": model.line}
    store.move_line(tx, model.model_id, line=raised, at=now, actor=_ACTOR, **because)
    scoring.move_line(tx, asset_id=model.asset_id, model_id=model.model_id, line=raised)
    asset = assets.asset_by_id(tx, model.asset_id)
    moved = AlarmLineMoved(
        actor=_ACTOR,
        asset=asset.asset,
        model=source_version(model),
        line=raised,
        before=model.line,
        level=shown_level,
        order_id=label.order_id,
    )
    ledger.append(tx, asset.site, moved, now)
