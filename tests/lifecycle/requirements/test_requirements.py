"""Requirements are written, signed by both sides, exchanged as IDS, and checked asset by asset."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lifecycle.handover import looking, projects
from lifecycle.handover.gates import GateName
from lifecycle.handover.projects import DocumentWanted, ProjectWanted
from lifecycle.importing.applying import apply_facts
from lifecycle.requirements.agreeing import (
    RequirementsView,
    keep_requirements,
    look_at_requirements,
    requirements_act,
    sign_requirements,
)
from lifecycle.requirements.checking import unmet_by
from lifecycle.requirements.ids import IDS, read_ids, write_ids
from lifecycle.requirements.requirement import (
    ClassRequirement,
    ParameterRequirement,
    Requirements,
    read_requirements,
    requirements_document,
    requirements_of_document,
)
from lifecycle.requirements.writing import as_toml
from plant.clock import ManualClock
from plant.errors import Conflict, Forbidden, Rejected, Unconfirmed
from plant.people.principal import Principal, Recognition
from plant.people.rights import PlantRole
from storage.core.database import Database
from storage.projects.requirements import HeldForHandover
from tests.lifecycle.importing.test_applying import EVERYTHING

FILE = """
[[class]]
tag = "pump"
documents = ["03-02", "03-04"]
signals = ["flow", "vibration"]
limits = ["flow"]
spares = ["6205", "oil"]
training = 2
serial = true
  [[class.parameter]]
  property_set = "Pset_Pump"
  name = "Head"
  unit = "m"
  low = 10
  high = 30
[[class]]
tag = "*"
  [[class.parameter]]
  name = "Remarks"
"""
CLOCK = ManualClock(datetime(2026, 3, 1, tzinfo=UTC))


def person(name: str, role: PlantRole) -> Principal:
    return Principal(name=name, recognition=Recognition.PASSWORD, person_id=name, roles={"s": frozenset({role})})


ENGINEER, OPERATOR = person("Jonas", PlantRole.ENGINEERING), person("Ana", PlantRole.OPERATIONS)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "requirements.toml"
    path.write_text(FILE, encoding="utf-8")
    return path


@pytest.fixture
def project(app_database: Database) -> Database:
    with app_database.transaction() as tx:
        apply_facts(tx, EVERYTHING, at=CLOCK.now())
    wanted = ProjectWanted(tag="cw", site="s", name="Cooling", assets=("P-1",), required_documents=("03-02",))
    projects.add_project(app_database, wanted, actor=ENGINEER, clock=CLOCK)
    return app_database


def sign(database: Database, side: str, actor: Principal, view: RequirementsView) -> None:
    newest = view.versions[0]
    signer = actor.confirm(requirements_act("cw", newest.version, side, newest.sha256))
    sign_requirements(database, "cw", newest.version, side, newest.sha256, actor=signer, clock=CLOCK)


def lacks(database: Database) -> list[str]:
    view = looking.look(database, "cw", clock=CLOCK)
    with database.transaction() as tx:
        from lifecycle.handover.evidence import lacks_of

        found = lacks_of(tx, view.project, GateName.COMPLETENESS, now=CLOCK.now(), confirmed_at=None)
    return [one.line for one in found]


def test_the_file_reads_again_as_it_was_and_faults_are_named(file: Path, tmp_path: Path) -> None:
    read = read_requirements(file)
    again = tmp_path / "again.toml"
    again.write_text(as_toml(read), encoding="utf-8")
    assert read_requirements(again) == read
    assert requirements_of_document(requirements_document(read)) == read
    for old, new, says in (
        ('"03-04"', '"09-99"', "09-99 is no class of VDI 2770"),
        ('tag = "*"', 'tag = "pump"', "class pump is described twice"),
        ("low = 10", "low = 40", "is above high"),
        ("training = 2", "trainings = 2", "trainings"),
    ):
        file.write_text(FILE.replace(old, new), encoding="utf-8")
        with pytest.raises(Rejected, match=says):
            read_requirements(file)


def test_both_sides_sign_and_then_the_gate_checks_asset_by_asset(project: Database, file: Path) -> None:
    assert lacks(project) == ["document: P-1 03-02"]
    kept = keep_requirements(project, "cw", read_requirements(file), actor=ENGINEER, clock=CLOCK)
    assert keep_requirements(project, "cw", read_requirements(file), actor=ENGINEER, clock=CLOCK) == kept
    assert "requirements unsigned: cw" in lacks(project)
    view = look_at_requirements(project, "cw")
    assert (view.counts, [one.kind for one in view.unmet][:2]) == (None, ["document", "document"])
    sign(project, "engineering", ENGINEER, view)
    with pytest.raises(Forbidden):
        sign(project, "operations", ENGINEER, view)
    with pytest.raises(Unconfirmed):
        sign_requirements(project, "cw", 1, "operations", view.versions[0].sha256, actor=OPERATOR, clock=CLOCK)
    sign(project, "operations", OPERATOR, view)
    with pytest.raises(Conflict):
        sign(project, "operations", person("Bo", PlantRole.OPERATIONS), view)
    assert lacks(project) == [
        "document: P-1 03-02",
        "document: P-1 03-04",
        "parameter value: P-1 Pset_Pump.Head 32 m",
        "signal: P-1 vibration",
        "no spares: P-1 oil",
        "parameter: P-1 Remarks",
    ]
    wanted = DocumentWanted(file="a.pdf", body=b"x", vdi_class="03-04", title="M")
    projects.add_document(project, "cw", wanted, actor=ENGINEER, clock=CLOCK)
    assert "document: P-1 03-04" not in lacks(project)


def test_one_person_of_two_roles_signs_for_one_side(project: Database, file: Path) -> None:
    both = replace(ENGINEER, roles={"s": frozenset({PlantRole.ENGINEERING, PlantRole.OPERATIONS})})
    keep_requirements(project, "cw", read_requirements(file), actor=both, clock=CLOCK)
    view = look_at_requirements(project, "cw")
    sign(project, "engineering", both, view)
    with pytest.raises(Conflict, match="two people sign"):
        sign(project, "operations", both, view)


def test_an_older_version_counts_until_a_newer_one_is_signed(project: Database, file: Path) -> None:
    keep_requirements(project, "cw", read_requirements(file), actor=ENGINEER, clock=CLOCK)
    for side, actor in (("engineering", ENGINEER), ("operations", OPERATOR)):
        sign(project, side, actor, look_at_requirements(project, "cw"))
    newer = Requirements(classes=(ClassRequirement(class_tag="pump"),))
    keep_requirements(project, "cw", newer, actor=ENGINEER, clock=CLOCK)
    view = look_at_requirements(project, "cw")
    assert ([one.version for one in view.versions], view.counts) == ([2, 1], 1)
    assert "signal: P-1 vibration" in lacks(project)


PARAMETERS = (
    ParameterRequirement(name="Head", property_set="Pset_Pump", unit="bar", low=1.0, high=5.0, high_is_open=True),
    ParameterRequirement(name="Fuel", property_set="Pset_Pump", values=("oil", "gas")),
    ParameterRequirement(name="Maker", property_set="Pset_Pump", values=("KSB",), data_type="IFCLABEL"),
    ParameterRequirement(name="Note", property_set="Pset_Pump", data_type="IFCTEXT"),
)


def test_parameters_go_out_as_ids_and_come_back_in_si_units() -> None:
    asked = Requirements(
        classes=(
            ClassRequirement(class_tag="pump", parameters=PARAMETERS, documents=("03-02",)),
            ClassRequirement(class_tag="IFCPUMP", parameters=PARAMETERS[3:]),
            ClassRequirement(class_tag="fan", documents=("03-02",)),
        )
    )
    body = write_ids(asked, "cw")
    read = read_ids(body)
    assert [one.class_tag for one in read.classes] == ["pump", "IFCPUMP"]
    head, *others = read.classes[0].parameters
    assert (head.unit, head.low, head.high, head.high_is_open) == ("Pa", 100_000.0, 500_000.0, True)
    assert [(one.name, one.values, one.data_type) for one in others] == [
        ("Fuel", ("oil", "gas"), "IFCLABEL"), ("Maker", ("KSB",), "IFCLABEL"), ("Note", (), "IFCTEXT"),
    ]  # fmt: skip
    assert write_ids(read, "cw") == write_ids(read_ids(write_ids(read, "cw")), "cw")
    with pytest.raises(Rejected, match="no parameter is required"):
        write_ids(Requirements(classes=(ClassRequirement(class_tag="fan"),)), "cw")


OF_ANOTHER = f"""<?xml version="1.0" encoding="utf-8"?>
<ids xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="{IDS}">
  <info><title>Delivery</title></info>
  <specifications>
    <specification name="Pumps" ifcVersion="IFC2X3 IFC4">
      <applicability maxOccurs="unbounded">
        <entity><name><simpleValue>IFCPUMP</simpleValue></name></entity>
      </applicability>
      <requirements>
        <attribute><name><simpleValue>Name</simpleValue></name></attribute>
        <property dataType="IFCPOWERMEASURE">
          <propertySet><simpleValue>Pset_Pump</simpleValue></propertySet>
          <baseName><simpleValue>Power</simpleValue></baseName>
          <value><xs:restriction base="xs:double"><xs:minExclusive value="0"/></xs:restriction></value>
        </property>
        <property cardinality="optional">
          <propertySet><simpleValue>P</simpleValue></propertySet><baseName><simpleValue>Q</simpleValue></baseName>
        </property>
        <property>
          <propertySet><simpleValue>P</simpleValue></propertySet>
          <baseName><xs:restriction base="xs:string"><xs:pattern value="A.*"/></xs:restriction></baseName>
        </property>
      </requirements>
    </specification>
  </specifications>
</ids>"""


def test_an_ids_of_another_tool_is_read_and_what_is_not_checked_is_named() -> None:
    read = read_ids(OF_ANOTHER.encode())
    asked = read.classes[0]
    assert asked.class_tag == "IFCPUMP"
    assert asked.parameters == (
        ParameterRequirement(
            name="Power", property_set="Pset_Pump", unit="W", low=0.0, low_is_open=True, data_type="IFCPOWERMEASURE"
        ),
    )
    assert read.notes == (
        "Pumps: what it asks of attribute is not checked here",
        "Pumps: a property that is optional is not asked for here",
        "Pumps: a property whose name is a pattern was left out",
    )


HELD = HeldForHandover(
    asset="P-1", class_tag="IFCPUMP", serial=None, manufacturer=None, model=None, signals=[], parameters=[], parts=[],
    documents=[],
)  # fmt: skip
VALUE = '<value><xs:restriction base="xs:double"><xs:minExclusive value="0"/></xs:restriction></value>'


def restricted(*facets: tuple[str, str]) -> str:
    said = "".join(f'<xs:{name} value="{value}"/>' for name, value in facets)
    return OF_ANOTHER.replace(VALUE, f'<value><xs:restriction base="xs:string">{said}</xs:restriction></value>')


@pytest.mark.parametrize(
    ("facets", "good", "bad"),
    [
        ([("pattern", r"P-\d{3}[A-D]?")], ["P-101", "P-101A"], ["P-101E", "xP-101", "P-101\n"]),
        ([("pattern", "A.*"), ("pattern", "B")], ["A1", "B"], ["B1", "C"]),
        ([("pattern", r"\p{Lu}\p{Ll}+"), ("maxLength", "4")], ["Öl", "Oil"], ["oil", "Fuelled"]),
        ([("pattern", r"\i\c*")], ["_a-1", "泵"], ["1a", ""]),
        ([("pattern", "^a$")], ["^a$"], ["a"]),
        ([("length", "3")], ["abc"], ["ab", "abcd"]),
        ([("minLength", "2"), ("maxLength", "3")], ["ab", "abc"], ["a", "abcd"]),
        ([("enumeration", "4"), ("enumeration", "N/A")], ["4", "4.0", "N/A"], ["5", "n/a"]),
        ([("minInclusive", "1"), ("maxExclusive", "2")], ["1", "1.99"], ["0.9", "2", "much"]),
    ],
)
def test_what_an_ids_restricts_a_value_by_is_checked_and_written_out(
    facets: list[tuple[str, str]], good: list[str], bad: list[str]
) -> None:
    read = read_ids(restricted(*facets).encode())
    assert not any("Power" in one for one in read.notes)
    for value in (*good, *bad):
        held = replace(HELD, class_tag="IFCPUMP", parameters=[("Pset_Pump", "Power", value, "")])
        assert (not list(unmet_by(read, [held]))) == (value in good), value
    again = read_ids(write_ids(read, "again"))
    assert replace(again.classes[0].parameters[0], data_type="") == replace(read.classes[0].parameters[0], data_type="")
    assert requirements_of_document(requirements_document(read)) == read


@pytest.mark.parametrize(
    ("facet", "says"),
    [
        (("pattern", "(a+)+b"), "repeats what repeats"),
        (("pattern", "[a-z-[aeiou]]"), "takes a class away"),
        (("pattern", r"\p{IsGreek}"), "is not translated"),
        (("pattern", "(ab"), "ends too early"),
        (("pattern", "a{1000}{9}"), "follows nothing"),
        (("totalDigits", "4"), "the totalDigits of its value is not checked"),
    ],
)
def test_a_restriction_that_cannot_be_checked_is_named_and_the_property_asked_for(
    facet: tuple[str, str], says: str
) -> None:
    read = read_ids(restricted(facet).encode())
    assert [one.name for one in read.classes[0].parameters] == ["Power"]
    assert any("Power must be there" in one and says in one for one in read.notes)


def test_an_ids_that_applies_to_several_entities_asks_each() -> None:
    names = '<xs:enumeration value="IFCPUMP"/><xs:enumeration value="IFCFAN"/>'
    several = OF_ANOTHER.replace(
        "<simpleValue>IFCPUMP</simpleValue>", f'<xs:restriction base="xs:string">{names}</xs:restriction>'
    )
    assert [one.class_tag for one in read_ids(several.encode()).classes] == ["IFCPUMP", "IFCFAN"]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("<?xml", '<!DOCTYPE x [<!ENTITY a "b">]><?xml', "bad_xml"),
        ('encoding="utf-8"?>', 'encoding="utf-8"?><!DOCTYPE x [<!ENTITY a "b">]>', "declares entities"),
        (IDS, "http://example.org", "is no IDS"),
        ("<title>Delivery</title>", "", "there should be title"),
        (' name="Pumps"', "", "names no version"),
        ('ifcVersion="IFC2X3 IFC4"', 'ifcVersion="IFC9"', "names no version"),
        ("attribute>", "wish>", "wish is no facet"),
        ('value="0"', 'value="INF"', "is no number"),
        ("<baseName><simpleValue>Power</simpleValue></baseName>", "", "has no baseName"),
        ("</ids>", "", "damaged"),
    ],
)
def test_a_file_that_is_no_ids_is_refused_with_the_place(old: str, new: str, says: str) -> None:
    assert old in OF_ANOTHER
    with pytest.raises(Rejected, match=says):
        read_ids(OF_ANOTHER.replace(old, new).encode())
