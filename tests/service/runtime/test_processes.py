"""A role that dies is started again and counted; all of them end together."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from plant.errors import Conflict
from service.runtime.processes import Crew, await_port
from service.runtime.waiting import ToldToStopError
from tests.patience import wait_for


@pytest.fixture
def crew(tmp_path: Path) -> Crew:
    unreachable = {"ASSETLOOP_DATABASE_URL": "postgresql://127.0.0.1:1/none", "ASSETLOOP_DATA": str(tmp_path)}
    return Crew(tmp_path, {**os.environ, **unreachable}, lock=tmp_path / "roles.lock")


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


@pytest.fixture
def taken() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def test_a_port_that_a_role_of_a_killed_up_may_have_is_waited_for(
    crew: Crew, taken: socket.socket, tmp_path: Path
) -> None:
    class LetsGo(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            assert timeout
            taken.close()
            return False

    crew.start("desk")
    said: list[str] = []
    await_port("127.0.0.1", taken.getsockname()[1], tmp_path / "roles.lock", say=said.append, stop=LetsGo())
    assert len(said) == 1
    told = threading.Event()
    told.set()
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(ToldToStopError):
        await_port("127.0.0.1", other.getsockname()[1], tmp_path / "roles.lock", say=said.append, stop=told)
    crew.stop()


def test_a_port_that_another_program_has_is_refused_once_no_role_is_left(
    crew: Crew, taken: socket.socket, tmp_path: Path
) -> None:
    crew.start("desk")
    crew.stop()
    with pytest.raises(Conflict, match=f"port {taken.getsockname()[1]} on 127.0.0.1 is taken"):
        await_port("127.0.0.1", taken.getsockname()[1], tmp_path / "roles.lock", say=print, stop=threading.Event())
