"""An alert is what a person is told; its state is stored as flags and named by ISA-18.2."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from plant.severity import Severity


class AlertState(StrEnum):
    """The states of ANSI/ISA-18.2."""

    NORMAL = "Normal"
    UNACKNOWLEDGED = "Unacknowledged"
    ACKNOWLEDGED = "Acknowledged"
    RTN_UNACKNOWLEDGED = "RTN-Unacknowledged"
    SHELVED = "Shelved"
    SUPPRESSED = "Suppressed by design"
    OUT_OF_SERVICE = "Out of service"


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertFlags:
    """What is stored of an alert's state."""

    active: bool
    acknowledged: bool
    shelved_until: datetime | None = None
    suppressed: bool = False
    out_of_service: bool = False

    def state(self, now: datetime) -> AlertState:
        """Derive the ISA-18.2 name.

        >>> from datetime import UTC
        >>> AlertFlags(active=True, acknowledged=False).state(datetime(2026, 1, 1, tzinfo=UTC)).value
        'Unacknowledged'
        """
        if self.out_of_service:
            return AlertState.OUT_OF_SERVICE
        if self.suppressed:
            return AlertState.SUPPRESSED
        if self.is_shelved(now):
            return AlertState.SHELVED
        return self._alarm_state()

    def is_shelved(self, now: datetime) -> bool:
        """Say whether a person has put it aside."""
        return self.shelved_until is not None and self.shelved_until > now

    def is_hidden(self, now: datetime) -> bool:
        """Say whether nobody is told of it: it is shelved, suppressed by design, or out of service."""
        return self.out_of_service or self.suppressed or self.is_shelved(now)

    @property
    def is_open(self) -> bool:
        """Say whether it is active, or still wants to be acknowledged."""
        return self.active or not self.acknowledged

    def _alarm_state(self) -> AlertState:
        if self.active:
            return AlertState.ACKNOWLEDGED if self.acknowledged else AlertState.UNACKNOWLEDGED
        return AlertState.NORMAL if self.acknowledged else AlertState.RTN_UNACKNOWLEDGED

    def thingsboard(self) -> str:
        """Name the state as ThingsBoard's clients expect it.

        >>> AlertFlags(active=False, acknowledged=True).thingsboard()
        'CLEARED_ACK'
        """
        activity = "ACTIVE" if self.active else "CLEARED"
        return f"{activity}_{'ACK' if self.acknowledged else 'UNACK'}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Alert:
    """One alert; `onset` is data time, `raised_at` and the other times are the clock.

    `severity` is how bad it is now. It falls once it was no worse than `milder` since `milder_since`, data time, for
    long enough. `told_at` is when people were told that it stands, None where they have still to be told, also because
    it was hidden meanwhile; `told` counts how often they were. `evidence` is what speaks for it, as JSON.
    `acknowledged_recognised` says how it was proved who acknowledged it: `typed`, where it was not.
    """

    alert_id: UUID
    asset_id: int
    site: str
    asset: str
    kind: str
    severity: Severity
    flags: AlertFlags
    onset: datetime
    raised_at: datetime
    count: int
    cleared_at: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    acknowledged_recognised: str | None = None
    comment: str = ""
    shelved_by: str | None = None
    shelved_why: str | None = None
    told_at: datetime | None = None
    told: int = 0
    milder: Severity | None = None
    milder_since: datetime | None = None
    evidence: dict[str, Any] = field(default_factory=dict)
    revision: int = 1
