"""One client's way through the gate: what it says goes on as it is, once what is to be kept of it is written down."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

from service.broker.introduction import Connect, read_connect
from service.broker.packets import LARGEST_BYTES, NotMqttError, whole_packets
from service.broker.reading import Reading
from service.broker.scanning import Sight, message, scan

if TYPE_CHECKING:
    from service.broker.gate import Gate

_LARGEST_CONNECT = LARGEST_BYTES + 2**18  # a will may be as long as any payload
_MOST_UNWRITTEN = 2**20  # so much of one client may wait for the disk before it is read no further
_INTRODUCED_WITHIN_S = 10.0
_SESSION_PRESENT = 0x01


class Passage(asyncio.Protocol):
    """The connection of one client, and the one to the broker behind the gate that is made for it.

    The client is read no further while too much of it waits for the disk or for the broker.
    """

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self.connect: Connect | None = None
        self.reading: Reading | None = None
        self.sight = Sight()
        self._rest = b""
        self._wanted = 2
        self._unwritten = 0
        self._is_gone = False
        self._took_leave = False
        self._is_answered = False
        self._holds = 0
        self.client: asyncio.Transport | None = None
        self.broker: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for the client to introduce itself."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - what asyncio gives to a TCP server
        self.client = transport
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        self.gate.enter(self)
        self._patience = asyncio.get_running_loop().call_later(_INTRODUCED_WITHIN_S, self.end)

    def data_received(self, data: bytes) -> None:
        """Take in what the client says."""
        self._rest = self._rest + data if self._rest else data
        if len(self._rest) < self._wanted:
            return
        try:
            if self.connect is None:
                self._be_introduced()
            else:
                self._pass_on()
        except NotMqttError as error:
            self.gate.refuse(self, str(error))

    def eof_received(self) -> bool:
        """Take a half-closed connection for a closed one."""
        return False

    def connection_lost(self, _cause: Exception | None) -> None:
        """Keep the will of a client that went without a farewell; let the broker know of it after what it said."""
        self._is_gone = True
        self._patience.cancel()
        self.gate.leave(self)
        will = self.connect.will if self.connect is not None and self.broker is not None else None
        if will is not None and not self._took_leave and self.gate.is_kept(will.topic):
            self.gate.keep(self, [message(will.topic, will.payload)], b"", is_waited_for=True)
        self._part_if_done()

    def pause_writing(self) -> None:
        """Hear that the client does not take what is sent to it."""
        if self.reading is not None:
            self.reading.pause()
        if self.broker is not None:
            self.broker.pause_reading()

    def resume_writing(self) -> None:
        """Hear that it does again."""
        if self.reading is not None:
            self.reading.resume()
        if self.broker is not None and not self.broker.is_closing():
            self.broker.resume_reading()

    def hold(self) -> None:
        """Read the client no further until `let_go` was called as often."""
        self._holds += 1
        if self._holds == 1 and self.client is not None and not self._is_gone:
            self.client.pause_reading()

    def let_go(self) -> None:
        """Undo one `hold`."""
        self._holds -= 1
        if self._holds == 0 and self.client is not None and not self._is_gone:
            self.client.resume_reading()

    def end(self) -> None:
        """End the client's connection, after what was sent to it."""
        if self.client is not None:
            self.client.close()

    def abandon(self) -> None:
        """End a connection of ingest's that another one follows upon; what it still says counts no more."""
        self.reading = None
        if self.client is not None:
            self.client.abort()

    def write(self, data: bytes) -> None:
        """Send to the client what the gate itself says."""
        if self.client is not None:
            self.client.write(data)

    def joined(self, broker: asyncio.Transport) -> None:
        """Be connected with the broker, and go on."""
        self.broker = broker
        if self._is_gone:
            broker.abort()
            return
        self.let_go()
        if self._rest:
            self.data_received(b"")

    def send_on(self, data: bytes) -> None:
        """Send to the broker what the client said; what was to be kept of it is."""
        if self._unwritten > _MOST_UNWRITTEN >= self._unwritten - len(data):
            self.let_go()
        self._unwritten -= len(data)
        if self.broker is not None and not self.broker.is_closing():
            self.broker.write(data)
        self._part_if_done()

    def heard(self, data: bytes) -> None:
        """Send to the client what the broker said."""
        if not self._is_answered:
            self._hear_whether_known(data)
        if self.client is not None:
            self.client.write(data if self.reading is None else self.reading.hear(data))
            if self.reading is not None:
                self.reading.deliver()

    def _hear_whether_known(self, data: bytes) -> None:
        """Forget what was half received where the broker has forgotten the session: its ids begin anew."""
        self._is_answered = True
        answer = next(whole_packets(data), None)
        if answer is None or not data[answer[1]] & _SESSION_PRESENT:
            self.sight.half_received.clear()

    def _be_introduced(self) -> None:
        first = next(whole_packets(self._rest), None)
        if first is None:
            if len(self._rest) > _LARGEST_CONNECT:
                raise NotMqttError("a CONNECT that does not end")
            return
        self._patience.cancel()
        at, body, end = first
        packet, self._rest = self._rest[at:end], self._rest[end:]
        self.connect = read_connect(packet, body)
        self.sight.has_properties = self.connect.level == 5
        self.hold()
        self.gate.introduce(self, packet)

    def _pass_on(self) -> None:
        if self.broker is None:
            return
        if self.reading is not None:
            self._rest = self.reading.hear_of_stored(self._rest)
        found = scan(self._rest, self.gate.is_kept, self.sight)
        self._wanted = found.wanted
        self._took_leave = self._took_leave or found.has_farewell
        if not found.end:
            return
        stretch = self._rest if found.end == len(self._rest) else self._rest[: found.end]
        self._rest = self._rest[found.end :]
        data = stretch if self.reading is None else self.reading.take_out(stretch)
        if self._unwritten <= _MOST_UNWRITTEN < self._unwritten + len(data):
            self.hold()
        self._unwritten += len(data)
        if found.kept or self._unwritten > len(data):
            self.gate.keep(self, found.kept, data, is_waited_for=found.is_waited_for)
        else:
            self.send_on(data)

    def _part_if_done(self) -> None:
        """Close the connection to the broker once the client is gone and all that it said is said."""
        if self._is_gone and not self._unwritten and self.broker is not None:
            self.broker.close()


class Behind(asyncio.Protocol):
    """The broker's end of a passage."""

    def __init__(self, passage: Passage) -> None:
        self._passage = passage

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Join the two ends; who introduces the client speaks first."""

    def data_received(self, data: bytes) -> None:
        """Pass on what the broker says."""
        self._passage.heard(data)

    def pause_writing(self) -> None:
        """Hear that the broker does not take what is sent to it."""
        self._passage.hold()

    def resume_writing(self) -> None:
        """Hear that it does again."""
        self._passage.let_go()

    def connection_lost(self, _cause: Exception | None) -> None:
        """End the client's connection with the broker's."""
        self._passage.end()
