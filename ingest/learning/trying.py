"""A proposed rule is tried on what was heard before it is proposed."""

from __future__ import annotations

import functools
from collections.abc import Iterable

from ingest.decoding.format import Decode
from ingest.decoding.shown import readings
from ingest.mapping import mapping_format
from ingest.mapping.file import parse_rules
from plant.errors import Rejected

_MOST_KEPT = 64


@functools.lru_cache(maxsize=_MOST_KEPT)
def _decoder(text: str) -> Decode:
    """Return what decodes by a mapping: the same few are tried on topic after topic."""
    return mapping_format(parse_rules(text, name="the proposal")).decode


def readings_of(text: str, heard: Iterable[tuple[str, bytes]]) -> int:
    """Count the readings that a mapping makes of messages (topic, payload); what it refuses counts nothing.

    Raises:
        Misconfigured: the mapping makes no sense.
    """
    decode = _decoder(text)
    count = 0
    for topic, payload in heard:
        try:
            count += sum(len(report.values) for report in decode(topic, payload).reports)
        except Rejected:
            continue
    return count


def clash_of(text: str, heard: Iterable[tuple[str, bytes]]) -> str | None:
    """Say which things a mapping would take for one: two values of a signal at one time, or a signal of two topics.

    Raises:
        Misconfigured: the mapping makes no sense.
    """
    decode = _decoder(text)
    values: dict[tuple[str, str, float | None, int], float] = {}
    topics: dict[tuple[str, str], str] = {}
    for number, (topic, payload) in enumerate(heard):
        try:
            told = readings(decode(topic, payload))
        except Rejected:
            continue
        for one in told:
            instant = one.device, one.signal, one.time_ms, number if one.time_ms is None else -1
            if values.setdefault(instant, one.value) != one.value:
                return f"{one.signal} of {one.device} would have two values at one time"
            if topics.setdefault((one.device, one.signal), topic) != topic:
                return f"{one.signal} of {one.device} would come from two topics"
    return None
