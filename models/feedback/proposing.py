"""A person accepts proposed retraining, which asks for a training, or dismisses it, and the models stay as they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from lifecycle import ledger
from lifecycle.model_events import ProposalDecided
from lifecycle.register.healthy_time import declare_healthy
from lifecycle.register.relearning import learnt
from models import training_requests
from models.catalogue import KIND
from models.training_requests import TrainingRequest
from plant.clock import Clock
from plant.errors import Conflict
from plant.model import ModelState, ProposalState, RetrainingReason, Succession
from plant.people.principal import Principal
from storage.core.database import Database, Transaction
from storage.models import catalogue as store
from storage.models import installations, proposals
from storage.models.proposals import Decision, Proposal
from storage.register import assets, relearning


def accept(database: Database, proposal_id: int, *, actor: Principal, clock: Clock, note: str = "") -> Proposal:
    """Let the machine be trained again in `actor`'s name, who thereby declares the proposed span healthy.

    Raises:
        NotFound: there is no such proposal.
        Conflict: it is decided, its machine is not installed any more, or it waits for training already.
    """
    now = clock.now()
    with database.transaction() as tx:
        proposal = _open(tx, proposal_id)
        if installations.standing(tx, proposal.installation_id) is None:
            raise Conflict(f"the machine of proposal {proposal_id} is not installed any more; dismiss it")
        if proposal.data_from and proposal.data_to:
            span = (proposal.data_from, proposal.data_to)
            declare_healthy(tx, proposal.asset_id, *span, origin="declared", by=actor.name)
        task = TrainingRequest(trained_by=actor.name, succession=Succession.AWAIT)
        training_id = training_requests.ask(
            tx, proposal.installation_id, task, batch=f"proposal-{proposal_id}", clock=clock
        )
        if training_id is None:
            raise Conflict(f"{proposal.asset} waits for training already; accept again when that is done")
        return _decide(tx, proposal, ProposalState.ACCEPTED, actor.name, now, note, training_id)


def dismiss(database: Database, proposal_id: int, *, actor: Principal, clock: Clock, note: str = "") -> Proposal:
    """Leave the models as they are, in `actor`'s name.

    Where a machine was being learnt again and its old model is its own, that model counts again from now on.

    Raises:
        NotFound: there is no such proposal.
        Conflict: it is decided already.
    """
    now = clock.now()
    with database.transaction() as tx:
        proposal = _open(tx, proposal_id)
        if proposal.reason is RetrainingReason.RELEARNING and _has_own_champion(tx, proposal):
            learnt(tx, assets.asset_by_id(tx, proposal.asset_id), how="dismissed", at=now, by=actor.name)
        return _decide(tx, proposal, ProposalState.DISMISSED, actor.name, now, note, None)


def _open(tx: Transaction, proposal_id: int) -> Proposal:
    proposal = proposals.lock(tx, proposal_id)
    if proposal.state is not ProposalState.OPEN:
        raise Conflict(f"proposal {proposal_id} is {proposal.state} already, by {proposal.decided_by}")
    return proposal


def _has_own_champion(tx: Transaction, proposal: Proposal) -> bool:
    standing = relearning.standing(tx, proposal.asset_id)
    champion = store.of_asset(tx, proposal.asset_id, kind=KIND, state=ModelState.CHAMPION)
    return standing is not None and standing.installation_id == proposal.installation_id and champion is not None


def _decide(
    tx: Transaction,
    proposal: Proposal,
    state: Decision,
    actor: str,
    at: datetime,
    note: str,
    training_id: int | None,
) -> Proposal:
    proposals.decide(tx, proposal.proposal_id, state=state, at=at, by=actor, note=note, training_id=training_id)
    decided = ProposalDecided(
        decision=state,
        actor=actor,
        asset=proposal.asset,
        proposal_id=proposal.proposal_id,
        reason=proposal.reason.value,
    )
    ledger.append(tx, proposal.site, decided, at)
    return replace(proposal, state=state, decided_at=at, decided_by=actor, note=note, training_id=training_id)
