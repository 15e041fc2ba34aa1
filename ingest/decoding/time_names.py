"""What times are called and how they are written, so that one that stands under another name is not taken for none."""

from __future__ import annotations

import re
from typing import Any

_NAME = re.compile(
    r"t|dt|epoch|utc|when|stamp|\$date|lastseen|origin|zeit|zeitstempel|datum|uhrzeit"
    r"|(?:created|measured|sampled|observed|recorded|sent|received|updated)at"
    r"|(?:(?:采集|采样|测量|上报|发生|发送|记录|数据|系统|更新)?(?:时间|日期)|时间)戳?"
    r"|(?:source|server|device|gateway|sensor|sample|event|enqueued|observation|phenomenon|result|acquisition|record"
    r"|capture|read|reading|measure|measurement|measuring|local|utc|gps|data|log|system|epoch|unix|iso|publish|message"
    r"|report|update)?(?:ts|time|date|datetime|timestamp)(?:s|ms|us|ns|utc|iso|unix)?"
)
"""What a time is called that is not a span (`uptime`, `runtime_s`), without what people write between the words."""
_DECORATION = str.maketrans("", "", "_-@ .")
_DATE = re.compile(
    r"\d{4}([-/.])\d\d?\1\d\d?(?:[T ]+\d\d?:\d\d|$)|\d\d?([-/.])\d\d?\2(?:\d{4}|\d\d)\b|\d{8}T\d{4}"
    r"|\d{4}年\d\d?月\d\d?日|\d{4}-(?:W\d\d(?:-\d)?|\d{3})(?:T|$)"
    r"|(?:T|\d{4}T)?\d\d?:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z| ?[ap]m)?$"
    r"|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? |(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d"
    r"|/Date\(-?\d+",
    re.IGNORECASE,
)
_YEAR_2000_S = 946_684_800
_YEARS = range(2000, 2100)


def names_time(key: str) -> bool:
    """Say whether a key is what a time is called.

    >>> names_time("Event-Time"), names_time("_createdAt"), names_time("采集时间"), names_time("uptime")
    (True, True, True, False)
    """
    return _NAME.fullmatch(key.casefold().translate(_DECORATION)) is not None


def is_time(value: Any) -> bool:
    """Say whether a value under such a name can only be a time.

    That is a number since 1970 from 2000 on, in any unit or in quotes, a date, a time of the day, or these in parts.

    >>> is_time(1_700_000_000), is_time("30.11.26"), is_time("12:30:05"), is_time({"at": 1_700_000_000}), is_time(2.5)
    (True, True, True, True, False)
    """
    if isinstance(value, str):
        return _DATE.match(value) is not None or (value.isdecimal() and len(value) < 20 and is_time(int(value)))
    if isinstance(value, dict):
        return any(is_time(one) for one in value.values())
    if isinstance(value, list):
        return value[:1] != [] and (is_time(value[0]) or (len(value) > 2 and value[0] in _YEARS))
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value >= _YEAR_2000_S
