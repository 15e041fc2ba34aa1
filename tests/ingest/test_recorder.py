"""The recorder's thread never dies in silence."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest

from ingest.batch import Batch
from ingest.commit import Committer
from ingest.devices import Devices
from ingest.housekeeping import Housekeeping
from ingest.recorder import Recorder
from plant.clock import ManualClock
from storage.database import Database


def test_a_fault_in_the_thread_is_raised_where_commits_are_awaited(register: None, ingest_database: Database) -> None:  # noqa: ARG001
    committer = Committer(ingest_database, Devices(ingest_database, most_signals=3), slot=0, retention_us=1)
    clock = ManualClock(datetime(2026, 3, 4, tzinfo=UTC))
    house = Housekeeping(ingest_database, clock, slot=0, holder="me", lease_s=60)
    woken = threading.Event()
    recorder = Recorder(committer, house, wake=woken.set)
    recorder.start()
    recorder.submit(Batch(connection=1, opened_s=0.0, messages=None))  # type: ignore[arg-type]
    assert woken.wait(10)
    with pytest.raises(TypeError):
        recorder.committed()
    assert recorder.stop(10)
