"""The recorder's threads never die in silence."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest

from ingest.admission import Terms
from ingest.batch import Batch
from ingest.commit import Committer
from ingest.devices import Devices
from ingest.housekeeping import Housekeeping
from ingest.recorder import Recorder
from plant.clock import ManualClock
from storage.database import Database


@pytest.fixture
def woken() -> threading.Event:
    return threading.Event()


@pytest.fixture
def recorder(register: None, ingest_database: Database, woken: threading.Event) -> Recorder:  # noqa: ARG001
    terms = Terms(retention_us=1)
    committer = Committer(ingest_database, Devices(ingest_database, most_signals=3), terms, slot=0)
    house = Housekeeping(
        ingest_database,
        ManualClock(datetime(2026, 3, 4, tzinfo=UTC)),
        terms,
        holder="me",
        lease_s=60,
        most_slots=1,
        end_session=lambda _: None,
    )
    return Recorder(committer, house, wake=woken.set)


def test_a_fault_in_a_thread_is_raised_where_commits_are_awaited(recorder: Recorder, woken: threading.Event) -> None:
    recorder.start()
    recorder.submit(Batch(opened_s=0.0, sheet=None))  # type: ignore[arg-type]
    assert woken.wait(10)
    with pytest.raises((AttributeError, IndexError)):
        recorder.committed()
    assert recorder.stop(10)


def test_a_fault_of_housekeeping_is_raised_there_too(recorder: Recorder, woken: threading.Event) -> None:
    recorder._housekeeping.report({0: None}, spooled_since_us=None, lost=None)  # type: ignore[dict-item]
    recorder.start()
    assert woken.wait(10)
    with pytest.raises(AttributeError):
        recorder.committed()
    assert recorder.stop(10)
