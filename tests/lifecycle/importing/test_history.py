"""The register can be asked for as of any day, and two days be compared."""

from __future__ import annotations

from datetime import date

import pytest

from api.language import Language
from api.refusals.differences import noted_line
from lifecycle.importing.facts import AssetFact, ClassFact
from lifecycle.importing.history import compare_days, register_on
from lifecycle.register import retiring
from plant.errors import NotFound, Rejected
from storage.core.database import Database
from tests.lifecycle.importing.test_applying import ENGINEER, EVERYTHING, Imports, facts

DAY = 86_400


@pytest.fixture
def imports(app_database: Database) -> Imports:
    return Imports(app_database)


def test_the_register_is_known_as_of_a_day_and_changes_between_two_are_named(imports: Imports) -> None:
    imports.take(EVERYTHING)
    imports.clock.sleep(DAY)
    imports.take(
        facts(assets=(AssetFact(tag="P-1", criticality="B", serial="78"), AssetFact(tag="P-2", class_tag="pump")))
    )
    imports.clock.sleep(DAY)
    imports.take(facts(classes=(ClassFact(tag="pump", name="Pump"),)))
    with imports.database.transaction() as tx:
        first = {(one.kind, one.item): one.said for one in register_on(tx, "s", date(2026, 3, 1))}
        second = {(one.kind, one.item): one.said for one in register_on(tx, "s", date(2026, 3, 2))}
        between = compare_days(tx, "s", date(2026, 3, 1), date(2026, 3, 2))
        none = compare_days(tx, "s", date(2026, 3, 3), date(2026, 3, 9))
        with pytest.raises(Rejected, match="changes are noted since 2026-03-01"):
            register_on(tx, "s", date(2026, 2, 1))
        with pytest.raises(Rejected, match="is not after"):
            compare_days(tx, "s", date(2026, 3, 2), date(2026, 3, 2))
        with pytest.raises(NotFound, match=r"^there is no site elsewhere$"):
            register_on(tx, "elsewhere", date(2026, 3, 2))
    before, after = first["asset", "P-1"], second["asset", "P-1"]
    assert before is not None
    assert after is not None
    assert (before["criticality"], after["criticality"]) == ("A", "B")
    assert ("asset", "P-2") in second.keys() - first.keys()
    lines = [noted_line(Language.EN, one) for one in between]
    assert "changed asset P-1: criticality A → B (Jonas, 2026-03-02 00:00 UTC from tags.xlsx)" in lines
    assert any(line.startswith("changed installation P-1: equipment 77 → 78") for line in lines) or any(
        "installation P-1: equipment KSB 77 → 78" in line for line in lines
    )
    assert none == []
    assert "更改设备 P-1：重要度 A → B（Jonas，2026-03-02 00:00 UTC，来自 tags.xlsx）" in [
        noted_line(Language.ZH, one) for one in between
    ]


def test_what_is_retired_by_hand_is_gone_from_that_day_with_whoever_did_it(imports: Imports) -> None:
    imports.take(EVERYTHING)
    database = imports.database.on_behalf_of(ENGINEER, sites=None)
    with database.transaction() as tx:
        retiring.retire_asset(tx, site="s", asset="P-1", at=imports.clock.now(), actor=ENGINEER)
        row = tx.connection.execute(
            "SELECT by, recognised, said FROM register_change WHERE kind = 'asset' ORDER BY change_id DESC LIMIT 1"
        ).fetchone()
    assert row == {"by": "Jonas", "recognised": "password", "said": None}
