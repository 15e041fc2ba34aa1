"""Sparkplug messages for the bench, made so that times and sequence numbers can be written into their bytes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.formats.sparkplug.payload import DataType, Payload

GROUP = "bench"
_TIME_BYTES = 6  # of a varint, from the year 1971 until 2109


def topic(kind: str, node: str) -> bytes:
    """Return the topic of a node's messages."""
    return f"spBv1.0/{GROUP}/{kind}/{node}".encode()


def birth(keys: Sequence[str], time_ms: int) -> bytes:
    """Return a birth that declares metrics, by aliases from 1 on, and gives no value of them."""
    payload = Payload(timestamp=time_ms, seq=0)
    for alias, key in enumerate(keys, start=1):
        payload.metrics.add(name=key, alias=alias, timestamp=time_ms, datatype=DataType.Double, is_null=True)
    built: bytes = payload.SerializeToString()
    return built


def data(values: Sequence[float], time_ms: int) -> bytes:
    """Return values under their aliases, each with its time, as the specification wants it; the sequence is last."""
    payload = Payload(timestamp=time_ms)
    for alias, value in enumerate(values, start=1):
        payload.metrics.add(alias=alias, timestamp=time_ms, double_value=value)
    built: bytes = payload.SerializeToString()
    return built + b"\x18" + sequence(0)


def places(payload: bytes, time_ms: int) -> list[int]:
    """Return where the bytes of its times stand.

    >>> len(places(data([1.0, 2.0], 1_700_000_000_000), 1_700_000_000_000))
    18
    """
    found = re.finditer(re.escape(_varint(time_ms, _TIME_BYTES)), payload)
    return [one.start() + k for one in found for k in range(_TIME_BYTES)]


def times(time_ms: int, signals: int) -> bytes:
    """Return the bytes of the times of one message: its own, and one for each signal."""
    return _varint(time_ms, _TIME_BYTES) * (1 + signals)


def sequence(number: int) -> bytes:
    r"""Return the bytes of a sequence number, always two.

    >>> sequence(257)
    b'\x81\x00'
    """
    return _varint(number % 256, 2)


def _varint(number: int, size: int) -> bytes:
    """Write a number in groups of seven bits, in just so many bytes."""
    groups = [number >> 7 * place & 0x7F for place in range(size)]
    return bytes([*(group | 0x80 for group in groups[:-1]), groups[-1]])
