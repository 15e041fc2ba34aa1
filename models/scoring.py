"""Scoring follows the rows: take assets that have new ones, judge them, write state, score and finding in one go."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
import zlib
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from models.findings import finding_of
from models.judging import Judged, judge
from models.shelf import Shelf
from plant.aside import Aside
from plant.clock import Clock
from plant.errors import Misconfigured, Unavailable
from storage import findings, health, scoring, windows
from storage.database import Database, Transaction
from storage.scoring import Due, Leased

_log = logging.getLogger(__name__)

_ASSETS_A_LEASE = 2_000
_VALUES_A_READ = 4_000_000
_SHORTEST_WAIT_S = 0.5
_LONGEST_WAIT_S = 30.0
_SHORTEST_ASIDE_S = 10.0
_LONGEST_ASIDE_S = 600.0


@dataclass(frozen=True, kw_only=True, slots=True)
class RoundReport:
    """What one round did. `behind` counts assets whose backlog was larger than a round takes.

    `read_s`, `judge_s` and `write_s` say where the time went, in seconds; reports that differ in them are equal.
    """

    assets: int = 0
    rows: int = 0
    findings_opened: int = 0
    findings_cleared: int = 0
    behind: int = 0
    skipped: int = 0
    taken_over: int = 0
    read_s: float = field(default=0.0, compare=False)
    judge_s: float = field(default=0.0, compare=False)
    write_s: float = field(default=0.0, compare=False)

    def __add__(self, other: RoundReport) -> RoundReport:
        return RoundReport(**{name: getattr(self, name) + getattr(other, name) for name in self.__slots__})


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
    """One worker. Any number of them share the assets by leases; what each writes is guarded by the leases' fences.

    Args:
        database: spoken to as the application.
        clock: tells how fresh data and leases are.
        holder: the worker's name in the leases.
        round_s: how long from the start of one round to the next, in seconds.
        lease_s: after how long a worker that died loses its assets, in seconds.
        most_rows: instants an asset may have in one round; a backlog takes several.
        most_assets: assets that are leased, judged and written together.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        holder: str,
        round_s: float = 2.0,
        lease_s: float = 15.0,
        most_rows: int = 20_000,
        most_assets: int = _ASSETS_A_LEASE,
    ) -> None:
        self._database = database
        self._clock = clock
        self._holder = holder
        self._round_s = round_s
        self._lease_s = lease_s
        self._most_rows = most_rows
        self._most_assets = most_assets
        self._shelf = Shelf()
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
        report = RoundReport()
        due = self._due()
        for first in range(0, len(due), self._most_assets):
            if stop and stop.is_set():
                break
            wanted = due[first : first + self._most_assets]
            for alike in self._ready(self._lease(wanted)):
                report += self._score(alike)
        return report

    def _release(self) -> None:
        with contextlib.suppress(Unavailable), self._database.transaction() as tx:
            scoring.release(tx, holder=self._holder)

    def _due(self) -> list[Due]:
        """Say what there is to do; each worker begins elsewhere, so that they seldom ask for the same."""
        now = self._clock.now()
        with self._database.transaction() as tx:
            due = scoring.due(
                tx,
                holder=self._holder,
                now=now,
                skip_assets=self._aside.left_alone(now),
                skip_models=self._shelf.refused,
            )
        first = zlib.crc32(self._holder.encode()) % max(1, len(due))
        return due[first:] + due[:first]

    def _lease(self, wanted: Sequence[Due]) -> list[Leased]:
        with self._database.transaction() as tx:
            return scoring.lease(tx, wanted, holder=self._holder, now=self._clock.now(), lease_s=self._lease_s)

    def _ready(self, leased: Sequence[Leased]) -> Iterator[list[Leased]]:
        """Make the models of leased assets ready and yield together whose models are of one shape."""
        with self._database.transaction() as tx:
            refusals = self._shelf.fetch(tx, [one.model_id for one in leased])
        asset_of = {one.model_id: one.asset_id for one in leased}
        for model_id, error in refusals.items():
            _log.error(
                "asset is not scored: its model is refused",
                extra={"asset_id": asset_of[model_id], "model_id": model_id, "error": str(error)},
            )
        usable = [one for one in leased if one.model_id not in self._shelf.refused]
        of_shape: dict[Hashable, list[Leased]] = {}
        for one in usable:
            of_shape.setdefault(self._shelf.of(one.model_id).shape, []).append(one)
        yield from of_shape.values()

    def _score(self, leased: Sequence[Leased]) -> RoundReport:
        """Score assets together; where that fails in two halves, so that one that cannot be scored stops no other."""
        try:
            report = self._score_together(leased)
        except (Unavailable, Misconfigured):
            raise
        except Exception:  # noqa: BLE001 - one bad asset must not stop the others
            if len(leased) > 1:
                middle = len(leased) // 2
                return self._score(leased[:middle]) + self._score(leased[middle:])
            self._set_aside(leased[0])
            return RoundReport(skipped=1)
        for one in leased:
            self._aside.went_well(one.asset_id)
        return report

    def _set_aside(self, leased: Leased) -> None:
        if self._aside.put(leased.asset_id, self._clock.now()):
            _log.exception(
                "asset is set aside: it cannot be scored",
                extra={"asset_id": leased.asset_id, "model_id": leased.model_id},
            )

    def _score_together(self, leased: Sequence[Leased]) -> RoundReport:
        model_ids = [one.model_id for one in leased]
        models = [self._shelf.of(model_id).model for model_id in model_ids]
        signal_ids = np.array([[signal.signal_id for signal in model.signals] for model in models], np.int32)
        began = time.perf_counter()
        with self._database.transaction() as tx:
            read = windows.read_many(
                tx,
                signal_ids,
                after_us=np.array([one.watermark_us for one in leased]),
                until_us=np.array([one.horizon_us for one in leased]),
                most=max(1, min(self._most_rows, _VALUES_A_READ // signal_ids.size)),
            )
        read_at = time.perf_counter()
        judged = judge(leased, models, self._shelf.bank(model_ids), read)
        judged_at = time.perf_counter()
        with self._database.transaction() as tx:
            report = write(tx, judged)
        written_at = time.perf_counter()
        return replace(report, read_s=read_at - began, judge_s=judged_at - read_at, write_s=written_at - judged_at)


def write(tx: Transaction, judged: Sequence[Judged]) -> RoundReport:
    """Write all that the windows said, and nothing of an asset that another worker or a new model has taken over."""
    ours = scoring.advance(tx, [one.advance for one in judged])
    kept = [one for one in judged if one.advance.leased.asset_id in ours]
    if len(kept) < len(judged):
        lost = [one.advance.leased.asset_id for one in judged if one.advance.leased.asset_id not in ours]
        _log.warning("assets were taken over while they were scored", extra={"asset_ids": lost})
    scoring.write_scores(tx, [one.score for one in kept if one.score is not None])
    health.write(tx, [row for one in kept for row in one.health])
    changed = [(one.model, kind, episode) for one in kept for kind, episode in one.episodes]
    opened = [findings.record(tx, finding_of(model, kind, episode)) == 1 for model, kind, episode in changed]
    return RoundReport(
        assets=len(kept),
        rows=sum(one.rows for one in kept),
        findings_opened=sum(opened),
        findings_cleared=sum(episode.cleared_us is not None for _, _, episode in changed),
        behind=sum(one.behind for one in kept),
        taken_over=len(judged) - len(kept),
    )
