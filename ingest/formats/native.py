"""The native format: JSON, as `{"k": v}`, as `{"ts": ms, "values": {"k": v}}`, or as an array of such objects.

Beside its values an object may say `"seq"` (a counter), `"q": {"k": "BAD"}` (quality) and `"hist": true`. In the
flat shape these names and `ts` are read so only where they have that form: `{"q": 3.2}` is a signal named q. One word,
`"q": "BAD"`, beside `values` is said of all of them; `quality` is read like `q` there, and other numbers are refused.
Where there is no `ts`, `timestamp` is read like it. A time under another name is refused: it would become arrival, and
all instants of a backlog would become one. Integers beyond 2**53, which no float holds, are marked as uncertain.
"""

from __future__ import annotations

import json
from array import array
from functools import lru_cache
from math import isfinite
from typing import Any

from ingest.decoding.decoded import ABSENT, Decoded, DeviceReport
from ingest.decoding.format import Format
from ingest.decoding.json_text import parsed, whole_integers
from ingest.decoding.time_names import is_time, names_time
from plant.errors import Rejected
from plant.mqtt.topics import TELEMETRY_FILTER, device_of
from plant.reading import Flag
from plant.tags import one_form

_QUALITY = {"GOOD": Flag.NONE, "UNCERTAIN": Flag.QUALITY_UNCERTAIN, "BAD": Flag.QUALITY_BAD}
_HISTORICAL = int(Flag.HISTORICAL)
_OTHER_NAME = "timestamp"
_EXACT = 2**53
_UNTOLD = frozenset("\x00\ufffd")
_WORDS = frozenset({"ts", _OTHER_NAME, "values", "seq", "q", "hist"})
_SHOWN = 60  # characters of a refused value that are kept


def decode(topic: str, payload: bytes) -> Decoded:
    """Decode one message of a device.

    Raises:
        Rejected: `unknown_topic`, `not_json` or `no_numbers`, for the message as a whole.

    >>> decoded = decode("assetloop/v1/demo/P-101/telemetry", b'{"ts": 1700000000000, "values": {"flow": 7}}')
    >>> decoded.reports[0].values.tolist()
    [7.0]
    """
    document = parsed(payload)
    found = _plain_instant(*_device(topic), document) if type(document) is dict else None
    return Decoded([found or report(*_device(topic), whole_integers(payload, document))])


def report(site: str, asset: str, document: Any) -> DeviceReport:
    """Return what a parsed document says of a device.

    Raises:
        Rejected: `no_numbers`, for the document as a whole.
    """
    if type(document) is dict:
        found = _plain_instant(site, asset, document)
        if found is not None:
            return found
        document = [document]
    built = DeviceReport.empty(site, asset)
    if type(document) is not list:
        built.refuse("no_numbers", f"{_shown(document)} is not an object")
    else:
        for instant in document:
            _add_instant(built, instant)
    if not built.keys and built.rejects.keys() <= {"not_a_number", "no_numbers"}:
        detail = "; ".join(reject.detail for reject in built.rejects.values())
        raise Rejected("no_numbers", detail or "it is empty", readings=max(1, built.quarantined))
    return built


def _plain_instant(site: str, asset: str, document: dict[str, Any]) -> DeviceReport | None:
    """Return the report of a document that is just a time and numbers, as nearly all are; None where there is more."""
    values, ts = document.get("values"), document.get("ts")
    if type(values) is not dict or type(ts) is not int or len(document) > 2 or not values:
        return None
    try:
        numbers = array("d", [*values.values()])
    except (TypeError, OverflowError):
        return None
    if max(numbers) >= _EXACT or min(numbers) <= -_EXACT:
        return None
    return DeviceReport(site, asset, [tuple(values)], [ts * 1000], [0], numbers)


@lru_cache(maxsize=16_384)
def _device(topic: str) -> tuple[str, str]:
    device = device_of(topic)
    if device is None or not all(_is_tag(one) for one in device):
        raise Rejected("unknown_topic", topic)
    return device


def _is_tag(tag: str) -> bool:
    """Say whether people can tell a level of a topic from others: it is UTF-8, and something of it is seen."""
    return one_form(tag) != "" and not _UNTOLD.intersection(tag)


def _add_instant(target: DeviceReport, instant: Any) -> None:
    if type(instant) is not dict:
        target.refuse("no_numbers", f"{_shown(instant)} is not an object")
        return
    values = instant.get("values")
    if type(values) is not dict:
        values = _flat_values(instant)
    name = "ts" if "ts" in instant or _OTHER_NAME not in instant else _OTHER_NAME
    ts = instant.get(name)
    time_us = ts * 1000 if type(ts) is int else _time_us(ts)
    if time_us is None:
        target.refuse("bad_time", f"{name} is {_shown(ts)}: send milliseconds since 1970", max(1, len(values)))
        return
    elsewhere = _time_elsewhere(instant) if time_us == ABSENT else None
    if elsewhere is not None:
        target.refuse("bad_time", _elsewhere(elsewhere), max(1, len(values)))
        return
    keys, numbers = _numbers(target, values)
    before = len(target.values)
    if keys:
        target.say(keys, time_us, _HISTORICAL if instant.get("hist") is True else 0, numbers)
        _mark_inexact(target, values, keys, before)
    if len(instant) > 2:
        _add_remarks(target, instant, keys, before)


def _flat_values(instant: dict[str, Any]) -> dict[str, Any]:
    """Return what an object without `values` says of signals: all of it but the time and the words about it."""
    words = {"ts"} if "ts" in instant and not is_time(instant.get(_OTHER_NAME)) else {"ts", _OTHER_NAME}
    words |= {word for word, kind in (("q", dict), ("hist", bool), ("seq", int)) if type(instant.get(word)) is kind}
    return {key: value for key, value in instant.items() if key not in words}


def _time_us(ts: Any) -> int | None:
    """Return milliseconds since 1970 as microseconds, `ABSENT` where there is no time, None where it is not one."""
    if ts is None:
        return ABSENT
    if type(ts) is float and isfinite(ts):
        return round(ts * 1000)
    return None


def _time_elsewhere(instant: dict[str, Any]) -> str | None:
    """Return under which other name an instant says its time, None where it says none."""
    inside = instant.get("values")
    said = [(key, key, value) for key, value in instant.items()]
    said += [(f"values.{key}", key, value) for key, value in inside.items()] if type(inside) is dict else []
    names = (path for path, key, value in said if names_time(key) and is_time(value))
    return next(names, None)


def _elsewhere(key: str) -> str:
    return (
        f'its time is called {key[:_SHOWN]}: send it as "ts", in ms, or say time = "$.{key[:_SHOWN]}" in mapping.toml'
    )


def _mark_inexact(target: DeviceReport, values: dict[str, Any], keys: tuple[str, ...], before: int) -> None:
    """Mark integers that no float holds."""
    for place, key in enumerate(keys, start=before):
        value = values[key]
        if type(value) is int and abs(value) > _EXACT:
            target.mark(place, int(Flag.QUALITY_UNCERTAIN))


def _numbers(target: DeviceReport, values: dict[str, Any]) -> tuple[tuple[str, ...], array[float]]:
    """Return the numbers among `values` and their keys; what is no number is refused."""
    try:
        return tuple(values), array("d", [*values.values()])
    except (TypeError, OverflowError):
        numbers = {key: float(value) for key, value in values.items() if isinstance(value, (int, float))}
    for key, value in values.items():
        if key not in numbers:
            target.refuse("not_a_number", f"{key[:_SHOWN]} is {_shown(value)}", key=key)
    return tuple(numbers), array("d", numbers.values())


def _add_remarks(target: DeviceReport, instant: dict[str, Any], keys: tuple[str, ...], before: int) -> None:
    """Add what the device says about its values; a quality nobody knows counts as uncertain."""
    if type(instant.get("seq")) is int:
        target.sequence = instant["seq"]
    said = instant.get("q")
    if type(instant.get("values")) is dict:
        said = _quality_beside(instant, said)
        _refuse_beside(target, instant)
    elif type(said) is not dict:
        return  # a signal called q
    for place, key in enumerate(keys, start=before):
        quality = said.get(key) if isinstance(said, dict) else said
        if quality is not None:
            target.mark(place, int(_QUALITY.get(str(quality).upper(), Flag.QUALITY_UNCERTAIN)))


def _quality_beside(instant: dict[str, Any], said: Any) -> Any:
    """Return what stands beside `values` of their quality, also under its full name."""
    return instant.get("quality") if said is None and isinstance(instant.get("quality"), (str, dict)) else said


def _refuse_beside(target: DeviceReport, instant: dict[str, Any]) -> None:
    """Say that numbers beside `values` are not read."""
    for key, value in instant.items():
        if key not in _WORDS and isinstance(value, (int, float)) and not names_time(key):
            target.refuse("beside_values", f"{key[:_SHOWN]} stands beside values: put it into them", key=key)


def _shown(value: Any) -> str:
    return json.dumps(value)[:_SHOWN]


FORMAT = Format(name="native", filters=(TELEMETRY_FILTER,), decode=decode)
