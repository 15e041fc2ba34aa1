"""A person decides which model is in charge, and a model that cannot be used takes charge of nothing."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from lifecycle import ledger
from models.catalogue import ModelRefused, unpacked
from models.scoring.scorer import Scorer
from models.training import promotion
from models.training.train import TrainedModel, train
from plant.errors import Conflict, NotFound
from plant.people.principal import typed
from storage.models import catalogue as store
from storage.models.catalogue import ModelLine
from storage.register import relearning
from tests.models.conftest import START, Rows, healthy_rows


@pytest.fixture
def asset_id(rows: Rows) -> int:
    """An asset with a champion."""
    return rows.trained_asset()


def challenge(rows: Rows, asset_id: int) -> TrainedModel:
    (trained,) = train(rows.database, clock=rows.clock, trained_by="a test", asset_ids=[asset_id])
    assert isinstance(trained, TrainedModel)
    return trained


def standing(rows: Rows) -> list[tuple[int, str]]:
    with rows.database.transaction() as tx:
        return sorted((one.version, one.state) for one in store.list_models(tx))


def scored_by(rows: Rows) -> object:
    ((version,),) = rows.all("SELECT version FROM scoring JOIN model USING (model_id)")
    return version


def promote(rows: Rows, model_id: int) -> ModelLine:
    return promotion.promote(rows.database, model_id, actor=typed("Ada"), clock=rows.clock)


def roll_back(rows: Rows, model_id: int) -> ModelLine:
    return promotion.roll_back(rows.database, model_id, actor=typed("Ada"), clock=rows.clock)


def test_a_retraining_challenges_and_a_person_promotes_it(rows: Rows, asset_id: int) -> None:
    challenger = challenge(rows, asset_id)
    assert (challenger.version, challenger.state) == (2, "challenger")
    assert (standing(rows), scored_by(rows)) == ([(1, "champion"), (2, "challenger")], 1)
    line = promote(rows, challenger.model_id)
    assert (line.version, line.state) == (2, "champion")
    assert (standing(rows), scored_by(rows)) == ([(1, "retired"), (2, "champion")], 2)
    with rows.database.transaction() as tx:
        told = [(event.event, event.actor) for event in store.events(tx, challenger.model_id)]
        assert isinstance(ledger.verify(tx, "demo"), ledger.VerifiedChain)
    assert told == [("trained", "a test"), ("promoted", "Ada")]


def test_a_promotion_is_rolled_back_to_the_champion_before_and_no_session_waits_for_an_import(
    rows: Rows, asset_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting: list[list[tuple[object, ...]]] = []
    in_transaction = "SELECT query FROM pg_stat_activity WHERE state = 'idle in transaction' AND datname = %s"
    name = rows.connection.info.dbname
    monkeypatch.setattr(promotion, "make_ready", lambda: waiting.append(rows.all(in_transaction, name)))
    challenger = challenge(rows, asset_id)
    promote(rows, challenger.model_id)
    assert roll_back(rows, challenger.model_id).version == 1
    assert waiting == [[], []]
    assert (standing(rows), scored_by(rows)) == ([(1, "champion"), (2, "challenger")], 1)
    assert promote(rows, challenger.model_id).version == 2, "it can be promoted again"


def test_only_a_challenger_is_promoted_and_only_a_champion_with_one_before_it_is_rolled_back(
    rows: Rows, asset_id: int
) -> None:
    challenger = challenge(rows, asset_id)
    ((champion_id,),) = rows.all("SELECT model_id FROM model WHERE state = 'champion'")
    assert isinstance(champion_id, int)
    with pytest.raises(Conflict, match="is champion, only a challenger can be promoted"):
        promote(rows, champion_id)
    with pytest.raises(Conflict, match="no model was in charge before"):
        roll_back(rows, champion_id)
    with pytest.raises(Conflict, match="is challenger, only a champion can be rolled back"):
        roll_back(rows, challenger.model_id)
    with pytest.raises(NotFound, match="there is no model 99"):
        promote(rows, 99)


@pytest.mark.parametrize("broken", ["artifact = 'junk'", 'libraries = \'{"scikit-learn": "1.2"}\''])
def test_a_model_that_cannot_be_loaded_here_takes_charge_of_nothing(rows: Rows, asset_id: int, broken: str) -> None:
    challenger = challenge(rows, asset_id)
    rows.connection.execute(f"UPDATE model SET {broken} WHERE version = 2".encode())
    with pytest.raises(ModelRefused, match="train it again"):
        promote(rows, challenger.model_id)
    assert scored_by(rows) == 1
    rows.connection.execute(b"UPDATE model SET libraries = (SELECT libraries FROM model WHERE version = 1)")


def test_where_the_champion_cannot_be_loaded_a_new_model_takes_over_at_once(rows: Rows, asset_id: int) -> None:
    rows.connection.execute(b'UPDATE model SET libraries = \'{"scikit-learn": "1.2"}\'')
    assert challenge(rows, asset_id).state == "champion"


def test_a_model_of_a_machine_that_is_gone_is_not_promoted(rows: Rows, asset_id: int) -> None:
    challenger = challenge(rows, asset_id)
    rows.connection.execute("UPDATE installation SET installed_to = %s", [rows.clock.now()])
    with pytest.raises(Conflict, match="a machine that is not installed any more"):
        promote(rows, challenger.model_id)


def test_a_promotion_ends_the_learning(rows: Rows, asset_id: int) -> None:
    challenger = challenge(rows, asset_id)
    with rows.database.transaction() as tx:
        relearning.open_interval(tx, asset_id=asset_id, reason="action", at=START, by="Ada")
    rows.clock.sleep(60)
    promote(rows, challenger.model_id)
    ((how, by),) = rows.all("SELECT ended_how, ended_by FROM relearning")
    assert (how, by) == ("promoted", "Ada")


def test_a_model_that_takes_over_in_mid_flow_starts_at_the_machines_present_baseline(rows: Rows, asset_id: int) -> None:
    challenger = challenge(rows, asset_id)
    drifted = healthy_rows(4000, 3)
    drifted[:, 1] += np.linspace(0, 3, 4000)  # six scales in an hour
    rows.write(asset_id, drifted, first_s=400)
    rows.fall_silent()
    scorer = Scorer(rows.database, rows.clock, "w")
    scorer.round()
    promote(rows, challenger.model_id)
    with rows.database.transaction() as tx:
        fresh = unpacked(store.load(tx, challenger.model_id))
    unwarned, _ = fresh.stream(fresh.start(), drifted[-60:], np.arange(60.0))
    assert unwarned.alarm.any(), "without the hour before it, it would have alarmed"
    rows.write(asset_id, drifted[-60:], first_s=4400)
    rows.fall_silent()
    report = scorer.round()
    assert (report.rows, report.findings_opened) == (60, 0)
    (last,) = rows.all("SELECT score_last FROM score ORDER BY time DESC LIMIT 1")
    assert float(str(last[0])) < 0.5
    watermark = START + timedelta(seconds=4459)
    assert rows.all("SELECT watermark FROM scoring") == [(watermark,)]
