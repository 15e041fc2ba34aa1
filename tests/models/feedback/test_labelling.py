"""A false alarm raises its asset's alarm line, within bounds; a confirmed fault is kept and bounds it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from lifecycle import ledger
from models.feedback.labelling import learn_from_labels
from models.scoring.scorer import Scorer
from models.training import threshold as rule
from storage.models import catalogue as store
from storage.models import labels
from tests.models.conftest import START, Rows, closed_order, healthy_rows

EPISODE = {"onset_s": 1000.0, "started_s": 1100.0, "restored_s": 1200.0}


@pytest.fixture
def asset_id(rows: Rows) -> int:
    """An asset with a champion and some more readings."""
    asset_id = rows.trained_asset()
    rows.write(asset_id, healthy_rows(900, 1), first_s=400)
    return asset_id


def learn(rows: Rows) -> int:
    return learn_from_labels(rows.database, clock=rows.clock)


def lines(rows: Rows) -> tuple[object, object]:
    """Return the line of the champion, and the one scoring uses."""
    ((model, scoring),) = rows.all("SELECT m.line, s.line FROM scoring AS s JOIN model AS m USING (model_id)")
    return model, scoring


def false_alarm(rows: Rows, asset_id: int, score: float, **more: object) -> None:
    closed_order(rows, asset_id, outcome="false_alarm", score=score, **{**EPISODE, **more})  # type: ignore[arg-type]
    model_version(rows)


def model_version(rows: Rows) -> None:
    """Say that what was found was found by the model in charge."""
    rows.connection.execute("UPDATE label SET source_version = 'condition/P-1/v1' WHERE learnt_at IS NULL")


def test_a_false_alarm_raises_the_line_just_above_it(rows: Rows, asset_id: int) -> None:
    false_alarm(rows, asset_id, score=11 / 21)  # a level of 1.1
    assert learn(rows) == 1
    assert lines(rows) == (pytest.approx(1.155), pytest.approx(1.155))
    with rows.database.transaction() as tx:
        (model,) = store.list_models(tx)
        (*_, event) = store.events(tx, model.model_id)
        assert isinstance(ledger.verify(tx, "demo"), ledger.VerifiedChain)
    assert (event.event, event.actor, event.detail["order_id"]) == ("line_moved", "learning", 1)
    assert event.detail["level"] == pytest.approx(1.1)


def test_it_is_raised_by_a_quarter_at_most_and_never_above_twice(rows: Rows, asset_id: int) -> None:
    for expected in (1.25, 1.5625, 1.953125, 2.0, 2.0):
        false_alarm(rows, asset_id, score=0.9)
        learn(rows)
        assert lines(rows)[0] == pytest.approx(expected)


def test_a_confirmed_fault_bounds_the_line_below_its_worst_level(rows: Rows, asset_id: int) -> None:
    closed_order(rows, asset_id, outcome="confirmed", score=12 / 22, **EPISODE)  # a level of 1.2
    false_alarm(rows, asset_id, score=0.9)
    learn(rows)
    assert lines(rows)[0] == pytest.approx(1.2 * rule.FAULT_ROOM)


@pytest.mark.parametrize("outcome", ["confirmed", "no_fault_found"])
def test_no_other_outcome_moves_the_line(rows: Rows, asset_id: int, outcome: str) -> None:
    closed_order(rows, asset_id, outcome=outcome, score=0.9, **EPISODE)
    assert learn(rows) == 1
    assert lines(rows) == (1.0, 1.0)


def test_only_a_false_alarm_of_a_models_condition_moves_the_line(rows: Rows, asset_id: int) -> None:
    false_alarm(rows, asset_id, score=0.9)
    rows.connection.execute("UPDATE label SET kind = 'sensor_stuck'")
    learn(rows)
    false_alarm(rows, asset_id, score=0.9)
    rows.connection.execute("UPDATE label SET source = 'limit' WHERE learnt_at IS NULL")
    learn(rows)
    assert lines(rows) == (1.0, 1.0)


def test_a_false_alarm_of_a_machine_that_is_gone_moves_nothing(rows: Rows, asset_id: int) -> None:
    rows.plant.installation(asset_id, installed_to=datetime.now(UTC))
    false_alarm(rows, asset_id, score=0.9)
    rows.connection.execute("UPDATE label SET installation_id = (SELECT max(installation_id) FROM installation)")
    learn(rows)
    assert lines(rows) == (1.0, 1.0)


def test_what_an_older_model_said_is_judged_again_by_the_one_in_charge(rows: Rows, asset_id: int) -> None:
    closed_order(rows, asset_id, outcome="false_alarm", score=0.9, **EPISODE)
    rows.connection.execute("UPDATE label SET source_version = 'condition/P-1/v0'")
    learn(rows)
    assert lines(rows) == (1.0, 1.0), "the model in charge finds nothing in these healthy readings"


def test_a_raised_line_lets_pass_what_would_be_an_alarm_as_trained(rows: Rows, asset_id: int) -> None:
    scorer = Scorer(rows.database, rows.clock, "w")
    scorer.round()
    for first_s in (2000, 3000, 4000, 5000):
        readings = healthy_rows(720, 5)
        readings[60:660, 0] += 0.14
        rows.write(asset_id, readings, first_s=first_s)
        rows.fall_silent()
        if not scorer.round().findings_opened:
            break
        ((score,),) = rows.all("SELECT score FROM finding ORDER BY onset DESC LIMIT 1")
        assert isinstance(score, float)
        false_alarm(rows, asset_id, score=score)
        learn(rows)
    ((line, score),) = rows.all(
        "SELECT line, (SELECT max(score_max) FROM score WHERE time > %s) FROM scoring",
        START + timedelta(seconds=first_s),
    )
    assert first_s > 2000
    assert rule.level_of(float(str(score)), float(str(line))) > 1.1, "well above the line it was trained with"


def test_the_readings_of_an_episode_are_kept_with_an_hour_before_it_and_outlive_the_raw_ones(
    rows: Rows, asset_id: int
) -> None:
    closed_order(rows, asset_id, outcome="confirmed", **EPISODE)
    learn(rows)
    rows.connection.execute("DELETE FROM reading")
    with rows.database.transaction() as tx:
        (label,) = labels.of_installation(tx, 1)
        kept = labels.readings_of(tx, 1)[label.label_id]
    assert len(kept.window) == 1101, "from the start, which is less than an hour before, to the begin of the work"
    assert np.array_equal(kept.window.values[:400], healthy_rows(400))


def test_a_label_is_learnt_from_once_and_one_that_cannot_be_stops_no_other(
    rows: Rows, asset_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        false_alarm(rows, asset_id, score=0.9)
    ((first,),) = rows.all("SELECT min(label_id) FROM label")
    real = labels.keep_readings

    def keep(tx: object, label_id: int, *more: object) -> None:
        if label_id == first:
            raise RuntimeError("no such luck")
        real(tx, label_id, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(labels, "keep_readings", keep)
    assert learn(rows) == 2
    assert lines(rows)[0] == 1.25
    assert learn(rows) == 0
