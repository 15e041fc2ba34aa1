"""Which messages of what a client says are to be kept, found in one pass over its bytes.

OASIS, *MQTT Version 3.1.1*, section 3.3, and *MQTT Version 5.0*, section 3.3.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ingest.mqtt.frames import length_of
from service.broker import packets
from service.broker.packets import Kind, NotMqttError, long_length

_TOPIC_ALIAS = 0x23
_WITH_WILL = 0x04
_FIXED_BYTES = {0x02: 4, 0x01: 1, 0x23: 2}  # properties of a PUBLISH of a fixed length, by their number


@dataclass(slots=True)
class Sight:
    """What is known of a connection for reading on: MQTT 5 has properties and aliases, and QoS 2 comes in two steps."""

    has_properties: bool = False
    aliases: dict[int, bytes] = field(default_factory=dict)
    half_received: set[bytes] = field(default_factory=set)


@dataclass(slots=True)
class Scanned:
    """What a stretch of bytes held up to `end`: the messages to keep, and whether they are waited for.

    A message is in two parts: all before its packet id, and its payload. `wanted` bytes are needed to read on.
    `has_farewell` says that the client took leave, and its will is void.
    """

    kept: list[tuple[bytes, bytes]] = field(default_factory=list)
    is_waited_for: bool = False
    has_farewell: bool = False
    end: int = 0
    wanted: int = 2


def scan(stretch: bytes, is_kept: Callable[[bytes], bool], sight: Sight) -> Scanned:
    r"""Find the messages to keep in what a client sent.

    Raises:
        NotMqttError: these bytes cannot be cut into packets.

    >>> found = scan(b"\x32\x07\x00\x01t\x00\x09hi" + b"\xe0", lambda topic: topic == b"t", Sight())
    >>> found.kept, found.is_waited_for, found.end
    ([(b'2\x07\x00\x01t', b'hi')], True, 9)
    """
    found = Scanned()
    simple = 0x100 if sight.has_properties else 0x32  # QoS 1, not retained, never sent before
    at, length = 0, len(stretch)
    while at + 1 < length:
        remaining, body = stretch[at + 1], at + 2
        if remaining > 0x7F:
            remaining, body = long_length(stretch, at + 1)
        end = body + remaining
        if body < 0 or end > length:
            found.wanted = end - at if body > 0 else 2
            break
        if stretch[at] == simple:
            topic_end = _topic_end(stretch, body, end)
            if is_kept(stretch[body + 2 : topic_end]):
                found.kept.append((stretch[at:topic_end], stretch[topic_end + 2 : end]))
                found.is_waited_for = True
        else:
            _look_into(stretch[at:end], body - at, is_kept, sight, found)
        at = end
    found.end = at
    return found


def _topic_end(stretch: bytes, body: int, end: int) -> int:
    topic_end = body + 2 + (stretch[body] << 8 | stretch[body + 1]) if end - body >= 2 else end + 1
    if topic_end > end:
        raise NotMqttError("a message whose topic is longer than itself")
    return topic_end


def _look_into(packet: bytes, body: int, is_kept: Callable[[bytes], bool], sight: Sight, found: Scanned) -> None:
    """Look into a packet that is not simply a message of QoS 1 and MQTT 3.1.1."""
    kind = packet[0] & 0xF0
    if kind == Kind.PUBLISH:
        _keep(packet, body, is_kept, sight, found)
    elif kind == Kind.PUBREL:
        sight.half_received.discard(packet[body : body + 2])
    elif kind == Kind.DISCONNECT:
        found.has_farewell = len(packet) == body or packet[body] != _WITH_WILL


def _keep(packet: bytes, body: int, is_kept: Callable[[bytes], bool], sight: Sight, found: Scanned) -> None:
    topic_end = _topic_end(packet, body, len(packet))
    qos = packet[0] >> 1 & 3
    identity = packet[topic_end : topic_end + 2] if qos else b""
    payload_at = topic_end + len(identity)
    topic = packet[body + 2 : topic_end]
    if sight.has_properties:
        alias, payload_at = _alias(packet, payload_at)
        if alias is not None:
            topic = topic or sight.aliases.setdefault(alias, b"")
            sight.aliases[alias] = topic
    if payload_at > len(packet):
        raise NotMqttError("a message whose lengths do not fit")
    if qos == 2:
        if identity in sight.half_received:
            return  # it is sent again because the answer was lost
        sight.half_received.add(identity)
    if topic and is_kept(topic):
        found.kept.append(message(topic, packet[payload_at:]))
        found.is_waited_for = found.is_waited_for or qos > 0


def message(topic: bytes, payload: bytes) -> tuple[bytes, bytes]:
    """Return a message as `scan` gives it."""
    head = [b"\x32", length_of(4 + len(topic) + len(payload)), len(topic).to_bytes(2, "big"), topic]
    return b"".join(head), payload


def _alias(packet: bytes, at: int) -> tuple[int | None, int]:
    """Read the topic alias among the properties of a PUBLISH; return it, and where the payload begins."""
    length, at = long_length(packet, at)
    end = at + length
    if at < 0 or end > len(packet):
        raise NotMqttError("a message whose properties are longer than itself")
    while at < end:
        name, at = packet[at], at + 1
        if name == _TOPIC_ALIAS:
            return int.from_bytes(packet[at : at + 2], "big"), end
        try:
            at = _after_property(packet, name, at)
        except IndexError as error:
            raise NotMqttError("a message whose properties do not fit") from error
    return None, end


def _after_property(packet: bytes, name: int, at: int) -> int:
    if name in _FIXED_BYTES:
        return at + _FIXED_BYTES[name]
    if name == 0x0B:  # a subscription identifier
        return long_length(packet, at)[1]
    _, at = packets.field(packet, at)
    return packets.field(packet, at)[1] if name == 0x26 else at  # a user property is two texts
