"""A register file comes in any number of times; the answer says what that changed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from lifecycle.importing.difference import Difference
from lifecycle.register.importing import import_plant, put_units, register_asset
from lifecycle.register.plant_file import read_plant
from plant.errors import Rejected
from storage.core.database import Database
from storage.register import assets as store

AT = datetime(2026, 1, 1, tzinfo=UTC)
FILE = """
[site]
tag = "s"
[[class]]
tag = "pump"
[[class.signal]]
key = "flow"
unit = "m³/h"
high = 90.0
[[class.signal]]
key = "speed"
role = "setting"
[[asset]]
tag = "P-1"
class = "pump"
serial = "1"
feeds = ["P-2"]
[[asset]]
tag = "P-2"
class = "pump"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "plant.toml"
    path.write_text(FILE, encoding="utf-8")
    return path


def bring_in(database: Database, path: Path) -> Difference:
    with database.transaction() as tx:
        return import_plant(tx, read_plant(path), at=AT)


def test_the_first_import_adds_everything(app_database: Database, file: Path) -> None:
    difference = bring_in(app_database, file)
    assert difference.added == {
        "asset": 2, "class": 1, "equipment": 1, "feed": 1, "installation": 2, "signal": 4, "site": 1,
    }  # fmt: skip
    assert difference.changed == {}


def test_the_second_import_leaves_everything(app_database: Database, file: Path) -> None:
    bring_in(app_database, file)
    again = bring_in(app_database, file)
    assert (again.added, again.changed) == ({}, {})
    assert again.left == {"asset": 2, "class": 1, "equipment": 1, "installation": 2, "signal": 4, "site": 1}


def test_an_edited_limit_changes_the_signal_of_every_asset(app_database: Database, file: Path) -> None:
    bring_in(app_database, file)
    file.write_text(FILE.replace("high = 90.0", "high = 80.0"), encoding="utf-8")
    assert bring_in(app_database, file).changed == {"signal": 2}


def test_a_wear_limit_is_a_classs_or_an_assets_own_and_goes_with_its_line(app_database: Database, file: Path) -> None:
    def held() -> list[object]:
        with app_database.transaction() as tx:
            rows = tx.connection.execute(
                "SELECT c.wear_limit AS of_class, a.wear_limit AS own"
                " FROM asset AS a JOIN asset_class AS c USING (class_id) ORDER BY a.tag"
            ).fetchall()
        return [(row["of_class"], row["own"]) for row in rows]

    bring_in(app_database, file)
    assert held() == [(None, None), (None, None)]
    stated = FILE.replace('tag = "pump"', 'tag = "pump"\nwear_limit = 3').replace(
        'tag = "P-2"', 'tag = "P-2"\nwear_limit = 1.5'
    )
    file.write_text(stated, encoding="utf-8")
    assert bring_in(app_database, file).changed == {"class": 1, "asset": 1}
    assert held() == [(3.0, None), (3.0, 1.5)]
    assert bring_in(app_database, file).changed == {}
    file.write_text(FILE, encoding="utf-8")
    assert bring_in(app_database, file).changed == {"class": 1, "asset": 1}
    assert held() == [(None, None), (None, None)]


def test_another_serial_number_is_another_installation(app_database: Database, file: Path) -> None:
    bring_in(app_database, file)
    file.write_text(FILE.replace('serial = "1"', 'serial = "2"'), encoding="utf-8")
    difference = bring_in(app_database, file)
    assert (difference.added, difference.changed) == ({"equipment": 1}, {"installation": 1})


def test_a_feed_that_is_no_longer_there_is_taken_away(app_database: Database, file: Path) -> None:
    bring_in(app_database, file)
    file.write_text(FILE.replace('feeds = ["P-2"]', ""), encoding="utf-8")
    assert bring_in(app_database, file).changed == {"feed": 1}


def test_registering_an_asset_by_name_changes_nothing_that_is_known(app_database: Database, file: Path) -> None:
    bring_in(app_database, file)
    with app_database.transaction() as tx:
        old = register_asset(tx, site="s", asset="P-1", asset_class="recorded", keys=("flow", "new"), at=AT)
        new = register_asset(tx, site="s", asset="R-1", asset_class="recorded", keys=("a", "b"), at=AT)
        assert (old.asset_class, new.asset_class) == ("pump", "recorded")
        assert new.installation_id is not None
        assert [asset.asset for asset in store.list_assets(tx)] == ["P-1", "P-2", "R-1"]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            'class = "pump"\nserial',
            'class = "fan"\nserial',
            "asset P-1 is of class fan, which the file does not describe",
        ),
        ('tag = "P-2"', 'tag = "P-1"', "asset P-1 is described twice"),
        ('feeds = ["P-2"]', 'feeds = ["P-9"]', "asset P-1 feeds P-9"),
        ("high = 90.0", "high = 90.0\nlow = 95.0", "low 95.0 is not below high 90.0"),
        ("high = 90.0", 'high = "much"', "class pump, signal flow, high: Input should be a valid number"),
        (
            'tag = "pump"',
            'tag = "pump"\nwear_limit = 0.9',
            "class pump, wear_limit: Input should be greater than or equal to 1",
        ),
        ('serial = "1"', "wear_limit = 101", "asset P-1, wear_limit: Input should be less than or equal to 100"),
        ("[site]", "[site", "not_toml"),
    ],
)
def test_a_faulty_file_is_refused_with_the_place(file: Path, old: str, new: str, says: str) -> None:
    file.write_text(FILE.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(Rejected) as refused:
        read_plant(file)
    assert says in str(refused.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="cannot be read"):
        read_plant(tmp_path / "none.toml")


def test_units_of_a_table_go_where_the_register_has_none_and_others_are_told(app_database: Database) -> None:
    with app_database.transaction() as tx:
        asset = register_asset(
            tx, site="s", asset="P-1", asset_class="pump", keys=("flow", "heat", "level", "speed"), at=AT
        )
        assert put_units(tx, asset.asset_id, {"flow": "m3/h", "heat": "℃", "level": "", "gone": "bar"}) == ()
        assert store.units(tx, asset.asset_id) == {"flow": "m³/h", "heat": "°C", "level": "", "speed": ""}
        told = put_units(tx, asset.asset_id, {"flow": "立方米/小时", "heat": "degF", "speed": "bananas"})
        assert store.units(tx, asset.asset_id)["heat"] == "°C"
    assert told[0] == "heat is in °F there and in °C in the register: nothing is converted"
    assert told[1].startswith("speed: bananas is no known unit")
