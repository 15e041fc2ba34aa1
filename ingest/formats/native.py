"""The native format: JSON, as `{"k": v}`, as `{"ts": ms, "values": {"k": v}}`, or as an array of such objects.

Beside its values an object may say `"seq"` (a counter), `"q": {"k": "BAD"}` (quality) and `"hist": true`. In the
flat shape these names and `ts` are read so only where they have that form: `{"q": 3.2}` is a signal named q. One word,
`"q": "BAD"`, beside `values` is said of all of them. Where there is no `ts`, `timestamp` is read like it. A time under
another name is refused: it would become arrival, and all instants of a backlog would become one. Integers beyond
2**53, which no float holds, are marked as uncertain.
"""

from __future__ import annotations

import json
import re
from array import array
from functools import lru_cache
from math import isfinite
from typing import Any

from ingest.decoding.decoded import ABSENT, Decoded, DeviceReport
from ingest.decoding.format import Format
from ingest.decoding.json_text import parsed
from plant.errors import Rejected
from plant.mqtt.topics import TELEMETRY_FILTER, device_of
from plant.reading import Flag

_QUALITY = {"GOOD": Flag.NONE, "UNCERTAIN": Flag.QUALITY_UNCERTAIN, "BAD": Flag.QUALITY_BAD}
_HISTORICAL = int(Flag.HISTORICAL)
_OTHER_NAME = "timestamp"
_TIME_NAME = re.compile(
    r"t|dt|epoch|utc|when|lastseen|zeit|zeitstempel|(?:created|measured|sampled|observed|recorded|sent|received|updated)at"
    r"|(?:(?:采集|采样|测量|上报|发生|发送|记录|数据|系统|更新)?(?:时间|日期)|时间)戳?"
    r"|(?:source|server|device|gateway|sensor|sample|event|observation|phenomenon|result|acquisition|record|capture"
    r"|read|reading|measure|measurement|measuring|local|utc|gps|data|log|system|epoch|unix|iso|publish|message|report"
    r"|update)?(?:ts|time|date|datetime|timestamp)(?:s|ms|us|ns|utc|iso|unix)?"
)
"""What a time is called that is not a span (`uptime`, `runtime_s`), without what people write between the words."""
_DECORATION = str.maketrans("", "", "_-@ .")
_DATE = re.compile(
    r"\d{4}([-/.])\d\d?\1\d\d?(?:[T ]+\d\d?:\d\d|$)|\d\d?([-/.])\d\d?\2\d{4}\b|\d{8}T\d{4}|\d{4}年\d\d?月\d\d?日"
    r"|(?:mon|tue|wed|thu|fri|sat|sun),? |/Date\(-?\d+",
    re.IGNORECASE,
)
_YEAR_2000_S = 946_684_800
_EXACT = 2**53
_SHOWN = 60  # characters of a refused value that are kept


def decode(topic: str, payload: bytes) -> Decoded:
    """Decode one message of a device.

    Raises:
        Rejected: `unknown_topic`, `not_json` or `no_numbers`, for the message as a whole.

    >>> decoded = decode("assetloop/v1/demo/P-101/telemetry", b'{"ts": 1700000000000, "values": {"flow": 7}}')
    >>> decoded.reports[0].values.tolist()
    [7.0]
    """
    return Decoded([report(*_device(topic), parsed(payload))])


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
    if device is None or "\x00" in device[0] + device[1]:
        raise Rejected("unknown_topic", topic)
    return device


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
    words = {"ts"} if "ts" in instant and not _is_time(instant.get(_OTHER_NAME)) else {"ts", _OTHER_NAME}
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
    names = (path for path, key, value in said if _is_time(value) and _TIME_NAME.fullmatch(_bare(key)))
    return next(names, None)


def _bare(key: str) -> str:
    """Return a name without what people write it in.

    >>> _bare("Event-Time"), _bare("_createdAt")
    ('eventtime', 'createdat')
    """
    return key.casefold().translate(_DECORATION)


def _is_time(value: Any) -> bool:
    """Say whether a value can only be a time: a number since 1970 from 2000 on, in any unit or in quotes, or a date."""
    if isinstance(value, str):
        return _DATE.match(value) is not None or (value.isdecimal() and len(value) < 20 and _is_time(int(value)))
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value >= _YEAR_2000_S


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
    if type(said) is not dict and type(instant.get("values")) is not dict:
        return  # a signal called q
    for place, key in enumerate(keys, start=before):
        quality = said.get(key) if isinstance(said, dict) else said
        if quality is not None:
            target.mark(place, int(_QUALITY.get(str(quality).upper(), Flag.QUALITY_UNCERTAIN)))


def _shown(value: Any) -> str:
    return json.dumps(value)[:_SHOWN]


FORMAT = Format(name="native", filters=(TELEMETRY_FILTER,), decode=decode)
