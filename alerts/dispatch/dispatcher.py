"""Rounds over notices: plan what is new, take steps that are due, send what waits, and keep what became of it.

Everything stands in rows, so a process may be killed at any instant: what it had not committed another one does, and
what it was sending goes out again under the same key once its lease runs out.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from alerts.dispatch.planning import Planner
from alerts.dispatch.sending.ways_out import WaysOut
from alerts.dispatch.sending.webhook import LaterError, ReceiverGoneError
from alerts.dispatch.trying import TRIAL
from alerts.dispatch.who_is_on_call import Rosters
from plant.backoff import GrowingWait, Outage
from plant.clock import Clock
from plant.errors import AssetloopError, Unavailable
from plant.notices.notice import Bilingual, Notice, NoticeSubject
from plant.severity import Severity
from storage.core.database import Database, Transaction
from storage.notices import contacts, dispatches, escalations, notices
from storage.notices.dispatches import ClaimedDispatch

_log = logging.getLogger(__name__)
_RETRY = GrowingWait(first_s=5.0, most_s=3600.0)
_TRIED_FOR = timedelta(days=1)
_LEASE = timedelta(minutes=3)
_AT_ONCE = 4  # so many messages are under way by one way; a receiver that hangs holds up nobody else's
_MOST = 200
_WAY = "way/"


def next_attempt(claimed: ClaimedDispatch, now: datetime, *, after_s: float | None = None) -> datetime | None:
    """Say when a message that did not go out is tried again: ever later, for a day; None: no more.

    Messages that failed together are spread, by their id.
    """
    spread = 1.0 + (UUID(claimed.dispatch_id).int % 1000) / 5000.0
    wait_s = _RETRY.after(claimed.attempts - 1) * spread if after_s is None else max(after_s, _RETRY.first_s)
    following = now + timedelta(seconds=wait_s)
    return None if following > claimed.first_tried_at + _TRIED_FOR else following


@dataclass(frozen=True, kw_only=True, slots=True)
class DispatchRound:
    """What one round came to."""

    planned: int
    steps: int
    taken: int


class Dispatcher:
    """Makes rounds on `database`; any number may run at once, on one machine or on many."""

    def __init__(
        self, database: Database, clock: Clock, planner: Planner, ways_out: WaysOut, rosters: Rosters | None = None
    ) -> None:
        self._database = database
        self._clock = clock
        self._planner = planner
        self._ways_out = ways_out
        self._rosters = rosters
        self._pools: dict[str, ThreadPoolExecutor] = {}
        self._under_way: dict[str, list[Future[None]]] = {}

    def round(self, *, wait: bool = True) -> DispatchRound:
        """Make one round; where it does not `wait`, what is being sent goes on beside the next one.

        Raises:
            Unavailable: the database is away.
        """
        if self._rosters is not None:
            self._rosters.refresh(self._database, self._clock.now())
        planned, steps = self._plan(), self._escalate()
        taken = self._send()
        if wait:
            for sending in [one for all_of_way in self._under_way.values() for one in all_of_way]:
                sending.result()
        return DispatchRound(planned=planned, steps=steps, taken=taken)

    def run(self, stop: threading.Event, every_s: float = 0.5) -> None:
        """Make rounds until `stop` is set; while the database is away wait ever longer, and say so once."""
        outage = Outage("notices wait for the database", "notices go on", first_s=every_s, log=_log)
        with self.closing():
            while not stop.is_set():
                try:
                    self.round(wait=False)
                except Unavailable as error:
                    stop.wait(outage.failed(error))
                    continue
                outage.over()
                stop.wait(every_s)

    @contextmanager
    def closing(self) -> Iterator[None]:
        """Let what is being sent come to its end when the block ends; none is begun any more."""
        with ExitStack() as stack:
            stack.callback(self.close)
            yield

    def close(self) -> None:
        """Wait for what is being sent."""
        for pool in self._pools.values():
            pool.shutdown(wait=True, cancel_futures=True)
        self._pools.clear()
        self._under_way.clear()

    def _plan(self) -> int:
        with self._database.transaction() as tx:
            waiting = escalations.unplanned(tx, most=_MOST)
        for notice_id in waiting:
            with self._database.transaction() as tx:
                locked = escalations.lock_unplanned(tx, notice_id)
                if locked is not None:
                    self._planner.plan(tx, *locked, self._clock.now())
        return len(waiting)

    def _escalate(self) -> int:
        now = self._clock.now()
        with self._database.transaction() as tx:
            waiting = escalations.due_escalations(tx, now=now, most=_MOST)
        for notice_id in waiting:
            with self._database.transaction() as tx:
                due = escalations.lock_escalation(tx, notice_id, now=now)
                if due is not None:
                    self._planner.escalate(tx, due, now)
        return len(waiting)

    def _send(self) -> int:
        now, taken = self._clock.now(), 0
        with self._database.transaction() as tx:
            closed = {one.way: one.because for one in dispatches.closed_ways(tx)}
            due = dispatches.due_ways(tx, now=now)
            for way in closed.keys() & set(due):
                dispatches.close_way(tx, way, at=now, because=closed[way])
        for way in sorted(set(due) - closed.keys()):
            free = self._free(way)
            if free:
                with self._database.transaction() as tx:
                    claimed = dispatches.claim(tx, way, now=now, until=now + _LEASE, most=free)
                taken += len(claimed)
                for one in claimed:
                    self._under_way[way].append(self._pools[way].submit(self._deliver, one))
        return taken

    def _free(self, way: str) -> int:
        if way not in self._pools:
            self._pools[way] = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix=f"way-{way}")
        going_on = [one for one in self._under_way.get(way, []) if not one.done()]
        self._under_way[way] = going_on
        return _AT_ONCE - len(going_on)

    def _deliver(self, claimed: ClaimedDispatch) -> None:
        """Send one message and keep what became of it. Where that cannot be kept it goes out again, with its key."""
        try:
            self._send_and_keep(claimed)
        except Unavailable as error:  # the database is away: the lease runs out
            _log.warning("what became of a message is not kept", extra={"why": str(error), "id": claimed.dispatch_id})

    def _send_and_keep(self, claimed: ClaimedDispatch) -> None:
        address, language = "", ""
        if claimed.person:
            with self._database.transaction() as tx:
                person = next((one for one in contacts.contacts(tx) if one["sign_in"] == claimed.person), None)
                if person is None:
                    dispatches.mark_dead(
                        tx, claimed.dispatch_id, at=self._clock.now(), said="the person is not let in any more"
                    )
                    return
            address, language = person["mail"], person["language"]
        try:
            said = self._ways_out.send(claimed, mail_address=address, language=language, at=self._clock.now())
        except Exception as error:  # noqa: BLE001 - whatever a receiver makes go wrong is kept beside its message
            self._keep_failure(claimed, error)
            return
        now = self._clock.now()
        with self._database.transaction() as tx:
            dispatches.mark_sent(tx, claimed.dispatch_id, at=now, said=said)
            notices.end(tx, NoticeSubject.SYSTEM, _WAY + claimed.way, at=now)

    def _keep_failure(self, claimed: ClaimedDispatch, error: Exception) -> None:
        now = self._clock.now()
        # what others raise may hold in its text what is nobody's business
        said = str(error) if isinstance(error, AssetloopError) else f"it failed here: {type(error).__name__}"
        _log.warning("a message did not go out", extra={"way": claimed.way, "id": claimed.dispatch_id, "why": said})
        with self._database.transaction() as tx:
            if isinstance(error, ReceiverGoneError):
                dispatches.close_way(tx, claimed.way, at=now, because=said)
                self._say_dead_end(tx, claimed, said, now)
                return
            if claimed.document["data"]["subject_id"].startswith(TRIAL):
                dispatches.mark_dead(tx, claimed.dispatch_id, at=now, said=said)
                return
            following = next_attempt(claimed, now, after_s=error.after_s if isinstance(error, LaterError) else None)
            if following is None:
                dispatches.mark_dead(tx, claimed.dispatch_id, at=now, said=said)
                self._say_dead_end(tx, claimed, said, now)
            else:
                dispatches.try_again(tx, claimed.dispatch_id, next_at=following, said=said)

    def _say_dead_end(self, tx: Transaction, claimed: ClaimedDispatch, said: str, now: datetime) -> None:
        """Let people know, once, that nothing gets through by a way."""
        if claimed.document["data"]["subject_id"].startswith(_WAY):
            return
        subject_id = _WAY + claimed.way
        if any(one.ended_at is None for one in notices.about(tx, NoticeSubject.SYSTEM, subject_id)):
            return
        notice = Notice(
            subject=NoticeSubject.SYSTEM,
            subject_id=subject_id,
            severity=Severity.MAJOR,
            priority=2,
            title=Bilingual(en=f"Notices do not get out by {claimed.way}", zh=f"通知无法经 {claimed.way} 发出"),
            lines=(Bilingual(en=said, zh=said),),
        )
        notices.post(tx, notice, tell=True, at=now)
