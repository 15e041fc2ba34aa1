"""A format: on which topics its messages come, and what makes readings of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ingest.decoded import Decoded


class Decode(Protocol):
    """What reads a payload."""

    def __call__(self, topic: str, payload: bytes) -> Decoded:
        """Read one message.

        Raises:
            Rejected: for the message as a whole.
        """
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Format:
    """One way in which devices speak.

    `filters` are MQTT topic filters. `is_ordered` says that a message means something only after those before it, so
    that all of them must come to one process, and are not shared among several.
    """

    name: str
    filters: tuple[str, ...]
    decode: Decode
    is_ordered: bool = False
