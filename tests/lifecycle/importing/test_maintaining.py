"""Jobs of a COBie workbook that come again are maintenance plans of the assets of their type, and make orders."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts.preventive.planning import change_plan
from alerts.preventive.rounds import raise_due
from lifecycle.importing.applying import apply_facts
from lifecycle.importing.cobie.writer import write_cobie
from lifecycle.importing.difference import Difference
from lifecycle.importing.facts import AssetFact, ClassFact, Facts, SignalFact
from lifecycle.importing.reading import ReadOptions, read_facts
from lifecycle.importing.standing import facts_of_register
from plant.clock import ManualClock
from plant.orders.maintenance_plan import MaintenancePlan
from plant.people.principal import typed
from storage.core.database import Database
from storage.orders.maintenance_plans import list_plans
from storage.orders.tasks import tasks_of
from storage.register.register_changes import between
from storage.work.orders import get_order
from tests.lifecycle.importing.test_applying import facts
from tests.lifecycle.importing.test_cobie import sheets
from tests.lifecycle.importing.workbooks import workbook

AT = datetime(2026, 3, 1, tzinfo=UTC)
HEAD = ["Name", "TypeName", "Description", "Frequency", "FrequencyUnit", "Start", "TaskStartUnit"]


def take(database: Database, said: Facts, at: datetime = AT) -> Difference:
    with database.transaction() as tx:
        return apply_facts(tx, said, at=at)


def read_jobs(folder: Path, *jobs: list[Any]) -> Facts:
    """A building whose sheet Job has these rows."""
    return read_facts(workbook(folder / "c.xlsx", {**sheets(), "Job": [HEAD, *jobs]}), ReadOptions())


def local(text: str) -> datetime:
    return datetime.fromisoformat(text)


def plans(database: Database) -> dict[tuple[str, str], MaintenancePlan]:
    with database.transaction() as tx:
        return {(one.plan.asset, one.plan.tag): one.plan for one in list_plans(tx)}


def test_a_job_that_comes_again_makes_orders_at_each_asset_of_its_type(app_database: Database, tmp_path: Path) -> None:
    said = read_facts(workbook(tmp_path / "c.xlsx", sheets()), ReadOptions())
    first = take(app_database, said)
    assert first.added["maintenance plan"] == 2
    assert ("maintenance plan", "P-101 Grease", "added") in [(one.kind, one.item, one.how) for one in first.items]
    assert take(app_database, said, AT + timedelta(days=9)).is_none
    held = plans(app_database)
    assert held.keys() == {("P-101", "Grease"), ("Pump:2", "Grease")}
    plan = held["P-101", "Grease"]
    assert (plan.rule, plan.begins, plan.job_plan) == ("FREQ=MONTHLY;INTERVAL=3", local("2026-06-01T08:00"), "Grease")
    due = datetime(2026, 6, 1, 8, tzinfo=UTC)
    assert raise_due(app_database, clock=ManualClock(due - timedelta(seconds=1))) == []
    orders = raise_due(app_database, clock=ManualClock(due))
    assert len(orders) == 2
    with app_database.transaction() as tx:
        order = get_order(tx, orders[0])
        assert [one.step.text for one in tasks_of(tx, order.order_id)] == ["Lock out", "Wipe"]
        noted = [one.item for one in between(tx, "S", AT, AT + timedelta(days=1)) if one.kind == "maintenance plan"]
    assert noted == ["P-101 Grease", "Pump:2 Grease"]


def test_plans_go_out_with_the_register_and_make_no_difference_when_they_come_in(
    app_database: Database, tmp_path: Path
) -> None:
    jobs = (["Grease", "pump", "Wipe", 3, "month", "n/a", "n/a"], ["Oil", "pump", "Change", 500, "hour", "n/a", "n/a"])
    said = read_jobs(tmp_path, *jobs)
    take(app_database, replace(said, signals=(SignalFact(asset="P-101", key="run", unit="h"),)))
    path = tmp_path / "out.xlsx"
    with app_database.transaction() as tx:
        written = facts_of_register(tx, "S")
        write_cobie(written, path, by="a test", at=AT)
    again = read_facts(path, ReadOptions())
    assert [(one.plan.tag, one.again.rule if one.again else "") for one in again.job_plans] == [
        ("Grease", "FREQ=MONTHLY;INTERVAL=3"), ("Oil", ""),  # of two pumps one counts no hours
    ]  # fmt: skip
    assert sorted(map(repr, (replace(one, origin=written.maintenance[0].origin) for one in again.maintenance))) == (
        sorted(map(repr, written.maintenance))
    )
    assert take(app_database, again, AT + timedelta(days=40)).is_none


def test_what_people_changed_of_a_plan_stays_and_what_the_file_changes_is_changed(
    app_database: Database, tmp_path: Path
) -> None:
    take(app_database, read_jobs(tmp_path, ["Grease", "pump", "Wipe", 3, "month", "n/a", "n/a"]))
    mended = replace(plans(app_database)["P-101", "Grease"], priority=1, begins=local("2026-04-07T06:00"))
    change_plan(app_database, "S", mended, actor=typed("Ada"), clock=ManualClock(AT))
    assert take(app_database, read_jobs(tmp_path, ["Grease", "pump", "Wipe", 3, "month", "n/a", "n/a"])).is_none
    assert plans(app_database)["P-101", "Grease"] == mended
    take(app_database, read_jobs(tmp_path, ["Grease", "pump", "Wipe", 1, "year", "n/a", "n/a"]))
    changed = plans(app_database)["P-101", "Grease"]
    assert (changed.rule, changed.priority, changed.begins) == (
        "FREQ=YEARLY;INTERVAL=1", 1, local("2027-03-01T08:00"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("row", "rule", "begins"),
    [
        ([1, "Weeks", "n/a", "n/a"], "FREQ=WEEKLY;INTERVAL=1", local("2026-03-08T08:00")),
        (["Annually", "n/a", "n/a", "n/a"], "FREQ=YEARLY;INTERVAL=1", local("2027-03-01T08:00")),
        ([0.5, "year", 14, "day"], "FREQ=MONTHLY;INTERVAL=6", local("2026-03-15T08:00")),
        (["2", "季度", date(2026, 5, 4), "n/a"], "FREQ=MONTHLY;INTERVAL=6", local("2026-05-04T08:00")),
        ([1, "month", "2020-01-15", "date"], "FREQ=MONTHLY;INTERVAL=1", local("2026-03-15T08:00")),
        ([720, "hours", "n/a", "n/a"], "FREQ=DAILY;INTERVAL=30", local("2026-03-31T08:00")),
    ],
)
def test_how_often_is_read_as_plants_write_it(
    app_database: Database, tmp_path: Path, row: list[Any], rule: str, begins: datetime
) -> None:
    done = take(app_database, read_jobs(tmp_path, ["Grease", "pump", "Wipe", *row]))
    assert not [one.what for one in done.faults if "job" in one.what]
    plan = plans(app_database)["P-101", "Grease"]
    assert (plan.rule, plan.begins) == (rule, begins)


def test_running_hours_are_counted_by_the_signal_in_hours_or_are_a_fault(
    app_database: Database, tmp_path: Path
) -> None:
    said = read_jobs(tmp_path, ["Oil", "pump", "Change", 500, "hour", "n/a", "n/a"])
    done = take(app_database, replace(said, signals=(SignalFact(asset="P-101", key="run", unit="h"),)))
    plan = plans(app_database)["P-101", "Oil"]
    assert (plan.signal, plan.every, plan.rule, plan.begins) == ("run", 500.0, "", None)
    assert "job Oil comes again by running hours, which Pump:2 do not count" in [one.what for one in done.faults]


def test_a_frequency_that_nobody_understands_is_named_and_the_job_is_kept(tmp_path: Path) -> None:
    said = read_jobs(tmp_path, ["Grease", "pump", "Wipe", "as required", "n/a", "n/a", "n/a"])
    assert [(one.plan.tag, one.again) for one in said.job_plans] == [("Grease", None)]
    assert "job Grease: how often it comes again, 'as required', is not understood" in [one.what for one in said.faults]


def test_jobs_of_one_name_for_two_types_are_two(app_database: Database, tmp_path: Path) -> None:
    odd = sheets()
    odd["Type"].append(["fan", "Fan", "n/a", "n/a", 9])
    odd["Job"] = [HEAD, *([["Check", one, f"Look at the {one}", 1, "month", "n/a", "n/a"] for one in ("pump", "fan")])]
    said = read_facts(workbook(tmp_path / "c.xlsx", odd), ReadOptions())
    assert [one.plan.tag for one in said.job_plans] == ["Check (pump)", "Check (fan)"]
    take(app_database, said)
    assert take(app_database, said).is_none


def test_an_asset_that_comes_later_has_its_plans_with_the_next_import(app_database: Database, tmp_path: Path) -> None:
    said = read_jobs(tmp_path, ["Grease", "pump", "Wipe", 1, "month", "n/a", "n/a"])
    take(app_database, said)
    one_more = facts(classes=(ClassFact(tag="pump"),), assets=(AssetFact(tag="P-9", class_tag="pump"),))
    take(app_database, replace(one_more, site=said.site))
    assert take(app_database, said).added == {"maintenance plan": 1}
