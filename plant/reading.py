"""What the record remembers about the quality of a value."""

from __future__ import annotations

from enum import IntFlag


class Flag(IntFlag):
    """The bits of `reading.flags`."""

    NONE = 0
    TIME_IS_ARRIVAL = 1
    QUALITY_BAD = 2
    QUALITY_UNCERTAIN = 4
    HISTORICAL = 8
    CLOCK_AHEAD = 16
    LATE = 32
