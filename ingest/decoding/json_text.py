"""JSON as devices write it: what stands around a document is passed over, and what is no number spoils nothing else."""

from __future__ import annotations

import json
import re
from math import isfinite
from typing import Any

import orjson

from plant.errors import Rejected

_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_AROUND = " \t\r\n\0\ufeff"
_NO_NUMBERS = re.compile(
    r'"(?:[^"\\]|\\.)*"|(?<![\w.])([-+]?(?:nan(?:\(\w*\))?|inf(?:inity)?|1\.#[a-z]+\d*))(?![\w.])', re.IGNORECASE
)
"""Texts, which stay as they are, and what C and others print for what is no number: nan, -nan(ind), 1.#QNAN, inf."""


def parsed(payload: bytes) -> Any:
    r"""Parse JSON.

    A byte order mark (also of UTF-16), white space and zero bytes around the document are passed over. What devices
    write for a value that is no number (`nan`, `-inf`, `1.#QNAN`, 1e999) comes out as its text, to be refused alone.

    Raises:
        Rejected: `not_json`.

    >>> parsed(b'\xef\xbb\xbf{"a": 17.1, "b": -nan}')
    {'a': 17.1, 'b': '-nan'}
    """
    try:
        return orjson.loads(payload)
    except orjson.JSONDecodeError as error:
        return _parsed_leniently(payload, error)


def _parsed_leniently(payload: bytes, cause: orjson.JSONDecodeError) -> Any:
    try:
        text = _text(payload)
        quoted = _NO_NUMBERS.sub(lambda found: f'"{found[1]}"' if found[1] else found[0], text)
        document = json.loads(quoted, parse_int=_finite, parse_float=_finite, parse_constant=str)
        json.dumps(document, ensure_ascii=False).encode()  # half a character cannot be stored
        return document
    except (ValueError, RecursionError):
        raise Rejected("not_json", str(cause)) from cause


def _text(payload: bytes) -> str:
    encoding = next((name for mark, name in _MARKS if payload.startswith(mark)), "utf-8")
    return payload.decode(encoding).strip(_AROUND)


def _finite(text: str) -> int | float | str:
    """Return a number, or its text where it is beyond all numbers."""
    value = float(text)
    if not isfinite(value):
        return text
    return int(text) if text.lstrip("-").isdecimal() else value
