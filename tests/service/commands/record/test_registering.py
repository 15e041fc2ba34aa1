"""The register is brought in, written out and asked for its past at the command line."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.commands import run_here, start_command
from tests.lifecycle.importing.workbooks import workbook
from tests.patience import wait_for

PLANT = '[site]\ntag = "s"\n[[class]]\ntag = "pump"\n[[asset]]\ntag = "P-1"\nclass = "pump"\n'
WAITING = """
    SELECT count(*)::integer FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%register_import%'
"""
ROWS = [["Tag", "Class", "Signal", "High (bar)"], ["P-1", "pump", "pressure", 9], ["P-2", "", "", ""]]


def run(*arguments: str) -> tuple[int, str]:
    done = run_here("register", *arguments)
    return done.exit_code, done.stdout


@pytest.fixture(autouse=True)
def _record(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSETLOOP_DATABASE_URL", database_url)
    monkeypatch.setenv("ASSETLOOP_ALLOW_UNSUPPORTED", "1")
    monkeypatch.chdir(tmp_path)


def test_a_tag_list_goes_in_and_comes_out_as_cobie_and_its_days_can_be_compared(tmp_path: Path) -> None:
    file = str(workbook(tmp_path / "tags.xlsx", {"Tags": [[""], *ROWS]}))
    tried, said = run("import", file, "--site", "s", "--as", "tags", "--dry-run")
    assert tried == 1  # one row is not taken
    assert "not taken: tags.xlsx, sheet Tags, row 4: asset P-2 has no class" in said
    assert "asset P-1 is of the type pump, which nobody defines" in said
    (tmp_path / "plant.toml").write_text('[site]\ntag = "s"\n[[class]]\ntag = "pump"\n', encoding="utf-8")
    assert run("import", "plant.toml")[0] == 0
    code, said = run("import", file, "--site", "s", "--class", "pump")
    assert (code, "added: 2 assets" in said) == (0, True)
    assert "signal P-1 pressure" in said
    assert run("export", "s", "-o", "out.xlsx")[1] == "out.xlsx: 2 assets\n"
    again = json.loads(run("import", "out.xlsx", "--json")[1].splitlines()[-1])
    assert (again["added"], again["changed"], again["items"], again["faults"]) == ({}, {}, [], [])
    assert "asset" in run("show", "s", "--kind", "asset")[1]
    assert run("compare", "s", "2026-01-01", "2026-01-02") == (0, "nothing changed\n")
    assert run("show", "s", "--on", "2001-01-01")[0] != 0
    assert run("import", file, "--as", "nonsense")[0] != 0


def test_what_columns_mean_is_saved_under_a_name_and_the_next_list_is_read_by_it(tmp_path: Path) -> None:
    (tmp_path / "plant.toml").write_text(PLANT, encoding="utf-8")
    (tmp_path / "map.toml").write_text('[columns]\n"Kürzel" = "tag"\n"Los" = "area"\n', encoding="utf-8")
    (tmp_path / "next.csv").write_text("Los,Kürzel\nL-1,P-2\n", encoding="utf-8")
    assert run("import", "plant.toml")[0] == 0
    assert run("mapping", "save", "s", "Maker", "map.toml") == (0, "s: saved Maker, 2 columns\n")
    assert run("mapping", "save", "s", "Maker", "map.toml")[0] == 1
    chosen = ("--class", "pump", "--saved-mapping", "Maker")
    assert run("import", "next.csv", *chosen)[0] != 0  # of which site it is
    code, said = run("import", "next.csv", "--site", "s", *chosen, "--save-mapping", "Other")
    assert (code, "asset P-2" in said) == (0, True)
    assert ("Kürzel" in run("mapping", "list")[1], run("mapping", "delete", "s", "Maker")[0]) == (True, 0)
    assert '"Los" = "area"' in run("mapping", "show", "s", "Other")[1]


def test_what_is_out_of_view_is_listed_for_people_and_programs(tmp_path: Path) -> None:
    (tmp_path / "plant.toml").write_text(PLANT, encoding="utf-8")
    assert run("import", "plant.toml")[0] == 0
    assert run("retired") == (0, "nothing is out of view\n")
    assert run("retire", "s/P-1", "--unused") == (0, "out of view: 0 signals of s/P-1\n")
    assert run("retire", "s/P-1") == (0, "out of view: s/P-1\n")
    code, said = run("retired", "--json")
    assert (code, [(one["site"], one["asset"]) for one in json.loads(said)["retired"]]) == (0, [("s", "P-1")])
    assert run("restore", "s/P-1") == (0, "in view again: s/P-1\n")


def test_costs_are_printed_as_the_table_that_is_read_back(tmp_path: Path) -> None:
    (tmp_path / "plant.toml").write_text(PLANT, encoding="utf-8")
    assert run("import", "plant.toml")[0] == 0
    table = "kind,key,day,code,amount,text\nbudget,B-1,2026-06-01,2.1,900.00,Pumps\n"
    (tmp_path / "costs.csv").write_text(table, encoding="utf-8")
    (tmp_path / "stores.toml").write_text('site = "s"\ncurrency = "EUR"\n', encoding="utf-8")
    for arguments in (
        ("order", "parts", "import", "stores.toml"),
        ("project", "add", "cw", "--site", "s", "--name", "Cooling water", "--asset", "P-1"),
        ("project", "costs", "import", "cw", "costs.csv"),
    ):
        assert run_here(*arguments).exit_code == 0
    printed = run_here("project", "costs", "export", "cw")
    assert printed.exit_code == 0
    (tmp_path / "printed.csv").write_text(printed.stdout, encoding="utf-8")
    again = run_here("project", "costs", "import", "cw", "printed.csv")
    assert again.stdout == "added 0, changed 0, left 1\n"


@pytest.mark.parametrize(("how", "code", "says"), [(signal.SIGKILL, -9, ""), (signal.SIGINT, 130, "nothing was taken")])
def test_an_import_that_is_cut_off_leaves_nothing_and_is_done_again(
    superuser: Any, database_url: str, tmp_path: Path, how: signal.Signals, code: int, says: str
) -> None:
    (tmp_path / "plant.toml").write_text(PLANT, encoding="utf-8")
    streams = tmp_path / "streams"
    streams.mkdir()
    with psycopg.connect(database_url) as holding:
        holding.execute("LOCK TABLE register_import")  # everything is written by then, and waits here
        importing = start_command("register", "import", "plant.toml", streams=streams)
        wait_for(lambda: superuser.execute(WAITING).fetchone() == (1,), what="import that waits")
        importing.send_signal(how)
        assert importing.wait(60) == code
        importing.close()
    wait_for(lambda: superuser.execute(WAITING).fetchone() == (0,), what="end of its session")
    assert says in (streams / "2").read_text(encoding="utf-8")
    counted = [superuser.execute(f"SELECT count(*) FROM {one}").fetchone() for one in ("asset", "register_change")]
    assert counted == [(0,), (0,)]
    assert run("import", "plant.toml")[0] == 0
    assert superuser.execute("SELECT count(*) FROM asset").fetchone() == (1,)
