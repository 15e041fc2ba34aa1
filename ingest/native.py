"""The native format: JSON, as `{"k": v}`, as `{"ts": ms, "values": {"k": v}}`, or as an array of such objects.

Beside its values an object may say `"seq"` (a counter), `"q": {"k": "BAD"}` (quality) and `"hist": true`. In the
flat shape these names and `ts` are read so only where they have that form: `{"q": 3.2}` is a signal named q.
"""

from __future__ import annotations

import json
from functools import lru_cache
from math import isfinite
from typing import Any

import orjson

from ingest.decoded import ABSENT, Decoded
from plant.errors import Rejected
from plant.reading import Flag
from plant.topics import device_of

_NUMBERS = {int, float}
_QUALITY = {"GOOD": Flag.NONE, "UNCERTAIN": Flag.QUALITY_UNCERTAIN, "BAD": Flag.QUALITY_BAD}
_SHOWN = 60  # characters of a refused value that are kept


def decode(topic: str, payload: bytes) -> Decoded:
    """Decode one message of a device.

    Raises:
        Rejected: `unknown_topic`, `not_json` or `no_numbers`, for the message as a whole.

    >>> decode("assetloop/v1/demo/P-101/telemetry", b'{"ts": 1700000000000, "values": {"flow": 7}}').values
    [7]
    """
    site, asset = _device(topic)
    decoded = Decoded(site=site, asset=asset)
    document = _parsed(payload)
    if type(document) is list:
        for instant in document:
            _add_instant(decoded, instant)
    else:
        _add_instant(decoded, document)
    if not decoded.keys and decoded.rejects.keys() <= {"not_a_number", "no_numbers"}:
        raise Rejected("no_numbers", "; ".join(reject.detail for reject in decoded.rejects.values()))
    return decoded


@lru_cache(maxsize=16_384)
def _device(topic: str) -> tuple[str, str]:
    device = device_of(topic)
    if device is None or "\x00" in device[0] + device[1]:
        raise Rejected("unknown_topic", topic)
    return device


def _parsed(payload: bytes) -> Any:
    try:
        return orjson.loads(payload)
    except orjson.JSONDecodeError as error:
        if b"NaN" in payload or b"Infinity" in payload or "infinity" in str(error):
            return _parsed_leniently(payload)
        raise Rejected("not_json", str(error)) from error


def _parsed_leniently(payload: bytes) -> Any:
    """Parse what devices write for a value that is no number, so that only this value is lost and not the message."""
    try:
        return json.loads(payload.decode(), parse_int=float)
    except (ValueError, RecursionError) as error:
        raise Rejected("not_json", str(error)) from error


def _add_instant(decoded: Decoded, instant: Any) -> None:
    if type(instant) is not dict:
        decoded.refuse("no_numbers", f"{_shown(instant)} is not an object")
        return
    values = instant.get("values")
    if type(values) is not dict:
        values = _flat_values(instant)
    time_us = _time_us(instant.get("ts"))
    if time_us is None:
        decoded.refuse("bad_time", f"ts is {_shown(instant['ts'])}", max(1, len(values)))
        return
    before = len(decoded.keys)
    _add_values(decoded, values)
    added = len(decoded.keys) - before
    decoded.times_us += [time_us] * added
    decoded.flags += [int(Flag.HISTORICAL) if instant.get("hist") is True else 0] * added
    if type(instant.get("q")) is dict:
        _add_quality(decoded, before, instant["q"])
    if type(instant.get("seq")) is int:
        decoded.sequence = instant["seq"]


def _flat_values(instant: dict[str, Any]) -> dict[str, Any]:
    """Return what an object without `values` says of signals: all of it but the time and the words about it."""
    words = {"ts"}
    words |= {word for word, kind in (("q", dict), ("hist", bool), ("seq", int)) if type(instant.get(word)) is kind}
    return {key: value for key, value in instant.items() if key not in words}


def _time_us(ts: Any) -> int | None:
    """Return milliseconds since 1970 as microseconds, `ABSENT` where there is no time, None where it is not one."""
    if ts is None:
        return ABSENT
    if type(ts) is int:
        return ts * 1000
    if type(ts) is float and isfinite(ts):
        return round(ts * 1000)
    return None


def _add_values(decoded: Decoded, values: dict[str, Any]) -> None:
    if set(map(type, values.values())) <= _NUMBERS and all(map(isfinite, values.values())):
        decoded.keys += values
        decoded.values += values.values()
        return
    for key, value in values.items():
        if isinstance(value, (int, float)) and isfinite(value):
            decoded.keys.append(key)
            decoded.values.append(float(value))
        else:
            decoded.refuse("not_a_number", f"{key[:_SHOWN]} is {_shown(value)}")


def _add_quality(decoded: Decoded, before: int, qualities: dict[str, Any]) -> None:
    """Flag the values that were added since `before`; a quality nobody knows counts as uncertain."""
    for row in range(before, len(decoded.keys)):
        quality = qualities.get(decoded.keys[row])
        if quality is not None:
            decoded.flags[row] |= _QUALITY.get(str(quality).upper(), Flag.QUALITY_UNCERTAIN)


def _shown(value: Any) -> str:
    return json.dumps(value)[:_SHOWN]
