"""Figures and the search at the command line: for a person, as JSON, and as CSV."""

from __future__ import annotations

import csv
import io
import json

import pytest

from service import cli
from tests.plant_rows import NOON, PlantRows


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def] # noqa: ANN201
    """Run a command on the test's database; returns its exit code and what it printed."""
    monkeypatch.setenv("ASSETLOOP_DATABASE_URL", database_url)

    def ran(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["assetloop", *words])
        code = cli._run()
        said = capsys.readouterr()
        return code, said.out, said.err

    return ran


def test_figures_and_search_answer_people_and_programs(run, plant_rows: PlantRows) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001
    asset_id = plant_rows.asset("P-1")
    plant_rows.connection.execute("UPDATE asset_state SET since = %s, noted_at = %s", [NOON, NOON])
    order_id = plant_rows.work_order(asset_id, state="CLOSE", title="P-1: bearing hot")
    plant_rows.add("work_order_booking", order_id=order_id, booked_at=NOON, booked_by="Mei", cost=20, currency="EUR")
    span = ("--from", "2026-03-01T12:00Z", "--to", "2026-03-03T12:00Z")

    code, out, err = run("figures", *span)
    assert (code, err) == (0, ""), out
    assert (code, out.splitlines()[1].split()[:3]) == (0, ["demo/pump", "2026-03-01", "1"])
    code, out, _ = run("figures", "--by", "asset", *span, "--json")
    (one,) = json.loads(out)["figures"]
    assert (one["asset"], one["required_h"], one["mtbf_h"], one["costs"]) == ("P-1", 48.0, None, {"EUR": 20.0})
    code, out, _ = run("figures", "--bucket", "day", *span, "--csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [(row["required_h"], row["costs"]) for row in rows] == [("12.0", "20.00 EUR"), ("24.0", ""), ("12.0", "")]
    code, _, err = run("figures", "--by", "planet")
    assert (code, "--by is asset, class or site" in err) == (2, True)

    code, out, _ = run("search", "bearing", "--json")
    assert (code, json.loads(out)["found"]) == (0, [])
    code, out, _ = run("search", "轴承")
    assert (code, out) == (0, "nothing like that is known yet\n")
