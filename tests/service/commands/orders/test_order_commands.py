"""`assetloop order`: a plant's work from stores file to cost, at the command line, each answer as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from alerts.preventive.plan_file import read_maintenance_plans
from lifecycle.register.job_plan_file import read_job_plans
from lifecycle.register.stores_file import read_stores
from plant.clock import SystemClock
from plant.people.rights import PlantRole
from storage.core.database import Database
from tests import people
from tests.commands import run_here
from tests.conftest import REPOSITORY
from tests.plant_rows import PlantRows

STORES = (
    'site = "demo"\ncurrency = "CNY"\n[[trade]]\ntag = "mechanic"\nrate = 80\n[[part]]\nnumber = "6205"\nprice = 12.5\n'
)
PLANS = (
    '[[job_plan]]\ntag = "bearing"\nname = "Change it"\n'
    '[[job_plan.step]]\ntext = "Read"\nkind = "reading"\nhigh = 4.5\n'
)
MAINTENANCE = (
    'site = "demo"\n[[maintenance_plan]]\nasset = "P-1"\ntag = "oil"\nname = "Oil"\nrule = "FREQ=DAILY"\n'
    "begins = 2026-01-01T08:00:00\n"
)
Run = Callable[..., Any]


@pytest.fixture
def run(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command and return its JSON."""
    monkeypatch.setenv("ASSETLOOP_DATABASE_URL", database_url)

    def command(*arguments: str) -> Any:
        done = run_here("order", *arguments, "--data", str(tmp_path), "--json")
        assert done.exception is None, done.exception
        return json.loads(done.stdout.splitlines()[-1])

    return command


def test_the_files_that_the_documentation_shows_are_read(tmp_path: Path) -> None:
    said = (REPOSITORY / "docs" / "register.md").read_text(encoding="utf-8").partition("## Stores, job plans, ")[2]
    files = [tmp_path / f"{place}.toml" for place in range(3)]
    for file, block in zip(files, re.findall(r"```toml\n(.*?)```", said, re.DOTALL), strict=True):
        file.write_text(block, encoding="utf-8")
    assert [one.number for one in read_stores(files[0]).parts] == ["6205"]
    assert [len(one.steps) for one in read_job_plans(files[1])] == [2]
    site, plans = read_maintenance_plans(files[2])
    assert (site, [one.kind.value for one in plans]) == ("north", ["calendar", "meter", "condition"])


def test_a_plants_work_is_done_at_the_command_line(
    run: Run, app_database: Database, plant_rows: PlantRows, tmp_path: Path
) -> None:
    plant_rows.order_event(plant_rows.work_order(plant_rows.asset()))
    people.enter(app_database, SystemClock(), "li", name="Li Wei", roles=((PlantRole.MAINTENANCE, "demo"),))
    files = {"stores": STORES, "plans": PLANS, "maintenance": MAINTENANCE}
    for name, text in files.items():
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    assert run("parts", "import", str(tmp_path / "stores.toml"))["added"] == {"parts": 1, "trades": 1}
    assert run("plans", "import", str(tmp_path / "plans.toml"))["added"] == {"bearing": 1}
    assert run("maintenance", "import", str(tmp_path / "maintenance.toml"))["added"] == 1
    assert run("parts", "receive", "demo", "6205", "3")["on_hand"] == "3"
    number = run("list")["orders"][0]["number"]
    assert run("assign", number, "--person", "li")["assignee_name"] == "Li Wei"
    assert run("comment", number, "heard it too")["revision"] == 3
    assert run("edit", number, "--revision", "3", "--priority", "1")["priority"] == 1
    assert run("plan", number, "bearing")["version"] == 1
    assert run("answer", number, "1", "--reading", "7")["task"] == 1
    assert run("tasks", number)["tasks"][0]["answer"]["verdict"] == "fail"
    assert run("parts", "reserve", number, "6205", "1")["order"] == number
    assert run("parts", "issue", number, "6205", "2")["order"] == number
    assert run("labour", number, "li", "mechanic", "2026-01-02", "1.5")["order"] == number
    assert run("downtime", number, "--from", "2026-01-02T06:00Z", "--to", "2026-01-02T08:00Z", "--reason", "seal")
    (cost,) = run("cost", number)["costs"]
    assert (cost["parts"], cost["labour"], cost["total"]) == ("25.00", "120.00", "145.00")
    assert run("step", number, "approve")["state"] == "APPR"
    assert [one["said"] for one in run("show", number)["comments"]] == ["heard it too"]
    (plan,) = run("maintenance", "list")["maintenance_plans"]
    assert run("maintenance", "rest", str(plan["plan_id"]))["is_active"] is False
    assert run("parts", "list")["parts"][0]["free"] == "1"
    assert run("plans", "list")["job_plans"][0]["tag"] == "bearing"
