"""What ingest is set to, whichever way telemetry comes in: over the broker or over HTTP."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.admission.admit import AdmissionRules
from ingest.admission.devices import AutoRegister, Devices
from ingest.admission.limits import Limiter
from storage.core.database import Database

_DAY_US = 86_400_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class AdmissionSettings:
    """How large a payload may be, and what a device may do.

    It may have `most_signals`, and say `burst_values` at once and `most_values_per_s` in the long run (0: without
    limit), to each process. Readings older than `raw_retention_days` are refused. With `auto_register` unknown assets
    register themselves.
    """

    most_payload_bytes: int = 2**20
    most_signals: int = 500
    raw_retention_days: float = 3650.0
    most_values_per_s: float = 20_000.0
    burst_values: float = 2_000_000.0
    auto_register: AutoRegister | None = None

    def limiter(self) -> Limiter:
        """Make a limiter of the devices."""
        return Limiter.of(values_per_s=self.most_values_per_s, burst=self.burst_values)

    def rules(self) -> AdmissionRules:
        """Make the rules of admission."""
        return AdmissionRules(retention_us=round(self.raw_retention_days * _DAY_US))

    def devices(self, database: Database) -> Devices:
        """Make a memory of the register."""
        return Devices(database, most_signals=self.most_signals, auto=self.auto_register)
