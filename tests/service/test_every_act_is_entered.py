"""What is imported, signed, handed in, closed, promoted, decided, restored or attached is an entry of the ledger."""

from __future__ import annotations

import json
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from alerts.orders.attachments import AttachmentStore, attach
from alerts.orders.commands import Codes, close_order, report_failure, take_step
from alerts.orders.incoming_file import IncomingFile
from lifecycle import ledger
from lifecycle.handover import looking, passing, projects, scheduling
from lifecycle.handover.gates import GateName
from lifecycle.handover.passing import signing_act
from lifecycle.handover.projects import DocumentWanted, ProjectWanted
from lifecycle.ledger import VerifiedChain
from models.training import promotion
from models.training.train import TrainedModel, train
from plant.clock import ManualClock
from plant.iso14224 import Activity
from plant.people.principal import Principal, Recognition
from plant.people.rights import PlantRole
from plant.severity import Severity
from plant.work_order import FailureReport, Outcome, Step
from service.commands.record.exchange import _enter_import
from service.commands.record.ledger import enter_restore
from service.runtime.surroundings import Surroundings
from storage.core.database import Database
from storage.notices import design
from storage.notices.design import MachineGroup
from tests.commands import run_here
from tests.models.conftest import Rows
from tests.service.commands.orders.test_order_commands import MAINTENANCE, PLANS, STORES

ROLES = frozenset({PlantRole.ENGINEERING, PlantRole.OPERATIONS, PlantRole.SUPERVISOR, PlantRole.MAINTENANCE})
ANA = Principal(name="Ana", recognition=Recognition.PASSWORD, person_id="ana", roles={"demo": ROLES})
REGISTER = 'site = {tag = "demo", name = "Demo"}\n[[class]]\ntag = "fan"\nname = "Fan"\n'
CHANGES = """
[[job_plan]]
plan = "first-start"
name = "First start"
[[job_plan.step]]
text = "Grease the drive end"
kind = "check"

[[spares]]
part = "12-7"
name = "Seal"
least = 2

[requirements]
training = 1
[[requirements.parameter]]
name = "seal material"
values = ["FFKM"]
"""
ALARMS = (
    '[[alarm]]\nclass = "pump"\nkind = "limit"\npriority = 2\nrespond_within_s = 600\ncause = "dry"\naction = "look"\n'
)


@pytest.fixture
def rows(superuser: psycopg.Connection[tuple[object, ...]], app_database: Database) -> Rows:
    made = Rows(superuser, app_database)
    made.trained_asset()
    return made


def test_every_act_is_an_entry(rows: Rows, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSETLOOP_DATABASE_URL", database_url)
    imports(tmp_path)
    handover(rows.database, rows.clock)
    an_order(rows.database, rows.clock)
    a_claim(rows.database, rows.clock, tmp_path)
    a_model(rows)
    a_decision(rows, tmp_path)
    with rows.database.transaction() as tx:
        entries = [json.loads(one.entry) for one in ledger.store.entries_after(tx, "demo", 0, most=1000)]
        assert isinstance(ledger.verify(tx, "demo"), VerifiedChain)
    entered = {entry["event"] for entry in entries}
    wanted = {
        *("register.imported", "stores.imported", "job_plans.imported", "maintenance_plans.imported"),
        *("rationalisations.imported", "readings.imported", "schedule.imported", "backup.restored"),
        *("project.added", "document.added", "punch.raised", "punch.carried", "punch.closed"),
        *("gate.passed", "gate.waived", "handover.signed"),
        *("order.reported", "order.closed", "order.attached", "order.file_attached"),
        *("model.trained", "model.promoted", "model.rolled_back_to"),
        *("design_request.accepted",),
        *("warranties.imported", "warranty.said", "warranty.claimed", "warranty.settled"),
    }
    assert wanted - entered == set()
    files = [
        entry["sha256"] for entry in entries if entry["event"].endswith((".imported", "file_attached", "restored"))
    ]
    assert all(len(digest) == 64 for digest in files)


def imports(folder: Path) -> None:
    commands: dict[str, tuple[str, tuple[str, ...]]] = {
        "plant.toml": (REGISTER, ("register", "import")),
        "stores.toml": (STORES, ("order", "parts", "import")),
        "plans.toml": (PLANS, ("order", "plans", "import")),
        "maintenance.toml": (MAINTENANCE, ("order", "maintenance", "import")),
        "alarms.toml": (ALARMS, ("alert", "rationalisation", "import")),
    }
    for name, (text, command) in commands.items():
        (folder / name).write_text(text, encoding="utf-8")
        for _ in range(2):  # what changes nothing is no entry
            done = run_here(*command, str(folder / name), "--data", str(folder), "--json")
            assert done.exception is None, (name, done.output)
    around = Surroundings.of(folder)
    _enter_import(around, folder / "plant.toml", stored=3, sites=["demo"])
    enter_restore(around.database_url(), folder / "plant.toml", around)


def handover(database: Database, clock: ManualClock) -> None:
    on: Any = {"actor": ANA, "clock": clock}
    projects.add_project(database, ProjectWanted(tag="cw", site="demo", name="Cooling", assets=("P-1",)), **on)
    scheduling.import_schedule(database, "cw", "plan.csv", b"key,name,planned\nC,Complete,2026-07-01\n", **on)
    document = DocumentWanted(file="a.pdf", body=b"how to", vdi_class="03-02", title="Manual")
    projects.add_document(database, "cw", document, **on)
    for _ in range(2):
        number = projects.raise_punch(database, "cw", category="B", text="paint", asset="P-1", **on)
    projects.carry_punch(database, "cw", number, clock.now().date() + timedelta(days=9), **on)
    passing.pass_gate(database, "cw", GateName.FEASIBILITY, note="looked at on site", **on)
    for gate in list(GateName)[1:]:
        if gate is GateName.CONFIRMATION:
            break
        confirmed = ANA.confirm(passing.waiving_act("cw", gate))
        passing.waive_gate(database, "cw", gate, reason="there is no time left for it", actor=confirmed, clock=clock)
    digest = looking.look(database, "cw", clock=clock).manifest_sha256
    signer = ANA.confirm(signing_act("cw", GateName.CONFIRMATION, "operations", digest))
    passing.sign(database, "cw", GateName.CONFIRMATION, "operations", digest, actor=signer, clock=clock)
    projects.close_punch(database, "cw", number, **on)


def an_order(database: Database, clock: ManualClock) -> None:
    report = FailureReport(actor=ANA, failure_mode="VIB", severity=Severity.MAJOR, what="it shakes")
    number = report_failure(database, "demo", "P-1", report, clock=clock).number
    with IncomingFile("heard.txt", most_bytes=1000) as file:
        file.add(b"a grinding noise\n")
        attach(database, number, file, store=AttachmentStore(), actor=ANA, clock=clock)
    for step in (Step.APPROVE, Step.START, Step.COMPLETE):
        take_step(database, number, step, actor=ANA, clock=clock)
    codes = Codes(outcome=Outcome.NO_FAULT_FOUND, failure_mode="VIB", cause="1.0", action=Activity.CHECK)
    close_order(database, number, codes, actor=ANA, clock=clock)


def a_claim(database: Database, clock: ManualClock, folder: Path) -> None:
    """A warranty by a file, the claim of a failure within it with its evidence, and how it was settled: by commands."""
    report = FailureReport(actor=ANA, failure_mode="ELP", severity=Severity.MAJOR, what="the seal leaks")
    number = report_failure(database, "demo", "P-1", report, clock=clock).number
    day = clock.now().date() - timedelta(days=9)
    said = f'site = "demo"\n[[warranty]]\nasset = "P-1"\nfrom = {day.isoformat()}\nmonths = 24\nguarantor = "Acme"\n'
    (folder / "warranties.toml").write_text(said, encoding="utf-8")
    claim = str(folder / "claim.zip")
    for command in (
        ["import", str(folder / "warranties.toml"), "--dry-run"],
        ["import", str(folder / "warranties.toml")],
        ["evidence", number, "-o", claim],
        ["claim", number, "-o", claim, "--amount", "120", "--language", "zh"],
        ["claim", number, "-o", claim],
        ["answer", number, "settled", "--amount", "100"],
    ):
        done = run_here("warranty", *command, "--data", str(folder), "--json")
        assert done.exception is None, (command, done.output)
    for command, found in ((["list"], "Acme"), (["claims", "--guarantor", "acme"], "100.00")):
        done = run_here("warranty", *command, "--data", str(folder))
        assert found in done.output, done.output
    with zipfile.ZipFile(claim) as packed:
        proved = json.loads(packed.read("ledger.json"))
    assert proved["unsigned"] == []
    assert "warranty.claimed" in {json.loads(one["entry"])["entry"]["event"] for one in proved["proofs"]}


def a_model(rows: Rows) -> None:
    (asset_id,) = rows.signals
    (challenger,) = train(rows.database, clock=rows.clock, trained_by="a test", asset_ids=[asset_id])
    assert isinstance(challenger, TrainedModel)
    promotion.promote(rows.database, challenger.model_id, actor=ANA, clock=rows.clock)
    promotion.roll_back(rows.database, challenger.model_id, actor=ANA, clock=rows.clock)


def a_decision(rows: Rows, folder: Path) -> None:
    site_id, class_id = (
        rows.plant._known("site", "site_id", "demo"),
        rows.plant._known("asset_class", "class_id", "pump"),
    )
    group = MachineGroup(
        site_id=site_id or 0,
        site="demo",
        class_id=class_id or 0,
        asset_class="pump",
        failure_mode="VIB",
        manufacturer="Acme",
        model="M1",
        context="",
        years=1.0,
        machines=1,
        failures=5,
        orders=[],
    )
    with rows.database.transaction() as tx:
        request_id = design.open_request(tx, group, {}, at=rows.clock.now())
    (folder / "changes.toml").write_text(CHANGES, encoding="utf-8")
    command = ["engineering", "accept", str(request_id), "--reason", "seals fail"]
    done = run_here(*command, "--changes", str(folder / "changes.toml"), "--data", str(folder), "--json")
    assert done.exception is None, done.output
    with rows.database.transaction() as tx:
        assert [one.kind for one in design.changes(tx, request_id or 0)] == ["job_plan", "spares", "requirement"]
