"""The recorder never dies in silence, and two batches on their way are stored as if one came after the other."""

from __future__ import annotations

import threading
import time
from array import array
from datetime import UTC, datetime

import numpy as np
import psycopg
import pytest

from ingest.admission.admit import AdmissionRules
from ingest.admission.devices import Devices
from ingest.commit.batch import Batch, MessageBlock
from ingest.commit.commit_order import CommitTurn
from ingest.commit.committer import Committer
from ingest.decoding.decoded import DeviceReport
from ingest.decoding.device_profile import DeviceProfile
from ingest.housekeeping import Housekeeping
from ingest.recorder import Recorder
from plant.clock import ManualClock
from plant.errors import Unavailable
from storage.binary.columns import ReadingColumns
from storage.core.database import Database
from tests.patience import PATIENCE_S


@pytest.fixture
def woken() -> threading.Event:
    return threading.Event()


@pytest.fixture
def recorder(register: None, ingest_database: Database, woken: threading.Event) -> Recorder:  # noqa: ARG001
    return made(ingest_database, woken)


def made(ingest_database: Database, woken: threading.Event, kind: type[Committer] = Committer) -> Recorder:
    rules = AdmissionRules(retention_us=1)
    committer = kind(ingest_database, Devices(ingest_database, most_signals=3), rules, slot=0)
    house = Housekeeping(
        ingest_database,
        ManualClock(datetime(2026, 3, 4, tzinfo=UTC)),
        rules,
        holder="me",
        lease_s=60,
        most_slots=1,
        end_session=lambda _: None,
    )
    return Recorder(committer, house, wake=woken.set)


def batch(*rows: tuple[int, float]) -> Batch:
    """Make a batch of a message for each time and value of one signal."""
    made = Batch(opened_s=0.0)
    for number, (second, value) in enumerate(rows):
        report = DeviceReport("demo", "P-101", [("flow",)], [1_772_582_400_000_000 + second], [0], array("d", [value]))
        report.device = DeviceProfile(site="demo", asset="P-101", asset_id=1, signals={})
        report.signal_ids = [np.array([7], np.int32)]
        made.blocks.append(MessageBlock([(b"t", b"", number, 0)], 1_772_582_400_000_000, None))
        made.columns.add(report, number)
        made.messages += 1
    return made


class Faltering(Committer):
    """The database is away for it at its first attempt, once all is written and others have been let in."""

    def commit(self, batch: Batch, now_s: float, turn: CommitTurn | None = None) -> list[ReadingColumns]:
        if batch.columns.values[0] == 1.0 and not self.__dict__.setdefault("has_faltered", False):
            self.__dict__["has_faltered"] = True
            assert turn is not None
            turn.await_write(None)
            turn.await_commit()
            time.sleep(0.1)
            raise Unavailable("a cable was pulled")
        return super().commit(batch, now_s, turn)


def commit_all(recorder: Recorder, woken: threading.Event, batches: list[Batch]) -> None:
    """Give batches as soon as there is room, and see that they come back in their order."""
    left, held = list(batches), []
    while len(held) < len(batches):
        while left and recorder.has_room:
            recorder.submit(left.pop(0))
        assert woken.wait(PATIENCE_S)
        woken.clear()
        while (done := recorder.committed()) is not None:
            held.append(done)
    assert held == batches


@pytest.mark.parametrize("kind", [Committer, Faltering])
def test_of_two_values_for_one_instant_the_first_received_stays_though_both_are_on_their_way(
    register: None,  # noqa: ARG001
    ingest_database: Database,
    woken: threading.Event,
    superuser: psycopg.Connection[tuple[object, ...]],
    kind: type[Committer],
) -> None:
    superuser.execute(
        "INSERT INTO signal (signal_id, asset_id, key, position) OVERRIDING SYSTEM VALUE VALUES (7, 1, 'flow', 0)"
    )
    recorder = made(ingest_database, woken, kind)
    recorder.start()
    commit_all(
        recorder,
        woken,
        [batch((n, 1.0), (n + 1, 2.0)) if n % 2 == 0 else batch((n, 9.0), (n + 50, 3.0)) for n in range(20)],
    )
    assert recorder.stop(PATIENCE_S)
    stored = superuser.execute("SELECT value, count(*) FROM reading GROUP BY value ORDER BY value").fetchall()
    conflicts = superuser.execute("SELECT value, count(*) FROM reading_conflict GROUP BY value").fetchall()
    assert stored == [(1.0, 10), (2.0, 10), (3.0, 10)]
    assert conflicts == [(9.0, 10)]


def test_a_fault_in_a_thread_is_raised_where_commits_are_awaited(recorder: Recorder, woken: threading.Event) -> None:
    recorder.start()
    recorder.submit(Batch(opened_s=0.0, columns=None))  # type: ignore[arg-type]
    assert woken.wait(PATIENCE_S)
    with pytest.raises((AttributeError, IndexError)):
        recorder.committed()
    assert recorder.stop(PATIENCE_S)


def test_a_fault_of_housekeeping_is_raised_there_too(recorder: Recorder, woken: threading.Event) -> None:
    recorder._housekeeping.report({0: None}, spooled_since_us=None, lost=None)  # type: ignore[dict-item]
    recorder.start()
    assert woken.wait(PATIENCE_S)
    with pytest.raises(AttributeError):
        recorder.committed()
    assert recorder.stop(PATIENCE_S)
