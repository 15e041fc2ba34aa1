"""Costs and labour come in as tables, all of a table or nothing, go out as tables, and add up to a curve."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from lifecycle.costs.cost_centre import cost_centre, import_costs
from lifecycle.costs.cost_table import read_cost_table, write_costs, write_labour
from lifecycle.handover.projects import ProjectWanted, add_project
from plant.clock import ManualClock
from plant.errors import Forbidden, NotFound, Rejected
from plant.people.principal import Principal, Recognition, system_user
from plant.people.rights import PlantRole
from storage.core.database import Database
from storage.work import ledger
from tests.plant_rows import NOON, PlantRows

ANN = system_user("ann")
COSTS = """kind,key,day,code,amount,text
budget,B1,2026-01-15,pumps,"100,000.00",
budget,B2,2026-03-15,piping,50000,
committed,PO-7,2026-02-01,pumps,90000.50,Acme
actual,I-1,2026-02-20,pumps,30000,first instalment
payment,P-1,2026-03-20,pumps,30000,
"""
LABOUR = "person,trade,month,days\nLi Wei,fitter,2026-02,12.5\nLi Wei,fitter,2026-03,20\nAna,welder,2026-03,7\n"
CHINESE = "类型,编号,日期,科目,金额,说明\n预算,B1,2026年1月15日,泵,100000,\n实际,I-1,2026/2/20,泵,30000,首付\n"
GERMAN = "kind;key;day;code;amount;text\nbudget;B1;15.01.2026;pumps;100.000,50;\n"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture
def database(app_database: Database, plant_rows: PlantRows, clock: ManualClock) -> Database:
    plant_rows.asset("P-1")
    wanted = ProjectWanted(tag="cw", site="demo", name="Cooling water", assets=("P-1",))
    add_project(app_database, wanted, actor=ANN, clock=clock)
    return app_database


def take(database: Database, clock: ManualClock, text: str, **more: bool) -> dict[str, int]:
    done = import_costs(database, "cw", "costs.csv", text.encode(), actor=ANN, clock=clock, **more)
    return {str(how): count for how, count in done.items()}


def test_a_table_comes_in_once_changes_what_changed_and_goes_out_the_same(
    database: Database, clock: ManualClock
) -> None:
    assert take(database, clock, COSTS, is_trial=True) == {"added": 5, "changed": 0, "left": 0}
    assert cost_centre(database, "cw").costs == []
    assert take(database, clock, COSTS) == {"added": 5, "changed": 0, "left": 0}
    assert take(database, clock, LABOUR) == {"added": 3, "changed": 0, "left": 0}
    found = cost_centre(database, "cw")
    assert take(database, clock, write_costs(found.costs)) == {"added": 0, "changed": 0, "left": 5}
    assert take(database, clock, write_labour(found.labour)) == {"added": 0, "changed": 0, "left": 3}
    assert take(database, clock, COSTS.replace("90000.50", "95000")) == {"added": 0, "changed": 1, "left": 4}
    with database.transaction() as tx:
        entries = [one.entry for one in ledger.entries_after(tx, "demo", 0, most=100)]
    assert sum("costs.imported" in entry for entry in entries) == 3  # what changed nothing is no entry


def test_what_it_adds_up_to_by_code_and_month(database: Database, clock: ManualClock) -> None:
    take(database, clock, COSTS)
    take(database, clock, LABOUR)
    found = cost_centre(database, "cw")
    assert {one.code: (one.budget, one.committed, one.left) for one in found.codes} == {
        "pumps": (Decimal("100000.00"), Decimal("90000.50"), Decimal("9999.50")),
        "piping": (Decimal("50000.00"), 0, Decimal("50000.00")),
    }
    assert (found.total.actual, found.total.paid) == (30000, 30000)
    assert [(point.month, point.planned, point.committed, point.actual) for point in found.curve] == [
        (date(2026, 1, 1), 100000, 0, 0),
        (date(2026, 2, 1), 100000, Decimal("90000.50"), 30000),
        (date(2026, 3, 1), 150000, Decimal("90000.50"), 30000),
    ]
    assert [(one.day, one.amount) for one in found.payments] == [(date(2026, 3, 20), 30000)]
    assert [(one.person, one.trade, one.days) for one in found.labour] == [
        ("Li Wei", "fitter", Decimal("12.50")),
        ("Li Wei", "fitter", 20),
        ("Ana", "welder", 7),
    ]


@pytest.mark.parametrize("body", [CHINESE.encode("gb18030"), GERMAN.encode("cp1252"), b"\xef\xbb\xbf" + COSTS.encode()])
def test_heads_numbers_and_days_are_read_as_plants_write_them(body: bytes) -> None:
    first = read_cost_table(body).costs[0]
    assert (first.kind, first.key, first.day) == ("budget", "B1", date(2026, 1, 15))
    assert first.amount in {Decimal("100000.00"), Decimal("100000.50")}


SENSELESS_TABLES = [
    ("", "the head is neither"),
    ("name,planned\nx,2026-01-01\n", "the head is neither"),
    (COSTS.replace("amount", "sum", 1), "it lacks amount"),
    (COSTS.replace("actual,I-1", "gift,I-1"), "row 5, kind: gift is none of"),
    (COSTS.replace("50000,", "many,"), "row 3, amount: 'many' is no number"),
    (COSTS.replace("2026-02-20", "20.20.2026"), "row 5, day"),
    (COSTS.replace("2026-02-20", "0001-02-20"), "no project is of that year"),
    (COSTS.replace("B2", "B1"), "key B1 is there twice"),
    (COSTS.replace("50000,", "1e300,"), "larger than any project"),
    (COSTS.replace("50000,", "NaN,"), "'NaN' is no number"),
    (LABOUR.replace("12.5", "-3"), "0 to 10000 days"),
    (LABOUR.replace("2026-02", "soon"), "month"),
]


def test_a_row_that_makes_no_sense_is_named_and_nothing_is_taken(database: Database, clock: ManualClock) -> None:
    for text, says in SENSELESS_TABLES:
        with pytest.raises(Rejected, match=says):
            take(database, clock, text)
        assert cost_centre(database, "cw").costs == [], says


def test_a_table_in_english_with_a_few_chinese_words_in_gbk_is_read(database: Database, clock: ManualClock) -> None:
    head = "类型;编号;日期;代码;金额;说明\n"
    for number, line in enumerate(("预算;B1;2026年10月15日;泵;100.000,50;首期\n", "actual;I1;2026-11-01;泵;1;阀\n")):
        text = (head if number == 0 else "kind;key;day;code;amount;text\n") + line
        import_costs(database, "cw", "costs.csv", text.encode("gbk"), actor=ANN, clock=clock)
    found = cost_centre(database, "cw").costs
    assert {(one.code, str(one.amount), one.said) for one in found} == {
        ("泵", "100000.50", "首期"),
        ("泵", "1.00", "阀"),
    }


def test_only_who_plans_projects_brings_costs_in(database: Database, clock: ManualClock) -> None:
    fitter = Principal(name="Li", recognition=Recognition.PASSWORD, roles={"demo": frozenset({PlantRole.MAINTENANCE})})
    with pytest.raises(Forbidden):
        import_costs(database, "cw", "costs.csv", COSTS.encode(), actor=fitter, clock=clock)
    with pytest.raises(NotFound):
        cost_centre(database, "nothing")
