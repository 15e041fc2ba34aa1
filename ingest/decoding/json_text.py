"""JSON as devices write it: what stands around a document is passed over, and what is no number spoils nothing else."""

from __future__ import annotations

import json
import re
from math import isfinite
from typing import Any

import orjson

from plant.errors import Rejected

_BEYOND_64_BITS = re.compile(rb"(?<![\d.])(?:-\d{19}|\d{20})")
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_AROUND = " \t\r\n\0\ufeff"
_NO_NUMBERS = re.compile(
    r'"(?:[^"\\]|\\.)*"|(?<![\w.])([-+]?(?:nan(?:\(\w*\))?|inf(?:inity)?|1\.#[a-z]+\d*|undefined|none|nil))(?![\w.])',
    re.IGNORECASE,
)
"""Texts, which stay as they are, and what C and others print for what is no number: -nan(ind), 1.#QNAN, None."""


def parsed(payload: bytes) -> Any:
    r"""Parse JSON.

    A byte order mark, white space and zero bytes around the document are passed over; UTF-16 is read with and without
    a mark. What devices write for a value that is no number (`nan`, `-inf`, `1.#QNAN`, 1e999) comes out as its text,
    to be refused alone.

    Raises:
        Rejected: `not_json`.

    >>> parsed(b'\xef\xbb\xbf{"a": 17.1, "b": -nan}')
    {'a': 17.1, 'b': '-nan'}
    """
    try:
        return orjson.loads(payload)
    except orjson.JSONDecodeError as error:
        return _parsed_leniently(payload, error)


def whole_integers(payload: bytes, document: Any) -> Any:
    """Return a document that was parsed of a payload with its integers beyond 64 bits as such, not as floats.

    >>> whole_integers(b'{"a": 18446744073709551617}', {"a": 1.8446744073709552e19})
    {'a': 18446744073709551617}
    """
    if _BEYOND_64_BITS.search(payload) is None:
        return document
    try:
        return _parsed_leniently(payload, ValueError("beyond 64 bits"))
    except Rejected:  # too deep for a slower parser
        return document


def _parsed_leniently(payload: bytes, cause: ValueError) -> Any:
    text = _text(payload)
    try:
        quoted = _NO_NUMBERS.sub(lambda found: f'"{found[1]}"' if found[1] else found[0], text)
        document = json.loads(quoted, parse_int=_finite, parse_float=_finite, parse_constant=str)
        json.dumps(document, ensure_ascii=False).encode()  # half a character cannot be stored
        return document
    except (ValueError, RecursionError):
        raise Rejected("not_json", str(cause)) from cause


def _text(payload: bytes) -> str:
    encoding = next((name for mark, name in _MARKS if payload.startswith(mark)), "utf-8")
    if encoding == "utf-8" and payload[:4].count(0) == 2:
        encoding = "utf-16-le" if payload[1] == 0 else "utf-16-be"
    try:
        return payload.decode(encoding).strip(_AROUND)
    except UnicodeDecodeError as error:
        wrong = f"byte 0x{payload[error.start]:02x} at place {error.start}"
        raise Rejected("not_json", f"it is not {error.encoding.upper()}, as JSON has to be: {wrong}") from error


def _finite(text: str) -> int | float | str:
    """Return a number, or its text where it is beyond all numbers."""
    value = float(text)
    if not isfinite(value):
        return text
    return int(text) if text.lstrip("-").isdecimal() else value
