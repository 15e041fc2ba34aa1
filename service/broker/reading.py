"""What the gate does for ingest: its session is the journal, given to it in order, and forgotten as it is stored."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Protocol

from ingest.mqtt.frames import length_of
from service.broker.introduction import Connect, read_filters
from service.broker.journal import Journal
from service.broker.packets import Kind, whole_packets

_INGEST = re.compile(r".+-ingest-0")
_MOST_IN_FLIGHT = 50_000  # packet ids are given again after 65,535
_ACKNOWLEDGED = b"\x40\x02"


def is_ingest(connect: Connect) -> bool:
    """Say whether a client is the one that has its session here: ingest's, of the first slot, that is to be kept."""
    return not connect.is_clean and _INGEST.fullmatch(connect.client_id) is not None


class Outlet(Protocol):
    """The connection to ingest."""

    def write(self, data: bytes) -> None:
        """Send to ingest."""
        ...


class Reading:
    """One connection of ingest's. `subscribe` hears what it subscribes to."""

    def __init__(
        self, journal: Journal, line: Outlet, *, is_v5: bool, subscribe: Callable[[Sequence[str]], None]
    ) -> None:
        self._journal = journal
        self._line = line
        self._is_v5 = is_v5
        self._subscribe = subscribe
        self._early: set[int] = set()
        self._unheard = b""
        self._is_listening = False
        self._is_full = False
        journal.rewind()

    def pause(self) -> None:
        """Hear that ingest takes no more for now."""
        self._is_full = True

    def resume(self) -> None:
        """Hear that it does again."""
        self._is_full = False
        self.deliver()

    def deliver(self) -> None:
        """Give ingest what there is, as much as it takes."""
        while self._is_listening and not self._is_full and self._journal.in_flight < _MOST_IN_FLIGHT:
            packets = self._journal.take()
            if packets is None:
                return
            self._line.write(_with_properties(packets) if self._is_v5 else packets)

    def hear_of_stored(self, stretch: bytes) -> bytes:
        """Take the acknowledgements off the beginning of what ingest says; return the rest."""
        run = 0
        while stretch[run : run + 2] == _ACKNOWLEDGED and run + 4 <= len(stretch):
            run += 4
        if run:
            first = int.from_bytes(stretch[2:4], "big")
            last = int.from_bytes(stretch[run - 2 : run], "big")
            if not self._early and first == self._journal.awaited_id and last - first == run // 4 - 1:
                self._journal.acknowledge(run // 4)
            else:
                for at in range(2, run, 4):
                    self._note_stored(int.from_bytes(stretch[at : at + 2], "big"))
            self.deliver()
        return stretch[run:]

    def take_out(self, stretch: bytes) -> bytes:
        """Do what is for the session's keeper to do; return what is for the broker behind."""
        onward = bytearray()
        for at, body, end in whole_packets(stretch):
            kind = stretch[at] & 0xF0
            packet = stretch[at:end]
            if kind == Kind.PUBACK:
                self._note_stored(int.from_bytes(packet[body - at : body - at + 2], "big"))
            elif kind in {Kind.SUBSCRIBE, Kind.UNSUBSCRIBE}:
                self._answer(packet, body - at)
            else:
                onward += packet
        self.deliver()
        return bytes(onward)

    def hear(self, data: bytes) -> bytes:
        """Return what of the broker's words may be said to ingest: whole packets, so that ours fit between them."""
        self._unheard += data
        said, end = bytearray(), 0
        for at, body, end in whole_packets(self._unheard):
            packet = bytearray(self._unheard[at:end])
            if packet[0] == Kind.CONNACK and packet[body - at + 1] == 0:
                packet[body - at] |= 0x01  # the session has been here all along
                self._is_listening = True
            said += packet
        self._unheard = self._unheard[end:]
        return bytes(said)

    def _note_stored(self, packet_id: int) -> None:
        self._early.add(packet_id)
        while self._journal.awaited_id in self._early:
            self._early.remove(self._journal.awaited_id)
            self._journal.acknowledge(1)

    def _answer(self, packet: bytes, body: int) -> None:
        is_new = packet[0] & 0xF0 == Kind.SUBSCRIBE
        identity, filters = read_filters(packet, body, is_v5=self._is_v5, has_options=is_new)
        if is_new:
            self._subscribe(filters)
        codes = (b"\x01" if is_new else b"\x00") * len(filters) if is_new or self._is_v5 else b""
        content = identity + (b"\x00" if self._is_v5 else b"") + codes
        self._line.write((b"\x90" if is_new else b"\xb0") + length_of(len(content)) + content)


def _with_properties(packets: bytes) -> bytes:
    r"""Return messages of MQTT 3.1.1 as those of MQTT 5, without any property.

    >>> _with_properties(b"\x32\x07\x00\x01t\x00\x09hi").hex(" ")
    '32 08 00 01 74 00 09 00 68 69'
    """
    parts = []
    for at, body, end in whole_packets(packets):
        payload = body + 4 + (packets[body] << 8 | packets[body + 1])
        parts += [packets[at : at + 1], length_of(end - body + 1), packets[body:payload], b"\x00", packets[payload:end]]
    return b"".join(parts)
