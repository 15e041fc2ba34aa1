"""What must come in order is spread over sessions that join, leave, die and are taken over: nothing is passed over."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from ingest.mqtt.frames import Publish
from ingest.mqtt.share import PASSED_OVER, SlotShare, owner
from storage.telemetry.slots import Ring, SpreadSlots

SPEAKERS = [f"hall/N-{n}" for n in range(12)]


def ring(*slots: int, version: int = 0) -> Ring:
    return Ring(version=version, slots=frozenset(slots))


def speaker_of(topic: bytes) -> str:
    return topic.decode()


@dataclass(kw_only=True, slots=True, eq=False)
class ToySession:
    """A slot's session at the broker, and its reader; `taken` were read and are neither committed nor acknowledged."""

    share: SlotShare
    waiting: list[Publish] = field(default_factory=list)
    is_subscribed: bool = True
    connection: object = field(default_factory=object)
    taken: int = 0
    ours: list[bytes] = field(default_factory=list)
    afterwards: list[Callable[[], None]] = field(default_factory=list)
    seen: SpreadSlots | None = None
    said: Ring | None = None


class Broker:
    """Sessions and the rows of their slots; whatever is published comes to each that is subscribed."""

    def __init__(self) -> None:
        self.sessions: dict[int, ToySession] = {}
        self.rows: dict[int, Ring | None] = {}
        self.version = 0
        self.draining: set[int] = set()
        self.stored: Counter[bytes] = Counter()
        self.published: list[bytes] = []
        self.join(0)

    def join(self, slot: int) -> None:
        self.rows[slot] = None
        share = self.share(slot)
        self.sessions[slot] = ToySession(share=share)

    def share(self, slot: int) -> SlotShare:
        """Make what a process makes that takes a slot over."""
        agreed = self.rows[slot] or (ring(0, version=-1) if slot == 0 else None)
        made = SlotShare(slot, agreed, speaker_of, mark_topic=f"mark/{slot}")
        made.want(self.spread.ring)
        return made

    @property
    def spread(self) -> SpreadSlots:
        known = {slot: ring for slot, ring in self.rows.items() if ring is not None}
        agreed = {slot: ring.version if self.sessions[slot].is_subscribed else None for slot, ring in known.items()}
        return SpreadSlots(ring=ring(*known.keys() - self.draining, version=self.version), agreed=agreed)

    def agree(self, slot: int, ring: Ring | None) -> None:
        if ring is None or (self.rows[slot] is None and ring.version != self.version):
            return
        self.version += self.rows[slot] is None
        self.rows[slot] = ring

    def drain(self, slot: int) -> None:
        self.draining.add(slot)
        self.version += 1

    def publish(self, speaker: str) -> None:
        message = f"{len(self.published)}".encode()
        self.published.append(message)
        for session in self.sessions.values():
            if session.is_subscribed:
                session.waiting.append((speaker.encode(), message, 1, 0))

    def read(self, slot: int, most: int) -> None:
        session = self.sessions[slot]
        publishes = session.waiting[session.taken : session.taken + most]
        kept, has_mark = session.share.sift(publishes)
        assert len(kept) == len(publishes), "every message is acknowledged"
        session.taken += len(publishes)
        session.ours += [payload for topic, payload, _, _ in kept if topic != PASSED_OVER]
        if has_mark:
            session.afterwards.append(session.share.pass_mark())

    def commit(self, slot: int, *, connection_lost: bool = False) -> None:
        session = self.sessions[slot]
        self.stored.update(session.ours)
        for action in session.afterwards:
            action()
        if not connection_lost:
            del session.waiting[: session.taken]
        session.taken, session.ours, session.afterwards = 0, [], []

    def look(self, slot: int) -> None:
        """Let the process that holds a slot look what the rows say."""
        self.sessions[slot].seen = self.spread

    def adopt(self, slot: int) -> None:
        """Let who reads a session go by what the process has seen."""
        session = self.sessions[slot]
        if session.seen is None:
            return
        session.share.want(session.seen.ring)
        session.share.note_listening()
        mark = session.share.take_mark(session.connection)
        if mark is not None and session.is_subscribed:
            session.waiting.append((session.share.mark_topic.encode(), mark, 1, 0))
        session.said = session.share.agreed
        if slot in self.draining and session.seen.may_leave(slot):
            session.is_subscribed = False

    def report(self, slot: int) -> None:
        """Write down what who reads a session said of it."""
        self.agree(slot, self.sessions[slot].said)
        session = self.sessions[slot]
        if not session.is_subscribed and not session.waiting:
            del self.sessions[slot], self.rows[slot]
            self.draining.discard(slot)

    def keep_house(self, slot: int) -> None:
        self.look(slot)
        self.adopt(slot)
        self.report(slot)

    def reconnect(self, slot: int) -> None:
        """Lose the connection: what was read is committed and comes again, for its acknowledgements are lost."""
        session = self.sessions[slot]
        session.connection = object()
        self.commit(slot, connection_lost=True)

    def die(self, slot: int) -> None:
        """Take the slot over from a process that died with what it had read."""
        session = self.sessions[slot]
        session.share, session.connection = self.share(slot), object()
        session.seen = session.said = None
        session.taken, session.ours, session.afterwards = 0, [], []

    def settle(self) -> None:
        for _ in range(8):
            for slot in list(self.sessions):
                self.read(slot, 10**6)
                self.commit(slot)
                self.keep_house(slot)


def happen(broker: Broker, chance: random.Random) -> None:
    slot = chance.choice(list(broker.sessions))
    steps: list[tuple[int, Callable[[], None]]] = [
        (40, lambda: broker.publish(chance.choice(SPEAKERS))),
        (15, lambda: broker.read(slot, chance.randint(1, 8))),
        (10, lambda: broker.commit(slot)),
        (12, lambda: broker.look(slot)),
        (12, lambda: broker.adopt(slot)),
        (12, lambda: broker.report(slot)),
        (2, lambda: broker.reconnect(slot)),
        (2, lambda: broker.die(slot)),
    ]
    if len(broker.sessions) < 4:
        free = next(number for number in range(5) if number not in broker.rows)
        steps.append((2, lambda: broker.join(free)))
    if len(broker.sessions) - len(broker.draining) > 1 and slot not in broker.draining:
        steps.append((2, lambda: broker.drain(slot)))
    chance.choices([step for _, step in steps], [weight for weight, _ in steps])[0]()


@pytest.mark.parametrize("seed", range(30))
def test_whatever_joins_leaves_dies_or_loses_its_connection_nothing_is_passed_over_by_all(seed: int) -> None:
    broker, chance = Broker(), random.Random(seed)  # noqa: S311 - what happens, the same in every run
    for _ in range(1500):
        happen(broker, chance)
    broker.settle()
    assert [one for one in broker.published if not broker.stored[one]] == []


def test_once_all_have_agreed_each_message_is_heard_by_one() -> None:
    broker = Broker()
    for slot in (1, 2):
        broker.join(slot)
    broker.settle()
    before = len(broker.published)
    for _ in range(20):
        for speaker in SPEAKERS:
            broker.publish(speaker)
    broker.settle()
    assert {broker.stored[one] for one in broker.published[before:]} == {1}
    hearing = Counter(owner(speaker, range(3)) for speaker in SPEAKERS)
    assert len(hearing) == 3


def test_a_slot_that_leaves_hears_its_speakers_until_the_others_do() -> None:
    broker = Broker()
    broker.join(1)
    broker.settle()
    broker.drain(1)
    broker.keep_house(1)
    assert broker.sessions[1].is_subscribed
    broker.keep_house(0)
    broker.read(0, 10)
    broker.keep_house(0)
    broker.keep_house(1)
    assert broker.sessions[1].is_subscribed, "what the other has read is not committed yet"
    broker.commit(0)
    broker.keep_house(0)
    broker.keep_house(1)
    assert not broker.sessions[1].is_subscribed


def test_a_slot_that_joins_or_leaves_moves_its_own_speakers_alone() -> None:
    many = [f"hall/N-{n}" for n in range(1000)]
    three, four = ({one: owner(one, range(slots)) for one in many} for slots in (3, 4))
    moved = [one for one in many if three[one] != four[one]]
    assert {four[one] for one in moved} == {3}
    assert 200 < len(moved) < 300
    assert all(200 < count < 300 for count in Counter(four.values()).values())


def test_a_session_alone_hears_everything_and_looks_at_nothing() -> None:
    share = SlotShare(0, ring(0), speaker_of, mark_topic="mark")
    share.want(ring(0))
    publishes = [(b"hall/N-1", b"x", 0, 0), (b"hall/N-2", b"y", 4, 0)]
    assert share.sift(publishes) == (publishes, False)


def test_what_another_session_hears_is_acknowledged_and_of_qos_0_forgotten() -> None:
    share = SlotShare(0, None, speaker_of, mark_topic="mark")
    share.want(ring(0, 1))
    share.note_listening()
    theirs = next(one for one in SPEAKERS if owner(one, (0, 1)) == 1).encode()
    ours = next(one for one in SPEAKERS if owner(one, (0, 1)) == 0).encode()
    publishes = [(theirs, b"x", 0, 0), (theirs, b"y", 4, 1), (ours, b"z", 5, 0)]
    assert share.sift(publishes) == ([(PASSED_OVER, b"", 4, 0), (ours, b"z", 5, 0)], False)
