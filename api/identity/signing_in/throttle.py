"""Guessing is slowed to a crawl, by account and by address, without locking a person out elsewhere.

Three things are counted: wrong guesses of one account at one address, of all accounts at one address, and of one
account at all addresses. Each has a few that cost nothing; each further one doubles the time during which no other is
heard. Where an account was signed in to lately, only what was guessed of it there counts: others cannot lock it out
from afar.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.core.database import Database, Transaction
from storage.identity import sign_ins
from storage.identity.sign_ins import AttemptOutcome, SignInDelay

_FORGOTTEN_AFTER = timedelta(hours=24)
_KNOWN_FOR = timedelta(days=90)


@dataclass(frozen=True, kw_only=True, slots=True)
class GuessLimit:
    """How many wrong guesses cost nothing, and the longest time that a further one costs."""

    free: int
    longest: timedelta

    def delay(self, failures: int) -> timedelta:
        """Return how long nothing is heard after so many wrong guesses.

        >>> limit = GuessLimit(free=5, longest=timedelta(minutes=15))
        >>> [limit.delay(n).total_seconds() for n in (5, 6, 7, 8, 30)]
        [0.0, 1.0, 2.0, 4.0, 900.0]
        """
        beyond = failures - self.free
        return min(timedelta(seconds=2.0 ** min(beyond - 1, 20)), self.longest) if beyond > 0 else timedelta()


OF_ACCOUNT_HERE = GuessLimit(free=5, longest=timedelta(minutes=15))
OF_ADDRESS = GuessLimit(free=20, longest=timedelta(minutes=15))
OF_ACCOUNT = GuessLimit(free=100, longest=timedelta(minutes=1))


@dataclass(frozen=True, kw_only=True, slots=True)
class SlowedDown:
    """No guess is heard before `until`."""

    until: datetime


class Throttle:
    """Counts attempts of one kind: `kind` keeps passwords, PINs, confirmations and what was forgotten apart."""

    def __init__(self, database: Database, kind: str = "password") -> None:
        self._database = database
        self._kind = kind

    def begin(self, account: str, address: str, *, at: datetime) -> SlowedDown | None:
        """Let an attempt be judged, or say until when none is; it counts as wrong until `succeed` is called.

        That is written before the guess is looked at, so that a thousand guesses at once are a thousand.
        """
        with self._database.transaction() as tx:
            sign_ins.lock(tx, f"{self._kind}:{account}")
            limits = self._limits(tx, account, address, at)
            standing = sign_ins.delays(tx, list(limits))
            until = max((one.until for one in standing.values()), default=at)
            if until > at:
                sign_ins.count(tx, account=account, address=address, outcome="slowed", at=at)
                return SlowedDown(until=until)
            for key, limit in limits.items():
                failures = _failures(standing, key, at) + 1
                sign_ins.keep_delay(tx, key, failures=failures, until=at + limit.delay(failures), at=at)
        return None

    def fail(self, account: str, address: str, *, at: datetime, outcome: AttemptOutcome = "wrong") -> None:
        """Write an attempt down that was wrong."""
        with self._database.transaction() as tx:
            sign_ins.count(tx, account=account, address=address, outcome=outcome, at=at)

    def succeed(self, tx: Transaction, account: str, address: str, *, at: datetime) -> None:
        """Write an attempt down that was right; nothing stands against this account here any more."""
        sign_ins.count(tx, account=account, address=address, outcome="succeeded", at=at)
        here, everywhere, nobody = self._keys(account, address)
        sign_ins.clear_delay(tx, [here])
        for key in (everywhere, nobody):
            self._give_back(tx, key, at)

    def _give_back(self, tx: Transaction, key: str, at: datetime) -> None:
        standing = sign_ins.delays(tx, [key]).get(key)
        if standing is not None:
            sign_ins.keep_delay(tx, key, failures=max(0, standing.failures - 1), until=at, at=standing.last_at)

    def _limits(self, tx: Transaction, account: str, address: str, at: datetime) -> Mapping[str, GuessLimit]:
        here, everywhere, at_address = self._keys(account, address)
        if sign_ins.has_been_here(tx, account=account, address=address, since=at - _KNOWN_FOR):
            return {here: OF_ACCOUNT_HERE}
        return {here: OF_ACCOUNT_HERE, at_address: OF_ADDRESS, everywhere: OF_ACCOUNT}

    def _keys(self, account: str, address: str) -> Sequence[str]:
        return (
            f"{self._kind} of {account} at {address}",
            f"{self._kind} of {account}",
            f"{self._kind} at {address}",
        )


def _failures(standing: Mapping[str, SignInDelay], key: str, at: datetime) -> int:
    found = standing.get(key)
    return 0 if found is None or at - found.last_at > _FORGOTTEN_AFTER else found.failures
