"""How bad it is, in the words that ThingsBoard and most alarm systems share."""

from __future__ import annotations

from enum import StrEnum


class Severity(StrEnum):
    """Ordered by `rank`; INDETERMINATE ranks lowest."""

    CRITICAL = "CRITICAL"
    MAJOR = "MAJOR"
    MINOR = "MINOR"
    WARNING = "WARNING"
    INDETERMINATE = "INDETERMINATE"

    @property
    def rank(self) -> int:
        """Return 4 for CRITICAL down to 0 for INDETERMINATE.

        >>> Severity.MAJOR.rank > Severity.WARNING.rank
        True
        """
        return _RANKS[self]

    def at_least(self, other: Severity) -> bool:
        """Say whether this is as bad as `other` or worse.

        >>> Severity.CRITICAL.at_least(Severity.MAJOR)
        True
        """
        return self.rank >= other.rank


_RANKS = {severity: len(Severity) - 1 - place for place, severity in enumerate(Severity)}
