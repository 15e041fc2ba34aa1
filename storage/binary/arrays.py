"""Columns as parameters: numpy arrays become PostgreSQL arrays in the binary form, without a Python object a value.

The layout is that of PostgreSQL's `array_send`: dimensions, a flag for nulls, the element type, length and lower bound,
then each element after its length, all big-endian.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import psycopg
from numpy.typing import NDArray
from psycopg.abc import Buffer
from psycopg.adapt import Dumper
from psycopg.pq import Format

_POSTGRES_EPOCH_US = 946_684_800_000_000  # 2000-01-01, in µs since 1970
_EMPTY = struct.Struct(">iii")
_HEAD = struct.Struct(">iiiii")
_LENGTH = struct.Struct(">i")


@dataclass(frozen=True, slots=True)
class _Array:
    """The elements of an array, encoded."""

    count: int
    body: bytes
    element: ClassVar[int]

    def encoded(self) -> bytes:
        if not self.count:
            return _EMPTY.pack(0, 0, self.element)
        return _HEAD.pack(1, 0, self.element, self.count, 1) + self.body


class IntegerArray(_Array):
    """An `integer[]`."""

    element = 23


class SmallintArray(_Array):
    """A `smallint[]`."""

    element = 21


class DoubleArray(_Array):
    """A `double precision[]`."""

    element = 701


class InstantArray(_Array):
    """A `timestamptz[]`."""

    element = 1184


class TextArray(_Array):
    """A `text[]`."""

    element = 25


def integers(column: NDArray[Any]) -> IntegerArray:
    """Return whole numbers as an array.

    >>> integers(np.array([7])).encoded().hex()
    '00000001000000000000001700000001000000010000000400000007'
    """
    return IntegerArray(len(column), _fixed(column, ">i4"))


def smallints(column: NDArray[Any]) -> SmallintArray:
    """Return small whole numbers as an array."""
    return SmallintArray(len(column), _fixed(column, ">i2"))


def doubles(column: NDArray[Any]) -> DoubleArray:
    """Return numbers as an array."""
    return DoubleArray(len(column), _fixed(column, ">f8"))


def instants(times_us: NDArray[np.int64]) -> InstantArray:
    """Return instants, in µs since 1970, as an array."""
    return InstantArray(len(times_us), _fixed(times_us - _POSTGRES_EPOCH_US, ">i8"))


def texts(column: Sequence[str]) -> TextArray:
    """Return texts as an array; they hold nothing that PostgreSQL refuses."""
    encoded = [text.encode() for text in column]
    return TextArray(len(encoded), b"".join([_LENGTH.pack(len(text)) + text for text in encoded]))


def _fixed(column: NDArray[Any], kind: str) -> bytes:
    rows = np.empty(len(column), np.dtype([("length", ">i4"), ("value", kind)]))
    rows["length"] = np.dtype(kind).itemsize
    rows["value"] = column
    return rows.tobytes()


class _ArrayDumper(Dumper):
    format = Format.BINARY

    def dump(self, obj: _Array) -> Buffer:
        return obj.encoded()


_ARRAY_TYPES = {IntegerArray: 1007, SmallintArray: 1005, DoubleArray: 1022, InstantArray: 1185, TextArray: 1009}
for _kind, _oid in _ARRAY_TYPES.items():
    psycopg.adapters.register_dumper(_kind, type(f"{_kind.__name__}Dumper", (_ArrayDumper,), {"oid": _oid}))
