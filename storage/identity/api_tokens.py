"""The rows of API tokens: whose each is, what it narrows, and the hash of its secret."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from plant.errors import NotFound
from storage.core.database import Transaction


@dataclass(frozen=True, kw_only=True, slots=True)
class ApiToken:
    """A token as people see it: a person's, or with `role` a machine's; no `scopes` or `sites`: not narrowed."""

    token_id: str
    person_id: str | None
    sign_in: str | None
    name: str
    role: str
    scopes: list[str] | None
    sites: list[str] | None
    issued_at: datetime
    issued_by: str
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownToken:
    """What a token gives, and the SHA-256 of its secret."""

    person_id: str | None
    name: str
    role: str
    scopes: list[str] | None
    sites: list[str] | None
    sha256: bytes
    expires_at: datetime
    used_at: datetime | None
    is_revoked: bool


def issue(
    tx: Transaction,
    *,
    token_id: str,
    person_id: str | None,
    name: str,
    role: str,
    sha256: bytes,
    scopes: Sequence[str] | None,
    sites: Sequence[str] | None,
    at: datetime,
    by: str,
    expires_at: datetime,
) -> None:
    """Keep a new token."""
    tx.run(
        "api_tokens.issue",
        token_id=token_id,
        person_id=person_id,
        name=name,
        role=role,
        sha256=sha256,
        scopes=None if scopes is None else list(scopes),
        sites=None if sites is None else list(sites),
        at=at,
        by=by,
        expires_at=expires_at,
    )


def every(tx: Transaction, *, person_id: str | None = None) -> list[ApiToken]:
    """Return every token, or every one of a person, the newest first."""
    return [ApiToken(**row) for row in tx.all("api_tokens.all", person_id=person_id)]


def find(tx: Transaction, token_id: str) -> KnownToken | None:
    """Return a token."""
    row = tx.first("api_tokens.find", token_id=token_id)
    return KnownToken(**row) if row else None


def note_use(tx: Transaction, token_id: str, *, at: datetime) -> None:
    """Remember that a token is in use, at most once a minute."""
    tx.run("api_tokens.note", token_id=token_id, at=at)


def revoke(tx: Transaction, token_id: str, *, at: datetime, by: str) -> str:
    """Let a token open nothing any more, and return what it is called.

    Raises:
        NotFound: there is no such token.
    """
    row = tx.first("api_tokens.revoke", token_id=token_id, at=at, by=by)
    if row is None:
        raise NotFound(f"there is no token {token_id}")
    return str(row["name"])
