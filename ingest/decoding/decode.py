"""Decoding: any payload becomes reports of devices or a reason, and nothing in it can do more than that."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ingest.decoding.compressed import MAGICS, expanded
from ingest.decoding.decoded import Decoded
from ingest.decoding.format import Decode, Format, Memories, RemembersSpeakers
from plant.errors import Rejected
from plant.mqtt.topics import matches, topic_text

_MOST_ROUTES = 65_536
_LARGEST_EXPANSION = 4


class Decoder:
    """Finds the format of a message by its topic, once for each topic, and reads its payload.

    `most_bytes` is how long a payload may be; one that came compressed may be four times that once it is expanded.
    """

    def __init__(self, formats: Sequence[Format], *, most_bytes: int) -> None:
        self._formats = tuple(formats)
        self._most_bytes = most_bytes
        self._remembering: dict[str, RemembersSpeakers] = {}
        self._routes: dict[bytes, tuple[str, Decode | None]] = {}
        self.remember({})

    def remember(self, memories: Mapping[str, Memories]) -> None:
        """Let each format that remembers begin anew with what it remembered, by the formats' names."""
        for one in self._formats:
            if one.begin is not None:
                self._remembering[one.name] = one.begin(memories.get(one.name, {}))
        self._routes.clear()

    def learn(self, memories: Mapping[str, Memories], *, hears: Callable[[str], bool]) -> None:
        """Learn what was remembered elsewhere of the speakers that are not heard here."""
        for name, documents in memories.items():
            if name in self._remembering:
                others = {speaker: one for speaker, one in documents.items() if not hears(speaker)}
                self._remembering[name].learn(others)

    def speaker_of(self, topic: bytes) -> str | None:
        """Name who speaks on a topic, where what it says means something only after what it said before; else None."""
        name = topic_text(topic)
        one = self._format_of(name)
        try:
            return None if one is None or one.speaker_of is None else one.speaker_of(name)
        except Rejected:
            return None

    def decode(self, topic: bytes, payload: bytes) -> Decoded:
        """Decode a payload in the format that its topic names.

        Raises:
            Rejected: for the message as a whole; `too_large`, `unknown_topic`, `bad_compression`, `expands_too_far`,
                else what the format says.
        """
        name, decode = self._routes.get(topic) or self._route(topic)
        if len(payload) > self._most_bytes:
            raise Rejected("too_large", f"{len(payload)} bytes, at most {self._most_bytes} are read")
        if decode is None:
            raise Rejected("unknown_topic", self._why_nobody_reads(name))
        try:
            if payload.startswith(MAGICS):
                payload = expanded(payload, most_bytes=_LARGEST_EXPANSION * self._most_bytes)
            return decode(name, payload)
        except Rejected:
            raise
        except Exception as error:
            raise Rejected("undecodable", f"{type(error).__name__}: {error}") from error

    def _why_nobody_reads(self, name: str) -> str:
        declined = (why for one in self._formats for wanted, why in one.declines.items() if matches(wanted, name))
        return next(declined, name)

    def _route(self, topic: bytes) -> tuple[str, Decode | None]:
        if len(self._routes) >= _MOST_ROUTES:
            self._routes.clear()  # a stranger's made-up topics must not pile up
        name = topic_text(topic)
        one = self._format_of(name)
        remembering = None if one is None else self._remembering.get(one.name)
        route = name, remembering.decode if remembering is not None else one.decode if one is not None else None
        self._routes[topic] = route
        return route

    def _format_of(self, name: str) -> Format | None:
        return next((one for one in self._formats if any(matches(wanted, name) for wanted in one.filters)), None)
