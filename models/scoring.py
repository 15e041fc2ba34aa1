"""Scoring follows the rows: take assets that have new ones, judge them, write state, score and finding in one go."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections import OrderedDict
from dataclasses import dataclass, field, replace

from models import memory
from models.catalogue import ModelRefused, unpacked
from models.detector import ConditionDetector, Scored
from models.episodes import Episode, follow
from models.findings import finding_of
from plant.aside import Aside
from plant.clock import Clock
from plant.errors import Misconfigured, Unavailable
from storage import findings, scoring, windows
from storage import models as store
from storage.database import Database, Transaction
from storage.models import StoredModel
from storage.scoring import Leased
from storage.windows import Window, from_us

_log = logging.getLogger(__name__)

_ASSETS_A_LEASE = 32
_MODELS_KEPT = 2_000
_VALUES_A_WINDOW = 2_000_000
_SHORTEST_WAIT_S = 0.5
_LONGEST_WAIT_S = 30.0
_SHORTEST_ASIDE_S = 10.0
_LONGEST_ASIDE_S = 600.0


@dataclass(frozen=True, kw_only=True, slots=True)
class RoundReport:
    """What one round did. `behind` counts assets whose backlog was larger than a round takes."""

    assets: int = 0
    rows: int = 0
    findings_opened: int = 0
    findings_cleared: int = 0
    behind: int = 0
    skipped: int = 0
    taken_over: int = 0

    def __add__(self, other: RoundReport) -> RoundReport:
        return RoundReport(**{name: getattr(self, name) + getattr(other, name) for name in self.__slots__})


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """What a window says about an asset, not yet written."""

    window: Window
    scored: Scored
    episodes: list[Episode]
    memory: bytes


@dataclass(slots=True)
class _Shelf:
    """The models in use, the least lately used first, and those that were refused."""

    ready: OrderedDict[int, tuple[StoredModel, ConditionDetector]] = field(default_factory=OrderedDict)
    refused: set[int] = field(default_factory=set)

    def of(self, tx: Transaction, model_id: int) -> tuple[StoredModel, ConditionDetector]:
        if model_id not in self.ready:
            model = store.load(tx, model_id)
            self.ready[model_id] = (model, unpacked(model))
            if len(self.ready) > _MODELS_KEPT:
                self.ready.popitem(last=False)
        self.ready.move_to_end(model_id)
        return self.ready[model_id]


@dataclass(slots=True)
class _Patience:
    """How long to wait for a database that is away: longer each time, said once."""

    wait_s: float = _SHORTEST_WAIT_S
    away: bool = False

    def lost(self, error: Unavailable) -> float:
        if not self.away:
            _log.warning("scoring waits: the database is away", extra={"error": str(error)})
        wait_s, self.wait_s, self.away = self.wait_s, min(2 * self.wait_s, _LONGEST_WAIT_S), True
        return wait_s

    def found(self) -> None:
        if self.away:
            _log.info("scoring goes on: the database is back")
        self.wait_s, self.away = _SHORTEST_WAIT_S, False


class Scorer:
    """One worker. Any number of them share the assets by leases; what each writes is guarded by the lease's fence.

    Args:
        database: spoken to as the application.
        clock: tells how fresh data and leases are.
        holder: the worker's name in the leases.
        round_s: how long from the start of one round to the next, in seconds.
        lease_s: after how long a worker that died loses its assets, in seconds.
        most_rows: instants an asset may have in one round; a backlog takes several.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        holder: str,
        round_s: float = 2.0,
        lease_s: float = 15.0,
        most_rows: int = 20_000,
    ) -> None:
        self._database = database
        self._clock = clock
        self._holder = holder
        self._round_s = round_s
        self._lease_s = lease_s
        self._most_rows = most_rows
        self._shelf = _Shelf()
        self._aside = Aside[int](shortest_s=_SHORTEST_ASIDE_S, longest_s=_LONGEST_ASIDE_S)

    def run(self, stop: threading.Event) -> None:
        """Score until told to stop; wait, longer each time, while the database is away."""
        patience = _Patience()
        while not stop.is_set():
            began = self._clock.now()
            try:
                report = self.round(stop)
            except Unavailable as error:
                stop.wait(patience.lost(error))
            else:
                patience.found()
                passed_s = (self._clock.now() - began).total_seconds()
                stop.wait(0.0 if report.behind else max(0.0, self._round_s - passed_s))
        if not patience.away:
            self._release()

    def round(self, stop: threading.Event | None = None) -> RoundReport:
        """Score every asset that has something new and is nobody else's, each once; end early where told to stop.

        An asset that cannot be scored stops no other: it is set aside for a while, longer each time.

        Raises:
            Unavailable: the database is away. What was written stands, the rest is done by a later round.
            Misconfigured: the database refuses us.
        """
        report, done = RoundReport(), set[int]()
        while not (stop and stop.is_set()) and (leased := self._lease(done)):
            began = self._clock.now()
            for one in leased:
                report += self._try(one)
                done.add(one.asset_id)
                late = (self._clock.now() - began).total_seconds() > self._lease_s / 2
                if late or (stop and stop.is_set()):
                    break
        return report

    def _release(self) -> None:
        with contextlib.suppress(Unavailable), self._database.transaction() as tx:
            scoring.release(tx, holder=self._holder)

    def _lease(self, done: set[int]) -> list[Leased]:
        now = self._clock.now()
        with self._database.transaction() as tx:
            return scoring.lease(
                tx,
                holder=self._holder,
                now=now,
                lease_s=self._lease_s,
                most=_ASSETS_A_LEASE,
                skip_assets=done.union(self._aside.left_alone(now)),
                skip_models=self._shelf.refused,
            )

    def _try(self, leased: Leased) -> RoundReport:
        """Score one asset; where that cannot be done say so once and leave it, or its refused model, alone."""
        try:
            report = self._score(leased)
        except (Unavailable, Misconfigured):
            raise
        except ModelRefused as error:
            self._shelf.refused.add(leased.model_id)
            _log.error(
                "asset is not scored: its model is refused",
                extra={"asset_id": leased.asset_id, "model_id": leased.model_id, "error": str(error)},
            )
            return RoundReport(skipped=1)
        except Exception:  # noqa: BLE001 - one bad asset must not stop the others
            if self._aside.put(leased.asset_id, self._clock.now()):
                _log.exception(
                    "asset is set aside: it cannot be scored",
                    extra={"asset_id": leased.asset_id, "model_id": leased.model_id},
                )
            return RoundReport(skipped=1)
        self._aside.went_well(leased.asset_id)
        return report

    def _score(self, leased: Leased) -> RoundReport:
        with self._database.transaction() as tx:
            model, detector = self._shelf.of(tx, leased.model_id)
            window = windows.read(
                tx,
                [signal.signal_id for signal in model.signals],
                after=leased.watermark,
                until=leased.horizon,
                most=max(1, min(self._most_rows, _VALUES_A_WINDOW // len(model.signals))),
            )
        judged = judge(detector, leased.state, window)
        with self._database.transaction() as tx:
            return write(tx, leased, model, judged)


def judge(detector: ConditionDetector, state: bytes, window: Window) -> Judged:
    """Let a detector continue from `state` through a window.

    Raises:
        ValueError: the state is not one of this detector.
    """
    before, standing = memory.unpack(state, detector.n_features_in_)
    scored, after = detector.stream(before, window.values, window.times_s)
    episodes, standing = follow(standing, window.times_us, scored, window.values)
    return Judged(window=window, scored=scored, episodes=episodes, memory=memory.pack(after, standing))


def write(tx: Transaction, leased: Leased, model: StoredModel, judged: Judged) -> RoundReport:
    """Write all that a window said, or nothing where the asset was taken over by another worker or a new model."""
    times_us, scored = judged.window.times_us, judged.scored
    watermark = leased.horizon if judged.window.complete else from_us(times_us[-1])
    if not scoring.advance(tx, leased, watermark=watermark, state=judged.memory):
        _log.warning("asset was taken over while it was scored", extra={"asset_id": leased.asset_id})
        return RoundReport(taken_over=1)
    report = RoundReport(assets=1, rows=len(times_us), behind=int(not judged.window.complete))
    if not len(times_us):
        return report
    scoring.write_score(
        tx,
        asset_id=leased.asset_id,
        time=from_us(times_us[-1]),
        model_id=leased.model_id,
        score_max=float(scored.score.max()),
        score_last=float(scored.score[-1]),
        alarm=bool(scored.alarm[-1]),
    )
    opened = [findings.record(tx, finding_of(model, episode)) == 1 for episode in judged.episodes]
    cleared = [episode.cleared_us is not None for episode in judged.episodes]
    return replace(report, findings_opened=sum(opened), findings_cleared=sum(cleared))
