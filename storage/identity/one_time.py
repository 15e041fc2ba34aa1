"""The rows of what is valid once: links that set a password, confirmations, sign-ins at a provider under way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storage.core.database import Transaction


@dataclass(frozen=True, kw_only=True, slots=True)
class ProviderSignIn:
    """What was kept when a person was sent to the provider: to sign in, or to show again who they are, for an `act`."""

    nonce: str
    code_verifier: str
    next: str
    expires_at: datetime
    act: str = ""
    person_id: str | None = None


def make_link(tx: Transaction, *, sha256: bytes, person_id: str, at: datetime, by: str, expires_at: datetime) -> None:
    """Make a link with which a person sets a password; those before it open nothing any more."""
    tx.run("one_time.make_link", sha256=sha256, person_id=person_id, at=at, by=by, expires_at=expires_at)


def mail_link(tx: Transaction, *, sha256: bytes, person_id: str, at: datetime, by: str, expires_at: datetime) -> None:
    """Make a link that goes out by mail; those before it stay good."""
    tx.run("one_time.mail_link", sha256=sha256, person_id=person_id, at=at, by=by, expires_at=expires_at)


def mailed_since(tx: Transaction, person_id: str, since: datetime) -> int:
    """Count the links that went to a person by mail since an instant."""
    return int(tx.one("one_time.mailed_since", person_id=person_id, since=since)["links"])


def end_links(tx: Transaction, person_id: str, *, at: datetime) -> None:
    """Let no link of a person open anything any more."""
    tx.run("one_time.end_links", person_id=person_id, at=at)


def link(tx: Transaction, sha256: bytes, *, at: datetime) -> str | None:
    """Say whose a link is; None where it was used or has expired."""
    row = tx.first("one_time.link", sha256=sha256, at=at)
    return str(row["person_id"]) if row else None


def use_link(tx: Transaction, sha256: bytes, *, at: datetime) -> str | None:
    """Use a link and say whose it was; None where it was used or has expired."""
    row = tx.first("one_time.use_link", sha256=sha256, at=at)
    return str(row["person_id"]) if row else None


def make_confirmation(
    tx: Transaction, *, sha256: bytes, person_id: str, act: str, at: datetime, expires_at: datetime
) -> None:
    """Keep that a person has just shown the credential again, for one act."""
    tx.run("one_time.make_confirmation", sha256=sha256, person_id=person_id, act=act, at=at, expires_at=expires_at)


def use_confirmation(tx: Transaction, sha256: bytes, person_id: str, *, at: datetime) -> str | None:
    """Use a confirmation and say for which act it was; None where it is no good."""
    row = tx.first("one_time.use_confirmation", sha256=sha256, person_id=person_id, at=at)
    return str(row["act"]) if row else None


def begin_provider_sign_in(tx: Transaction, sha256: bytes, kept: ProviderSignIn) -> None:
    """Keep what must come back with a sign-in at the provider."""
    tx.run(
        "one_time.begin_provider_sign_in",
        sha256=sha256,
        nonce=kept.nonce,
        code_verifier=kept.code_verifier,
        next=kept.next,
        expires_at=kept.expires_at,
        act=kept.act,
        person_id=kept.person_id,
    )


def end_provider_sign_in(tx: Transaction, sha256: bytes) -> ProviderSignIn | None:
    """Take what was kept, once."""
    row = tx.first("one_time.end_provider_sign_in", sha256=sha256)
    return ProviderSignIn(**row) if row else None
