"""Progress where no terminal is: a line now and then, with how much is done and about how long the rest takes."""

from __future__ import annotations

import time
from collections.abc import Callable

_EVERY_S = 10.0
_LEAST_SHARE = 0.02  # of the whole, before the rest is guessed


class Milestones:
    """Says something when the work begins, then every ten seconds while it goes on. `now_s` is monotonic.

    What is refused before its work begins says nothing here.

    >>> seconds = iter([0.0, 0.1, 5.0, 60.0, 120.0])
    >>> milestones = Milestones("judging", "files", say=print, now_s=lambda: next(seconds))
    >>> for done in (0, 1, 30, 60):
    ...     milestones.reached(done, 120)
    judging …
    judging: 30 of 120 files, about 3.0 min left
    judging: 60 of 120 files, about 2.0 min left
    """

    def __init__(
        self, what: str, unit: str = "", *, say: Callable[[str], None], now_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._what = what
        self._unit = unit
        self._say = say
        self._now_s = now_s
        self._began_s = self._said_s = now_s()
        self._has_begun = False

    def reached(self, done: int, total: int) -> None:
        """Note how much is done; say it where it is time to."""
        now_s = self._now_s()
        if not self._has_begun:
            self._has_begun = True
            self._say(f"{self._what} …")
        if now_s - self._said_s < _EVERY_S:
            return
        self._said_s = now_s
        counted = f"{self._what}: {done:,} of {total:,} {self._unit}".rstrip()
        self._say(counted + self._left(now_s - self._began_s, done, total))

    def _left(self, passed_s: float, done: int, total: int) -> str:
        if not total or done < _LEAST_SHARE * total or done >= total:
            return ""
        left_s = passed_s / done * (total - done)
        return f", about {left_s:.0f} s left" if left_s < 90 else f", about {left_s / 60:.1f} min left"
