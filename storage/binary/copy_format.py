"""PostgreSQL's binary forms, a block at a time: the body of a COPY, and arrays, as numpy reads and writes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

EPOCH_US = 946_684_800_000_000
"""2000-01-01, from which PostgreSQL counts, in microseconds since 1970."""

_HEAD = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_END = b"\xff\xff"
_COUNT = np.dtype(">i2")
_LENGTH = np.dtype(">i4")
_ARRAY_HEAD_BYTES = 5 * _LENGTH.itemsize  # dimensions, whether nulls, element type, length, lower bound


def copy_body(fields: Sequence[tuple[str, NDArray[Any]]]) -> bytes:
    r"""Build the body of a binary COPY from columns of one length, each with the numpy name of its big-endian type.

    A row is its count of fields, then each field after its length.

    >>> copy_body([(">i2", np.array([7]))])[19:]
    b'\x00\x01\x00\x00\x00\x02\x00\x07\xff\xff'
    """
    layout: list[tuple[str, np.dtype[Any]]] = [("fields", _COUNT)]
    for n, (kind, _) in enumerate(fields):
        layout += [(f"length{n}", _LENGTH), (f"field{n}", np.dtype(kind))]
    rows = np.empty(len(fields[0][1]), np.dtype(layout))
    rows["fields"] = len(fields)
    for n, (kind, column) in enumerate(fields):
        rows[f"length{n}"] = np.dtype(kind).itemsize
        rows[f"field{n}"] = column
    return b"".join((_HEAD, rows.tobytes(), _END))


def fields_of_copy(body: bytes) -> Iterator[list[bytes]]:
    r"""Take a binary COPY apart: the fields of each row. No field may be null. Meant for few and large rows.

    >>> list(fields_of_copy(copy_body([(">i2", np.array([7, 8]))])))
    [[b'\x00\x07'], [b'\x00\x08']]
    """
    at = len(_HEAD)
    while body[at : at + _COUNT.itemsize] != _END:
        count = int.from_bytes(body[at : at + _COUNT.itemsize])
        at += _COUNT.itemsize
        fields = []
        for _ in range(count):
            length = int.from_bytes(body[at : at + _LENGTH.itemsize])
            at += _LENGTH.itemsize
            fields.append(body[at : at + length])
            at += length
        yield fields


def array_of(field: bytes, kind: str) -> NDArray[Any]:
    """Read a one-dimensional array without nulls, of the element type that numpy calls `kind`.

    Raises:
        ValueError: it is none.
    """
    element = np.dtype([("length", _LENGTH), ("value", np.dtype(kind))])
    elements = np.frombuffer(field, element, offset=_ARRAY_HEAD_BYTES)
    if int.from_bytes(field[: _LENGTH.itemsize]) != 1 or int.from_bytes(field[12:16]) != len(elements):
        raise ValueError(f"{len(field)} bytes are no array of {kind} with one dimension and without nulls")
    return elements["value"]


def arrays_of(row: Sequence[bytes], kinds: Sequence[str]) -> list[NDArray[Any]]:
    """Read a row of arrays; a field without bytes, as null is, gives an empty one.

    >>> len(arrays_of([b""], [">i4"])[0])
    0
    """
    return [array_of(field, kind) if field else np.empty(0, kind) for field, kind in zip(row, kinds, strict=True)]
