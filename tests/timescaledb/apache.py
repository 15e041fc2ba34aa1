"""TimescaleDB's Apache edition, as Debian 13 ships it, served from a folder that `.ci/run` makes."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg

from tests.patience import PATIENCE_S

FOLDER = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "assetloop/trixie-postgresql-17-timescaledb"
_BINARIES = "/usr/lib/postgresql/17/bin"
_OPTIONS = (
    *("-c", "shared_preload_libraries=timescaledb", "-c", "timescaledb.telemetry_level=off"),
    *("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off"),
    *("-c", "dynamic_shared_memory_type=mmap", "-c", "max_connections=80", "-c", "shared_buffers=128MB"),
)


def lacking() -> str | None:
    """Say why it cannot be had on this machine; None where it is there."""
    if not (FOLDER / "usr/lib/postgresql/17/bin/postgres").exists():
        return f"no TimescaleDB, Apache edition, below {FOLDER}: .ci/run makes it"
    return None if os.geteuid() == 0 else "the Apache edition runs from a folder of its own, which only root may enter"


@contextmanager
def server() -> Iterator[str]:
    """Serve it for as long as the block lasts; yields the address of its superuser."""
    place = f"/srv/{secrets.token_hex(4)}"
    folder = FOLDER / place[1:]
    folder.mkdir(parents=True)
    owner = FOLDER / "var/lib/postgresql"
    os.chown(folder, owner.stat().st_uid, owner.stat().st_gid)
    process = None
    try:
        _enter(f"{_BINARIES}/initdb", "-D", f"{place}/data", "-U", "postgres", "--auth=trust", "--no-sync").wait()
        process = _enter(f"{_BINARIES}/postgres", "-D", f"{place}/data", "-k", place, "-h", "", *_OPTIONS)
        url = f"postgresql://postgres@/postgres?host={quote(str(folder), safe='')}"
        _await(url, process)
        yield url
    finally:
        if process is not None:
            process.send_signal(signal.SIGINT)
            process.wait(PATIENCE_S)
        shutil.rmtree(folder)


def _enter(*command: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        ["/usr/sbin/chroot", "--userspec=postgres:postgres", str(FOLDER), *command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={"PATH": "/usr/bin", "LC_ALL": "C.UTF-8"},
        cwd="/",
    )


def _await(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        try:
            psycopg.connect(url).close()
            return
        except psycopg.OperationalError:
            assert process.poll() is None, "the Apache edition did not start"
            time.sleep(0.1)
    raise AssertionError("the Apache edition does not answer")
