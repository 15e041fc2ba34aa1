"""Trying again: a wait that grows, an outage that is said once, and what is set aside so that the others go on."""

from __future__ import annotations

import logging
from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
_MOST_DOUBLINGS = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class GrowingWait:
    """How long to wait before the next attempt, in seconds: `first_s`, then twice that each time, at most `most_s`.

    >>> wait = GrowingWait(first_s=1.0, most_s=300.0)
    >>> [wait.after(failures) for failures in (0, 1, 2, 8, 9, 1000)]
    [1.0, 2.0, 4.0, 256.0, 300.0, 300.0]
    """

    first_s: float
    most_s: float

    def after(self, failures: int) -> float:
        """Return the wait after a failure that had so many failures in a row before it."""
        return min(self.first_s * 2.0 ** min(failures, _MOST_DOUBLINGS), self.most_s)


class Outage:
    """Whether something that is needed is away: said once when it begins, once when it ends.

    `log` is where it is said: `begins` as a warning, `ends` as information.

    >>> broker = Outage("the broker is away", "the broker is back", log=logging.getLogger("ingest"))
    >>> broker.failed("connection refused"), broker.failed("connection refused")
    (0.2, 0.4)
    """

    def __init__(
        self,
        begins: str,
        ends: str,
        *,
        first_s: float = 0.2,
        most_s: float = 5.0,
        log: logging.Logger,
    ) -> None:
        self._begins = begins
        self._ends = ends
        self._wait = GrowingWait(first_s=first_s, most_s=most_s)
        self._log = log
        self._failures = 0

    @property
    def is_on(self) -> bool:
        """Say whether it is away."""
        return self._failures > 0

    def failed(self, why: object) -> float:
        """Note that it is away and return how long to wait before trying again, in seconds."""
        if not self.is_on:
            self._log.warning(self._begins, extra={"why": str(why)})
        self._failures += 1
        return self._wait.after(self._failures - 1)

    def over(self) -> None:
        """Note that it is here."""
        if self.is_on:
            self._log.info(self._ends)
            self._failures = 0


@dataclass(slots=True)
class SetAside(Generic[Key]):
    """Remembers, in memory alone, what failed and until when it is left alone, longer each time.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    >>> aside = SetAside[int](GrowingWait(first_s=10, most_s=600))
    >>> aside.put(7, noon), aside.left_alone(noon), aside.left_alone(noon + timedelta(seconds=10))
    (True, [7], [])
    """

    wait: GrowingWait
    _failures: dict[Key, tuple[int, datetime]] = field(default_factory=dict)

    def put(self, key: Key, now: datetime) -> bool:
        """Set `key` aside once more; True where it had not failed since it last went well."""
        times, _ = self._failures.get(key, (0, now))
        self._failures[key] = (times + 1, now + timedelta(seconds=self.wait.after(times)))
        return times == 0

    def went_well(self, key: Key) -> None:
        """Forget that `key` ever failed."""
        self._failures.pop(key, None)

    def left_alone(self, now: datetime) -> list[Key]:
        """Return what is not to be tried at `now`."""
        return [key for key, (_, until) in self._failures.items() if until > now]
