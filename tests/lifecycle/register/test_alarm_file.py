"""What was thought through about alarms comes from a file, goes back into one, and is kept a class and kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from lifecycle.register.alarm_file import as_toml, import_rationalisations, read_alarm_file
from plant.errors import Rejected
from storage.core.database import Database
from storage.register.rationalisations import list_rationalisations
from tests.plant_rows import PlantRows

FILE = """
[[alarm]]
class = "pump"
kind = "limit"
priority = 2
respond_within_s = 600
cause = 'The bearing "DE" runs dry'
cause_zh = "驱动端轴承缺油"
action = "Grease it\\nthen look again"
on_delay_s = 10
deadband = 0.05
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "alarms.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_goes_in_and_comes_out_as_it_was(app_database: Database, plant_rows: PlantRows, tmp_path: Path) -> None:
    plant_rows.asset_class()
    said = read_alarm_file(written(tmp_path, FILE))
    with app_database.transaction() as tx:
        assert import_rationalisations(tx, said) == {"added": 1}
        assert import_rationalisations(tx, said) == {"left": 1}
        kept = list_rationalisations(tx)
    assert kept == said
    assert read_alarm_file(written(tmp_path, as_toml(kept))) == said


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[alarm]]\nclass = 'pump'\nkind = 'heat'", "alarm, 1, kind: "),
        ("[[alarm]]\nclass = 'pump'\nkind = 'limit'\npriority = 9", "priority: "),
        ("[[alarm]]\nclass = 'pump'\nkind = 'limit'\ncause = \"a\\u0007b\"", "cause: "),
        ("[[alarm]]\nclass = 'pump'\nkind = 'limit'\n[[alarm]]\nclass = 'pump'\nkind = 'limit'", "described twice"),
        ("alarm = 3", "alarm: "),
        ("nonsense", "alarms.toml"),
    ],
)
def test_a_file_that_makes_no_sense_is_refused_and_says_where(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(Rejected, match=says):
        read_alarm_file(written(tmp_path, text))


def test_a_class_that_nobody_knows_is_refused(app_database: Database, tmp_path: Path) -> None:
    said = read_alarm_file(written(tmp_path, FILE))
    with app_database.transaction() as tx, pytest.raises(Rejected, match="no class pump"):
        import_rationalisations(tx, said)
