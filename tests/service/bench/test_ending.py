"""A bench that is told to end takes everything with it that it has started."""

from __future__ import annotations

from pathlib import Path

import psutil
import psycopg
import pytest

from tests.commands import start_command, without_settings
from tests.patience import wait_for


@pytest.mark.needs("mosquitto")
@pytest.mark.parametrize(
    "is_named",
    [
        pytest.param(False, id="its own server", marks=pytest.mark.long),
        pytest.param(True, id="a server that is named"),
    ],
)
def test_a_bench_that_is_told_to_end_leaves_no_process_and_no_database(
    tmp_path: Path, server_url: str, is_named: bool
) -> None:
    before = scratch_databases(server_url)
    environment = without_settings(TMPDIR=str(tmp_path), **({"ASSETLOOP_DATABASE_URL": server_url} if is_named else {}))
    bench = start_command(
        *("bench", "desk", "--findings", "100", "--assets", "10", "--data", str(tmp_path)),
        streams=tmp_path,
        environment=environment,
    )
    started = wait_for(lambda: with_desks(psutil.Process(bench.pid)), what="desks")
    bench.terminate()
    assert bench.wait(60) == 130, (tmp_path / "2").read_text()
    assert psutil.wait_procs(started, timeout=0)[1] == []
    assert [*tmp_path.glob("assetloop-bench-*")] == []
    assert scratch_databases(server_url) == before


def with_desks(bench: psutil.Process) -> list[psutil.Process]:
    """All that a bench has started, once desks are among it."""
    started = bench.children(recursive=True)
    try:
        return started if any("desk" in one.cmdline() for one in started) else []
    except psutil.NoSuchProcess:
        return []


def scratch_databases(server_url: str) -> set[str]:
    with psycopg.connect(server_url) as connection:
        return {name for (name,) in connection.execute("SELECT datname FROM pg_database") if "_scratch_" in name}
