"""Decoding: any payload becomes reports of devices or a reason, and nothing in it can do more than that."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.decoded import Decoded
from ingest.device import topic_text
from ingest.format import Decode, Format
from plant.errors import Rejected
from plant.topics import matches

_MOST_ROUTES = 65_536


class Decoder:
    """Finds the format of a message by its topic, once for each topic, and reads its payload.

    `most_bytes` is how long a payload may be.
    """

    def __init__(self, formats: Sequence[Format], *, most_bytes: int) -> None:
        self._formats = tuple(formats)
        self._most_bytes = most_bytes
        self._routes: dict[bytes, tuple[str, Decode | None]] = {}

    def decode(self, topic: bytes, payload: bytes) -> Decoded:
        """Decode a payload in the format that its topic names.

        Raises:
            Rejected: for the message as a whole; `too_large`, `unknown_topic`, else what the format says.
        """
        name, decode = self._routes.get(topic) or self._route(topic)
        if len(payload) > self._most_bytes:
            raise Rejected("too_large", f"{len(payload)} bytes, at most {self._most_bytes} are read")
        if decode is None:
            raise Rejected("unknown_topic", name)
        try:
            return decode(name, payload)
        except Rejected:
            raise
        except Exception as error:
            raise Rejected("undecodable", f"{type(error).__name__}: {error}") from error

    def _route(self, topic: bytes) -> tuple[str, Decode | None]:
        if len(self._routes) >= _MOST_ROUTES:
            self._routes.clear()  # a stranger's made-up topics must not pile up
        name = topic_text(topic)
        found = (one.decode for one in self._formats if any(matches(wanted, name) for wanted in one.filters))
        route = name, next(found, None)
        self._routes[topic] = route
        return route
