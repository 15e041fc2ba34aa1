"""MQTT frames: the PUBLISH packets that stand in a stretch of bytes, cut out in one pass; the rest is left to paho.

OASIS, *MQTT Version 3.1.1*, sections 2.2 and 3.3, and *MQTT Version 5.0*, section 3.3. paho reads a packet with a
system call for each of its parts and makes an object of it; that is most of what a message costs, as
`docs/performance.md` shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from plant.errors import Unavailable

Publish: TypeAlias = tuple[bytes, bytes, int, int]
"""Topic, payload, packet id (0 where nothing is to be acknowledged), and the RETAIN bit; a tuple costs the least."""
PAYLOAD: Final = 1
PACKET_ID: Final = 2
RETAINED: Final = 3

_PUBLISH = 0x30
_KIND = 0xF0
_QOS = 0x06
_RETAIN = 0x01
_QOS_1 = 0x02
_ACKNOWLEDGE = b"\x40\x02"


@dataclass(slots=True)
class Cut:
    """What a stretch of bytes held: messages in order, and the bytes of the other packets.

    From `end` on there is the beginning of a packet that is whole only with `wanted` bytes, so far as is known.
    """

    publishes: list[Publish] = field(default_factory=list)
    others: bytearray = field(default_factory=bytearray)
    end: int = 0
    wanted: int = 1


def cut(stretch: bytes, *, has_properties: bool = False) -> Cut:
    r"""Cut a stretch of bytes into packets; those of MQTT 5 have properties, which are passed over.

    Raises:
        Unavailable: these bytes are not MQTT.

    >>> cut(b"\x32\x07\x00\x01t\x00\x09hi" + b"\xd0\x00" + b"\x30\x80").publishes
    [(b't', b'hi', 9, 0)]
    """
    found = Cut()
    publish = found.publishes.append
    at, length = 0, len(stretch)
    while at + 1 < length:
        head, remaining, body = stretch[at], stretch[at + 1], at + 2
        if remaining > 0x7F:
            remaining, body = _long_length(stretch, body, remaining)
            if body < 0:
                break
        end = body + remaining
        if end > length:
            found.wanted = end - at
            break
        if head & _KIND != _PUBLISH:
            found.others += stretch[at:end]
            at = end
            continue
        topic_end = body + 2 + (stretch[body] << 8 | stretch[body + 1]) if remaining >= 2 else end + 1
        payload = topic_end + 2 if head & _QOS else topic_end
        if has_properties and payload < end:
            payload = _after_properties(stretch, payload)
        if payload > end:
            raise Unavailable("the broker sent a message whose lengths do not fit; the connection is not MQTT")
        packet_id = stretch[topic_end] << 8 | stretch[topic_end + 1] if head & _QOS else 0
        publish((stretch[body + 2 : topic_end], stretch[payload:end], packet_id, head & _RETAIN))
        at = end
    found.end = at
    return found


def _long_length(stretch: bytes, at: int, first: int) -> tuple[int, int]:
    """Read the rest of a length of two to four bytes; return it and where it ends, -1 where it is not whole."""
    total, factor = first & 0x7F, 128
    for place in range(at, at + 3):
        if place >= len(stretch):
            return 0, -1
        byte = stretch[place]
        total += (byte & 0x7F) * factor
        if byte < 0x80:
            return total, place + 1
        factor *= 128
    raise Unavailable("the broker sent a packet without a proper length; the connection is not MQTT")


def _after_properties(stretch: bytes, at: int) -> int:
    length, body = stretch[at], at + 1
    if length > 0x7F:
        length, body = _long_length(stretch, body, length)
    return body + length


def acknowledgements(packet_ids: Sequence[int]) -> bytes:
    r"""Return the PUBACK packets for these messages, one after another.

    >>> acknowledgements([9, 258])
    b'@\x02\x00\t@\x02\x01\x02'
    """
    return b"".join([_ACKNOWLEDGE + packet_id.to_bytes(2, "big") for packet_id in packet_ids])


def packet(topic: bytes, payload: bytes, retained: int, packet_id: int | None = None) -> bytes:
    r"""Return a PUBLISH packet, of QoS 1 where it has an id, else of QoS 0.

    >>> cut(packet(b"t", b"hi", 1)).publishes, cut(packet(b"t", b"hi", 0, 7)).publishes
    ([(b't', b'hi', 0, 1)], [(b't', b'hi', 7, 0)])
    """
    head = (_PUBLISH | (_RETAIN if retained else 0) | (0 if packet_id is None else _QOS_1)).to_bytes(1)
    identity = b"" if packet_id is None else packet_id.to_bytes(2, "big")
    length = length_of(2 + len(topic) + len(identity) + len(payload))
    return b"".join([head, length, len(topic).to_bytes(2, "big"), topic, identity, payload])


def length_of(number: int) -> bytes:
    r"""Write a length as MQTT does: seven bits a byte, the lowest first.

    >>> length_of(321)
    b'\xc1\x02'
    """
    out = bytearray()
    while True:
        number, low = divmod(number, 128)
        out.append(low | (128 if number else 0))
        if not number:
            return bytes(out)
