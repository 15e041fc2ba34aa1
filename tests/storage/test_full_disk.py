"""While the database's disk is full nothing that was stored is lost, and everybody hears of it at once."""

from __future__ import annotations

import contextlib
import os
import pwd
import subprocess
from array import array
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import psycopg
import pytest

from ingest.admission.admit import AdmissionRules
from ingest.admission.devices import Devices
from ingest.commit.batch import Batch, MessageBlock
from ingest.commit.committer import Committer
from ingest.decoding.decoded import DeviceReport
from ingest.decoding.device_profile import DeviceProfile
from ingest.housekeeping import Housekeeping, SlotState
from ingest.recorder import Recorder
from plant.clock import SystemClock
from plant.errors import Unavailable
from plant.product_state import FaultKind
from storage.binary.columns import ReadingColumns
from storage.core.database import Database, Role
from storage.schema.migrate import migrate
from storage.telemetry import readings, slots
from storage.telemetry.windows import to_us
from storage.views import product_state
from tests.patience import PATIENCE_S, TimeLeft, wait_for
from tests.plant_rows import PlantRows

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
Superuser = psycopg.Connection[tuple[object, ...]]


@pytest.fixture
def small_disk(server_url: str, tmp_path: Path) -> Iterator[str]:
    """The address of a migrated database whose disk holds 24 MiB."""
    if os.environ.get("ASSETLOOP_TEST_DATABASE_URL") or os.geteuid() != 0:
        pytest.skip("a small disk can be mounted only by root, beside a server of the test's own")
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", folder], check=True)
    for part in (folder, *folder.parents[:4]):
        part.chmod(part.stat().st_mode | 0o001)
    os.chown(folder, pwd.getpwnam("embedded_postgres").pw_uid, -1)
    try:
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute(f"CREATE TABLESPACE small LOCATION '{folder}'".encode())
            connection.execute("CREATE DATABASE small TABLESPACE small STRATEGY FILE_COPY")
        url = psycopg.conninfo.make_conninfo(server_url, dbname="small")
        migrate(url, allow_unsupported=True)
        yield url
    finally:
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute("DROP DATABASE IF EXISTS small WITH (FORCE)")
            connection.execute("DROP TABLESPACE IF EXISTS small")
        subprocess.run(["umount", folder], check=True)


def rows(count: int, start: int = 0) -> ReadingColumns:
    number = np.arange(start, start + count)
    return ReadingColumns(
        signal_ids=np.full(count, 1, np.int32),
        times_us=to_us(NOW) + number * 1_000_000,
        values=number.astype(float),
        flags=np.zeros(count, np.int16),
    )


def test_a_full_disk_is_named_and_what_was_stored_before_stays(small_disk: str) -> None:
    stored = 0

    def fill_it(database: Database) -> None:
        nonlocal stored
        for batch in range(100):
            with database.transaction() as tx:
                added = readings.append(tx, rows(20_000, start=batch * 20_000), received_at=NOW).stored
            stored += added

    with Database(small_disk, role=Role.INGEST) as database:
        with pytest.raises(Unavailable, match=r"the database's disk is full: .*; free space there") as told:
            fill_it(database)
        with database.transaction() as tx:
            assert readings.count(tx) == stored > 0
    assert "\n" not in str(told.value)


def test_while_the_disk_is_full_the_product_says_within_ten_seconds_that_it_stores_nothing_and_takes_it_back(
    small_disk: str,
) -> None:
    with (
        psycopg.connect(small_disk, autocommit=True) as owner,
        Database(small_disk, role=Role.INGEST) as ingest,
        Database(small_disk, role=Role.APP) as app,
    ):
        register_one_signal(owner)
        recorder = recorder_of(ingest)
        recorder.start()
        try:
            wait_for(lambda: owner.execute("SELECT FROM process_report").fetchall(), what="row of the process")
            assert product_state.look(app) == ()
            fill_the_disk(owner)
            left = TimeLeft()
            recorder.submit(batch_of(50_000))
            (fault,) = wait_for(lambda: product_state.look(app), what="fault")
            took_s = left.taken_s()
            owner.execute("DROP TABLE filler")
            wait_for(lambda: recorder.committed() is not None, what="commit")
            wait_for(lambda: product_state.look(app) == (), what="end of the fault")
        finally:
            recorder.stop(wait_s=PATIENCE_S)
    assert (fault.kind, took_s < 10.0) == (FaultKind.NOT_STORING, True)
    assert "disk is full" in fault.says


def fill_the_disk(owner: Superuser) -> None:
    owner.execute("CREATE TABLE filler (body text)")
    owner.execute("ALTER TABLE filler ALTER body SET STORAGE PLAIN")
    with contextlib.suppress(psycopg.errors.DiskFull):
        while True:
            owner.execute("INSERT INTO filler SELECT repeat('x', 7000) FROM generate_series(1, 20)")


def register_one_signal(owner: Superuser) -> None:
    plant = PlantRows(owner)
    plant.signal(plant.asset("P-1", name=""), "flow")


def recorder_of(ingest: Database) -> Recorder:
    rules = AdmissionRules(retention_us=10**18)
    with ingest.transaction() as tx:
        assert slots.acquire(tx, "me", lease_s=600, most=1) == 0
    house = Housekeeping(
        ingest, SystemClock(), rules, holder="me", lease_s=600, most_slots=1, end_session=lambda _slot: None
    )
    house.report({0: SlotState(lag_s=0.0, is_listening=True)}, spooled_since_us=None, lost=None)
    committer = Committer(ingest, Devices(ingest, most_signals=3), rules, slot=0)
    return Recorder(committer, house, wake=lambda: None)


def batch_of(count: int) -> Batch:
    """A batch of one message with many readings of one signal."""
    made = Batch(opened_s=0.0)
    times_us = list(range(to_us(NOW), to_us(NOW) + count))
    values = array("d", [1.0] * count)
    report = DeviceReport("demo", "P-1", [("flow",)] * count, times_us, [0] * count, values)
    report.device = DeviceProfile(site="demo", asset="P-1", asset_id=1, signals={"flow": 1})
    report.signal_ids = [np.array([1], np.int32)] * count
    made.blocks.append(MessageBlock([(b"t", b"", 0, 0)], to_us(NOW), None))
    made.columns.add(report, 0)
    made.messages += 1
    return made
