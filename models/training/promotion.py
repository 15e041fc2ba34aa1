"""Which model is in charge of an asset: a newly trained one, a promoted challenger, or the champion before."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from lifecycle import ledger
from lifecycle.model_events import ModelTookOver, Takeover
from lifecycle.register.relearning import learnt
from models.catalogue import make_ready, source_version, unpacked
from models.scoring import state_codec
from plant.clock import Clock
from plant.errors import Conflict
from plant.finding import FindingSource
from plant.model import ModelState
from plant.people.principal import Principal
from storage.core.database import Database, Transaction
from storage.models import catalogue as store
from storage.models import findings, installations, proposals, scoring
from storage.models.catalogue import ModelLine, StoredModel
from storage.register import assets
from storage.telemetry import windows

if TYPE_CHECKING:
    from models.detector.estimator import ConditionDetector

WARM_UP = timedelta(hours=1)
"""A model that takes over a running machine first sees so much of its past: it starts at the present baseline."""

_MOST_WARM_UP_ROWS = 20_000


def promote(database: Database, model_id: int, *, actor: Principal, clock: Clock) -> ModelLine:
    """Put a challenger in charge of its asset in `actor`'s name.

    Raises:
        NotFound: there is no such model.
        Conflict: it is no challenger, its machine is not installed any more, or it cannot be loaded here.
    """
    make_ready()
    with database.transaction() as tx:
        model = _installed(tx, model_id)
        detector = unpacked(model)
        if not store.promote(tx, model, at=clock.now(), actor=actor.name):
            raise Conflict(f"{source_version(model)} is {model.state}, only a challenger can be promoted")
        _take_over(tx, model, detector, at=clock.now(), actor=actor.name, event="promoted")
        return store.line_of(tx, model_id)


def roll_back(database: Database, model_id: int, *, actor: Principal, clock: Clock) -> ModelLine:
    """Take a champion out of charge in `actor`'s name; the champion before it takes over again, and is returned.

    Raises:
        NotFound: there is no such model.
        Conflict: it is no champion, there was none before it, or the one before cannot be loaded here.
    """
    make_ready()
    with database.transaction() as tx:
        model = _installed(tx, model_id)
        if model.state is not ModelState.CHAMPION:
            raise Conflict(f"{source_version(model)} is {model.state}, only a champion can be rolled back")
        before_id = store.roll_back(tx, model, at=clock.now(), actor=actor.name)
        if before_id is None:
            raise Conflict(f"no model was in charge before {source_version(model)}")
        before = store.load(tx, before_id)
        _take_over(tx, before, unpacked(before), at=clock.now(), actor=actor.name, event="rolled_back_to")
        return store.line_of(tx, before_id)


def take_over_newly_trained(
    tx: Transaction, model_id: int, detector: ConditionDetector, *, at: datetime, actor: str
) -> None:
    """Put a model in charge that was just stored as champion."""
    _take_over(tx, store.load(tx, model_id), detector, at=at, actor=actor, event="trained")


def _installed(tx: Transaction, model_id: int) -> StoredModel:
    """Load a model whose machine is still installed."""
    model = store.load(tx, model_id)
    if installations.standing(tx, model.installation_id) is None:
        raise Conflict(f"{source_version(model)} knows a machine that is not installed any more")
    return model


def _take_over(
    tx: Transaction, model: StoredModel, detector: ConditionDetector, *, at: datetime, actor: str, event: Takeover
) -> None:
    """Let scoring go on with a model; clear the findings of the one before, and end the learning again."""
    asset = assets.asset_by_id(tx, model.asset_id)
    watermark = scoring.watermark_of(tx, model.asset_id)
    state = state_codec.pack(_warmed_up(tx, model, detector, watermark), {})
    scoring.reset(tx, asset_id=model.asset_id, model_id=model.model_id, watermark=model.data_to, state=state)
    findings.clear_all_of(tx, asset_id=model.asset_id, source=FindingSource.MODEL)
    learnt(tx, asset, how="promoted", at=at, by=actor)
    proposals.supersede(tx, model.asset_id, at=at, by=actor)
    took_over = ModelTookOver(
        event=event,
        actor=actor,
        asset=asset.asset,
        model=source_version(model),
        line=model.line,
        data_sha256=model.data_sha256,
    )
    ledger.append(tx, asset.site, took_over, at)


def _warmed_up(tx: Transaction, model: StoredModel, detector: ConditionDetector, watermark: datetime | None) -> Any:
    """Return the state in which a model takes over at a watermark: calm, at the baseline of the last hour."""
    fresh = detector.start()
    if watermark is None or watermark <= model.data_to:
        return fresh
    window = windows.read(
        tx,
        [signal.signal_id for signal in model.signals],
        after=max(watermark - WARM_UP, model.data_to),
        until=watermark,
        most=_MOST_WARM_UP_ROWS,
    )
    if not len(window) or not window.complete:
        return fresh
    scored, state = detector.stream(fresh, window.values, window.times_s)
    return fresh if scored.alarm[-1] else state
