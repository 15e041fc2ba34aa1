"""The work-order desk: look at each unseen revision of a finding once, decide, and write all its effects at once."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from uuid import UUID

from alerts.alarms.board import Board
from alerts.alarms.effects import keep_waiting, look_up, put_effects
from alerts.alarms.incidents.placing import place
from alerts.alarms.incidents.telling import settle
from alerts.alarms.rules import AlertMove, Decision, DeskRules, OrderMove, consider
from alerts.alarms.silences import Silences, tell_of_the_product
from lifecycle import ledger
from plant.alert import Alert
from plant.backoff import GrowingWait, Outage, SetAside
from plant.clock import Clock
from plant.errors import Misconfigured, Unavailable
from storage.core.database import Database
from storage.work import desk as rows
from storage.work.desk import LockedFinding

_log = logging.getLogger(__name__)
_LONGEST_WAIT_S = 30.0
_ASIDE = GrowingWait(first_s=5.0, most_s=600.0)
_SETTLE_EVERY = timedelta(seconds=1)
_AT_ONCE = 100  # findings in one transaction


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskReport:
    """What one round did; `seen` counts findings looked at, `orders_changed` those that joined or worsened.

    `told` counts alerts of which people were told that they stand.
    """

    seen: int = 0
    alerts_raised: int = 0
    alerts_repeated: int = 0
    alerts_cleared: int = 0
    orders_raised: int = 0
    orders_changed: int = 0
    told: int = field(default=0, compare=False)

    @classmethod
    def of(cls, decision: Decision) -> DeskReport:
        """Count one finding and what was decided about it."""
        return cls(
            seen=1,
            alerts_raised=decision.alert is AlertMove.RAISE,
            alerts_repeated=decision.alert is AlertMove.REPEAT,
            alerts_cleared=decision.clears,
            orders_raised=decision.order is OrderMove.RAISE,
            orders_changed=decision.order in (OrderMove.JOIN, OrderMove.COUNT, OrderMove.WORSEN),
            told=decision.tells,
        )

    def __add__(self, other: DeskReport) -> DeskReport:
        names = [one.name for one in fields(self)]
        return DeskReport(**{name: getattr(self, name) + getattr(other, name) for name in names})


class Desk:
    """A desk on `database`; any number may run at once, on one machine or on many.

    `console_url` is where orders link to; at most `most` findings are looked at in one round.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        rules: DeskRules | None = None,
        console_url: str = "",
        *,
        most: int = 500,
    ) -> None:
        self._database = database
        self._clock = clock
        self._rules = rules or DeskRules()
        self._console_url = console_url.rstrip("/")
        self._most = most
        self._settled_at: datetime | None = None
        self._aside = SetAside[UUID](_ASIDE)

    def round(self) -> DeskReport:
        """Look at what is due, many findings in one transaction; one that fails is set aside for a while.

        Raises:
            Unavailable: the database went away; what was committed stands, the rest is still unseen.
            Misconfigured: the database refuses us.
        """
        now = self._clock.now()
        with self._database.transaction() as tx:
            waiting = rows.due(tx, now=now, most=self._most, skip=self._aside.left_alone(now))
        report = DeskReport()
        for begin in range(0, len(waiting), _AT_ONCE):
            report += self._try(waiting[begin : begin + _AT_ONCE])
        self._settle()
        return report

    def run(self, stop: threading.Event, every_s: float = 0.2) -> None:
        """Make rounds until `stop` is set; while the database is away wait ever longer, and say so once."""
        outage = Outage(
            "the desk waits for the database", "the desk goes on", first_s=every_s, most_s=_LONGEST_WAIT_S, log=_log
        )
        while not stop.is_set():
            try:
                report = self.round()
            except Unavailable as error:
                stop.wait(outage.failed(error))
                continue
            outage.over()
            if report.seen < self._most:
                stop.wait(every_s)

    def _try(self, finding_ids: Sequence[UUID]) -> DeskReport:
        """Look at findings together; where that fails at each alone, and leave the one at fault for later."""
        try:
            report = self._look_at(finding_ids)
        except (Unavailable, Misconfigured):
            raise
        except Exception:  # noqa: BLE001 - one bad finding must not stop the others
            if len(finding_ids) > 1:
                return sum((self._try([one]) for one in finding_ids), DeskReport())
            if self._aside.put(finding_ids[0], self._clock.now()):
                said = {"finding_id": str(finding_ids[0])}
                _log.exception("a finding is set aside: the desk cannot decide", extra=said)
            return DeskReport()
        for one in finding_ids:
            self._aside.went_well(one)
        return report

    def _look_at(self, finding_ids: Sequence[UUID]) -> DeskReport:
        now = self._clock.now()
        with self._database.transaction() as tx:
            assets = rows.lock_assets(tx, finding_ids)
            locked = rows.lock(tx, finding_ids, assets, now=now)
            claimed = rows.claim(tx, [one.finding for one in locked], at=now)
            ours = [one for one in locked if one.finding.finding_id in claimed]
            if not ours:
                return DeskReport()
            with ledger.gathered(tx):
                board = Board(tx, ours, console_url=self._console_url)
                report, told = self._decide(board, Silences(tx, now), ours, now)
                board.write()
            place(tx, told, at=now, console_url=self._console_url)
        return report

    def _decide(
        self, board: Board, silences: Silences, locked: Sequence[LockedFinding], now: datetime
    ) -> tuple[DeskReport, list[Alert]]:
        """Put on the board what comes of each finding; return the alerts of which people are told by it."""
        report, told = DeskReport(), list[Alert]()
        for one in locked:
            delays = self._rules.delays.of(board.thought(one.finding))
            situation = look_up(board, one, silences, delays, now)
            decision = consider(situation.finding, situation.existing, self._rules)
            alert = put_effects(board, situation, decision)
            told += [alert] if alert is not None else []
            keep_waiting(board, one, decision, delays, now)
            report += DeskReport.of(decision)
        return report, told

    def _settle(self) -> None:
        """Once a second let notices follow what became of their alerts, and say what is broken for all."""
        now = self._clock.now()
        if self._settled_at is not None and now - self._settled_at < _SETTLE_EVERY:
            return
        self._settled_at = now
        try:
            with self._database.transaction() as tx:
                settle(tx, at=now, console_url=self._console_url)
                tell_of_the_product(tx, at=now)
        except (Unavailable, Misconfigured):
            raise
        except Exception:  # noqa: BLE001 - findings must be looked at whatever becomes of notices
            _log.exception("incidents cannot be brought up to date")
