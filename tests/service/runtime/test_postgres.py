"""The embedded server keeps its data, hides its socket, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import stat
from pathlib import Path

import psycopg
import pytest

from plant.errors import Conflict
from service.runtime.postgres import PostgresServer


def test_what_was_committed_is_there_after_a_restart(tmp_path: Path) -> None:
    with PostgresServer(tmp_path / "pg") as server, psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE t AS SELECT 1 AS x")
    with PostgresServer(tmp_path / "pg") as server, psycopg.connect(server.url) as connection:
        assert connection.execute("SELECT x FROM t").fetchone() == (1,)


def test_a_server_that_a_killed_stack_left_is_ended_and_its_data_kept(tmp_path: Path) -> None:
    first = PostgresServer(tmp_path / "pg", durable=False).start()
    left = first.pid
    assert left is not None
    with PostgresServer(tmp_path / "pg", durable=False) as second:
        assert second.pid not in (None, left)
        assert first.pid is None
        psycopg.connect(second.url).close()


def test_the_folder_and_the_socket_are_closed_to_others_and_no_port_is_open(tmp_path: Path) -> None:
    deep = tmp_path / ("long" * 20) / "pg"
    for folder in (tmp_path / "pg", deep):
        with PostgresServer(folder, durable=False) as server, psycopg.connect(server.url) as connection:
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
            (listens,) = connection.execute("SHOW listen_addresses").fetchone() or ("?",)
            (sockets,) = connection.execute("SHOW unix_socket_directories").fetchone() or ("?",)
            assert listens == ""
            assert stat.S_IMODE(Path(sockets).stat().st_mode) == 0o700
        assert server.pid is None


def test_a_server_that_is_started_again_is_found_at_the_same_address(tmp_path: Path) -> None:
    """Also where the folder's name is too long for a socket, which then is elsewhere."""
    server = PostgresServer(tmp_path / ("long" * 20) / "pg", durable=False).start()
    first = server.url
    server.stop()
    server.start()
    try:
        assert server.url == first
        psycopg.connect(first).close()
    finally:
        server.stop()


def test_a_folder_of_another_major_version_is_refused(tmp_path: Path) -> None:
    with PostgresServer(tmp_path / "pg", durable=False):
        pass
    version = tmp_path / "pg" / "PG_VERSION"
    version.write_text("12\n")
    with pytest.raises(Conflict, match="is of PostgreSQL 12, this program brings 18"):
        PostgresServer(tmp_path / "pg").start()


def test_a_crashed_server_recovers_what_it_had_committed(tmp_path: Path) -> None:
    server = PostgresServer(tmp_path / "pg").start()
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE t AS SELECT 1 AS x")
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    server.stop()
    with PostgresServer(tmp_path / "pg") as again, psycopg.connect(again.url) as connection:
        assert connection.execute("SELECT x FROM t").fetchone() == (1,)
