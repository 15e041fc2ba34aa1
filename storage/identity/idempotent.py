"""The rows of requests that were sent with a key, so that each is done once and answered alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from psycopg.types.json import Jsonb

from storage.core.database import Transaction

_KEPT_FOR = timedelta(hours=24)


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyedRequest:
    """What was asked under a key, and how it was answered; without a status it is under way, or was cut off."""

    sha256: bytes
    status: int | None
    headers: dict[str, str] | None
    body: bytes | None


def begin(tx: Transaction, principal: str, key: str, *, sha256: bytes, at: datetime) -> KeyedRequest | None:
    """Take a key for a request; where it is taken, return what was asked under it in the last 24 hours."""
    tx.run("idempotent.expire", principal=principal, key=key, expired=at - _KEPT_FOR)
    if tx.first("idempotent.begin", principal=principal, key=key, sha256=sha256, began=at) is not None:
        return None
    return KeyedRequest(**tx.one("idempotent.under", principal=principal, key=key))


def answer(
    tx: Transaction, principal: str, key: str, *, status: int, headers: dict[str, str], body: bytes | None
) -> None:
    """Keep how a request was answered."""
    tx.run("idempotent.answer", principal=principal, key=key, status=status, headers=Jsonb(headers), body=body)


def forget(tx: Transaction, principal: str, key: str) -> None:
    """Let a key be taken again: nothing was done under it."""
    tx.run("idempotent.forget", principal=principal, key=key)
