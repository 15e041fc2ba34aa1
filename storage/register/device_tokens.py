"""The rows of device tokens: what each opens, and the hash of its secret."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from plant.errors import NotFound
from storage.core.database import Transaction


@dataclass(frozen=True, kw_only=True, slots=True)
class DeviceToken:
    """A token as people see it: it opens a whole site or, with `asset`, that asset alone."""

    token_id: str
    site: str
    asset: str | None
    name: str
    issued_at: datetime
    issued_by: str
    revoked_at: datetime | None
    used_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ValidToken:
    """What a token opens that is not revoked, and the SHA-256 of its secret."""

    site: str
    asset: str | None
    sha256: bytes


def issue(
    tx: Transaction,
    *,
    token_id: str,
    site: str,
    asset: str | None,
    name: str,
    sha256: bytes,
    at: datetime,
    by: str,
) -> None:
    """Keep a new token.

    Raises:
        NotFound: the register has no such site.
    """
    values = {"token_id": token_id, "site": site, "asset": asset, "name": name, "sha256": sha256, "at": at, "by": by}
    if tx.first("device_tokens.issue", **values) is None:
        raise NotFound(f"there is no site {site}")


def every(tx: Transaction) -> list[DeviceToken]:
    """Return every token, the newest first."""
    return [DeviceToken(**row) for row in tx.all("device_tokens.all")]


def revoke(tx: Transaction, token_id: str, *, at: datetime, by: str) -> None:
    """Let a token open nothing any more.

    Raises:
        NotFound: there is no such token.
    """
    if tx.first("device_tokens.revoke", token_id=token_id, at=at, by=by) is None:
        raise NotFound(f"there is no device token {token_id}")


def find_valid(tx: Transaction, token_id: str) -> ValidToken | None:
    """Return what a token opens; None where there is none, or it was revoked."""
    row = tx.first("device_tokens.valid", token_id=token_id)
    return ValidToken(**row) if row else None


def note_use(tx: Transaction, token_id: str, *, at: datetime) -> None:
    """Remember that a token is in use, at most once a minute."""
    tx.all("device_tokens.note", token_id=token_id, at=at)
