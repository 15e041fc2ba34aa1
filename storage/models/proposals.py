"""Retraining that is proposed with its evidence, until a person accepts or dismisses it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from psycopg.types.json import Jsonb

from plant.errors import NotFound
from plant.model import ProposalState, RetrainingReason, TrainingState
from storage.core.database import Transaction
from storage.core.keyset import After, beyond

Decision = Literal[ProposalState.ACCEPTED, ProposalState.DISMISSED]


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """One proposal; [`data_from`, `data_to`] is what accepting it declares healthy, in data time.

    `training_…` and `model_id` say what came of the training of one that was accepted.
    """

    proposal_id: int
    installation_id: int
    asset_id: int
    site: str
    asset: str
    reason: RetrainingReason
    evidence: dict[str, Any]
    data_from: datetime | None
    data_to: datetime | None
    state: ProposalState
    raised_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    note: str
    training_id: int | None
    training_state: TrainingState | None = None
    training_outcome: str | None = None
    model_id: int | None = None


def put(
    tx: Transaction,
    *,
    installation_id: int,
    asset_id: int,
    reason: RetrainingReason,
    evidence: dict[str, Any],
    at: datetime,
    data_from: datetime | None = None,
    data_to: datetime | None = None,
) -> int | None:
    """Propose a retraining; return its id, None where the same is proposed already."""
    row = tx.first(
        "proposals.raise",
        installation_id=installation_id,
        asset_id=asset_id,
        reason=reason.value,
        evidence=Jsonb(evidence),
        data_from=data_from,
        data_to=data_to,
        at=at,
    )
    return int(row["proposal_id"]) if row else None


def lock(tx: Transaction, proposal_id: int) -> Proposal:
    """Lock a proposal.

    Raises:
        NotFound: there is none of this id.
    """
    row = tx.first("proposals.lock", proposal_id=proposal_id)
    if row is None:
        raise NotFound(f"there is no proposal {proposal_id}")
    return _proposal(row)


def decide(
    tx: Transaction,
    proposal_id: int,
    *,
    state: Decision,
    at: datetime,
    by: str,
    note: str = "",
    training_id: int | None = None,
) -> bool:
    """Write what was decided about an open proposal; False where it is not open any more."""
    touched = tx.run(
        "proposals.decide", proposal_id=proposal_id, state=state.value, at=at, by=by, note=note, training_id=training_id
    )
    return touched > 0


def supersede(tx: Transaction, asset_id: int, *, at: datetime, by: str) -> int:
    """End the open proposals of an asset, which another model or machine has overtaken; return how many there were."""
    return tx.run("proposals.supersede", asset_id=asset_id, at=at, by=by)


def list_proposals(
    tx: Transaction,
    *,
    open_only: bool = False,
    asset_id: int | None = None,
    proposal_id: int | None = None,
    after: After | None = None,
    most: int = 200,
) -> list[Proposal]:
    """Return proposals, the newest first."""
    asked = {"open_only": open_only, "asset_id": asset_id, "proposal_id": proposal_id, "most": most}
    rows = tx.all("proposals.list", **asked, **beyond(after))
    return [_proposal(row) for row in rows]


def last_decided(tx: Transaction, installation_id: int, reason: RetrainingReason) -> datetime | None:
    """Say when the same was last proposed for a machine and decided."""
    row = tx.one("proposals.last_decided", installation_id=installation_id, reason=reason.value)
    at: datetime | None = row["at"]
    return at


def is_under_way(tx: Transaction, installation_id: int) -> bool:
    """Say whether a machine has an open proposal, waits for training, or has a challenger that waits to be promoted."""
    return bool(tx.one("proposals.is_under_way", installation_id=installation_id)["standing"])


def _proposal(row: dict[str, Any]) -> Proposal:
    training_state = row.get("training_state")  # a row that is locked says nothing of its training
    words = {
        "reason": RetrainingReason(row["reason"]),
        "state": ProposalState(row["state"]),
        "training_state": TrainingState(training_state) if training_state else None,
    }
    return Proposal(**{**row, **words})
