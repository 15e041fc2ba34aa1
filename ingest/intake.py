"""The intake: read, decode, gather, hand over, and acknowledge what has been committed.

One thread reads and decodes: two that run Python at once would take the interpreter from each other at every read. The
recorder's threads mostly wait for the database. Nothing is acknowledged before it is committed.

Where more waits for the database than the memory may hold, there are two steps:

1. Nothing is read, so the broker has to wait. This must not last as long as the keep-alive.
2. After a while, or at once where the database is away, reading goes on. Telemetry of QoS 0, which the broker would not
   keep, goes to the spool. The rest is left out: the broker keeps it, and sends it again over a new connection later.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

from ingest.commit.batch import Batch, Gathering
from ingest.commit.spool import Spool
from ingest.decoding.decoded import Decoded
from ingest.housekeeping import Housekeeping, SlotState
from ingest.metrics import Meter
from ingest.mqtt.frames import PACKET_ID, Publish
from ingest.mqtt.host_state import HostState
from ingest.mqtt.session import Session, SessionRead
from ingest.mqtt.sessions import Sessions
from ingest.mqtt.waker import Waker
from ingest.reader import Reader
from ingest.recorder import Recorder

_log = logging.getLogger(__name__)
_LONGEST_WAIT_S = 0.25  # also how late a stop may be noticed
_FAREWELL_S = 0.5
HOST_SLOT = 0  # whose holder speaks for the host that Sparkplug's nodes know


@dataclass(frozen=True, kw_only=True, slots=True)
class IntakeLimits:
    """How much memory in bytes may wait for the database, and how long the broker is left waiting then, in seconds."""

    most_memory_bytes: int
    longest_pause_s: float


class Intake:
    """Moves messages from the sessions to the recorder, and acknowledgements back."""

    def __init__(
        self,
        *,
        sessions: Sessions,
        reader: Reader,
        gathering: Gathering,
        spool: Spool,
        housekeeping: Housekeeping,
        recorder: Recorder,
        waker: Waker,
        limits: IntakeLimits,
        meter: Meter | None = None,
        host_state: HostState | None = None,
    ) -> None:
        self._sessions = sessions
        self._reader = reader
        self._gathering = gathering
        self._spool = spool
        self._housekeeping = housekeeping
        self._recorder = recorder
        self._waker = waker
        self._limits = limits
        self._meter = meter or Meter()
        self._host_state = host_state
        self._full_since_s: float | None = None
        self._leaves_out = False

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set or no slot is ours; then finish as far as that is possible within seconds."""
        try:
            while not stop.is_set() and self._housekeeping.held:
                self._do_round()
            self._say_host_is(online=False)
            self._finish()
        finally:
            if self._host_state is not None:
                self._host_state.close()

    def _do_round(self) -> None:
        """Do one round of everything there is to do."""
        now_s = time.monotonic()
        self._sessions.hold(self._housekeeping.held)
        polled = self._sessions.poll(
            self._pause_s(now_s),
            self._waker.watched,
            may_read=self._may_read,
            may_connect=self._housekeeping.is_lease_fresh(now_s),
        )
        for session, read in polled.reads:
            self._decode(session, read)
        self._acknowledge()
        self._unspool()
        self._answer()
        now_s = time.monotonic()
        if self._is_due(now_s, drained=polled.is_all):
            self._hand_over()
        self._guard_memory(now_s)
        self._see_to_slots(polled.is_all, now_s)

    def _pause_s(self, now_s: float) -> float:
        """Say how long there is nothing to do, unless something comes."""
        if self._is_due(now_s, drained=False) or self._may_unspool():
            return 0.0
        return min(_LONGEST_WAIT_S, self._gathering.due_in_s(now_s) if self._recorder.is_idle else math.inf)

    def _answer(self) -> None:
        """Say to devices what is to be said, once there is a session to say it over."""
        answers = self._reader.take_answers()
        if not answers:
            return
        listening = [one.subscriber for _, one in self._sessions if one.subscriber.is_listening]
        if not listening:
            self._reader.put_back(answers)
            return
        for answer in answers:
            listening[0].publish(answer.topic, answer.payload)

    def _may_read(self, session: Session) -> bool:
        if session.is_closing or (session.owes and not self._leaves_out):
            return False
        return self._leaves_out or self._full_since_s is None

    def _decode(self, session: Session, read: SessionRead) -> None:
        """Decode and gather what was read of a session, or keep aside what must be stored later."""
        if self._leaves_out:
            session.owes = session.owes or any(publish[PACKET_ID] for publish in read.publishes)
            self._keep_aside(read.publishes)
        elif read.publishes and self._spool.is_empty:
            self._reader.read(read.connection, read.publishes, decode=session.decode)
            self._note_mark(session, read)
            if session.behind_since_s is not None and self._reader.was_fresh():
                session.note_caught_up()
        elif read.publishes:
            self._keep_aside(read.publishes)
            kept = [publish for publish in read.publishes if publish[PACKET_ID]]
            self._reader.read(read.connection, kept, decode=session.decode)
            self._note_mark(session, read)

    def _note_mark(self, session: Session, read: SessionRead) -> None:
        if read.has_mark and session.share is not None and not session.owes:
            self._gathering.do_afterwards(session.share.pass_mark())

    def _keep_aside(self, publishes: list[Publish]) -> None:
        """Put what the broker does not keep behind what is in the spool already."""
        fleeting = [publish for publish in publishes if not publish[PACKET_ID]]
        if fleeting:
            self._spool.append(self._reader.now_us(), fleeting)

    def _may_unspool(self) -> bool:
        return self._full_since_s is None and self._gathering.has_room and self._spool.has_unread

    def _unspool(self) -> None:
        """Gather what is in the spool, as much as a batch takes."""
        while self._may_unspool() and (spooled := self._spool.read_next()):
            self._reader.read(spooled, spooled.publishes, arrival_us=spooled.arrival_us, decode=self._decode_spooled)

    def _decode_spooled(self, topic: bytes, payload: bytes) -> Decoded:
        """Decode what came over one of the sessions, by what that session remembers."""
        decoders = [one.decoder for _, one in self._sessions if one.share is None or one.share.is_ours(topic)]
        decoder = next((one for one in decoders if one is not None), self._reader.decoder)
        return decoder.decode(topic, payload)

    def _is_due(self, now_s: float, *, drained: bool) -> bool:
        """Say whether to hand a batch over: what has gathered when none is on its way, else one that is full."""
        if self._recorder.is_idle:
            return self._gathering.is_due(now_s, drained=drained)
        return self._recorder.has_room and not self._gathering.has_room

    def _hand_over(self) -> None:
        batch = self._gathering.take_batch()
        if batch is not None:
            self._recorder.submit(batch)

    def _acknowledge(self) -> Batch | None:
        batch = self._recorder.committed()
        if batch is not None:
            batch.acknowledge()
            self._full_since_s, self._leaves_out = None, False
        return batch

    def _guard_memory(self, now_s: float) -> None:
        """Leave the broker waiting while too much waits for the database, and after a while leave out what it keeps."""
        if self._full_since_s is None:
            if not self._recorder.is_idle and self._used_bytes() > self._limits.most_memory_bytes:
                self._full_since_s = now_s
        elif not self._leaves_out and (
            self._recorder.is_database_away or now_s - self._full_since_s > self._limits.longest_pause_s
        ):
            self._leaves_out = True
            _log.warning("too much waits for the database; what the broker keeps is left to it until that is stored")

    def _see_to_slots(self, is_all: bool, now_s: float) -> None:
        """Bring back what was left out, give away what is asked for, and say how far behind each slot is."""
        states, learnt = {}, self._housekeeping.take_learnt()
        for slot, session in self._sessions:
            session.spread(self._housekeeping.spread.ring, learnt, now_s)
            waits = self._waits(session)
            if session.owes and not self._leaves_out and not waits:
                self._keep_aside(session.start_again(now_s))
            session.note_quiet(now_s, is_quiet=is_all and not waits and self._full_since_s is None)
            self._part_with(slot, session, now_s, waits=waits)
            states[slot] = SlotState(
                lag_s=self._lag_s(session, now_s),
                is_listening=session.subscriber.is_listening,
                agreed=None if session.share is None else session.share.agreed,
            )
        lost = self._spool.take_lost()
        self._housekeeping.report(states, spooled_since_us=self._spool.oldest_us, lost=lost)
        if lost is not None:
            self._meter.lost(lost.messages)
        self._meter_levels(states)
        hears_nodes = states.get(HOST_SLOT)
        self._say_host_is(online=hears_nodes is not None and hears_nodes.is_listening)

    def _say_host_is(self, *, online: bool) -> None:
        """Say to Sparkplug's edge nodes whether somebody hears them, or they have to store what they measure."""
        if self._host_state is not None:
            self._host_state.say(is_online=online)

    def _meter_levels(self, states: Mapping[int, SlotState]) -> None:
        self._meter.levels(
            window_free_bytes=max(0, self._limits.most_memory_bytes - self._used_bytes()),
            spool_bytes=self._spool.size_bytes,
            listening=sum(state.is_listening for state in states.values()),
            sessions=len(states),
        )

    def _used_bytes(self) -> int:
        return self._gathering.weight + self._recorder.weight

    def _part_with(self, slot: int, session: Session, now_s: float, *, waits: bool) -> None:
        """Close the session of a slot that somebody else asks for; drain and end that of one that is to go."""
        wish = self._housekeeping.held.get(slot)
        if wish is None:
            return
        if wish.is_draining and (session.share is None or self._housekeeping.spread.may_leave(slot)):
            session.drain()
        if session.is_drained(now_s) and not waits:
            self._sessions.drop(slot)
            self._housekeeping.end(slot)
        elif wish.claimed_by is not None:
            session.is_closing = True
            if not waits:
                self._sessions.drop(slot)
                self._housekeeping.give_away(slot)

    def _waits(self, session: Session) -> bool:
        """Say whether something that came over the session's connection is still to be stored."""
        connection = session.subscriber.connection
        return connection is not None and (
            self._recorder.has_messages_from(connection) or self._gathering.has_messages_from(connection)
        )

    def _lag_s(self, session: Session, now_s: float) -> float:
        """Say how long the oldest message has been waiting that came, or might have come."""
        since = [self._recorder.opened_s, self._gathering.opened_s, session.behind_since_s]
        return max((now_s - one for one in since if one is not None), default=0.0)

    def _finish(self, within_s: float = 2.5) -> None:
        """Commit and acknowledge what has been received, then end the connections."""
        until_s = time.monotonic() + within_s
        while not self._recorder.is_idle or self._gathering.opened_s is not None:
            if self._recorder.is_idle:
                self._hand_over()
            if time.monotonic() >= until_s:
                _log.warning("stopped before all was stored; the broker keeps what is not acknowledged")
                break
            if self._acknowledge() is None:
                self._waker.wait(until_s - time.monotonic())
        self._say_goodbye()

    def _say_goodbye(self) -> None:
        """Ask the broker something once more: what it answers it answers after it has read every acknowledgement.

        The embedded broker forgets acknowledgements that it reads together with the farewell.
        """
        asked = [session for _, session in self._sessions if session.subscriber.is_listening]
        for session in asked:
            session.is_draining = True
            session.subscriber.ask_again()
        until_s = time.monotonic() + _FAREWELL_S
        while any(not one.subscriber.is_listening and one.subscriber.connection for one in asked):
            left_s = until_s - time.monotonic()
            if left_s <= 0:
                break
            self._sessions.poll(left_s, self._waker.watched, may_read=lambda _: True, may_connect=False)
        for slot, _ in self._sessions:
            self._sessions.drop(slot)
