"""What a newer version of a file no longer names is said, and retired where a person wants that; nothing else is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from api.language import Language
from api.refusals.differences import difference_lines
from lifecycle.importing.difference import Difference, as_document
from lifecycle.importing.facts import (
    AssetFact,
    ClassFact,
    DocumentFact,
    ParameterFact,
    PartFact,
    RowFault,
    SignalFact,
    Source,
)
from lifecycle.importing.standing import facts_of_register
from storage.core.database import Database
from storage.register.facts import held_assets, held_signals
from tests.lifecycle.importing.test_applying import Imports, facts
from tests.plant_rows import PlantRows

PUMPS = tuple(AssetFact(tag=f"P-{one}", class_tag="pump") for one in (1, 2, 3))
FLOW = SignalFact(asset="P-1", key="flow", high=9.0)
FIRST = facts(classes=(ClassFact(tag="pump"),), assets=PUMPS, signals=(FLOW,))


@pytest.fixture
def imports(app_database: Database) -> Imports:
    made = Imports(app_database)
    made.take(
        facts(
            source=Source(kind="tags", file="fans.xlsx", sha256=""),
            classes=(ClassFact(tag="fan"),),
            assets=(AssetFact(tag="F-1", class_tag="fan"),),
        )
    )
    made.take(FIRST)
    return made


def standing(imports: Imports) -> list[str]:
    with imports.database.transaction() as tx:
        return [tag for tag, one in held_assets(tx, "s").items() if not one.is_retired]


def said(done: Difference) -> list[tuple[str, str]]:
    return [(one.kind, one.item) for one in done.missing]


def lines(done: Difference, language: Language = Language.EN) -> list[str]:
    return difference_lines(language, as_document(done, most=None), "tags.xlsx")


def test_what_a_newer_file_does_not_name_is_said_and_stays(imports: Imports) -> None:
    done = imports.take(replace(FIRST, assets=PUMPS[:2], signals=()))
    assert said(done) == [("signal", "P-1 flow"), ("asset", "P-3")]
    assert done.is_none
    assert {"no longer in the file: signal P-1 flow", "no longer in the file: asset P-3"} <= set(lines(done))
    assert standing(imports) == ["F-1", "P-1", "P-2", "P-3"]


def test_it_is_retired_where_a_person_wants_that_and_the_record_keeps_it(imports: Imports, superuser: Any) -> None:
    newer = replace(FIRST, assets=PUMPS[:2], signals=())
    trial = imports.take(newer, retires_missing=True, is_trial=True)
    assert standing(imports) == ["F-1", "P-1", "P-2", "P-3"]
    done = imports.take(newer, retires_missing=True)
    assert (done.missing, done.items) == (trial.missing, trial.items)
    assert standing(imports) == ["F-1", "P-1", "P-2"], "of another file nothing is retired"
    with imports.database.transaction() as tx:
        assert ("P-1", "flow") not in held_signals(tx, "s")
    assert "文件中已不再出现：设备 P-3，已停用" in lines(done, Language.ZH)
    assert superuser.execute("SELECT retired_by FROM asset WHERE tag = 'P-3'").fetchone() == ("Jonas",)
    again = imports.take(newer, retires_missing=True)
    assert (again.is_none, said(again)) == (True, [])
    imports.take(FIRST)
    assert "P-3" in standing(imports), "a file that names it again brings it back"


def test_parameters_documents_and_spares_are_said_and_taken_out_likewise(imports: Imports) -> None:
    of_fan = replace(FIRST, source=replace(FIRST.source, file="fans.xlsx"), assets=(), signals=(), classes=())
    imports.take(replace(of_fan, parameters=(ParameterFact(name="Colour", value="red", asset="F-1"),)))
    first = replace(
        FIRST,
        parameters=(
            ParameterFact(name="Head", value="40", property_set="Pset_Pump", asset="P-1"),
            ParameterFact(name="Fluid", value="water", class_tag="pump"),
            ParameterFact(name="Zone", value="2"),
            ParameterFact(name="Weight", value="90", asset="P-3"),
        ),
        documents=(
            DocumentFact(title="Manual", version="1", asset="P-1"),
            DocumentFact(title="Drawing", version="1", asset="P-1"),
        ),
        parts=(PartFact(number="6205", asset="P-1"), PartFact(number="6205", class_tag="pump")),
    )
    imports.take(first)
    newer = replace(
        first,
        assets=PUMPS[:2],
        parameters=(ParameterFact(name="Head", value="45", property_set="Pset_Pump", asset="P-1"),),
        documents=(DocumentFact(title="Manual", version="2", asset="P-1"),),
        parts=(PartFact(number="6205", class_tag="pump"),),
    )
    wanted = [
        ("parameter", "pump Fluid"),
        ("parameter", "s Zone"),
        ("document", "P-1 Drawing 1"),
        ("part use", "6205 P-1"),
        ("asset", "P-3"),  # what was said of it goes with it
    ]
    assert said(imports.take(newer, is_trial=True)) == wanted
    done = imports.take(newer, retires_missing=True)
    assert (said(done), done.faults) == (wanted, ())
    assert {"removed parameter s Zone", "removed part use 6205 P-1"} <= set(lines(done))
    assert "文件中已不再出现：备件用途 6205 P-1，已停用" in lines(done, Language.ZH)
    with imports.database.transaction() as tx:
        held = facts_of_register(tx, "s")
    assert sorted(one.name for one in held.parameters if one.asset != "P-3") == ["Colour", "Head"]
    assert sorted((one.title, one.version) for one in held.documents) == [("Manual", "1"), ("Manual", "2")]
    assert [(one.asset, one.class_tag) for one in held.parts if one.number == "6205"] == [("", "pump")]
    assert said(imports.take(newer)) == []


def test_the_newer_file_may_have_another_name(imports: Imports) -> None:
    newer = replace(FIRST, assets=PUMPS[:2], source=replace(FIRST.source, file="tags rev B.xlsx"))
    assert said(imports.take(newer)) == []
    assert said(imports.take(newer, replaces="tags.xlsx", retires_missing=True)) == [("asset", "P-3")]


def test_what_stands_in_a_row_that_could_not_be_taken_is_not_missing(imports: Imports) -> None:
    wrong = RowFault(what="P-3, column High: 'much' is no number", mend="write a number", asset="P-3")
    unknown = replace(PUMPS[1], class_tag="pumpp")
    newer = replace(FIRST, assets=(PUMPS[0], unknown), faults=(wrong,))
    assert imports.take(newer, retires_missing=True).missing == ()


def test_an_asset_with_an_open_order_is_left_and_named(imports: Imports, plant_rows: PlantRows) -> None:
    with imports.database.transaction() as tx:
        asset_id = held_assets(tx, "s")["P-3"].asset_id
    plant_rows.work_order(asset_id)
    done = imports.take(replace(FIRST, assets=PUMPS[:2]), retires_missing=True)
    assert [one.what for one in done.faults] == [
        "asset P-3 was not retired: 1 work orders stand open at P-3; close or cancel them first"
    ]
    assert "P-3" in standing(imports)
