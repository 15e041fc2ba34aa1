"""An outage is said once when it begins and once when it ends; in between, one tries again ever more slowly."""

from __future__ import annotations

import logging

_log = logging.getLogger(__name__)


class Outage:
    """Whether something that is needed is away. Waits double from `first_s` to `most_s`.

    >>> broker = Outage("the broker is away", "the broker is back")
    >>> broker.failed("connection refused"), broker.failed("connection refused")
    (0.2, 0.4)
    """

    def __init__(self, begins: str, ends: str, *, first_s: float = 0.2, most_s: float = 5.0) -> None:
        self._begins = begins
        self._ends = ends
        self._first_s = first_s
        self._most_s = most_s
        self._next_s: float | None = None

    @property
    def is_on(self) -> bool:
        """Say whether it is away."""
        return self._next_s is not None

    def failed(self, why: object) -> float:
        """Note that it is away and return how long to wait before trying again, in seconds."""
        if self._next_s is None:
            _log.warning(self._begins, extra={"why": str(why)})
            self._next_s = self._first_s
        wait_s = self._next_s
        self._next_s = min(self._most_s, wait_s * 2)
        return wait_s

    def over(self) -> None:
        """Note that it is here."""
        if self._next_s is not None:
            _log.info(self._ends)
            self._next_s = None
