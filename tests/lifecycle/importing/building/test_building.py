"""Building models of both schemas become the same facts, read by a process that has no more memory than it may."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from lifecycle.importing.building import own_process
from lifecycle.importing.building.own_process import read_building_facts
from lifecycle.importing.facts import Facts
from lifecycle.importing.reading import ReadOptions, kind_of, read_facts
from lifecycle.importing.running import import_facts
from plant.clock import ManualClock
from plant.errors import Misconfigured, Rejected
from plant.people.principal import system_user
from storage.core.database import Database
from tests.lifecycle.importing.building.models import DrawnModel, cooling_water
from tests.plant_rows import NOON

MAPPING = """
site = "north"
tag = ["Plant.TagNumber", "Name"]
[class]
"IfcPump.CIRCULATOR" = "circulator"
"IfcLamp" = "lamp"
"IfcLampType" = "lamp"
"IfcValve" = ""
[[limit]]
signal = "temperature"
unit = "°C"
high = "Plant.MaxTemperature"
[[limit]]
signal = "flow"
class = "circulator"
range = "Plant.Flow"
factor = 2
"""


def read(path: Path, **options: object) -> Facts:
    return read_facts(path, ReadOptions(site="north", **options))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Facts]]:
    folder = tmp_path_factory.mktemp("models")
    paths = {schema: cooling_water(schema).write(folder / f"{schema}.ifc") for schema in ("IFC2X3", "IFC4")}
    return {schema: (path, read(path)) for schema, path in paths.items()}


@pytest.mark.parametrize("schema", ["IFC2X3", "IFC4"])
def test_a_model_says_what_stands_where_what_it_is_and_what_it_feeds(
    drawn: dict[str, tuple[Path, Facts]], schema: str
) -> None:
    path, facts = drawn[schema]
    assert kind_of(path) == "ifc"
    assets = {one.tag: one for one in facts.assets}
    assert {tag: one.class_tag for tag, one in assets.items()} == {
        "P-101": "pump",
        "P-102": "pump",
        "V-1": "valve",
        "E-1": "heat_exchanger",
    }
    assert {tag: one.feeds for tag, one in assets.items() if one.feeds} == {"P-101": ("V-1",), "V-1": ("E-1",)}
    pump = assets["P-101"]
    assert (pump.serial, pump.manufacturer, pump.model, pump.area) == ("SN-77", "Acme", "NK 80-250", "L0")
    assert assets["P-102"].name == "备用泵"
    assert [(one.tag, one.kind, one.parent) for one in facts.areas] == [("B1", "area", None), ("L0", "floor", "B1")]
    assert [(one.tag, one.members) for one in facts.systems] == [("CW", ("P-101", "V-1"))]
    assert {(one.property_set, one.name, one.value) for one in facts.parameters if one.asset == "P-101"} >= {
        ("Plant", "MaxTemperature", "85"),
        ("Plant", "Flow", "10 to 120"),
        ("Pset_ManufacturerTypeInformation", "Manufacturer", "Acme"),
    }
    assert {(one.asset, len(one.global_id)) for one in facts.global_ids} == {(tag, 22) for tag in assets}
    assert len(facts.notes) == 2  # the pipe and the lamp are no equipment, and said so
    assert facts.faults == ()


@pytest.mark.parametrize("schema", ["IFC2X3", "IFC4"])
def test_a_mapping_says_classes_tags_and_limits(
    drawn: dict[str, tuple[Path, Facts]], tmp_path: Path, schema: str
) -> None:
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(MAPPING, encoding="utf-8")
    facts = read_facts(drawn[schema][0], ReadOptions(mapping=mapping))
    assert facts.site.tag == "north"
    assert {one.tag: one.class_tag for one in facts.assets} == {
        "P-101": "circulator",
        "P-102": "circulator",
        "E-1": "heat_exchanger",
        "lamp": "lamp",
    }
    assert [(one.asset, one.key, one.low, one.high, one.unit) for one in facts.signals] == [
        ("P-101", "temperature", None, 85.0, "°C"),
        ("P-101", "flow", 20.0, 240.0, None),
    ]


def test_a_model_is_taken_in_and_again_to_no_difference(
    drawn: dict[str, tuple[Path, Facts]], app_database: Database
) -> None:
    clock, actor = ManualClock(NOON), system_user("ann")
    first = import_facts(app_database, drawn["IFC4"][1], actor=actor, clock=clock)
    assert (first.added["asset"], first.faults) == (4, ())
    assert import_facts(app_database, drawn["IFC4"][1], actor=actor, clock=clock).is_none
    other = replace(drawn["IFC2X3"][1], source=drawn["IFC4"][1].source)
    assert import_facts(app_database, other, actor=actor, clock=clock).added.get("asset") is None


def test_ids_that_differ_in_case_are_two_and_an_element_without_tag_and_name_is_a_fault(
    tmp_path: Path, app_database: Database
) -> None:
    model = DrawnModel("IFC4")
    one, other, nameless = (model.element("IfcPump", name) for name in ("P-1", "P-2", ""))
    one.GlobalId, other.GlobalId = "2O2Fr$t4X7Zf8NOew3FLOH", "2O2Fr$t4X7Zf8NOew3FLOh"
    facts = read(model.write(tmp_path / "a.ifc"))
    assert [(fault.what, fault.origin.sheet) for fault in facts.faults] == [
        (f"#{nameless.id()} IfcPump has neither tag nor name", f"#{nameless.id()}")
    ]
    done = import_facts(app_database, facts, actor=system_user("ann"), clock=ManualClock(NOON))
    assert any("differ only in letter case" in note for note in done.warnings)


def test_a_packed_model_is_read_and_a_bomb_is_not(drawn: dict[str, tuple[Path, Facts]], tmp_path: Path) -> None:
    packed, bomb, two = tmp_path / "a.ifczip", tmp_path / "b.ifczip", tmp_path / "c.ifczip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.write(drawn["IFC4"][0], "a.ifc")
    assert [one.tag for one in read(packed).assets] == [one.tag for one in drawn["IFC4"][1].assets]
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a.ifc", b"ISO-10303-21;" + b" " * 50_000_000)
    with zipfile.ZipFile(two, "w") as file:
        file.writestr("a.ifc", b"")
        file.writestr("b.ifc", b"")
    for path, says in ((bomb, "times its size"), (two, "holds 2 models")):
        with pytest.raises(Rejected, match=says):
            read(path)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "ISO-10303-21;\nHEADER;\nFILE_SCHEMA(('IFC4'));\nENDSEC;\nDATA;\n#1=IFCPUMP('x",
            "in the middle of a statement",
        ),
        (
            "ISO-10303-21;\nHEADER;\nFILE_SCHEMA(('CONFIG_CONTROL_DESIGN'));\nENDSEC;\nDATA;\nENDSEC;\n",
            "of the schema CONFIG",
        ),
        ("ISO-10303-21;\nHEADER;\nENDSEC;\nDATA;\nENDSEC;\n", "does not say its schema"),
        (
            "ISO-10303-21;\nHEADER;\nFILE_SCHEMA(('IFC4'));\nENDSEC;\nDATA;\n#1=IFCPUMP((;\n#2=IFCPUMP('a',$);\nENDSEC;\n",
            "damaged",
        ),
    ],
)
def test_what_is_no_whole_model_is_refused(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "a.ifc"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Rejected, match=says):
        read(path)


def test_a_reader_that_wants_more_memory_than_it_may_is_ended(drawn: dict[str, tuple[Path, Facts]]) -> None:
    with pytest.raises(Rejected, match="wants more than 150 MiB"):
        read_building_facts(drawn["IFC4"][0], ReadOptions(), memory_mib=150)


def test_without_the_extra_one_line_says_the_mend(
    drawn: dict[str, tuple[Path, Facts]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_process, "find_spec", lambda _name: None)
    with pytest.raises(Misconfigured, match=r"pip install 'assetloop\[bim\]'"):
        read(drawn["IFC4"][0])
