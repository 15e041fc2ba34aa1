"""A class's rules stand in the register file, and the desk raises orders by them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from alerts.alarms.desk import Desk
from lifecycle.register.importing import import_plant
from lifecycle.register.plant_file import read_plant
from plant.clock import ManualClock
from plant.errors import Rejected
from plant.finding import Finding
from plant.orders.rules import DEFAULT_ORDER_RULES, WorkType
from plant.severity import Severity
from plant.work_order import WorkOrder
from storage.core.database import Database
from storage.identity import people
from storage.orders.order_rules import order_rules_of
from storage.work import orders

FILE = """
[site]
tag = "demo"
[[class]]
tag = "pump"
  [[class.order_rule]]
  name = "vibration"
  severity = "WARNING"
  failure_mode = "VIB"
  work_type = "condition_based"
  priority = 3
  finish_within_days = 7
  team = "mechanics"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "plant.toml"
    path.write_text(FILE, encoding="utf-8")
    return path


def read_in(database: Database, file: Path, clock: ManualClock) -> dict[str, int]:
    with database.transaction() as tx:
        difference = import_plant(tx, read_plant(file), at=clock.now())
    return {**difference.added, **{f"changed {name}": n for name, n in difference.changed.items()}}


def all_orders(database: Database) -> list[WorkOrder]:
    with database.transaction() as tx:
        return orders.list_orders(tx)


def test_an_order_is_as_the_rule_of_its_class_says(
    app_database: Database, desk: Desk, found: Callable[..., Finding], file: Path, clock: ManualClock
) -> None:
    with app_database.transaction() as tx:
        people.put_team(tx, tag="mechanics", name="Mechanics")
    assert read_in(app_database, file, clock)["order rules"] == 1
    found(severity=Severity.WARNING)
    desk.round()
    (order,) = all_orders(app_database)
    assert (order.work_type, order.priority, order.team) == (WorkType.CONDITION_BASED, 3, "mechanics")
    assert (order.requested_finish - order.created_at).days == 7
    assert order.why["rule"] == "vibration"


def test_what_no_rule_of_the_class_names_gets_no_order_and_a_team_that_is_not_there_none(
    app_database: Database, desk: Desk, found: Callable[..., Finding], file: Path, clock: ManualClock
) -> None:
    read_in(app_database, file, clock)
    found(severity=Severity.CRITICAL, failure_mode="LEK")
    desk.round()
    assert all_orders(app_database) == []
    found("second", kind="wear")
    desk.round()
    (order,) = all_orders(app_database)
    assert (order.team, order.why["team"]) == (None, "mechanics")


def test_rules_are_read_twice_and_changed_once(app_database: Database, file: Path, clock: ManualClock) -> None:
    with app_database.transaction() as tx:
        assert order_rules_of(tx, "pump") == DEFAULT_ORDER_RULES
    read_in(app_database, file, clock)
    assert "order rules" not in read_in(app_database, file, clock)
    file.write_text(FILE.replace("priority = 3", "priority = 2"), encoding="utf-8")
    assert read_in(app_database, file, clock) == {"changed order rules": 1}
    with app_database.transaction() as tx:
        assert [rule.priority for rule in order_rules_of(tx, "pump")] == [2]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('failure_mode = "VIB"', 'failure_mode = "NIX"'),
        ("priority = 3", "priority = 9"),
        ("finish_within_days = 7", "finish_within_days = 1e308"),
        ('severity = "WARNING"', 'severity = "BAD"'),
        ('work_type = "condition_based"', 'work_type = "magic"'),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_by_its_place(file: Path, before: str, after: str) -> None:
    file.write_text(FILE.replace(before, after), encoding="utf-8")
    with pytest.raises(Rejected, match="class pump, order_rule 1, "):
        read_plant(file)
