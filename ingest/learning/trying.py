"""A proposed rule is tried on what was heard before it is proposed."""

from __future__ import annotations

from collections.abc import Iterable

from ingest.mapping import mapping_format
from ingest.mapping.file import parse_rules
from plant.errors import Rejected


def readings_of(text: str, heard: Iterable[tuple[str, bytes]]) -> int:
    """Count the readings that a mapping makes of messages (topic, payload); what it refuses counts nothing.

    Raises:
        Misconfigured: the mapping makes no sense.
    """
    decode = mapping_format(parse_rules(text, name="the proposal")).decode
    count = 0
    for topic, payload in heard:
        try:
            count += sum(len(report.values) for report in decode(topic, payload).reports)
        except Rejected:
            continue
    return count
