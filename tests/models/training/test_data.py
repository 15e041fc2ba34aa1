"""A model learns from healthy time of the present normal; what is known to be ill is left out."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from models.training import data
from models.training.data import TrainingData
from models.training.train import TrainingRefused
from storage.models import installations
from storage.register import relearning
from storage.telemetry.windows import to_us
from storage.work import suppression
from storage.work.suppression import SuppressionReason
from tests.models.conftest import START, Rows, closed_order, healthy_rows

HOUR_S = 3600


def learnt_seconds(rows: Rows, asset_id: int) -> set[int]:
    """Return the seconds after the start from which a model of the asset would learn."""
    with rows.database.transaction() as tx:
        (installation,) = installations.to_train(tx, [asset_id])
        found = data.read(tx, installation)
    assert isinstance(found, TrainingData), found
    return {int((t - to_us(START)) // 1_000_000) for t in found.times_us}


@pytest.fixture
def asset_id(rows: Rows) -> int:
    """An asset with 200 minutes of readings, a row a minute, all of them declared healthy."""
    asset_id = rows.asset()
    rows.write(asset_id, healthy_rows(200), step_s=60)
    rows.declare(asset_id, 0, 200 * 60)
    return asset_id


def test_a_confirmed_fault_is_left_out_from_an_hour_before_it_was_found_until_it_was_restored(
    rows: Rows, asset_id: int
) -> None:
    closed_order(rows, asset_id, outcome="confirmed", onset_s=100 * 60, started_s=110 * 60, restored_s=130 * 60)
    expected = {k * 60 for k in range(200) if k <= 40 or k >= 130}
    assert learnt_seconds(rows, asset_id) == expected


def test_a_false_alarm_is_healthy_time_like_any_other(rows: Rows, asset_id: int) -> None:
    closed_order(rows, asset_id, outcome="false_alarm", onset_s=6000, started_s=6600, restored_s=7000)
    assert len(learnt_seconds(rows, asset_id)) == 200


def test_time_at_work_and_out_of_service_is_left_out(rows: Rows, asset_id: int) -> None:
    with rows.database.transaction() as tx:
        for begin, end in ((10, 20), (15, 30)):
            begun, ended = START + timedelta(minutes=begin), START + timedelta(minutes=end)
            suppression.begin(tx, asset_id=asset_id, reason=SuppressionReason.OUT_OF_SERVICE, at=begun, by="Ada")
            suppression.end(tx, asset_id=asset_id, reason=SuppressionReason.OUT_OF_SERVICE, at=ended, by="Ada")
    assert learnt_seconds(rows, asset_id) == {k * 60 for k in range(200) if k <= 10 or k >= 30}


def test_what_came_before_the_machine_was_changed_is_not_its_normal_unless_a_person_says_so(
    rows: Rows, asset_id: int
) -> None:
    changed = START + timedelta(minutes=150)
    with rows.database.transaction() as tx:
        relearning.open_interval(tx, asset_id=asset_id, reason="action", at=changed, by="Ada")
    assert min(learnt_seconds(rows, asset_id)) == 150 * 60
    with rows.database.transaction() as tx:
        relearning.end(tx, asset_id=asset_id, how="dismissed", at=changed, by="Ada")
    assert min(learnt_seconds(rows, asset_id)) == 0


def test_where_nothing_of_the_present_normal_was_declared_that_is_said(rows: Rows, asset_id: int) -> None:
    changed = START + timedelta(minutes=300)
    with rows.database.transaction() as tx:
        relearning.open_interval(tx, asset_id=asset_id, reason="action", at=changed, by="Ada")
    (refused,) = rows.train(asset_id)
    assert isinstance(refused, TrainingRefused)
    assert "declare healthy time of its present normal" in refused.reason


def test_rows_keep_their_values_across_the_cuts(rows: Rows, asset_id: int) -> None:
    closed_order(rows, asset_id, outcome="confirmed", onset_s=6000, started_s=6600, restored_s=7200)
    with rows.database.transaction() as tx:
        (installation,) = installations.to_train(tx, [asset_id])
        found = data.read(tx, installation)
    assert isinstance(found, TrainingData)
    kept = np.array([k <= 40 or k >= 120 for k in range(200)])
    assert np.array_equal(found.rows, healthy_rows(200)[kept])


def test_of_more_than_there_is_room_for_the_last_rows_are_taken(
    rows: Rows, asset_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed_order(rows, asset_id, outcome="confirmed", onset_s=6000, started_s=6600, restored_s=7200)
    monkeypatch.setattr(data, "_MOST_ROWS", 90)
    assert learnt_seconds(rows, asset_id) == {k * 60 for k in range(200) if 31 <= k <= 40 or k >= 120}
