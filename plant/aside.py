"""What fails is set aside for a while, longer each time, so that the others go on."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
_MOST_DOUBLINGS = 20


@dataclass(slots=True)
class Aside(Generic[Key]):
    """Remembers, in memory alone, what failed and until when it is left alone: `shortest_s` at first, then twice that.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    >>> aside = Aside[int](shortest_s=10, longest_s=600)
    >>> aside.put(7, noon), aside.left_alone(noon), aside.left_alone(noon + timedelta(seconds=10))
    (True, [7], [])
    """

    shortest_s: float
    longest_s: float
    _failures: dict[Key, tuple[int, datetime]] = field(default_factory=dict)

    def put(self, key: Key, now: datetime) -> bool:
        """Set `key` aside once more; True where it had not failed since it last went well."""
        times, _ = self._failures.get(key, (0, now))
        pause_s = min(self.shortest_s * 2 ** min(times, _MOST_DOUBLINGS), self.longest_s)
        self._failures[key] = (times + 1, now + timedelta(seconds=pause_s))
        return times == 0

    def went_well(self, key: Key) -> None:
        """Forget that `key` ever failed."""
        self._failures.pop(key, None)

    def left_alone(self, now: datetime) -> list[Key]:
        """Return what is not to be tried at `now`."""
        return [key for key, (_, until) in self._failures.items() if until > now]
