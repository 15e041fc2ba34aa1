"""How the product itself is: what can be wrong with it, in the words of `/health`, console, `up`, `doctor`, metrics."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class FaultKind(StrEnum):
    """What can be wrong, the worst first."""

    DATABASE_AWAY = "database_away"
    DATABASE_READ_ONLY = "database_read_only"
    NOT_STORING = "not_storing"
    INGEST_AWAY = "ingest_away"
    BROKER_AWAY = "broker_away"
    JOBS_STUCK = "jobs_stuck"
    DISK_NEARLY_FULL = "disk_nearly_full"

    @property
    def stops_storing(self) -> bool:
        """Say whether no telemetry is stored while this lasts; it waits at the broker, on disk, or at its device.

        >>> FaultKind.BROKER_AWAY.stops_storing, FaultKind.DISK_NEARLY_FULL.stops_storing
        (True, False)
        """
        return self not in {FaultKind.JOBS_STUCK, FaultKind.DISK_NEARLY_FULL}


@dataclass(frozen=True, kw_only=True, slots=True)
class ProductFault:
    """One thing that is wrong, since when as far as that is known, and what there is to say of it."""

    kind: FaultKind
    says: str
    since: datetime | None = None
