"""An alert is what a person is told; its state is stored as flags and named by ISA-18.2."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
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
        if self.shelved_until is not None and self.shelved_until > now:
            return AlertState.SHELVED
        return self._alarm_state()

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
    """One alert; `onset` is data time, `raised_at` is the clock."""

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
