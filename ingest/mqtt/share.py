"""Which speakers are heard over which session, where what must come in order is spread over several.

Every session is subscribed to all of it, and passes over what another one hears: the slots of a ring give each speaker
a score, and the highest has it. So a slot that joins or leaves moves its own speakers alone. What a session is to pass
over from now on, it passes over only once a mark that it sent itself has come back by way of the broker: whatever was
published before another session was subscribed stands before that mark. Until then two of them may store the same
message, which is then a duplicate like any other.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Collection, Sequence

from ingest.mqtt.frames import Publish
from storage.telemetry.slots import Ring

PASSED_OVER = b""
"""Stands in place of the topic of a message that is only to be acknowledged."""

_MOST_TOPICS = 131_072


def owner(speaker: str, slots: Collection[int]) -> int:
    """Return the slot that hears a speaker, of these.

    >>> ring = range(4)
    >>> [owner(f"hall/N-{n}", ring) for n in range(8)]
    [1, 3, 1, 0, 0, 3, 3, 2]
    """
    return max(slots, key=lambda slot: hashlib.blake2b(f"{slot} {speaker}".encode(), digest_size=8).digest())


class SlotShare:
    """The part of one slot; all methods are for one thread.

    `agreed` is the ring by which all is stored that came over the session up to now, as the record knows it: None for a
    session that has just begun and has nothing to store. `speaker_of` names the speaker of a topic, None where anybody
    may hear what comes on it. `mark_topic` is the session's own.
    """

    def __init__(
        self, slot: int, agreed: Ring | None, speaker_of: Callable[[bytes], str | None], *, mark_topic: str
    ) -> None:
        self.agreed = agreed
        self.mark_topic = mark_topic
        self._slot = slot
        self._speaker_of = speaker_of
        self._mark_topic = mark_topic.encode()
        self._wanted = Ring(version=-1, slots=frozenset({slot}))
        self._gone_by = agreed
        self._marked: tuple[object, bytes] | None = None
        self._ours: dict[bytes, bool] = {}

    def want(self, ring: Ring) -> None:
        """Hear from now on what this ring gives to the slot, beside what it has heard."""
        if ring.version != self._wanted.version or ring.slots | {self._slot} != self._wanted.slots:
            self._wanted = Ring(version=ring.version, slots=ring.slots | {self._slot})
            self._marked = None
            self._ours.clear()

    def note_listening(self) -> None:
        """Note that the session is subscribed; one that has just begun may pass over what others hear."""
        if self.agreed is None:
            self.agreed = self._gone_by = self._wanted

    @property
    def awaits_mark(self) -> bool:
        """Say whether a mark is still to come back."""
        return self._gone_by != self._wanted

    def take_mark(self, connection: object) -> bytes | None:
        """Return the mark that is to be sent over a connection; None where none is due, or it has been sent."""
        if not self.awaits_mark or (self._marked is not None and self._marked[0] is connection):
            return None
        mark = secrets.token_bytes(8)
        self._marked = connection, mark
        return mark

    def is_ours(self, topic: bytes) -> bool:
        """Say whether what comes on a topic is heard over this session."""
        known = self._ours.get(topic)
        if known is None:
            if len(self._ours) >= _MOST_TOPICS:
                self._ours.clear()  # a stranger's made-up topics must not pile up
            speaker = self._speaker_of(topic)
            known = self._ours[topic] = speaker is None or self.hears(speaker)
        return known

    def hears(self, speaker: str) -> bool:
        """Say whether a speaker is heard over this session."""
        rings = (self._wanted,) if self._gone_by is None else (self._wanted, self._gone_by)
        return any(owner(speaker, ring.slots) == self._slot for ring in rings)

    def sift(self, publishes: Sequence[Publish]) -> tuple[list[Publish], bool]:
        """Return what is ours, and whether the mark was among it; what is only to be acknowledged has no topic."""
        if len(self._wanted.slots) == 1 and self._gone_by == self._wanted:
            return list(publishes), False
        kept, has_mark = [], False
        ours = self._ours
        for publish in publishes:
            topic, payload, packet_id, _ = publish
            if ours.get(topic) or (topic != self._mark_topic and self.is_ours(topic)):
                kept.append(publish)
                continue
            is_mark = topic == self._mark_topic
            has_mark = has_mark or (is_mark and self._marked is not None and payload == self._marked[1])
            if packet_id or is_mark:
                kept.append((PASSED_OVER, b"", packet_id, 0))
        return kept, has_mark

    def pass_mark(self) -> Callable[[], None]:
        """Go on by the wanted ring; what is returned is to be called once everything up to the mark is committed."""
        ring = self._wanted
        self._gone_by = ring
        self._ours.clear()

        def agree() -> None:
            self.agreed = ring

        return agree
