"""One value of one signal at one instant, and what the record remembers about its quality."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """One stored value, in the unit of its signal."""

    signal_id: int
    time: datetime
    value: float
    flags: Flag = Flag.NONE
