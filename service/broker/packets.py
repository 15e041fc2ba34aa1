"""MQTT packets: whole ones in a stretch of bytes, and the fields they are made of.

OASIS, *MQTT Version 3.1.1* and *MQTT Version 5.0*, sections 1.5 and 2. Nothing is judged here that the broker behind
the gate judges anyway; only what cannot be cut into packets is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum

LARGEST_BYTES = 16 * 2**20
"""The longest payload that the embedded broker takes."""

_LARGEST_PACKET = LARGEST_BYTES + 2**16 + 2**10


class Kind(IntEnum):
    """The packets that the gate looks into, by the upper half of their first byte."""

    CONNECT = 0x10
    CONNACK = 0x20
    PUBLISH = 0x30
    PUBACK = 0x40
    PUBREL = 0x60
    SUBSCRIBE = 0x80
    UNSUBSCRIBE = 0xA0
    DISCONNECT = 0xE0


class NotMqttError(Exception):
    """These bytes are not MQTT; the connection is of no use."""


def whole_packets(stretch: bytes) -> Iterator[tuple[int, int, int]]:
    r"""Yield the beginning, the beginning of the body and the end of each whole packet.

    Raises:
        NotMqttError: these bytes cannot be cut into packets.

    >>> list(whole_packets(b"\xc0\x00\x40\x02\x00\x01\x40\x02"))
    [(0, 2, 2), (2, 4, 6)]
    """
    at = 0
    while at + 1 < len(stretch):
        remaining, body = long_length(stretch, at + 1)
        if body < 0 or body + remaining > len(stretch):
            return
        yield at, body, body + remaining
        at = body + remaining


def long_length(stretch: bytes, at: int) -> tuple[int, int]:
    """Read a length of one to four bytes; return it and where it ends, -1 where it is not whole."""
    total, shift = 0, 0
    for place in range(at, at + 4):
        if place >= len(stretch):
            return 0, -1
        total |= (stretch[place] & 0x7F) << shift
        if stretch[place] < 0x80:
            if total > _LARGEST_PACKET:
                raise NotMqttError(f"a packet of {total} bytes; at most {LARGEST_BYTES} are taken")
            return total, place + 1
        shift += 7
    raise NotMqttError("a packet without a proper length")


def field(packet: bytes, at: int) -> tuple[bytes, int]:
    """Return what is written with its length before it, and where it ends.

    Raises:
        IndexError: it is longer than the packet.
    """
    end = at + 2 + (packet[at] << 8 | packet[at + 1])
    if end > len(packet):
        raise IndexError(end)
    return packet[at + 2 : end], end


def after_properties(packet: bytes, at: int) -> int:
    """Return where the properties end that begin here.

    Raises:
        IndexError: their length is not whole.
    """
    length, at = long_length(packet, at)
    if at < 0:
        raise IndexError(at)
    return at + length
