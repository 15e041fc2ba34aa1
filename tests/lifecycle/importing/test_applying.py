"""Facts of any source come into the register alike: once, whole or not at all, each fault with its place and mend."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from api.language import Language
from api.refusals.differences import difference_lines
from lifecycle import ledger
from lifecycle.importing.difference import Difference, as_document
from lifecycle.importing.facts import (
    AreaFact,
    AssetFact,
    ClassFact,
    DocumentFact,
    Facts,
    GlobalIdFact,
    JobPlanFact,
    Origin,
    ParameterFact,
    PartFact,
    SignalFact,
    SiteFact,
    Source,
    SystemFact,
)
from lifecycle.importing.running import import_facts
from plant.asset import SignalSpec
from plant.clock import ManualClock
from plant.errors import Forbidden
from plant.orders.job_plan import JobPlan, JobStep
from plant.people.principal import Principal, Recognition
from plant.people.rights import PlantRole
from storage.core.database import Database
from storage.orders.stock import list_parts
from storage.register.facts import held_assets, held_global_ids, held_signals, list_rows
from storage.register.register_changes import between, list_imports

AT = datetime(2026, 3, 1, tzinfo=UTC)
ENGINEER = Principal(
    name="Jonas", recognition=Recognition.PASSWORD, person_id="7", roles={"s": frozenset({PlantRole.ENGINEERING})}
)
EVERYTHING = Facts(
    source=Source(kind="tags", file="tags.xlsx", sha256="00"),
    site=SiteFact(tag="s", name="South"),
    areas=(AreaFact(tag="F1", kind="floor"), AreaFact(tag="pump room", kind="space", parent="F1")),
    classes=(ClassFact(tag="pump"), ClassFact(tag="skid")),
    assets=(
        AssetFact(tag="SK-1", class_tag="skid", feeds=("P-1",)),
        AssetFact(
            tag="P-1",
            class_tag="pump",
            parent="SK-1",
            criticality="A",
            area="pump room",
            serial="77",
            manufacturer="KSB",
        ),
    ),
    systems=(SystemFact(tag="CW", name="Cooling water", members=("SK-1", "P-1")),),
    signals=(SignalFact(asset="P-1", key="flow", unit="m3/h", low=1.0, high=90.0),),
    parameters=(ParameterFact(asset="P-1", property_set="Pset_Pump", name="Head", value="32", unit="m"),),
    documents=(DocumentFact(class_tag="pump", vdi_class="03-02", title="Manual", file="m.pdf"),),
    parts=(PartFact(number="6205", class_tag="pump", stock=Decimal(4), lead_time_days=Decimal(21)),),
    job_plans=(JobPlanFact(plan=JobPlan(tag="grease", name="Grease", class_tag="pump", steps=(JobStep(text="Do"),))),),
    global_ids=(GlobalIdFact(asset="P-1", model="hall.ifc", global_id="0aB"),),
)


class Imports:
    """A register under test, and imports into it."""

    def __init__(self, database: Database) -> None:
        self.database, self.clock = database, ManualClock(AT)

    def take(self, facts: Facts, **more: Any) -> Difference:
        return import_facts(self.database, facts, actor=ENGINEER, clock=self.clock, **more)


@pytest.fixture
def imports(app_database: Database) -> Imports:
    return Imports(app_database)


def facts(**parts: Any) -> Facts:
    empty = dict.fromkeys(("areas", "systems", "signals", "parameters", "documents", "parts", "job_plans"), ())
    return replace(EVERYTHING, **{**empty, "global_ids": (), "classes": (), "assets": (), **parts})


def whats(difference: Difference) -> list[str]:
    return [one.what for one in difference.faults]


def test_everything_comes_in_once_and_again_makes_no_difference(imports: Imports) -> None:
    first = imports.take(EVERYTHING)
    assert first.faults == ()
    assert first.added == {
        "site": 1, "class": 2, "asset": 2, "equipment": 1, "installation": 2, "signal": 1, "area": 2, "system": 1,
        "system member": 2, "parameter": 1, "document": 1, "part": 1, "part use": 1, "job plan": 1, "global id": 1,
        "feed": 1,
    }  # fmt: skip
    again = imports.take(EVERYTHING)
    assert again.is_none
    with imports.database.transaction() as tx:
        held = held_assets(tx, "s")["P-1"].asset
        assert (held.parent, held.criticality, held.area) == ("SK-1", "A", "pump room")
        assert held_signals(tx, "s")["P-1", "flow"][0].unit == "m³/h"
        part = list_parts(tx, "s")[0]
        assert (part.number, part.on_hand) == ("6205", 4)
        assert list_rows(tx, "part_uses", "s")[0]["lead_time_days"] == 21
        assert [one.counts["faults"] for one in list_imports(tx)] == [0]
        assert ledger.verify(tx, "s") == ledger.VerifiedChain(entries=1, head=ledger.verify(tx, "s").head)  # type: ignore[union-attr]


def test_a_trial_says_the_same_difference_and_leaves_nothing(imports: Imports) -> None:
    trial = imports.take(EVERYTHING, is_trial=True)
    with imports.database.transaction() as tx:
        assert (held_assets(tx, "s"), list_imports(tx), list_parts(tx)) == ({}, [], [])
    assert imports.take(EVERYTHING) == trial


def test_what_a_file_does_not_say_stays_and_what_it_says_is_shown_field_by_field(imports: Imports) -> None:
    imports.take(EVERYTHING)
    changed = imports.take(facts(assets=(AssetFact(tag="P-1", criticality="B"),)))
    assert [(one.kind, one.item, one.how, one.fields) for one in changed.items] == [
        ("asset", "P-1", "changed", {"criticality": ("A", "B")})
    ]
    with imports.database.transaction() as tx:
        held = held_assets(tx, "s")["P-1"].asset
    assert (held.class_tag, held.parent, held.equipment and held.equipment.serial) == ("pump", "SK-1", "77")


def test_a_fault_is_said_by_sheet_row_and_mend_and_stops_nothing_else(imports: Imports) -> None:
    row = Origin(sheet="Tags", row=7)
    done = imports.take(
        facts(
            classes=(ClassFact(tag="pump"),),
            assets=(
                AssetFact(tag="P-1", class_tag="pumpp", origin=row),
                AssetFact(tag="P-2", class_tag="pump", parent="P-9"),
                AssetFact(tag="P-3"),
                AssetFact(tag="P\n4", class_tag="pump"),
                AssetFact(tag="P-5", class_tag="pump"),
                AssetFact(tag="P-5", class_tag="pump", name="another"),
            ),
            signals=(
                SignalFact(asset="P-2", key="flow", low=9.0, high=1.0),
                SignalFact(asset="P-2", key="heat", unit="bananas"),
                SignalFact(asset="P-2", key="level", unit="m"),
            ),
        )
    )
    assert done.added["asset"] == 2
    assert done.added["signal"] == 1
    text = "\n".join(difference_lines(Language.EN, as_document(done, most=None), "tags.xlsx"))
    assert (
        "not taken: tags.xlsx, sheet Tags, row 7: asset P-1 is of the type pumpp, which nobody defines; was pump meant?"
        in text
    )
    for part in (
        "asset P-3 has no class",
        "is no tag",
        "P-5 is described twice",
        "low 9 is not below high 1",
        "bananas",
    ):
        assert part in text
    assert "P-2 is a part of P-9, which is neither here nor in the register" in text


def test_what_is_fed_does_not_come_back_and_nothing_is_a_part_of_itself(imports: Imports) -> None:
    done = imports.take(
        facts(
            classes=(ClassFact(tag="pump"),),
            assets=(
                AssetFact(tag="A", class_tag="pump", feeds=("B",), parent="C"),
                AssetFact(tag="B", class_tag="pump", feeds=("C", "B"), parent="A"),
                AssetFact(tag="C", class_tag="pump", feeds=("A", "Z"), parent="B"),
            ),
        )
    )
    assert done.added["asset"] == 3
    assert whats(done) == [
        "C would be a part of itself, by way of B",
        "B feeds itself",
        "C feeds Z, which is neither here nor in the register",
        "what is fed must not come back: A feeds B feeds C feeds A",
    ]
    assert done.added["feed"] == 2


def test_tags_in_another_unicode_form_are_one_or_are_refused_by_name(imports: Imports) -> None:
    imports.take(facts(classes=(ClassFact(tag="pump"),), assets=(AssetFact(tag="Müller", class_tag="pump"),)))
    same = imports.take(facts(assets=(AssetFact(tag="Mu\u0308ller\u200b ", class_tag="pump"),)))
    assert same.is_none
    wide = imports.take(
        facts(assets=(AssetFact(tag="Ｐ－101", class_tag="pump"), AssetFact(tag="P-101", class_tag="pump")))
    )
    assert whats(wide) == ["P-101 is Ｐ－101 in another Unicode form"]
    near = imports.take(facts(assets=(AssetFact(tag="müller", class_tag="pump"),)))
    assert near.warnings == ("asset Müller and müller look alike",)


def test_global_ids_repeat_across_models_and_letter_case_tells_them_apart(imports: Imports) -> None:
    assets = tuple(AssetFact(tag=tag, class_tag="pump") for tag in ("P-1", "P-2", "P-3"))
    ids = [("P-1", "a.ifc", "0aB"), ("P-2", "b.ifc", "0aB"), ("P-2", "a.ifc", "0AB"), ("P-3", "a.ifc", "0aB")]
    done = imports.take(
        facts(
            classes=(ClassFact(tag="pump"),),
            assets=assets,
            global_ids=tuple(GlobalIdFact(asset=asset, model=model, global_id=gid) for asset, model, gid in ids),
        )
    )
    with imports.database.transaction() as tx:
        assert held_global_ids(tx, "s") == {
            ("a.ifc", "0aB"): "P-1", ("b.ifc", "0aB"): "P-2", ("a.ifc", "0AB"): "P-2",
        }  # fmt: skip
    assert whats(done) == ["GlobalId 0aB is that of P-1 already"]
    assert done.warnings == ("GlobalIds 0AB and 0aB differ only in letter case: they are two",)
    renamed = imports.take(facts(global_ids=(GlobalIdFact(asset="P-3", model="b.ifc", global_id="0aB"),)))
    assert renamed.warnings == ("GlobalId 0aB was P-2 and is P-3 now: retire or merge P-2",)


def test_an_import_that_is_interrupted_leaves_nothing(imports: Imports) -> None:
    def stop(done: int, _total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        imports.take(EVERYTHING, progress=stop)
    with imports.database.transaction() as tx:
        assert (held_assets(tx, "s"), list_imports(tx)) == ({}, [])


def test_only_who_registers_assets_at_the_site_may_import(imports: Imports) -> None:
    operator = replace(ENGINEER, roles={"s": frozenset({PlantRole.OPERATIONS})})
    with pytest.raises(Forbidden):
        import_facts(imports.database, EVERYTHING, actor=operator, clock=imports.clock)


def test_each_change_says_who_when_and_before(imports: Imports) -> None:
    imports.take(EVERYTHING)
    imports.clock.sleep(86_400)
    since = imports.clock.now()
    imports.take(facts(signals=(SignalFact(asset="P-1", key="flow", high=80.0),)))
    with imports.database.transaction() as tx:
        changes = between(tx, "s", since, datetime(2026, 4, 1, tzinfo=UTC))
    one = changes[0]
    assert (len(changes), one.kind, one.item, one.by, one.at, one.file) == (
        1, "signal", "P-1 flow", "Jonas", since, "tags.xlsx",
    )  # fmt: skip
    assert one.before is not None
    assert one.said is not None
    assert (one.before["high"], one.said["high"]) == (90.0, 80.0)


def test_limits_of_one_assets_signal_stay_when_its_class_is_imported_again(imports: Imports) -> None:
    from plant.asset import SignalSpec

    of_class = facts(
        classes=(ClassFact(tag="pump", signals=(SignalSpec(key="flow", name="flow", high=90.0),)),),
        assets=(AssetFact(tag="P-1", class_tag="pump"),),
    )
    imports.take(of_class)
    imports.take(facts(signals=(SignalFact(asset="P-1", key="flow", high=70.0),)))
    assert imports.take(of_class).is_none
    with imports.database.transaction() as tx:
        assert held_signals(tx, "s")["P-1", "flow"][0].high == 70.0


@pytest.mark.parametrize("known", [{}, {"serial": "77"}, {"manufacturer": "KSB"}])
def test_a_serial_number_that_comes_later_completes_the_machine_that_stands_there(
    imports: Imports, superuser: Any, known: dict[str, str]
) -> None:
    pump = AssetFact(tag="P-1", class_tag="pump", **known)
    imports.take(facts(classes=(ClassFact(tag="pump"),), assets=(pump,)))
    whole = facts(assets=(replace(pump, serial="77", manufacturer="KSB", model="Etanorm"),))
    imports.take(whole)
    stands = "SELECT e.manufacturer, e.serial, e.model FROM installation JOIN equipment AS e USING (equipment_id)"
    assert superuser.execute(stands).fetchall() == [("KSB", "77", "Etanorm")]
    assert superuser.execute("SELECT count(*) FROM equipment").fetchone() == (1,)
    assert superuser.execute("SELECT count(*) FROM installation").fetchone() == (1,)
    assert superuser.execute("SELECT count(*) FROM relearning").fetchone() == (0,), "it is no other machine"
    assert imports.take(whole).is_none


def test_a_maker_is_not_given_to_a_number_that_is_that_of_two_machines(imports: Imports, superuser: Any) -> None:
    two = tuple(AssetFact(tag=f"P-{one}", class_tag="pump", serial="1") for one in (1, 2))
    imports.take(facts(classes=(ClassFact(tag="pump"),), assets=two))
    imports.take(facts(assets=(replace(two[0], manufacturer="KSB"),)))
    stands = """
        SELECT a.tag, e.manufacturer
        FROM installation AS i JOIN asset AS a USING (asset_id) JOIN equipment AS e USING (equipment_id)
        WHERE i.installed_to IS NULL ORDER BY a.tag
    """
    assert superuser.execute(stands).fetchall() == [("P-1", "KSB"), ("P-2", "")]


def test_after_a_large_import_the_server_knows_how_many_there_are(imports: Imports, superuser: Any) -> None:
    signals = tuple(SignalSpec(key=f"k{one}", name="") for one in range(5))
    pumps = tuple(AssetFact(tag=f"P-{one}", class_tag="pump") for one in range(200))
    imports.take(facts(classes=(ClassFact(tag="pump", signals=signals),), assets=pumps))
    counted = "SELECT relname, reltuples FROM pg_class WHERE oid IN ('asset'::regclass, 'signal'::regclass)"
    assert dict(superuser.execute(counted).fetchall()) == {"asset": 200.0, "signal": 1000.0}
