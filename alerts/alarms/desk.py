"""The work-order desk: look at each unseen revision of a finding once, decide, and write all its effects at once."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, fields
from uuid import UUID

from alerts.alarms.effects import look_up, write_effects
from alerts.alarms.rules import AlertMove, Decision, DeskRules, OrderMove, consider
from plant.backoff import GrowingWait, Outage, SetAside
from plant.clock import Clock
from plant.errors import Misconfigured, Unavailable
from storage.core.database import Database
from storage.work import desk as rows

_log = logging.getLogger(__name__)
_LONGEST_WAIT_S = 30.0
_ASIDE = GrowingWait(first_s=5.0, most_s=600.0)


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskReport:
    """What one round did; `seen` counts revisions, `orders_changed` those that joined or worsened."""

    seen: int = 0
    alerts_raised: int = 0
    alerts_repeated: int = 0
    alerts_cleared: int = 0
    orders_raised: int = 0
    orders_changed: int = 0

    @classmethod
    def of(cls, decision: Decision) -> DeskReport:
        """Count one revision and what was decided about it."""
        return cls(
            seen=1,
            alerts_raised=decision.alert is AlertMove.RAISE,
            alerts_repeated=decision.alert is AlertMove.REPEAT,
            alerts_cleared=decision.clears,
            orders_raised=decision.order is OrderMove.RAISE,
            orders_changed=decision.order in (OrderMove.JOIN, OrderMove.WORSEN),
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
        most: int = 200,
    ) -> None:
        self._database = database
        self._clock = clock
        self._rules = rules or DeskRules()
        self._console_url = console_url.rstrip("/")
        self._most = most
        self._aside = SetAside[UUID](_ASIDE)

    def round(self) -> DeskReport:
        """Look at what is unseen, each finding in a transaction of its own; one that fails is set aside for a while.

        Raises:
            Unavailable: the database went away; what was committed stands, the rest is still unseen.
            Misconfigured: the database refuses us.
        """
        with self._database.transaction() as tx:
            waiting = rows.unseen(tx, most=self._most, skip=self._aside.left_alone(self._clock.now()))
        report = DeskReport()
        for finding_id in waiting:
            report += self._try(finding_id)
        return report

    def run(self, stop: threading.Event, every_s: float = 1.0) -> None:
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

    def _try(self, finding_id: UUID) -> DeskReport:
        """Look at one finding; where that fails say so once, leave it unseen and try it again later."""
        try:
            report = self._look_at(finding_id)
        except (Unavailable, Misconfigured):
            raise
        except Exception:  # noqa: BLE001 - one bad finding must not stop the others
            if self._aside.put(finding_id, self._clock.now()):
                _log.exception("a finding is set aside: the desk cannot decide", extra={"finding_id": str(finding_id)})
            return DeskReport()
        self._aside.went_well(finding_id)
        return report

    def _look_at(self, finding_id: UUID) -> DeskReport:
        with self._database.transaction() as tx:
            finding, now = rows.lock(tx, finding_id), self._clock.now()
            if finding is None or not rows.claim(tx, finding, at=now):
                return DeskReport()
            situation = look_up(tx, finding, now)
            decision = consider(finding, situation.existing, self._rules)
            write_effects(tx, situation, decision, console_url=self._console_url)
        return DeskReport.of(decision)
