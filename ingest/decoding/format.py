"""A format: on which topics its messages come, and what makes readings of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from ingest.decoding.decoded import Decoded


class Decode(Protocol):
    """What reads a payload."""

    def __call__(self, topic: str, payload: bytes) -> Decoded:
        """Read one message.

        Raises:
            Rejected: for the message as a whole.
        """
        ...


Memories: TypeAlias = Mapping[str, Mapping[str, Any]]


class RemembersSpeakers(Protocol):
    """What reads payloads by what came before them."""

    def decode(self, topic: str, payload: bytes) -> Decoded:
        """Read one message, the next of its speaker.

        Raises:
            Rejected: for the message as a whole.
        """
        ...

    def learn(self, memories: Memories) -> None:
        """Learn what others remember of speakers that are heard elsewhere."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Format:
    """One way in which devices speak.

    `filters` are MQTT topic filters. Where a message means something only after those before it of the same speaker,
    `speaker_of` names the speaker by the topic: all of one speaker must come over one session. A format that has to
    remember what came before has `begin`, which is given what it remembered: its documents
    (`ingest.decoding.decoded.FormatMemory`) by speaker. `decode` itself reads a message by itself. `declines` are
    filters of topics that are like its own and cannot be read, each with the reason and the mend; they are not
    subscribed to.
    """

    name: str
    filters: tuple[str, ...]
    decode: Decode
    speaker_of: Callable[[str], str] | None = None
    begin: Callable[[Memories], RemembersSpeakers] | None = None
    declines: Mapping[str, str] = field(default_factory=dict)
