"""`assetloop ingest try` and `learn`: what a payload becomes, and a mapping proposed from what is heard."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ingest.admission.admit import AdmissionRules
from ingest.admission.verdict import CONFLICTING, judged
from ingest.decoding.decode import Decoder
from ingest.decoding.shown import ShownReading, ShownRefusal, refusals
from ingest.learning.learner import MappingLearner
from ingest.mapping import known_formats
from ingest.mapping.file import parse_rules
from ingest.mqtt.listening import listen
from plant.errors import Misconfigured, Rejected, Unavailable
from plant.escaped import escaped
from plant.mqtt.topics import matches
from service.commands.instants import shown_ms
from service.runtime.surroundings import Surroundings

_DAY_US = 86_400_000_000


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

    def lines(self) -> str:
        """Say it to a person."""
        lines = [f"format: {self.format or 'none reads this topic'}"]
        for one in self.readings:
            time = "arrival" if one.time_ms is None else shown_ms(one.time_ms)
            lines.append(f"{one.device}  {one.signal} = {one.value:g}  at {time}  {one.flags}".rstrip())
        lines += [
            f"refused, {one.reason}: {one.detail} ({one.readings})  {one.device}".rstrip() for one in self.refused
        ]
        lines += [*self.presences, *(f"would answer on {topic}" for topic in self.answers)]
        return "\n".join(map(escaped, lines))


def trial(around: Surroundings, topic: str, file: Path, mapping: Path | None) -> Trial:
    """Decode and admit a file as if it came now on a topic, of a device that the register knows; `-` is standard input.

    Raises:
        Misconfigured: the file or the mapping cannot be read.
    """
    try:
        payload = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise Misconfigured(f"{file} cannot be read: {error.strerror}") from error
    joins_names = around.settings.sparkplug_asset == "node/device"
    formats = known_formats(mapping or around.settings.mapping, joins_sparkplug_names=joins_names)
    name = next((one.name for one in formats if any(matches(wanted, topic) for wanted in one.filters)), None)
    try:
        decoded = Decoder(formats, most_bytes=around.settings.most_payload_bytes).decode(topic.encode(), payload)
    except Rejected as refusal:
        whole = [ShownRefusal("", refusal.reason, refusal.detail, refusal.readings)]
        return Trial(topic=topic, format=name, readings=[], refused=whole, presences=[], answers=[])
    beside, settings = decoded.extras, around.settings
    rules = AdmissionRules(retention_us=round(settings.raw_retention_days * _DAY_US))
    arrival_us = round(around.clock.now().timestamp() * 1e6)
    readings = judged(decoded, rules, most_signals=settings.most_signals, arrival_us=arrival_us)
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Learnt:
    """A mapping that was proposed, from how many topics, and how many messages were nothing that a mapping reads."""

    mapping: str
    topics: int
    unread: int


def learn(around: Surroundings, wanted: str, seconds: float, advance: Callable[[int, int], None]) -> Learnt:
    """Listen on an MQTT filter and propose a mapping; what a format reads already is passed over.

    Raises:
        Unavailable: the broker is away or refuses that, or nothing was heard.
    """
    lesson, known = MappingLearner(), [one for form in known_formats() for one in form.filters]

    def hear(topic: str, payload: bytes) -> None:
        if not any(matches(one, topic) for one in known):
            lesson.hear(topic, payload)

    listen(around.broker_settings(), wanted, seconds, hear, advance)
    if not lesson.topics:
        raise Unavailable(f"nothing that a mapping could read was said on {wanted} within {seconds:g} s; listen longer")
    text = lesson.proposal()
    parse_rules(text, name="the proposal")
    return Learnt(mapping=text, topics=lesson.topics, unread=lesson.unread)
