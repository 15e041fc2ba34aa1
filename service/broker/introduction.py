"""What a client says of itself, in its CONNECT, and what it subscribes to.

OASIS, *MQTT Version 3.1.1*, sections 3.1, 3.8 and 3.10, and *MQTT Version 5.0*, the same sections.
"""

from __future__ import annotations

from dataclasses import dataclass

from service.broker.packets import Kind, NotMqttError, after_properties, field

_CLEAN = 0x02
_LONGEST_KEEPALIVE = b"\xff\xff"


@dataclass(frozen=True, kw_only=True, slots=True)
class Will:
    """What is to be said for a client that goes without a farewell."""

    topic: bytes
    payload: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Connect:
    """What a CONNECT says. `level` is 3 or 4 for MQTT 3.1 and 3.1.1, 5 for MQTT 5; its flags are at `flags_at`."""

    level: int
    client_id: str
    is_clean: bool
    flags_at: int
    will: Will | None = None
    password: bytes | None = None


def read_connect(packet: bytes, body: int) -> Connect:
    """Read a whole CONNECT packet whose body begins at `body`.

    Raises:
        NotMqttError: it is no CONNECT, or its lengths do not fit.
    """
    try:
        return _read_connect(packet, body)
    except IndexError as error:
        raise NotMqttError("a CONNECT whose lengths do not fit") from error


def _read_connect(packet: bytes, body: int) -> Connect:
    if packet[0] != Kind.CONNECT:
        raise NotMqttError("a connection that does not begin with CONNECT")
    _, at = field(packet, body)
    level, flags, flags_at = packet[at], packet[at + 1], at + 1
    at += 4
    if level == 5:
        at = after_properties(packet, at)
    client_id, at = field(packet, at)
    will = None
    if flags & 0x04:
        if level == 5:
            at = after_properties(packet, at)
        topic, at = field(packet, at)
        payload, at = field(packet, at)
        will = Will(topic=topic, payload=payload)
    if flags & 0x80:
        _, at = field(packet, at)
    password = field(packet, at)[0] if flags & 0x40 else None
    return Connect(
        level=level,
        client_id=client_id.decode(errors="replace"),
        is_clean=bool(flags & _CLEAN),
        flags_at=flags_at,
        will=will,
        password=password,
    )


def acceptable(packet: bytes, connect: Connect) -> bytes:
    """Return a CONNECT as the broker behind takes it: it sends away who wants no keep-alive, so he has one of 18 h."""
    at = connect.flags_at + 1
    return packet[:at] + _LONGEST_KEEPALIVE + packet[at + 2 :] if packet[at : at + 2] == b"\x00\x00" else packet


def as_guest(packet: bytes, connect: Connect) -> bytes:
    """Return a CONNECT as that of a client of which the broker behind remembers nothing."""
    at = connect.flags_at
    return packet[:at] + bytes([packet[at] | _CLEAN]) + packet[at + 1 :]


def read_filters(packet: bytes, body: int, *, is_v5: bool, has_options: bool) -> tuple[bytes, list[str]]:
    """Read the packet id and the filters of a SUBSCRIBE, or of an UNSUBSCRIBE, whose filters have no options.

    Raises:
        NotMqttError: its lengths do not fit.
    """
    filters = []
    try:
        at = after_properties(packet, body + 2) if is_v5 else body + 2
        while at < len(packet):
            one, at = field(packet, at)
            filters.append(one.decode(errors="replace"))
            at += has_options
    except IndexError as error:
        raise NotMqttError("a subscription whose lengths do not fit") from error
    return packet[body : body + 2], filters
