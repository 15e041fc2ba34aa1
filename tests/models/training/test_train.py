"""Training gives every machine that was declared healthy a model, and puts it in charge of what comes after."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest

from models.catalogue import fingerprint, unpacked
from models.scoring.scorer import Scorer
from models.training.train import TrainedModel, TrainingRefused, train
from plant.errors import NotFound
from storage.models import catalogue as store
from tests.models.conftest import START, Rows, healthy_rows


def scoring_of(rows: Rows, asset_id: int) -> tuple[object, ...]:
    (row,) = rows.all("SELECT model_id, watermark, state, fence FROM scoring WHERE asset_id = %s", asset_id)
    return row


def test_every_asset_with_a_healthy_interval_is_trained_and_the_rest_is_left(rows: Rows) -> None:
    first, second, third = rows.asset("P-1"), rows.asset("P-2"), rows.asset("P-3")
    for asset_id in (first, second, third):
        rows.write(asset_id, healthy_rows(400, asset_id))
    rows.declare(first, 0, 399)
    rows.declare(second, 0, 399)
    seen: list[tuple[int, int, str]] = []
    results = train(rows.database, clock=rows.clock, trained_by="a test", progress=lambda *step: seen.append(step))
    assert [(type(result), result.asset) for result in results] == [(TrainedModel, "P-1"), (TrainedModel, "P-2")]
    assert seen == [(1, 2, "P-1"), (2, 2, "P-2")]


def test_a_model_knows_what_it_was_trained_on_and_with(rows: Rows) -> None:
    asset_id = rows.asset()
    data = healthy_rows(400)
    data[3, 1] = np.nan
    rows.write(asset_id, data)
    rows.declare(asset_id, 0, 399)
    (trained,) = rows.train()
    assert isinstance(trained, TrainedModel)
    with rows.database.transaction() as tx:
        model = store.load(tx, trained.model_id)
    assert (model.state, model.version, model.data_rows, model.trained_by) == ("champion", 1, 400, "a test")
    assert (model.data_from, model.data_to) == (START, START + timedelta(seconds=399))
    assert [signal.key for signal in model.signals] == ["vibration", "temperature", "pressure"]
    times_us = (int(START.timestamp()) + np.arange(400)) * 1_000_000
    assert model.data_sha256 == fingerprint(rows.signals[asset_id], times_us, data)
    assert set(model.libraries) == {"scikit-learn", "numpy", "skops", "python"}
    assert unpacked(model).n_features_in_ == 3


def test_signals_that_never_moved_are_named_by_the_training_and_kept_with_the_model(rows: Rows) -> None:
    asset_id = rows.asset()
    data = healthy_rows(400)
    data[:, 2] = 7.0
    rows.write(asset_id, data)
    rows.declare(asset_id, 0, 399)
    (trained,) = rows.train()
    assert isinstance(trained, TrainedModel)
    assert (trained.never_moved, trained.counters, trained.daily) == (("pressure",), (), ())
    with rows.database.transaction() as tx:
        assert store.load(tx, trained.model_id).figures["never_moved"] == ["pressure"]


def test_what_lies_apart_in_the_training_is_named_with_its_instants_and_kept_with_the_model(rows: Rows) -> None:
    asset_id = rows.asset()
    data = healthy_rows(800)
    data[200:264] += 40.0 * data.std(axis=0)
    rows.write(asset_id, data)
    rows.declare(asset_id, 0, 799)
    (trained,) = rows.train()
    assert isinstance(trained, TrainedModel)
    (apart,) = trained.apart
    assert (apart["departure"], apart["left_out"]) == ("upset", True)
    assert START + timedelta(seconds=195) <= datetime.fromisoformat(apart["from"]) <= START + timedelta(seconds=205)
    assert START + timedelta(seconds=263) <= datetime.fromisoformat(apart["to"]) <= START + timedelta(seconds=310)
    with rows.database.transaction() as tx:
        assert store.load(tx, trained.model_id).figures["apart"] == [apart]


def test_a_training_that_is_refused_as_unclean_says_when_and_which_signal(rows: Rows) -> None:
    asset_id = rows.asset()
    data = healthy_rows(800)
    data[300:350, 1] = -9999.0
    rows.write(asset_id, data)
    rows.declare(asset_id, 0, 799)
    (refused,) = rows.train()
    assert isinstance(refused, TrainingRefused)
    begin, end = (START + timedelta(seconds=second) for second in (300, 349))
    assert f"most in signal temperature, within {begin.isoformat()} to {end.isoformat()}" in refused.reason


def test_scoring_goes_on_from_the_end_of_the_training_data(rows: Rows) -> None:
    asset_id = rows.asset()
    rows.write(asset_id, healthy_rows(500))
    rows.declare(asset_id, 0, 399)
    (trained,) = rows.train()
    assert isinstance(trained, TrainedModel)
    model_id, watermark, _, _ = scoring_of(rows, asset_id)
    assert model_id == trained.model_id
    assert watermark == START + timedelta(seconds=399) == trained.data_to
    rows.fall_silent()
    assert Scorer(rows.database, rows.clock, "w").round().rows == 100


def test_a_second_training_retires_the_first_and_judges_nothing_twice(rows: Rows) -> None:
    asset_id = rows.trained_asset()
    rows.write(asset_id, healthy_rows(100, 1), first_s=400)
    rows.fall_silent()
    scorer = Scorer(rows.database, rows.clock, "w")
    scorer.round()
    _, _, _, fence = scoring_of(rows, asset_id)
    (second,) = rows.train(asset_id)
    assert isinstance(second, TrainedModel)
    assert second.version == 2
    states = rows.all("SELECT version, state FROM model ORDER BY version")
    assert states == [(1, "retired"), (2, "champion")]
    model_id, watermark, _, later_fence = scoring_of(rows, asset_id)
    assert (model_id, watermark) == (second.model_id, START + timedelta(seconds=499))
    assert isinstance(fence, int)
    assert later_fence == fence + 1
    rows.write(asset_id, healthy_rows(10, 2), first_s=500)
    rows.fall_silent()
    assert scorer.round().rows == 10


def test_a_new_model_ends_what_the_one_before_had_found(rows: Rows) -> None:
    asset_id = rows.trained_asset()
    rows.write(asset_id, healthy_rows(60, 1) + np.array([3.0, 0.0, 0.0]), first_s=400)
    rows.fall_silent()
    Scorer(rows.database, rows.clock, "w").round()
    ((cleared, revision),) = rows.all("SELECT cleared, revision FROM finding")
    assert (cleared, revision) == (None, 1)
    rows.train(asset_id)
    ((updated, cleared, revision),) = rows.all("SELECT updated, cleared, revision FROM finding")
    assert (cleared, revision) == (updated, 2)


def test_too_little_data_is_refused_with_what_is_needed_and_the_rest_goes_on(rows: Rows) -> None:
    short, well = rows.asset("P-1"), rows.asset("P-2")
    rows.write(short, healthy_rows(100))
    rows.write(well, healthy_rows(400))
    rows.declare(short, 0, 99)
    rows.declare(well, 0, 399)
    refused, trained = rows.train()
    assert isinstance(refused, TrainingRefused)
    assert refused.asset == "P-1"
    assert "more needed" in refused.reason
    assert isinstance(trained, TrainedModel)
    assert rows.all("SELECT asset_id FROM scoring") == [(well,)]


def test_unclean_data_is_refused_with_the_name_of_the_signal(rows: Rows) -> None:
    asset_id = rows.asset()
    unclean = healthy_rows(400)
    unclean[::20, 1] = 1e6
    rows.write(asset_id, unclean)
    rows.declare(asset_id, 0, 399)
    (refused,) = rows.train()
    assert isinstance(refused, TrainingRefused)
    assert "signal temperature" in refused.reason


def test_an_interval_without_readings_is_refused(rows: Rows) -> None:
    asset_id = rows.asset()
    rows.declare(asset_id, 0, 399)
    (refused,) = rows.train()
    assert isinstance(refused, TrainingRefused)
    assert refused.reason.startswith("no good readings are stored between 2026-03-02T12:00:00+00:00")


def test_an_asset_asked_for_without_a_healthy_interval_is_refused(rows: Rows) -> None:
    (refused,) = rows.train(rows.asset())
    assert isinstance(refused, TrainingRefused)
    assert "declared healthy" in refused.reason


def test_assets_are_chosen_by_tag_and_an_unknown_tag_is_an_error(rows: Rows) -> None:
    for tag in ("P-1", "P-2"):
        asset_id = rows.asset(tag)
        rows.write(asset_id, healthy_rows(400))
        rows.declare(asset_id, 0, 399)
    (trained,) = train(rows.database, clock=rows.clock, trained_by="a test", tags=[("demo", "P-2")])
    assert trained.asset == "P-2"
    with pytest.raises(NotFound, match="no asset P-9 at site demo"):
        train(rows.database, clock=rows.clock, trained_by="a test", tags=[("demo", "P-9")])


def test_a_signal_that_was_silent_is_left_out(rows: Rows) -> None:
    asset_id = rows.asset()
    rows.write(asset_id, healthy_rows(400) * [1, np.nan, 1])
    rows.declare(asset_id, 0, 399)
    (trained,) = rows.train()
    assert isinstance(trained, TrainedModel)
    assert trained.signals == ("vibration", "pressure")


def test_overlapping_intervals_give_each_row_once(rows: Rows) -> None:
    asset_id = rows.asset()
    rows.write(asset_id, healthy_rows(700))
    for begin, end in ((0, 300), (200, 399), (600, 650)):
        rows.declare(asset_id, begin, end)
    (trained,) = rows.train()
    assert isinstance(trained, TrainedModel)
    assert trained.rows == 451
    assert trained.data_to == START + timedelta(seconds=650)
