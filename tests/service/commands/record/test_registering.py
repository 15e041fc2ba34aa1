"""The register is brought in, written out and asked for its past at the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from service.cli import app
from tests.lifecycle.importing.workbooks import workbook

ROWS = [["Tag", "Class", "Signal", "High (bar)"], ["P-1", "pump", "pressure", 9], ["P-2", "", "", ""]]


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["register", *arguments])
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
    assert (code, "added: 2 asset" in said) == (0, True)
    assert "signal P-1 pressure" in said
    assert run("export", "s", "-o", "out.xlsx")[1] == "out.xlsx: 2 assets\n"
    again = json.loads(run("import", "out.xlsx", "--json")[1].splitlines()[-1])
    assert (again["added"], again["changed"], again["items"], again["faults"]) == ({}, {}, [], [])
    assert "asset" in run("show", "s", "--kind", "asset")[1]
    assert run("compare", "s", "2026-01-01", "2026-01-02") == (0, "nothing changed\n")
    assert run("show", "s", "--on", "2001-01-01")[0] != 0
    assert run("import", file, "--as", "nonsense")[0] != 0
