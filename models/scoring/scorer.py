"""Scoring judges new rows: each asset by its own model; state, score and finding are written in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Hashable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.catalogue import make_ready
from models.scoring.batch import JudgedWindow, judge
from models.scoring.findings import finding_of, of_model
from models.scoring.model_cache import ModelCache
from models.scoring.refusals import remember
from models.scoring.worker import LeasingWorker, RoundReport
from plant.clock import Clock
from storage.core.database import Database, Transaction
from storage.core.leases import Lease
from storage.models import findings, scoring, wear
from storage.models.catalogue import StoredModel
from storage.models.scoring import AssetToScore, LeasedToScore
from storage.telemetry.windows import Windows

_log = logging.getLogger(__name__)


class Scorer(LeasingWorker[AssetToScore, LeasedToScore, JudgedWindow]):
    """Lets each asset's champion judge the rows that are new."""

    def __init__(self, database: Database, clock: Clock, holder: str, **how: Any) -> None:
        super().__init__(database, clock, holder, **how)
        self._cache = ModelCache()

    def _find_due(self, tx: Transaction, now: datetime, skip_assets: Iterable[int]) -> list[AssetToScore]:
        return scoring.due(
            tx, holder=self._holder, now=now, skip_assets=list(skip_assets), skip_models=self._cache.refused
        )

    def _take_leases(self, tx: Transaction, wanted: Sequence[AssetToScore], now: datetime) -> list[Lease[AssetToScore]]:
        return scoring.lease(tx, wanted, holder=self._holder, now=now, lease_s=self._lease_s)

    def _read_leased(self, tx: Transaction, taken: Sequence[Lease[AssetToScore]]) -> list[LeasedToScore]:
        return scoring.leased_assets(tx, taken)

    def _give_back(self, tx: Transaction) -> None:
        scoring.release(tx, holder=self._holder)

    def _groups(self, leased: Sequence[LeasedToScore]) -> Iterator[list[LeasedToScore]]:
        """Load the models of leased assets, and group the assets whose models have one shape."""
        make_ready()
        with self._database.transaction() as tx:
            refusals = self._cache.fetch(tx, [one.model_id for one in leased])
        asset_of = {one.model_id: one.asset_id for one in leased}
        for model_id, error in refusals.items():
            _log.error(
                "asset is not scored: its model is refused",
                extra={"asset_id": asset_of[model_id], "model_id": model_id, "error": str(error)},
            )
            with self._database.transaction() as tx:
                remember(tx, model_id, str(error), clock=self._clock)
        usable = [one for one in leased if one.model_id not in self._cache.refused]
        of_shape: dict[Hashable, list[LeasedToScore]] = {}
        for one in usable:
            of_shape.setdefault(self._cache.of(one.model_id).shape, []).append(one)
        yield from of_shape.values()

    def _signal_ids(self, leased: Sequence[LeasedToScore]) -> NDArray[np.int32]:
        return np.array([[signal.signal_id for signal in model.signals] for model in self._models(leased)], np.int32)

    def _judge(self, leased: Sequence[LeasedToScore], read: Windows) -> list[JudgedWindow]:
        return judge(leased, self._models(leased), self._cache.bank([one.model_id for one in leased]), read)

    def _write(self, tx: Transaction, judged: Sequence[JudgedWindow]) -> RoundReport:
        return write(tx, judged)

    def _models(self, leased: Sequence[LeasedToScore]) -> list[StoredModel]:
        return [self._cache.of(one.model_id).model for one in leased]


def write(tx: Transaction, judged: Sequence[JudgedWindow]) -> RoundReport:
    """Write what the windows showed, but nothing of an asset that another worker or a new model has taken over."""
    ours = scoring.advance(tx, [one.advance for one in judged])
    kept = [one for one in judged if one.advance.leased.asset_id in ours]
    if len(kept) < len(judged):
        lost = [one.advance.leased.asset_id for one in judged if one.advance.leased.asset_id not in ours]
        _log.warning("assets were taken over while they were scored", extra={"asset_ids": lost})
    scoring.write_scores(tx, [one.score for one in kept if one.score is not None])
    wear.write(tx, [row for one in kept for row in one.wear])
    changed = [(one.model, kind, episode) for one in kept for kind, episode in one.episodes]
    opened = [findings.record(tx, finding_of(of_model(model), kind, episode)) == 1 for model, kind, episode in changed]
    return RoundReport(
        assets=len(kept),
        rows=sum(one.rows for one in kept),
        findings_opened=sum(opened),
        findings_cleared=sum(episode.cleared_us is not None for _, _, episode in changed),
        behind=sum(one.behind for one in kept),
        taken_over=len(judged) - len(kept),
    )
