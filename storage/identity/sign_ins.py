"""The rows of attempts to sign in, and of the delays that wrong ones bring."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from storage.core.database import Transaction

AttemptOutcome = Literal["succeeded", "wrong", "disabled", "slowed", "forgotten"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempts:
    """Attempts of one kind in one minute."""

    minute: datetime
    account: str
    address: str
    outcome: AttemptOutcome
    count: int
    last_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class SignInDelay:
    """How many wrong guesses in a row stand against a key, and until when none is heard."""

    key: str
    failures: int
    until: datetime
    last_at: datetime


def count(tx: Transaction, *, account: str, address: str, outcome: AttemptOutcome, at: datetime) -> None:
    """Count an attempt."""
    tx.run("sign_ins.count", account=account, address=address, outcome=outcome, at=at)


def attempts(tx: Transaction, *, most: int = 200) -> list[Attempts]:
    """Return the newest attempts."""
    return [Attempts(**row) for row in tx.all("sign_ins.attempts", most=most)]


def lock(tx: Transaction, key: str) -> None:
    """Wait until no other attempt under this key is being judged."""
    tx.all("sign_ins.lock", key=key)


def delays(tx: Transaction, keys: list[str]) -> dict[str, SignInDelay]:
    """Return what stands against some keys."""
    return {row["key"]: SignInDelay(**row) for row in tx.all("sign_ins.delays", keys=keys)}


def keep_delay(tx: Transaction, key: str, *, failures: int, until: datetime, at: datetime) -> None:
    """Keep what stands against a key."""
    tx.run("sign_ins.keep_delay", key=key, failures=failures, until=until, at=at)


def clear_delay(tx: Transaction, keys: list[str]) -> None:
    """Let nothing stand against some keys any more."""
    tx.run("sign_ins.clear_delay", keys=keys)


def has_been_here(tx: Transaction, *, account: str, address: str, since: datetime) -> bool:
    """Say whether an account was signed in to from an address since an instant."""
    return bool(tx.one("sign_ins.has_been_here", account=account, address=address, since=since)["found"])
