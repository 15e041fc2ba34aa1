"""`assetloop model …` as a person calls it, on a real database."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import orjson
import pytest

from models.training.queue import run_training
from models.training.train import train
from plant.errors import Conflict, Misconfigured, NotFound
from plant.model import RetrainingReason
from service.commands.models import model_history, wording
from service.runtime.surroundings import Surroundings
from storage.models import proposals
from tests.models.conftest import START, Rows, closed_order, rows

__all__ = ["rows"]


@pytest.fixture
def around(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: Rows) -> Surroundings:
    """A plant with one asset whose model is challenged."""
    monkeypatch.setenv("ASSETLOOP_DATABASE_URL", database_url)
    asset_id = rows.trained_asset()
    train(rows.database, clock=rows.clock, trained_by="Ada", asset_ids=[asset_id])
    return dataclasses.replace(Surroundings.of(tmp_path), clock=rows.clock)


def standing(around: Surroundings) -> list[tuple[int, str]]:
    return sorted((one["version"], one["state"]) for one in model_history.listed(around, None, every=True))


def test_models_are_listed_and_shown_with_their_back_test(around: Surroundings) -> None:
    challenger, champion = model_history.listed(around, "demo/P-1", every=False)
    assert (challenger["state"], champion["state"]) == ("challenger", "champion")
    said = wording.model(champion)
    assert "demo/P-1 v1 champion" in said
    assert "back-test: – alarms in – h held back, 0 of 0 faults found" in said, "280 s are too little to learn from"
    shown = model_history.shown(around, "demo/P-1", 2)
    assert shown["libraries"]["scikit-learn"]
    assert [event["event"] for event in shown["events"]] == ["trained"]
    assert f"SHA-256 {shown['data_sha256']}" in wording.shown(shown)
    orjson.dumps(shown)


def test_a_challenger_is_promoted_and_rolled_back_in_a_persons_name(around: Surroundings) -> None:
    assert model_history.promoted(around, "demo/P-1", None, "Ada")["version"] == 2
    assert standing(around) == [(1, "retired"), (2, "champion")]
    assert model_history.rolled_back(around, "demo/P-1", "Ada")["version"] == 1
    assert standing(around) == [(1, "champion"), (2, "challenger")]
    with pytest.raises(Conflict, match="no model was in charge before"):
        model_history.rolled_back(around, "demo/P-1", None)


def test_what_is_not_there_is_said_with_what_to_look_at(around: Surroundings) -> None:
    with pytest.raises(NotFound, match="has no version 9; `assetloop model list --asset demo/P-1 --all`"):
        model_history.shown(around, "demo/P-1", 9)
    with pytest.raises(NotFound, match="no asset P-9"):
        model_history.promoted(around, "demo/P-9", None, None)
    with pytest.raises(Misconfigured, match="say who decides"):
        model_history.promoted(around, "demo/P-1", None, "  ")


def test_a_proposal_is_accepted_and_its_training_told(around: Surroundings, rows: Rows) -> None:
    with rows.database.transaction() as tx:
        for reason in (RetrainingReason.INPUT_DRIFT, RetrainingReason.ALARM_RATE):
            proposals.put(tx, installation_id=1, asset_id=1, reason=reason, evidence={"signals": []}, at=START)
    assert len(model_history.proposed(around, every=False)) == 2
    assert model_history.decided(around, 1, is_accepted=True, by="Ada", note="")["state"] == "accepted"
    assert model_history.decided(around, 2, is_accepted=False, by="Ada", note="a cold week")["note"] == "a cold week"
    run_training(rows.database, 1, clock=rows.clock)
    said = [wording.proposal(one) for one in model_history.proposed(around, every=True)]
    assert sorted(said) == [
        "1 demo/P-1 input_drift: accepted by Ada; training: trained",
        "2 demo/P-1 alarm_rate: dismissed by Ada",
    ]


def test_figures_name_their_formulae_and_when_they_were_known(around: Surroundings, rows: Rows) -> None:
    empty = model_history.figures(around, None, None)
    assert [(one["precision"], one["recall"]) for one in empty["classes"]] == [(None, None)]
    assert empty["as_known_at"] == rows.clock.now().isoformat()
    closed_order(rows, 1, outcome="confirmed", onset_s=10, started_s=7210, restored_s=7300, failed_s=3615)
    rows.clock.sleep(10_000)
    said = wording.figures(model_history.figures(around, START.isoformat(), None))
    assert "pump: precision 100 %, recall 100 %, lead time 1.0 h to failure, – to work (1 confirmed" in said
    assert "precision = confirmed / (confirmed + false_alarms)" in said
