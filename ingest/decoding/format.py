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


@dataclass(frozen=True, kw_only=True, slots=True)
class Format:
    """One way in which devices speak.

    `filters` are MQTT topic filters. `is_ordered` says that a message means something only after those before it, so
    that all of them must come to one process, and are not shared among several. A format that has to remember what came
    before has `begin`, which makes its `decode` of what it remembered: its documents
    (`ingest.decoding.decoded.Memory`) by their speakers. `decode` itself reads a message by itself. `declines` are
    filters of topics that are like its own and cannot be read, each with the reason and the mend; they are not
    subscribed to.
    """

    name: str
    filters: tuple[str, ...]
    decode: Decode
    is_ordered: bool = False
    begin: Callable[[Memories], Decode] | None = None
    declines: Mapping[str, str] = field(default_factory=dict)
