"""How an asset is, in one word; the database judges it, in the function `health_of`, for all who show it."""

from __future__ import annotations

from enum import StrEnum

ALARM_LINE = 0.5  # the score at which a detector would raise its alarm
WATCH_LINE = 0.35  # the score from which on an asset deserves a look


class Health(StrEnum):
    """The words, the most urgent last; docs/health.md says which holds when."""

    OFF = "off"
    GOOD = "good"
    LEARNING = "learning"
    NO_MODEL = "no_model"
    UNKNOWN = "unknown"
    SILENT = "silent"
    WATCH = "watch"
    ALARM = "alarm"

    @property
    def rank(self) -> int:
        """Return how urgent it is, as the view `watch.health` says it.

        >>> Health.OFF.rank, Health.ALARM.rank
        (0, 7)
        """
        return list(Health).index(self)
