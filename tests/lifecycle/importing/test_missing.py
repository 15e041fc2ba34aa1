"""What a newer version of a file no longer names is said, and retired where a person wants that; nothing else is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from api.language import Language
from api.refusals.differences import difference_lines
from lifecycle.importing.difference import Difference, as_document
from lifecycle.importing.facts import AssetFact, ClassFact, RowFault, SignalFact, Source
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


def lines(done: Difference, language: Language = Language.EN) -> list[str]:
    return difference_lines(language, as_document(done, most=None), "tags.xlsx")


def test_what_a_newer_file_does_not_name_is_said_and_stays(imports: Imports) -> None:
    done = imports.take(replace(FIRST, assets=PUMPS[:2], signals=()))
    assert done.missing == (("P-1", "flow"), ("P-3", None))
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
    assert (again.is_none, again.missing) == (True, ())
    imports.take(FIRST)
    assert "P-3" in standing(imports), "a file that names it again brings it back"


def test_the_newer_file_may_have_another_name(imports: Imports) -> None:
    newer = replace(FIRST, assets=PUMPS[:2], source=replace(FIRST.source, file="tags rev B.xlsx"))
    assert imports.take(newer).missing == ()
    assert imports.take(newer, replaces="tags.xlsx", retires_missing=True).missing == (("P-3", None),)


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
