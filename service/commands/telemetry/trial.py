"""`assetloop ingest try` and `learn`: what a payload becomes, and a mapping proposed from what is heard."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ingest.learning.learner import MappingLearner
from ingest.mapping import known_formats
from ingest.mapping.file import parse_rules
from ingest.mqtt.listening import listen
from ingest.trial import Trial, try_payload
from plant.errors import Misconfigured, Unavailable
from plant.escaped import escaped
from plant.mqtt.topics import matches
from service.commands.instants import shown_ms
from service.runtime.surroundings import Surroundings

_OURS = ("assetloop/#", "spBv1.0/STATE/+", "STATE/+")


def lines_of(trial: Trial) -> str:
    """Say to a person what a payload would become."""
    lines = [f"format: {trial.format or 'none reads this topic'}"]
    for one in trial.readings:
        time = "arrival" if one.time_ms is None else shown_ms(one.time_ms)
        lines.append(f"{one.device}  {one.signal} = {one.value:g}  at {time}  {one.flags}".rstrip())
    lines += [f"refused, {one.reason}: {one.detail} ({one.readings})  {one.device}".rstrip() for one in trial.refused]
    lines += [*trial.presences, *(f"would answer on {topic}" for topic in trial.answers)]
    return "\n".join(map(escaped, lines))


def try_file(around: Surroundings, topic: str, file: Path, mapping: Path | None) -> Trial:
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
    arrival_us = round(around.clock.now().timestamp() * 1e6)
    return try_payload(formats, topic, payload, around.trial_rules(), arrival_us=arrival_us)


@dataclass(frozen=True, kw_only=True, slots=True)
class Learnt:
    """A mapping that was proposed, from how many topics, and how many messages were nothing that a mapping reads."""

    mapping: str
    topics: int
    unread: int


def learn(around: Surroundings, wanted: str, seconds: float, advance: Callable[[int, int], None]) -> Learnt:
    """Listen on an MQTT filter and propose a mapping; what a format reads already, and what we say, is passed over.

    Raises:
        Unavailable: the broker is away or refuses that, or nothing was heard.
    """
    lesson, known = MappingLearner(), [*_OURS, *(one for form in known_formats() for one in form.filters)]

    def hear(topic: str, payload: bytes) -> None:
        if not any(matches(one, topic) for one in known):
            lesson.hear(topic, payload)

    listen(around.broker_settings(), wanted, seconds, hear, advance)
    if not lesson.topics:
        raise Unavailable(f"nothing that a mapping could read was said on {wanted} within {seconds:g} s; listen longer")
    text = lesson.proposal()
    parse_rules(text, name="the proposal")
    return Learnt(mapping=text, topics=lesson.topics, unread=lesson.unread)
