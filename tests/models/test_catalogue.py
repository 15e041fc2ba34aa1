"""A stored model comes out as it went in, or is refused with what to do."""

from __future__ import annotations

import contextlib
import copy
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
import skops.io
from sklearn.covariance import EllipticEnvelope

from models import catalogue
from models.catalogue import ModelRefused, libraries, packed, unpacked
from models.detector.estimator import ConditionDetector
from storage.models.catalogue import StoredModel
from storage.models.installations import ModelSignal

AT = datetime(2026, 3, 2, tzinfo=UTC)
HEALTHY = np.random.default_rng(1).normal(size=(600, 2))


@pytest.fixture(scope="module")
def detector() -> ConditionDetector:
    return ConditionDetector().fit(HEALTHY, time=np.arange(600.0))


@pytest.fixture
def stored(detector: ConditionDetector) -> StoredModel:
    return StoredModel(
        model_id=1,
        installation_id=1,
        asset_id=1,
        asset="P-1",
        kind="condition",
        version=3,
        state="champion",
        signals=tuple(ModelSignal(signal_id=k, key=f"s{k}", unit="") for k in range(2)),
        data_from=AT,
        data_to=AT,
        data_rows=600,
        data_sha256=b"",
        libraries=libraries(),
        figures={},
        artifact=packed(detector),
        trained_by="a test",
        trained_at=AT,
    )


def test_a_model_scores_after_storing_as_before_to_the_last_bit(
    detector: ConditionDetector, stored: StoredModel
) -> None:
    rows, time = HEALTHY + 3, np.arange(600.0) + 600
    before, _ = detector.stream(detector.start(), rows, time)
    again = unpacked(stored)
    after, _ = again.stream(again.start(), rows, time)
    assert before.score.tobytes() == after.score.tobytes()
    assert before.share.tobytes() == after.share.tobytes()


def test_a_model_of_another_scikit_learn_is_refused(stored: StoredModel) -> None:
    old = replace(stored, libraries={**stored.libraries, "scikit-learn": "1.2.0"})
    with pytest.raises(ModelRefused, match=r"condition/P-1/v3 was trained under scikit-learn 1\.2\.0.*train it again"):
        unpacked(old)


@pytest.mark.parametrize("cut", [0, 10, 4_000])
def test_a_damaged_model_is_refused(stored: StoredModel, cut: int) -> None:
    with pytest.raises(ModelRefused, match="cannot be read"):
        unpacked(replace(stored, artifact=stored.artifact[:cut]))


@pytest.mark.parametrize("seed", range(150))
def test_a_model_with_a_flipped_byte_is_read_or_refused_and_nothing_else(stored: StoredModel, seed: int) -> None:
    chance = np.random.default_rng(seed)
    artifact = bytearray(stored.artifact)
    for place in chance.integers(0, len(artifact), 3):
        artifact[place] ^= int(chance.integers(1, 256))
    with contextlib.suppress(ModelRefused):
        assert unpacked(replace(stored, artifact=bytes(artifact))).n_features_in_ == 2


@pytest.mark.parametrize(
    "change", [{"start_": np.zeros(3)}, {"norms_": np.zeros(5)}, {"settings_": None}, {"layout_": 2}], ids=str
)
def test_a_model_that_another_release_stored_is_refused(
    detector: ConditionDetector, stored: StoredModel, change: dict[str, object]
) -> None:
    older = copy.deepcopy(detector)
    vars(older).update(change)
    with pytest.raises(ModelRefused, match="was stored by another program, train it again"):
        unpacked(replace(stored, artifact=packed(older)))


def test_a_model_that_holds_a_foreign_type_is_refused(stored: StoredModel) -> None:
    foreign = skops.io.dumps({"detector": replace})
    with pytest.raises(ModelRefused, match=r"not trusted.*dataclasses\.replace"):
        unpacked(replace(stored, artifact=foreign))


def test_another_estimator_is_refused(stored: StoredModel) -> None:
    other = skops.io.dumps(EllipticEnvelope().fit(HEALTHY))
    with pytest.raises(ModelRefused, match="is a EllipticEnvelope"):
        unpacked(replace(stored, artifact=other))


def test_an_untrained_detector_is_refused(stored: StoredModel) -> None:
    with pytest.raises(ModelRefused, match="train it again"):
        unpacked(replace(stored, artifact=packed(ConditionDetector())))


def test_a_model_whose_signals_do_not_match_its_row_is_refused(stored: StoredModel) -> None:
    with pytest.raises(ModelRefused, match="knows 2 signals, its row names 1"):
        unpacked(replace(stored, signals=stored.signals[:1]))


def test_the_fingerprint_tells_other_data_apart() -> None:
    times, rows = np.array([1, 2]), np.array([[1.0], [np.nan]])
    same = catalogue.fingerprint([7], times, rows)
    assert same == catalogue.fingerprint([7], times.copy(), rows.copy())
    assert same != catalogue.fingerprint([8], times, rows)
    assert same != catalogue.fingerprint([7], times + 1, rows)
    assert same != catalogue.fingerprint([7], times, np.nan_to_num(rows))
