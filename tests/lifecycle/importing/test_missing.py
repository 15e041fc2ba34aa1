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
    GlobalIdFact,
    JobPlanFact,
    MaintenanceFact,
    ParameterFact,
    PartFact,
    Recurrence,
    RowFault,
    SignalFact,
    Source,
)
from lifecycle.importing.standing import facts_of_register
from plant.orders.job_plan import JobPlan
from plant.orders.maintenance_plan import MaintenancePlan
from storage.core.database import Database
from storage.orders.job_plans import find_job_plan, list_job_plans
from storage.orders.maintenance_plans import list_plans
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


def test_ids_of_models_maintenance_and_job_plans_are_said_and_taken_out_likewise(imports: Imports) -> None:
    jobs = tuple(
        JobPlanFact(plan=JobPlan(tag=tag, name=tag, class_tag="pump"), again=again)
        for tag, again in (("grease", Recurrence(rule="FREQ=MONTHLY;INTERVAL=1")), ("inspect", None), ("align", None))
    )
    first = replace(
        FIRST,
        job_plans=jobs,
        maintenance=(
            MaintenanceFact(
                asset="P-2", plan=MaintenancePlan(asset="", tag="yearly", name="yearly", rule="FREQ=YEARLY")
            ),
        ),
        global_ids=(
            GlobalIdFact(asset="P-1", model="cw", global_id="1aB"),
            GlobalIdFact(asset="P-1", model="cw", global_id="1Ab"),
        ),
    )
    imports.take(first)
    newer = replace(first, job_plans=jobs[1:2], maintenance=(), global_ids=first.global_ids[:1])
    wanted = [
        ("job plan", "align"),
        ("job plan", "grease"),
        ("global id", "cw 1Ab"),
        ("maintenance plan", "P-1 grease"),
        ("maintenance plan", "P-2 grease"),
        ("maintenance plan", "P-2 yearly"),
        ("maintenance plan", "P-3 grease"),
    ]
    assert said(imports.take(newer, is_trial=True)) == wanted
    done = imports.take(newer, retires_missing=True)
    assert (said(done), done.faults) == (wanted, ())
    assert "文件中已不再出现：作业计划 align，已停用" in lines(done, Language.ZH)
    with imports.database.transaction() as tx:
        held = facts_of_register(tx, "s")
        assert [one.is_active for one in list_plans(tx, site="s")] == [False] * 4
        assert find_job_plan(tx, "align") is not None, "orders keep the version they have"
    assert [one.plan.tag for one in held.job_plans] == ["inspect"]
    assert [one.global_id for one in held.global_ids] == ["1aB"]
    assert said(imports.take(newer)) == []
    imports.take(replace(newer, job_plans=jobs))
    with imports.database.transaction() as tx:
        assert [one.tag for one in list_job_plans(tx)] == ["align", "grease", "inspect"], "a file brings them back"


def test_a_job_plan_that_maintenance_uses_is_left_and_named(imports: Imports) -> None:
    job = JobPlanFact(plan=JobPlan(tag="grease", name="grease", class_tag="pump"))
    own = MaintenancePlan(asset="", tag="own", name="own", rule="FREQ=YEARLY", job_plan="grease")
    imports.take(replace(FIRST, job_plans=(job,)))
    imports.take(
        replace(
            FIRST,
            source=replace(FIRST.source, file="b.xlsx"),
            job_plans=(),
            assets=(),
            signals=(),
            maintenance=(MaintenanceFact(asset="P-1", plan=own),),
        )
    )
    done = imports.take(FIRST, retires_missing=True)
    assert [one.what for one in done.faults] == [
        "job plan grease was not retired: maintenance plans of P-1 use it; let them rest first"
    ]


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
