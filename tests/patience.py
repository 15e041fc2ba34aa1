"""Waiting for the thing itself: long enough for a busy machine, and no longer than it takes."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

PATIENCE_S = 90.0


def wait_for(look: Callable[[], Any], *, what: str, within_s: float = PATIENCE_S, every_s: float = 0.02) -> Any:
    """Look again and again until there is something to see, and return it."""
    deadline = time.monotonic() + within_s
    while True:
        seen = look()
        if seen:
            return seen
        assert time.monotonic() < deadline, f"no {what} within {within_s} s"
        time.sleep(every_s)
