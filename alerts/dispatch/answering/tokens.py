"""Tokens with which a team answers an order: signed, expiring, and good once. The same message has the same token."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from plant.errors import Forbidden

TOKEN_LASTS = timedelta(days=14)
_LONGEST = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerToken:
    """Which order a team may answer, until when; `token_id` is what is used once."""

    number: str
    team: str
    expires_at: datetime
    token_id: str


def make_token(key: bytes, *, number: str, team: str, occasion: str, at: datetime) -> str:
    """Make the token for an order's message; the same `occasion` gives the same token.

    >>> noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    >>> token = make_token(b"k" * 32, number="WO-000001", team="seals", occasion="1", at=noon)
    >>> read_token(b"k" * 32, token, now=noon).number
    'WO-000001'
    """
    token_id = uuid5(NAMESPACE_URL, json.dumps([number, team, occasion]))
    said = json.dumps([number, team, int((at + TOKEN_LASTS).timestamp()), token_id.hex]).encode()
    return f"{_text(said)}.{_text(_signature(key, said))}"


def read_token(key: bytes, token: str, *, now: datetime) -> AnswerToken:
    """Read a token.

    Raises:
        Forbidden: it is none of ours, or its time is over.
    """
    try:
        said, signature = (_bytes(part) for part in token[:_LONGEST].split("."))
        if not hmac.compare_digest(_signature(key, said), signature):
            raise ValueError("the signature is another")
        number, team, expires, token_id = json.loads(said)
        found = AnswerToken(
            number=number,
            team=team,
            expires_at=datetime.fromtimestamp(expires, UTC),
            token_id=str(UUID(hex=token_id)),
        )
    except (ValueError, TypeError) as error:
        raise Forbidden("this is no link or token of ours") from error
    if found.expires_at <= now:
        raise Forbidden("this link or token is over; ask for a new message, or answer in the console")
    return found


def _signature(key: bytes, said: bytes) -> bytes:
    return hmac.new(key, b"assetloop answer\n" + said, hashlib.sha256).digest()


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
