"""COBie workbooks come in, and what goes out comes in again as it was; what is called otherwise than COBie is named."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from lifecycle.importing.applying import apply_facts
from lifecycle.importing.cobie.layout import COLUMNS
from lifecycle.importing.cobie.writer import write_cobie
from lifecycle.importing.facts import (
    NOWHERE,
    AreaFact,
    AssetFact,
    ClassFact,
    DocumentFact,
    Facts,
    GlobalIdFact,
    JobPlanFact,
    ParameterFact,
    PartFact,
    SignalFact,
    SiteFact,
    Source,
    SystemFact,
)
from lifecycle.importing.reading import ReadOptions, read_facts
from lifecycle.importing.standing import facts_of_register
from plant.asset import SignalRole, SignalSpec
from plant.errors import Rejected
from plant.orders.job_plan import JobPlan, JobStep
from storage.core.database import Database
from tests.lifecycle.importing.test_applying import EVERYTHING
from tests.lifecycle.importing.workbooks import workbook

AT = datetime(2026, 3, 1, tzinfo=UTC)
Rows = dict[str, list[list[Any]]]


def sheets() -> Rows:
    """A small building as another program exports it."""
    return {
        "Contact": [["Email"], ["a@b.example"]],
        "Facility": [["Name", "Description"], ["S", "South"]],
        "Floor": [["Name", "Category"], ["F1", "Floor"]],
        "Space": [["Name", "FloorName", "Description"], ["R1", "F1", "Pump room"]],
        "Type": [
            ["Name", "Description", "Manufacturer", "ModelNumber", "ExpectedLife"],
            ["pump", "Pump", "KSB", "Etanorm", 15],
        ],
        "Component": [
            [
                "Name",
                "TypeName",
                "Space",
                "ExtSystem",
                "ExtIdentifier",
                "SerialNumber",
                "InstallationDate",
                "TagNumber",
            ],
            ["Pump:1", "pump", "R1", "CAD", "0aB", "77", date(2026, 3, 1), "P-101"],
            ["Pump:2", "pump", "R1", "CAD", "0AB", "n/a", "n/a", "n/a"],
            ["Pump:3", "pumpp", "R1", "CAD", "0aC", "n/a", "n/a", "P-103"],
        ],
        "System": [["Name", "ComponentNames"], ["CW", "Pump:1, Pump:2"]],
        "Connection": [["Name", "SheetName", "RowName1", "RowName2"], ["a", "Component", "Pump:1", "Pump:2"]],
        "Spare": [["Name", "TypeName", "PartNumber", "Suppliers"], ["Bearing", "pump", "6205", "SKF"]],
        "Job": [
            ["Name", "TypeName", "Description", "Duration", "DurationUnit", "Frequency", "FrequencyUnit", "TaskNumber"],
            ["Grease", "pump", "Wipe", 30, "minute", 3, "month", 2],
            ["Grease", "pump", "Lock out", 1, "hour", 3, "month", 1],
        ],
        "Document": [
            ["Name", "Category", "SheetName", "RowName", "File"],
            ["Manual", "Operation", "Type", "pump", "m.pdf"],
        ],
        "Attribute": [
            ["Name", "SheetName", "RowName", "Value", "Unit", "ExtObject"],
            ["Head", "Component", "Pump:1", 32, "m", "Pset_Pump"],
            ["Odd", "Zone", "Z", 1, "", ""],
        ],
    }


def read(path: Path, **options: Any) -> Facts:
    return read_facts(path, ReadOptions(**options))


def test_a_workbook_of_another_program_is_read_sheet_by_sheet(tmp_path: Path) -> None:
    facts = read(workbook(tmp_path / "c.xlsx", {f"{name} ": rows for name, rows in sheets().items()}))
    assert (facts.source.kind, facts.site.tag, facts.site.name) == ("cobie", "S", "South")
    first, second = facts.assets[:2]
    assert (first.tag, first.name, first.class_tag, first.area) == ("P-101", "Pump:1", "pump", "R1")
    assert (first.serial, first.manufacturer, first.model, first.feeds) == ("77", "KSB", "Etanorm", ("Pump:2",))
    assert (second.tag, second.serial, second.feeds) == ("Pump:2", None, None)
    assert facts.systems[0].members == ("P-101", "Pump:2")
    assert [(one.tag, one.kind, one.parent) for one in facts.areas] == [("F1", "floor", None), ("R1", "space", "F1")]
    job = facts.job_plans[0].plan
    assert (job.class_tag, job.hours, [one.text for one in job.steps]) == ("pump", Decimal("1.5"), ["Lock out", "Wipe"])
    assert (facts.documents[0].vdi_class, facts.documents[0].class_tag, facts.documents[0].file) == (
        "03-02",
        "pump",
        "m.pdf",
    )
    assert [(one.number, one.class_tag) for one in facts.parts] == [("6205", "pump")]
    assert [(one.model, one.global_id) for one in facts.global_ids][:2] == [("c.xlsx", "0aB"), ("c.xlsx", "0AB")]
    said = {(one.property_set, one.name): one.value for one in facts.parameters}
    assert said["Pset_Pump", "Head"] == "32"
    assert said["COBie.Type", "ExpectedLife"] == "15"
    assert said["COBie.Component", "InstallationDate"] == "2026-03-01"
    assert said["COBie.Spare", "6205 Suppliers"] == "SKF"
    assert [(one.what, one.origin.place) for one in facts.faults] == [
        ("attribute Odd is of the sheet Zone, for which the register keeps none", "sheet Attribute, row 3")
    ]


def test_a_type_that_nobody_defines_is_a_fault_of_its_component_alone(app_database: Database, tmp_path: Path) -> None:
    facts = read(workbook(tmp_path / "c.xlsx", sheets()))
    with app_database.transaction() as tx:
        done = apply_facts(tx, facts, at=AT)
    assert done.added["asset"] == 2
    assert "asset P-103 is of the type pumpp, which nobody defines" in [one.what for one in done.faults]
    assert "GlobalIds 0AB and 0aB differ only in letter case: they are two" in done.warnings


def test_sheets_of_other_names_are_named_never_passed_over(tmp_path: Path) -> None:
    odd = sheets()
    odd["Components"] = odd.pop("Component")
    odd["Notes"] = [["hello"]]
    odd["Empty"] = []
    odd["Zone"] = [["Name"], ["Z1"], ["Z2"]]
    facts = read(workbook(tmp_path / "c.xlsx", odd))
    said = [(one.origin.sheet, one.what, one.mend) for one in facts.faults]
    assert ("Components", "the sheet is none of COBie's and was not read", "rename it Component") in said
    assert any(sheet == "Notes" for sheet, _, _ in said)
    assert ("", "there is no sheet Component", "add it; the rows that name it cannot be taken") in said
    assert not any(sheet == "Empty" for sheet, _, _ in said)
    assert "sheet Zone has 2 rows, for which the register has no place" in facts.notes


def test_columns_of_other_names_are_named_and_a_sheet_without_names_is_a_fault(tmp_path: Path) -> None:
    odd = sheets()
    odd["Type"][0] = ["Name", "Descr", "Manufacturer", "ModelNumber", "ExpectedLife"]
    odd["System"] = [["System Name", "ComponentNames"], ["CW", "Pump:1"]]
    facts = read(workbook(tmp_path / "c.xlsx", odd))
    assert "sheet Type: columns of no COBie name were left out: Descr" in facts.notes
    assert ("System", "no column is called Name") in [(one.origin.sheet, one.what) for one in facts.faults]
    assert facts.systems == ()


def test_what_other_programs_make_of_cobie_is_read(tmp_path: Path) -> None:
    odd = sheets()
    odd["Component"] = [
        ["COBie of ACME Export 9.1"],
        [],
        ["NAME", "Type Name", "space", "Serial_Number", "installationdate", "TagNumber", "Custom Field"],
        ["Pump:1", "pump", "n/a", "N/A", "01.03.2026", "P-101", "x"],
        ["Pump:2", " pump ", "R1", "0077", "2026-03-01T00:00:00", "n/a", ""],
    ]
    odd["COMPONENT"] = odd.pop("Component")
    facts = read(workbook(tmp_path / "c.xlsx", odd))
    assert [(one.tag, one.class_tag, one.area, one.serial) for one in facts.assets] == [
        ("P-101", "pump", None, None), ("Pump:2", "pump", "R1", "0077"),
    ]  # fmt: skip
    days = [one.value for one in facts.parameters if one.name == "InstallationDate"]
    assert (days, facts.assets[0].origin.row) == (["2026-03-01", "2026-03-01"], 4)
    assert "sheet Component: columns of no COBie name were left out: Custom Field" in facts.notes


def test_a_workbook_of_several_facilities_asks_which(tmp_path: Path) -> None:
    odd = sheets()
    odd["Facility"].append(["T", "West"])
    path = workbook(tmp_path / "c.xlsx", odd)
    with pytest.raises(Rejected, match="2 facilities"):
        read(path)
    assert read(path, site="T").site.name == "West"


def test_what_the_register_holds_goes_out_and_makes_no_difference_when_it_comes_in(
    app_database: Database, tmp_path: Path
) -> None:
    path = tmp_path / "out.xlsx"
    with app_database.transaction() as tx:
        apply_facts(tx, EVERYTHING, at=AT)
        write_cobie(facts_of_register(tx, "s"), path, by="a test", at=AT)
        again = apply_facts(tx, read(path), at=AT)
    assert (again.is_none, again.faults) == (True, ())


def test_an_own_field_that_somebody_damaged_is_a_fault_or_is_left_out(tmp_path: Path) -> None:
    odd = sheets()
    head = ["Name", "Category", "SheetName", "RowName", "Value", "AllowedValues"]
    odd["Attribute"] = [
        head,
        ["document", "assetloop", "Job", "Grease", "{", ""],
        ["used_by", "assetloop", "Spare", "Bearing", '{"asset": 3}', ""],
        ["x", "assetloop", "Component", "Pump:1", "much", ""],
        ["global_ids", "assetloop", "Component", "Pump:1", "[1]", ""],
        ["flow", "assetloop signal", "Type", "pump", "Flow", "a..b"],
    ]
    facts = read(workbook(tmp_path / "c.xlsx", odd))
    assert [one.what[:30] for one in facts.faults] == [
        "the attribute document of job ",
        "signal flow cannot be read: co",
    ]
    assert facts.assets[0].x is None


WORD = st.text(
    st.characters(categories=["L", "N"], include_characters="-. ,/°&<>\"'=+@泵"), min_size=1, max_size=12
).map(lambda word: f"x{word.strip()}y")
NUMBER = st.none() | st.floats(-1e6, 1e6, allow_nan=False).filter(bool)
AMOUNT = st.none() | st.integers(1, 99_999).map(lambda number: Decimal(number) / 100)
POSITIVE = st.none() | st.floats(0.5, 1e5)


def signals(kind: type[Any], **more: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    own = {"name": WORD, "name_zh": st.just("") | WORD, "unit": st.sampled_from(["", "°C", "m³/h"])}
    limits = {"low": NUMBER, "high": NUMBER, "most_rate_per_min": POSITIVE, "holds_s": POSITIVE}
    return st.builds(kind, key=WORD, role=st.sampled_from(SignalRole), **own, **limits, **more)


@st.composite
def registers(draw: st.DrawFn) -> Facts:
    tags = draw(st.lists(WORD, min_size=1, max_size=3, unique=True))
    types = draw(st.lists(WORD, min_size=1, max_size=2, unique=True))
    types = [one.replace(",", "") for one in types]
    types = list(dict.fromkeys(types))
    asset, kind, text = st.sampled_from(tags), st.sampled_from(types), st.none() | WORD

    def some(strategy: st.SearchStrategy[Any], key: Any) -> tuple[Any, ...]:
        return tuple(draw(st.lists(strategy, max_size=3, unique_by=key)))

    serials = draw(st.lists(text, min_size=len(tags), max_size=len(tags)))
    return Facts(
        source=Source(kind="cobie", file="", sha256=""),
        site=SiteFact(tag=draw(WORD), name=draw(WORD), name_zh=draw(text), timezone="Asia/Shanghai"),
        areas=some(
            st.builds(AreaFact, tag=WORD, name=WORD, name_zh=text, kind=st.sampled_from(["area", "floor", "space"])),
            lambda one: one.tag,
        ),
        classes=tuple(
            draw(
                st.builds(
                    ClassFact,
                    tag=st.just(one),
                    name=WORD,
                    name_zh=text,
                    grace_s=POSITIVE,
                    wear_limit=POSITIVE,
                    signals=st.lists(
                        signals(SignalSpec, key_value=st.booleans()), max_size=2, unique_by=lambda s: s.key
                    ).map(tuple),
                )
            )
            for one in types
        ),
        assets=tuple(
            draw(
                st.builds(
                    AssetFact,
                    tag=st.just(tag),
                    class_tag=kind,
                    name=WORD,
                    name_zh=text,
                    area=text,
                    criticality=text,
                    parent=st.none() | asset,
                    x=NUMBER,
                    serial=st.just(serial),
                    manufacturer=text if serial else st.none(),
                    model=text if serial else st.none(),
                    feeds=st.none() | st.lists(asset, min_size=1, unique=True).map(tuple),
                )
            )
            for tag, serial in zip(tags, serials, strict=True)
        ),
        systems=some(
            st.builds(SystemFact, tag=WORD, name=WORD, name_zh=text, members=st.tuples(asset)), lambda one: one.tag
        ),
        signals=some(signals(SignalFact, asset=asset), lambda one: (one.asset, one.key)),
        parameters=some(
            st.builds(
                ParameterFact,
                name=WORD,
                value=WORD,
                unit=st.just("") | WORD,
                property_set=st.just("") | WORD,
                asset=asset,
            )
            | st.builds(
                ParameterFact,
                name=st.sampled_from(["ExpectedLife", "Color"]),
                value=WORD,
                property_set=st.just("COBie.Type"),
                class_tag=kind,
            ),
            lambda one: (one.asset, one.class_tag, one.property_set, one.name),
        ),
        documents=some(
            st.builds(
                DocumentFact,
                title=WORD,
                vdi_class=st.sampled_from(["", "03-02"]),
                version=st.just("") | WORD,
                file=WORD,
                sha256=st.just("") | WORD,
                asset=asset,
            ),
            lambda one: (one.asset, one.title, one.version),
        ),
        parts=some(
            st.builds(
                PartFact,
                number=WORD,
                name=WORD,
                name_zh=text,
                unit=text,
                price=AMOUNT,
                stock=AMOUNT,
                quantity=AMOUNT.filter(bool),
                class_tag=kind,
            )
            | st.builds(
                PartFact, number=WORD, name=WORD, lead_time_days=AMOUNT, quantity=AMOUNT.filter(bool), asset=asset
            ),
            lambda one: one.number,
        ),
        job_plans=some(
            st.builds(
                JobPlanFact,
                plan=st.builds(
                    JobPlan,
                    tag=WORD,
                    name=WORD,
                    class_tag=st.just("") | kind,
                    hours=st.just(Decimal("1.5")),
                    steps=st.lists(st.builds(JobStep, text=WORD, text_zh=WORD, high=NUMBER), max_size=2).map(tuple),
                ),
            ),
            lambda one: one.plan.tag,
        ),
        global_ids=some(
            st.builds(GlobalIdFact, asset=asset, model=WORD, global_id=WORD), lambda one: (one.model, one.global_id)
        ),
    )


def plain(facts: Facts) -> dict[str, Any]:
    """What facts say, in no order, without where they stood."""

    def bare(one: Any) -> Any:
        values = {each.name: getattr(one, each.name) for each in fields(one)}
        emptied = {name: None for name, value in values.items() if value == ""}
        return repr(replace(one, origin=NOWHERE, **emptied))

    def joined(systems: tuple[SystemFact, ...]) -> dict[str, Any]:
        return {one.tag: (one.name, one.name_zh, one.members) for one in systems}

    kinds = ("areas", "classes", "assets", "signals", "parameters", "documents", "parts", "job_plans", "global_ids")
    said: dict[str, Any] = {kind: sorted(map(bare, getattr(facts, kind))) for kind in kinds}
    return {**said, "site": facts.site, "systems": joined(facts.systems)}


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],  # a workbook at a time, it would be made smaller for minutes
)
@given(registers())
def test_whatever_is_written_reads_again_as_it_was(facts: Facts) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "c.xlsx"
        write_cobie(facts, path, by="a test", at=AT)
        read_again = read(path)
    assert (read_again.faults, read_again.notes) == ((), ())
    assert plain(read_again) == plain(facts)


def test_every_sheet_of_the_conventions_is_known() -> None:
    wanted = {"Facility", "Floor", "Space", "Type", "Component", "System", "Spare", "Job", "Document", "Attribute"}
    assert wanted <= set(COLUMNS)
