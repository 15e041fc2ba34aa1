"""Models are versioned by installation and kind, and one of them is in charge."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from plant.errors import NotFound
from storage.core.database import Database
from storage.models import catalogue, installations
from storage.models.catalogue import NewModel
from storage.models.installations import ModelSignal
from tests.plant_rows import PlantRows

AT = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def new(superuser: psycopg.Connection[tuple[object, ...]]) -> NewModel:
    """A model of the first of two installed assets."""
    plant = PlantRows(superuser)
    for tag in ("P-1", "P-2"):
        plant.installation(plant.asset(tag, name=""))
    plant.signal(1, "b", unit="bar", position=1)
    plant.signal(1, "a", unit="mm/s", position=0)
    return NewModel(
        installation_id=1,
        kind="condition",
        signal_ids=(2, 1),
        data_from=AT,
        data_to=AT + timedelta(hours=1),
        data_rows=3600,
        data_sha256=b"\x01",
        libraries={"numpy": "2"},
        figures={"missing": 0.25},
        artifact=b"\x00model",
        trained_by="a test",
        trained_at=AT,
    )


def test_a_model_is_loaded_as_it_was_stored(app_database: Database, new: NewModel) -> None:
    with app_database.transaction() as tx:
        model_id, version = catalogue.add(tx, new, champion=True)
        stored = catalogue.load(tx, model_id)
        assert stored.signals == (
            ModelSignal(signal_id=2, key="a", unit="mm/s"),
            ModelSignal(signal_id=1, key="b", unit="bar"),
        )
        assert stored.signals == installations.signals_of(tx, 1)
        assert catalogue.reference(tx, model_id) == list(new.reference)
    assert (stored.asset_id, stored.asset, stored.version, stored.state) == (1, "P-1", version, "champion")
    for name in set(new.__slots__) - {"signal_ids", "reference"}:
        assert getattr(stored, name) == getattr(new, name)


def test_versions_count_by_installation_and_a_new_champion_retires_the_old(
    app_database: Database, new: NewModel
) -> None:
    with app_database.transaction() as tx:
        assert catalogue.add(tx, new, champion=True)[1] == 1
        assert catalogue.add(tx, new, champion=True)[1] == 2
        assert catalogue.add(tx, replace(new, installation_id=2, signal_ids=()), champion=True)[1] == 1
        states = [(one.version, one.state) for one in catalogue.list_models(tx, asset_id=1)]
    assert states == [(2, "champion"), (1, "retired")]


def test_a_challenger_waits_until_it_is_promoted(app_database: Database, new: NewModel) -> None:
    with app_database.transaction() as tx:
        first, _ = catalogue.add(tx, new, champion=True)
        second, _ = catalogue.add(tx, new, champion=False)
        challenger = catalogue.load(tx, second)
        assert [catalogue.load(tx, each).state for each in (first, second)] == ["champion", "challenger"]
        assert catalogue.promote(tx, challenger, at=AT, actor="Ada")
        assert [catalogue.load(tx, each).state for each in (first, second)] == ["retired", "champion"]
        assert not catalogue.promote(tx, challenger, at=AT, actor="Ada")
        assert catalogue.load(tx, second).state == "champion"


def test_there_is_one_challenger_the_newest(app_database: Database, new: NewModel) -> None:
    with app_database.transaction() as tx:
        for champion in (True, False, False):
            catalogue.add(tx, new, champion=champion)
        states = [(one.version, one.state) for one in catalogue.list_models(tx, asset_id=1)]
    assert states == [(3, "challenger"), (2, "retired"), (1, "champion")]


def test_rolling_back_goes_from_champion_to_champion_and_never_to_one_that_was_none(
    app_database: Database, new: NewModel
) -> None:
    def standing() -> list[tuple[int, str]]:
        with app_database.transaction() as tx:
            return sorted((one.version, one.state) for one in catalogue.list_models(tx, asset_id=1))

    def roll_back(version: int) -> int | None:
        with app_database.transaction() as tx:
            (one,) = (one for one in catalogue.list_models(tx, asset_id=1) if one.version == version)
            return catalogue.roll_back(tx, catalogue.load(tx, one.model_id), at=AT, actor="Ada")

    with app_database.transaction() as tx:
        first, _ = catalogue.add(tx, new, champion=True)
        second, _ = catalogue.add(tx, new, champion=True)
        catalogue.add(tx, new, champion=False)
        fourth, _ = catalogue.add(tx, new, champion=False)
        catalogue.promote(tx, catalogue.load(tx, fourth), at=AT + timedelta(days=1), actor="Ada")
    assert standing() == [(1, "retired"), (2, "retired"), (3, "retired"), (4, "champion")]
    assert roll_back(4) == second
    assert standing() == [(1, "retired"), (2, "champion"), (3, "retired"), (4, "challenger")]
    assert roll_back(4) is None, "it is champion no more"
    assert roll_back(2) == first
    assert standing() == [(1, "champion"), (2, "challenger"), (3, "retired"), (4, "retired")]
    assert roll_back(1) is None
    with app_database.transaction() as tx:
        told = [event.event for event in catalogue.events(tx, second)]
    assert told == ["trained", "retired", "promoted", "rolled_back"]


def test_two_trainings_at_once_get_two_versions_and_one_champion(app_database: Database, new: NewModel) -> None:
    def add(_: int) -> int:
        with app_database.transaction() as tx:
            return catalogue.add(tx, new, champion=True)[1]

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(add, range(8))) == list(range(1, 9))
    with app_database.transaction() as tx:
        assert [one.state for one in catalogue.list_models(tx, asset_id=1)].count("champion") == 1


def test_an_unknown_model_is_not_found(app_database: Database, new: NewModel) -> None:  # noqa: ARG001
    with app_database.transaction() as tx, pytest.raises(NotFound):
        catalogue.load(tx, 7)


def test_an_asset_is_found_by_its_tag(app_database: Database, new: NewModel) -> None:  # noqa: ARG001
    with app_database.transaction() as tx:
        assert installations.asset_id_of(tx, "demo", "P-2") == 2
        assert installations.asset_id_of(tx, "demo", "P-3") is None
        assert [each.asset for each in installations.to_train(tx, [2])] == ["P-2"]
        assert installations.to_train(tx, None) == []
