"""paho's client with two shortcuts: messages are cut out of what was read in one go, and PUBACKs are written in one go.

Everything else of a session is paho's: connecting, keep-alive, subscribing, what the broker answers, and every write,
so that no packet is torn apart by another. TLS is read in blocks too (`ingest.mqtt.tls`). The shortcuts hang on names
that paho does not promise to keep; the tests of both clients fail where it has not, and `PlainClient` does without.
"""

from __future__ import annotations

import socket
from collections.abc import Sequence
from typing import Any, Protocol

import paho.mqtt.client as mqtt
from paho.mqtt.enums import MessageType, MQTTErrorCode, MQTTProtocolVersion

from ingest.mqtt.frames import Publish, acknowledgements, cut
from ingest.mqtt.tls import BlockTls

_READ_AT_ONCE_BYTES = 2**18
_READ_AT_ONCE = 500


class TakesMessages(Protocol):
    """What both clients can beside what paho's can."""

    def begin(self) -> None:
        """Forget what an earlier connection left over."""
        ...

    def take_messages(self) -> tuple[list[Publish], bool]:
        """Read what is there, up to a bound; return its messages, and whether that was all of it.

        What the broker says beside is handled within.

        Raises:
            Unavailable: what came is not MQTT.
        """
        ...

    def acknowledge(self, packet_ids: Sequence[int]) -> None:
        """Acknowledge messages of QoS 1, in this order."""
        ...


class FrameClient(mqtt.Client):
    """Cuts messages out of blocks of a quarter of a MiB by itself."""

    def begin(self) -> None:
        """Forget what an earlier connection left over."""
        self._rest: bytes = b""
        self._parts: list[bytes] = []
        self._wanted = 1
        self._others = bytearray()
        self._is_fed = False

    def take_messages(self) -> tuple[list[Publish], bool]:
        """Read one block; see `TakesMessages`."""
        block, is_all = self._read()
        if not block:
            return [], True
        self._parts.append(block)
        if len(self._rest) + sum(map(len, self._parts)) < self._wanted:
            return [], is_all
        stretch = b"".join([self._rest, *self._parts])
        found = cut(stretch, has_properties=self.protocol == MQTTProtocolVersion.MQTTv5)
        self._rest, self._parts, self._wanted = stretch[found.end :], [], found.wanted
        self._others += found.others
        self._is_fed = True
        try:
            while self._others and self.loop_read() == MQTTErrorCode.MQTT_ERR_SUCCESS:
                continue
        finally:
            self._is_fed = False
        return found.publishes, is_all

    def acknowledge(self, packet_ids: Sequence[int]) -> None:
        """Acknowledge in one write."""
        if packet_ids:
            self._packet_queue(MessageType.PUBACK, acknowledgements(packet_ids), 0, 0)

    def _read(self) -> tuple[bytes, bool]:
        """Read a quarter of a MiB or a little more, and say whether that was all."""
        source: Any = self.socket()
        if source is None:
            return b"", True
        try:
            block: bytes = (source.recv_block if isinstance(source, BlockTls) else source.recv)(_READ_AT_ONCE_BYTES)
        except BlockingIOError:
            return b"", True
        except OSError:
            block = b""
        if not block:
            self.loop_read()  # is given the same end, and says so to whom it concerns
        return block, len(block) < _READ_AT_ONCE_BYTES

    def _ssl_wrap_socket(self, tcp_sock: socket.socket) -> Any:
        context = self._ssl_context
        if context is None:  # `introduce` gives it one before it connects
            raise ValueError("no certificates were given")
        return BlockTls(tcp_sock, context, self._host)

    def _sock_recv(self, bufsize: int) -> bytes:
        """Give paho the packets that are not messages; where it is not fed, the end that `_read` has found.

        It reads as many packets at a time as it waits for, and would take messages from the socket behind our back.
        """
        if not self._others and self._is_fed:
            raise BlockingIOError
        some = bytes(self._others[:bufsize])
        del self._others[:bufsize]
        return some


class PlainClient(mqtt.Client):
    """Reads each message and writes each PUBACK as paho does."""

    def begin(self) -> None:
        """Forget what an earlier connection left over."""
        self._taken: list[Publish] = []
        self.on_message = self._take

    def take_messages(self) -> tuple[list[Publish], bool]:
        """Read message by message; see `TakesMessages`."""
        self._taken = []
        for number in range(1, _READ_AT_ONCE + 1):
            if self.loop_read() != MQTTErrorCode.MQTT_ERR_SUCCESS or len(self._taken) < number:
                return self._taken, True
        return self._taken, False

    def acknowledge(self, packet_ids: Sequence[int]) -> None:
        """Acknowledge one by one."""
        for packet_id in packet_ids:
            self.ack(packet_id, 1)

    def _take(self, _client: mqtt.Client, _userdata: Any, message: mqtt.MQTTMessage) -> None:
        try:
            topic = message.topic.encode()
        except UnicodeDecodeError as error:
            topic = error.object
        packet_id = message.mid if message.qos else 0
        self._taken.append((topic, bytes(message.payload), packet_id, int(message.retain)))
