"""A champion that this program cannot use is refused once, in the record, and a new training is asked for."""

from __future__ import annotations

from models import training_requests
from models.training_requests import TrainingRequest
from plant.clock import Clock
from plant.model import ModelState, ProposalState, RetrainingReason
from storage.core.database import Transaction
from storage.models import catalogue as store
from storage.models import proposals

ACTOR = "assetloop"
"""The program acts by itself here: the machine's healthy time is known, and without a model only limits watch it."""


def remember(tx: Transaction, model_id: int, reason: str, *, clock: Clock) -> bool:
    """Write down why a model is refused and ask for its training again; False where that was done before."""
    now = clock.now()
    if not store.refuse(tx, model_id, reason=reason, at=now, actor=ACTOR):
        return False
    model = store.line_of(tx, model_id)
    if model.state is not ModelState.CHAMPION or not model.installed:
        return True
    training_id = training_requests.ask(
        tx, model.installation_id, TrainingRequest(trained_by=ACTOR), batch=f"refused-{model_id}", clock=clock
    )
    proposal_id = proposals.put(
        tx,
        installation_id=model.installation_id,
        asset_id=model.asset_id,
        reason=RetrainingReason.MODEL_REFUSED,
        evidence={"model": f"{model.kind}/{model.asset}/v{model.version}", "because": reason},
        at=now,
    )
    if proposal_id is not None:
        proposals.decide(tx, proposal_id, state=ProposalState.ACCEPTED, at=now, by=ACTOR, training_id=training_id)
    return True
