"""A role that dies is started again and counted; all of them end together."""

from __future__ import annotations

import os
from pathlib import Path

import psutil
import pytest

from service.runtime.processes import Crew
from tests.patience import wait_for


@pytest.fixture
def crew(tmp_path: Path) -> Crew:
    unreachable = {"ASSETLOOP_DATABASE_URL": "postgresql://127.0.0.1:1/none", "ASSETLOOP_DATA": str(tmp_path)}
    return Crew(tmp_path, {**os.environ, **unreachable})


def test_a_killed_role_is_started_again_and_counted(crew: Crew) -> None:
    first = crew.start("desk").pid
    assert first is not None
    psutil.Process(first).kill()

    def another() -> bool:
        crew.watch()
        return crew.processes["desk"].pid not in (None, first)

    wait_for(another, what="second process")
    assert crew.deaths == {"desk": 1}
    crew.stop()


def test_stopping_leaves_no_process(crew: Crew, tmp_path: Path) -> None:
    """One is stopped while it waits, the other while it starts."""
    pids = [crew.start("desk").pid]
    wait_for(lambda: "waits for the database" in (tmp_path / "desk.log").read_text(), what="desk that waits")
    pids.append(crew.start("score").pid)
    crew.stop()
    assert not any(psutil.pid_exists(pid) for pid in pids if pid is not None)


def test_a_large_log_is_put_aside_and_a_new_one_begun(crew: Crew, tmp_path: Path) -> None:
    (tmp_path / "desk.log").write_bytes(b"x" * 9 * 2**20)
    crew.start("desk")
    crew.stop()
    assert (tmp_path / "desk.1.log").stat().st_size == 9 * 2**20
    assert (tmp_path / "desk.log").stat().st_size < 2**20
