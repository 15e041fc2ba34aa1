"""What ingest would make of one payload, without storing anything of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.admission.admit import AdmissionRules
from ingest.admission.verdict import CONFLICTING, judged
from ingest.decoding.decode import Decoder
from ingest.decoding.format import Format
from ingest.decoding.shown import ShownReading, ShownRefusal, refusals
from plant.errors import Rejected
from plant.mqtt.topics import matches


@dataclass(frozen=True, kw_only=True, slots=True)
class TrialRules:
    """By what a payload is judged: as long as it may be, as many signals as an asset may have, as old as it may be."""

    most_payload_bytes: int = 1024**2
    most_signals: int = 500
    retention_us: int = 3650 * 86_400_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """What ingest makes of a payload: the format that reads it, its readings, and what of it is refused.

    `answers` are topics on which something would be said in return, `presences` devices that have come or gone.
    """

    topic: str
    format: str | None
    readings: list[ShownReading]
    refused: list[ShownRefusal]
    presences: list[str]
    answers: list[str]

    @property
    def stored(self) -> int:
        """Count the readings that would be in the record."""
        return sum(CONFLICTING not in one.flags for one in self.readings)


def try_payload(formats: Sequence[Format], topic: str, payload: bytes, rules: TrialRules, *, arrival_us: int) -> Trial:
    """Decode and admit a payload as if it came now on a topic, of a device that the register knows."""
    name = next((one.name for one in formats if any(matches(wanted, topic) for wanted in one.filters)), None)
    try:
        decoded = Decoder(formats, most_bytes=rules.most_payload_bytes).decode(topic.encode(), payload)
    except Rejected as refusal:
        whole = [ShownRefusal("", refusal.reason, refusal.detail, refusal.readings)]
        return Trial(topic=topic, format=name, readings=[], refused=whole, presences=[], answers=[])
    beside, admission = decoded.extras, AdmissionRules(retention_us=rules.retention_us)
    readings = judged(decoded, admission, most_signals=rules.most_signals, arrival_us=arrival_us)
    return Trial(
        topic=topic,
        format=name,
        readings=readings,
        refused=refusals(decoded),
        presences=[f"{one.asset} is {'on' if one.is_online else 'off'}line" for one in beside.presences]
        if beside
        else [],
        answers=[one.topic for one in beside.answers] if beside else [],
    )
