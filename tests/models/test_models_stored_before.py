"""Models that an earlier release stored load, score to the last bit and are not refused: no fleet is trained again.

`testdata/stored/` was written at commit 5fa5559, before modules moved into folders: a detector without settings and one
with, each with what it said of a stream, the state it was in half-way and at the end; and a model of remaining life.
They are written anew only together with scikit-learn, under whose version models are refused by design.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
import pytest
from numpy.typing import NDArray

from models.catalogue import loaded, packed, unpacked
from models.detector.estimator import ConditionDetector
from models.detector.results import Scored
from models.detector.state import width
from models.remaining.classes import TRUSTED
from models.remaining.estimator import RemainingLife
from models.remaining.history import History
from models.scoring.state_codec import unpack
from plant.finding import FindingKind
from storage.models.catalogue import StoredModel
from storage.models.installations import ModelSignal

STORED = Path(__file__).parent / "testdata" / "stored"
LIBRARIES: dict[str, str] = json.loads((STORED / "libraries.json").read_text(encoding="utf-8"))
AT = datetime(2026, 3, 2, tzinfo=UTC)


def stored(name: str, signals: int) -> StoredModel:
    return StoredModel(
        model_id=1,
        installation_id=1,
        asset_id=1,
        asset="P-1",
        kind="condition",
        version=3,
        state="champion",
        signals=tuple(ModelSignal(signal_id=k, key=f"s{k}", unit="") for k in range(signals)),
        data_from=AT,
        data_to=AT,
        data_rows=600,
        data_sha256=b"",
        libraries=LIBRARIES,
        figures={},
        artifact=(STORED / f"{name}.skops").read_bytes(),
        trained_by="a release before",
        trained_at=AT,
    )


@pytest.fixture(params=[("condition_plain", 4), ("condition_with_settings", 5)], ids=lambda one: one[0])
def kept(request: pytest.FixtureRequest) -> tuple[str, ConditionDetector, dict[str, NDArray[Any]]]:
    name, signals = request.param
    with np.load(STORED / f"{name}.npz") as arrays:
        return name, unpacked(stored(name, signals)), dict(arrays)


def test_a_stored_detector_says_to_the_last_bit_what_it_said_before(
    kept: tuple[str, ConditionDetector, dict[str, NDArray[Any]]],
) -> None:
    _, detector, before = kept
    result, after = detector.stream(detector.start(), before["live"], before["clock"])
    assert after.tobytes() == before["after"].tobytes()
    for each in fields(Scored):
        now, then = getattr(result, each.name), before[each.name]
        assert (now.dtype, now.shape, now.tobytes()) == (then.dtype, then.shape, then.tobytes()), each.name


def test_a_stored_state_goes_on_where_it_was(kept: tuple[str, ConditionDetector, dict[str, NDArray[Any]]]) -> None:
    name, detector, before = kept
    data, half = (STORED / f"{name}.state").read_bytes(), int(before["half"])
    state, episodes = unpack(data, width(detector.n_features_in_, detector.settings_), detector.n_features_in_)
    result, after = detector.stream(state, before["live"][half:], before["clock"][half:])
    assert after.tobytes() == before["after"].tobytes()
    assert result.score.tobytes() == before["score"][half:].tobytes()
    open_one = episodes[FindingKind.CONDITION]
    assert (open_one.onset_us, open_one.samples, open_one.peak) == (1_700_000_000_000_000, 61, 0.75)


def test_a_stored_model_of_remaining_life_says_what_it_said_before() -> None:
    artifact = gzip.decompress((STORED / "remaining_life.skops.gz").read_bytes())
    model = loaded(artifact, name="life/v1", libraries=LIBRARIES, trusted=TRUSTED)
    assert isinstance(model, RemainingLife)
    with np.load(STORED / "remaining_life.npz") as before:
        history = History(
            time=before["time"], rows=before["rows"], settings=before["settings"], begin=float(before["begin"])
        )
        said = model.predict(history)
        for name in ("likely", "low", "high"):  # matrix products of another processor differ in their last bits
            np.testing.assert_allclose(getattr(said, name), before[name], rtol=1e-12, atol=0)


def types_in(artifact: bytes, folder: Path) -> set[str]:
    """The types that an artifact names, by their modules."""
    file = folder / "artifact.zip"
    file.write_bytes(artifact)

    def named(node: Any) -> set[str]:
        if isinstance(node, list):
            return set().union(*map(named, node))
        if not isinstance(node, dict):
            return set()
        own = {f"{node['__module__']}.{node['__class__']}"} if "__module__" in node else set()
        return own.union(*map(named, node.values()))

    with ZipFile(file) as archive:
        return named(json.loads(archive.read("schema.json")))


def test_what_is_stored_today_an_earlier_release_can_read(
    kept: tuple[str, ConditionDetector, dict[str, NDArray[Any]]], tmp_path: Path
) -> None:
    name, detector, _ = kept
    assert types_in(packed(detector), tmp_path) == types_in((STORED / f"{name}.skops").read_bytes(), tmp_path)
