"""Let the real desk live through a made-up year: a clock that is moved, findings as scoring writes them, operators."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID, uuid5

import numpy as np

from alerts.alarms.acknowledgement import lock_alert, note_alert
from alerts.alarms.desk import Desk
from lifecycle import ledger
from lifecycle.register.importing import import_plant
from plant.clock import ManualClock
from plant.finding import Finding, FindingSource, Share
from service.evaluation.alarms.made_up_year import MadeUpYear, made_up_plant
from storage.bench import alarm_year
from storage.core.database import Database, Transaction
from storage.models import findings

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
TICK_S = 10
_SCORED_S = 6.0
"""An episode is written once it has lasted so long, which is longer than the on-delay."""
_NOTED_S = (60.0, 600.0)
"""An operator takes note of what they are told within one to ten minutes."""
_QUIET_S = 610
"""So long after the last thing that happened the desk looks whether an incident or a flood is over."""

Progress = Callable[[int, int], None]
_Happens = tuple[int, int, Literal["write", "clear", "note", "look"], int | UUID]


@dataclass(kw_only=True, slots=True)
class Told:
    """When operators were told, in seconds from the begin, by area: as notices, and of each alert by itself."""

    notices: list[tuple[str, float]] = field(default_factory=list)
    alerts: list[tuple[str, float]] = field(default_factory=list)


class LivedYear:
    """A year that is lived in a scratch database, tick by tick; ticks at which nothing happens are left out."""

    def __init__(self, database: Database, year: MadeUpYear, chance: np.random.Generator, *, assets: int) -> None:
        self._database, self._year, self._chance = database, year, chance
        self._clock = ManualClock(BEGIN)
        self._desk = Desk(database, self._clock, most=2000)
        self._told_as: dict[tuple[str, str], int] = {}
        self._ahead: list[_Happens] = []
        self._order = 0
        self.told = Told()
        with database.transaction() as tx:
            import_plant(tx, made_up_plant(assets), at=BEGIN)
            self._asset_ids = alarm_year.assets(tx)
        for number, one in enumerate(year.episodes):
            self._at(min(one.onset_s + _SCORED_S, one.cleared_s), "write", number)
            if one.cleared_s - one.onset_s > _SCORED_S:
                self._at(one.cleared_s, "clear", number)

    def live(self, progress: Progress) -> None:
        """Go through all that happens."""
        last = max((tick for tick, *_ in self._ahead), default=0)
        while self._ahead:
            tick = self._ahead[0][0]
            happening = []
            while self._ahead and self._ahead[0][0] == tick:
                happening.append(heapq.heappop(self._ahead))
            progress(min(tick, last), last)
            self._clock.sleep((BEGIN + timedelta(seconds=tick * TICK_S) - self._clock.now()).total_seconds())
            self._tick(tick, happening)

    def _tick(self, tick: int, happening: Sequence[_Happens]) -> None:
        with self._database.transaction() as tx:
            for _, _, what, which in happening:
                if what in ("write", "clear") and isinstance(which, int):
                    findings.record(tx, self._finding(which))
            self._note(tx, [which for _, _, what, which in happening if what == "note" and isinstance(which, UUID)])
        self._desk.round()
        self._listen(tick)
        if any(what != "look" for _, _, what, _ in happening):
            self._at(tick * TICK_S + _QUIET_S, "look", 0)

    def _note(self, tx: Transaction, alert_ids: Sequence[UUID]) -> None:
        if not alert_ids:
            return
        with ledger.gathered(tx):
            for alert_id in alarm_year.unacknowledged(tx, alert_ids):
                note_alert(tx, lock_alert(tx, alert_id), "operator", self._clock.now())

    def _listen(self, tick: int) -> None:
        """Hear what operators are told now, and let them take note of it in a while."""
        now_s = float(tick * TICK_S)
        with self._database.transaction() as tx:
            alerts = alarm_year.told_alerts(tx, self._clock.now())
            notices = alarm_year.told_notices(tx, self._clock.now())
        for alert_id, area in alerts:
            self.told.alerts.append((area, now_s))
            self._at(now_s + float(self._chance.uniform(*_NOTED_S)), "note", alert_id)
        for notice_id, area, told_revision in notices:
            if self._told_as.get((notice_id, area)) != told_revision:
                self._told_as[notice_id, area] = told_revision
                self.told.notices.append((area, now_s))

    def _at(self, at_s: float, what: Literal["write", "clear", "note", "look"], which: int | UUID) -> None:
        self._order += 1
        heapq.heappush(self._ahead, (int(-(-at_s // TICK_S)), self._order, what, which))

    def _finding(self, number: int) -> Finding:
        one, now = self._year.episodes[number], self._clock.now()
        onset, cleared = (BEGIN + timedelta(seconds=at_s) for at_s in (one.onset_s, one.cleared_s))
        is_over = cleared <= now
        return Finding(
            finding_id=finding_id_of(number),
            asset_id=self._asset_ids[one.asset],
            kind=one.kind,
            failure_mode="VIB" if one.kind == "condition" else "OTH",
            source=FindingSource.MODEL if one.kind == "condition" else FindingSource.LIMIT,
            source_version="simulated",
            onset=onset,
            updated=cleared if is_over else now,
            cleared=cleared if is_over else None,
            severity=one.severity,
            score=0.7,
            shares=(Share(signal="vibration", share=1.0),),
            window_from=onset,
            window_to=cleared if is_over else now,
        )


def finding_id_of(number: int) -> UUID:
    """Return the id of the finding of an episode, by its number."""
    return uuid5(UUID(int=0), f"episode {number}")
