"""How a team may answer an order: what goes out with it, and the token in that.

A token is signed, expires, and is good once. The same message has the same token.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from plant.clock import iso
from plant.errors import Forbidden
from plant.mqtt.topics import reply_topic
from storage.core.database import Transaction
from storage.notices import answers

ANSWER_PATH = "/answer/"
TOKEN_LASTS = timedelta(days=14)
_LONGEST = 1000


def invitation(
    tx: Transaction, *, number: str, team: str | None, occasion: str, at: datetime, link: str | None
) -> dict[str, Any] | None:
    """Write how a team may answer an order; None where it is none of those that answer for engineering.

    The same `occasion` gives the same token. `link` is where the console shows the order.
    """
    if team is None or not answers.answers_for_engineering(tx, team):
        return None
    token = make_token(answers.key(tx), number=number, team=team, occasion=occasion, at=at)
    console = link.partition("/work-orders/")[0] if link else ""
    return {
        "token": token,
        "link": f"{console}{ANSWER_PATH}{token}" if console else None,
        "topic": reply_topic(team, number),
        "expires_at": iso(at + TOKEN_LASTS),
    }


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
