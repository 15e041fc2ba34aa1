"""A work order is what maintenance and engineering are asked to do, in the states of the Maximo life."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from plant.severity import Severity


class OrderState(StrEnum):
    """WAPPR → APPR → {WSCH, WMATL, WPCOND} → INPRG → COMP → CLOSE, and CAN."""

    WAPPR = "WAPPR"
    APPR = "APPR"
    WSCH = "WSCH"
    WMATL = "WMATL"
    WPCOND = "WPCOND"
    INPRG = "INPRG"
    COMP = "COMP"
    CLOSE = "CLOSE"
    CAN = "CAN"

    @property
    def is_open(self) -> bool:
        """Say whether the order still stands.

        >>> OrderState.COMP.is_open, OrderState.CAN.is_open
        (True, False)
        """
        return self not in (OrderState.CLOSE, OrderState.CAN)


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkOrder:
    """One order. `evidence` is the JSON object that goes out with it; `priority` 1 is the most urgent."""

    order_id: int
    number: str
    asset_id: int
    site: str
    asset: str
    asset_class: str
    failure_mode: str
    state: OrderState
    priority: int
    severity: Severity
    title: str
    evidence: dict[str, Any]
    requested_finish: datetime
    created_at: datetime
    changed_at: datetime
    revision: int
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
