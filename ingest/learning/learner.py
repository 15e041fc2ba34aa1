"""Hears what is said on topics and proposes the mapping that reads it; what it keeps is bounded."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from ingest.decoding.json_text import parsed
from ingest.learning.identity import split_by_tags
from ingest.learning.proposals import KINDS, WORDS, GroupOfTopics, proposed
from ingest.learning.ready_made import READY_MADE, ReadyMade
from ingest.learning.shapes import DocumentShape
from ingest.learning.trying import clash_of
from ingest.learning.words import LONGEST_WORD, is_number, is_quantity
from ingest.mapping.lines import point_of
from ingest.mapping.path import Steps
from ingest.mapping.senml import FIELDS, VALUES
from plant.errors import Rejected

_MOST_TOPICS = 20_000
_MOST_SAMPLES = 8  # payloads that are kept of a topic
_MOST_BYTES = 256 * 2**20


@dataclass(slots=True)
class _Heard:
    """What was said on one topic."""

    kind: str
    payloads: list[bytes] = field(default_factory=list)
    keys: AbstractSet[Steps] | None = None

    def keep(self, payload: bytes) -> None:
        """Keep a payload."""
        self.payloads.append(payload)
        self.keys = None

    def is_known(self, document: Any) -> bool:
        """Say whether a document is of the same keys as the last payload that is kept."""
        if self.keys is None:
            self.keys = _keys(parsed(self.payloads[-1]))
        return _keys(document) == self.keys


class MappingLearner:
    """Hears messages and proposes a mapping of them."""

    def __init__(self) -> None:
        self._heard: dict[str, _Heard] = {}
        self._bytes = 0
        self.unread = 0

    @property
    def topics(self) -> int:
        """Count the topics that were understood."""
        return len(self._heard)

    def hear(self, topic: str, payload: bytes) -> None:
        """Learn from a message."""
        kind, document = _understood(payload)
        if kind is None or (topic not in self._heard and len(self._heard) >= _MOST_TOPICS):
            self.unread += 1
            return
        heard = self._heard.setdefault(topic, _Heard(kind))
        if {heard.kind, kind} <= WORDS:
            heard.kind = min(heard.kind, kind, key=lambda one: KINDS[one])
        elif heard.kind != kind:
            return
        if document is not None and len(heard.payloads) >= _MOST_SAMPLES and heard.is_known(document):
            return
        if self._bytes + len(payload) <= _MOST_BYTES and len(heard.payloads) < 4 * _MOST_SAMPLES:
            heard.keep(payload)
            self._bytes += len(payload)

    def proposal(self) -> str:
        """Return the text of a mapping file; what it proposes of a topic reads at least one number there."""
        samples = {topic: heard.payloads for topic, heard in self._heard.items()}
        rules = [_ready_made(one, samples) for one in READY_MADE]
        groups = _groups({topic: self._heard[topic] for topic in samples})
        return proposed([rule for rule in rules if rule], groups)


def _keys(document: Any) -> AbstractSet[Steps]:
    return DocumentShape.of([document]).leaves.keys()


def _ready_made(one: ReadyMade, samples: dict[str, list[bytes]]) -> str | None:
    """Return the text of a ready-made mapping with the topics that it reads; what it deals with leaves `samples`."""
    read = {topic: payloads for topic, payloads in samples.items() if one.reads(topic, payloads)}
    if not read:
        return None
    heard = [(topic, payload) for topic, payloads in read.items() for payload in payloads]
    text = split_by_tags(one.text(sorted(read)), heard)
    if clash_of(text, heard) is not None:
        return None  # what was heard decides then, not what is usual
    for topic in [topic for topic in samples if topic in read or one.passes_over(topic)]:
        del samples[topic]
    return text


def _groups(heard: Mapping[str, _Heard]) -> list[GroupOfTopics]:
    """Put topics together whose levels are as many and whose payloads are read alike."""
    groups: list[GroupOfTopics] = []
    for topic, one in heard.items():
        own = GroupOfTopics.of(topic, one.kind, one.payloads)
        fitting = next((group for group in groups if group.agrees(own)), None)
        if fitting is None:
            groups.append(own)
        else:
            fitting.join(own)
    return groups


def _understood(payload: bytes) -> tuple[str | None, Any]:
    """Say what a payload is, None where it is nothing that a mapping reads, and where it is JSON the document in it."""
    try:
        text = payload.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None, None
    if is_number(text):
        return "number", None
    if text.lstrip()[:1] in {"{", "["}:
        document = _document(payload)
        return None if document is None else "senml" if _is_senml(document) else "json", document
    if "=" in text and _is_influx(text):
        return "influx", None
    if is_quantity(text):
        return "quantity", None
    return "text" if 0 < len(text.strip()) <= LONGEST_WORD and text.isprintable() else None, None


def _document(payload: bytes) -> dict[str, Any] | list[Any] | None:
    """Return what a payload holds, None where that is nothing with parts."""
    try:
        document = parsed(payload)
    except Rejected:
        return None
    return document if isinstance(document, dict) or (isinstance(document, list) and document) else None


def _is_senml(document: Any) -> bool:
    """Say whether a list is one of SenML's records, of which one at least has a value."""
    if not isinstance(document, list) or not all(isinstance(one, dict) and one.keys() <= FIELDS for one in document):
        return False
    return any(VALUES.intersection(one) for one in document) and any({"n", "bn"}.intersection(one) for one in document)


def _is_influx(text: str) -> bool:
    try:
        lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
        return bool([point_of(line) for line in lines])
    except ValueError:
        return False
