"""Decoding: any payload becomes columns of readings or a reason, and nothing in it can do more than that."""

from __future__ import annotations

from ingest import native
from ingest.decoded import Decoded
from plant.errors import Rejected


def decode(topic: str, payload: bytes, *, most_bytes: int) -> Decoded:
    """Decode a payload in the format that its topic names.

    Raises:
        Rejected: for the message as a whole; `too_large` above `most_bytes`, else what the format says.
    """
    if len(payload) > most_bytes:
        raise Rejected("too_large", f"{len(payload)} bytes, at most {most_bytes} are read")
    try:
        return native.decode(topic, payload)
    except Rejected:
        raise
    except Exception as error:
        raise Rejected("undecodable", f"{type(error).__name__}: {error}") from error
