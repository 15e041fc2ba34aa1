"""What the ledger says of models: which one is in charge, where its alarm line is, and what was decided about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from plant.model import ProposalState

Takeover = Literal["promoted", "rolled_back_to", "trained"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelTookOver:
    """A model became the champion of an asset: trained as such, promoted, or gone back to."""

    event: Takeover
    actor: str
    asset: str
    model: str
    line: float
    data_sha256: bytes

    def content(self) -> dict[str, Any]:
        """Return the entry as a JSON object."""
        return {
            "event": f"model.{self.event}",
            "actor": self.actor,
            "asset": self.asset,
            "model": self.model,
            "line": self.line,
            "data_sha256": self.data_sha256.hex(),
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class AlarmLineMoved:
    """A model's alarm line went from `before` to `line`, because of the closing of an order whose worst was `level`."""

    actor: str
    asset: str
    model: str
    line: float
    before: float
    level: float
    order_id: int

    def content(self) -> dict[str, Any]:
        """Return the entry as a JSON object."""
        return {
            "event": "model.line_moved",
            "actor": self.actor,
            "asset": self.asset,
            "model": self.model,
            "line": self.line,
            "before": self.before,
            "level": self.level,
            "order_id": self.order_id,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class ProposalDecided:
    """A person accepted or dismissed a proposal to train again."""

    decision: Literal[ProposalState.ACCEPTED, ProposalState.DISMISSED]
    actor: str
    asset: str
    proposal_id: int
    reason: str

    def content(self) -> dict[str, Any]:
        """Return the entry as a JSON object."""
        return {
            "event": f"proposal.{self.decision}",
            "actor": self.actor,
            "asset": self.asset,
            "reason": self.reason,
            "proposal": self.proposal_id,
        }
