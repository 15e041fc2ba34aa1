"""Punches go out as BCF with the ids of building models, and the status that a BIM tool gave them comes back."""

from __future__ import annotations

import io
import zipfile
from xml.etree import ElementTree as ET

import pytest

from lifecycle.feedback.bcf import read_bcf
from lifecycle.handover import projects
from lifecycle.handover.projects import ProjectWanted
from lifecycle.handover.punch_exchange import export_punches, take_punches_back
from plant.clock import ManualClock
from plant.errors import Rejected
from plant.people.principal import system_user
from storage.core.database import Database
from storage.projects import projects as rows
from tests.plant_rows import NOON, PlantRows

ANN = system_user("ann")
GUID = "2O2Fr$t4X7Zf8NOew3FLOH"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture
def database(app_database: Database, plant_rows: PlantRows, clock: ManualClock) -> Database:
    asset_id = plant_rows.asset("P-1")
    site_id = plant_rows._known("site", "site_id", "demo")
    plant_rows.add("global_id", site_id=site_id, model="model", global_id=GUID, asset_id=asset_id)
    wanted = ProjectWanted(tag="cw", site="demo", name="Cooling water", assets=("P-1",))
    projects.add_project(app_database, wanted, actor=ANN, clock=clock)
    for text, asset in (("guard <is> missing", "P-1"), ("no paint", None)):
        projects.raise_punch(app_database, "cw", category="B", text=text, asset=asset, actor=ANN, clock=clock)
    projects.close_punch(app_database, "cw", 2, actor=ANN, clock=clock)
    return app_database


def exported(database: Database) -> bytes:
    with database.transaction() as tx:
        return export_punches(tx, "cw")


def test_each_punch_is_a_topic_with_its_component(database: Database) -> None:
    file = exported(database)
    assert sorted(one.status for one in read_bcf(file)) == ["Closed", "Open"]
    assert exported(database) == file
    with zipfile.ZipFile(io.BytesIO(file)) as package:
        assert len([name for name in package.namelist() if name.endswith("markup.bcf")]) == 2
        assert not [name for name in package.namelist() if name.endswith(".png")]
        views = [ET.fromstring(package.read(name)) for name in package.namelist() if name.endswith(".bcfv")]  # noqa: S314
        found = [component.get("IfcGuid") for view in views for component in view.iter("Component")]
    assert found == [GUID]


def test_the_status_comes_back_is_shown_and_closes_nothing(database: Database, clock: ManualClock) -> None:
    file = exported(database)
    bent = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file)) as before, zipfile.ZipFile(bent, "w") as after:
        for one in before.infolist():
            after.writestr(one, before.read(one).replace(b'TopicStatus="Open"', b'TopicStatus="In progress"'))
    assert take_punches_back(database, "cw", bent.getvalue(), actor=ANN, clock=clock) == {1: "In progress", 2: "Closed"}
    with database.transaction() as tx:
        (first, _) = rows.punches(tx, rows.get(tx, "cw").project_id)
    assert (first.bcf_status, first.closed_at) == ("In progress", None)


def test_another_projects_file_is_refused(database: Database, clock: ManualClock) -> None:
    wanted = ProjectWanted(tag="other", site="demo", name="Other", assets=("P-1",))
    projects.add_project(database, wanted, actor=ANN, clock=clock)
    for act in (lambda: export_punches_of(database, "other"), lambda: back(database, clock, exported(database))):
        with pytest.raises(Rejected, match="no_punch"):
            act()


def export_punches_of(database: Database, tag: str) -> bytes:
    with database.transaction() as tx:
        return export_punches(tx, tag)


def back(database: Database, clock: ManualClock, file: bytes) -> dict[int, str]:
    return take_punches_back(database, "other", file, actor=ANN, clock=clock)
