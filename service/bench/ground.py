"""The ground a bench stands on: a migrated database that is thrown away, and the product's own processes on it."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import psutil

from service.runtime.postgres import PostgresServer
from service.runtime.surroundings import Surroundings
from storage.bench.scratch_database import scratch_database
from storage.schema.migrate import migrate


@contextlib.contextmanager
def scratch(around: Surroundings, *, expected_values_per_s: float | None = None, durable: bool = True) -> Iterator[str]:
    """Yield the address of a migrated, empty database; it and what was started for it are gone afterwards.

    It expects `expected_values_per_s`, or what the settings say.

    Where `ASSETLOOP_DATABASE_URL` names a server the database is made there, else on an embedded server whose
    commits are as durable as in production, unless told that nothing need survive a crash.

    Raises:
        Unavailable: the server cannot be reached.
        Misconfigured: the login may not create databases, or the product does not run on the server.
    """
    with _server(around, durable=durable) as server_url, scratch_database(server_url) as url:
        rules = around.settings.rules()
        if expected_values_per_s is not None:
            rules = replace(rules, expected_values_per_s=expected_values_per_s)
        migrate(url, rules=rules, allow_unsupported=around.settings.allow_unsupported)
        yield url


@contextlib.contextmanager
def running(roles: Sequence[str], folder: Path, settings: Mapping[str, str]) -> Iterator[list[psutil.Process]]:
    """Run roles as in production, each a process of its own with these settings alone; they end with the bench."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ASSETLOOP_")}
    environment |= {"ASSETLOOP_LOG_LEVEL": "WARNING", **settings}
    started: list[subprocess.Popen[bytes]] = []
    try:
        for role in roles:
            command = [sys.executable, "-m", "service", role, "--data", str(folder)]
            started.append(subprocess.Popen(command, env=environment))  # noqa: S603 - this very program
        yield [psutil.Process(process.pid) for process in started]
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait()


@contextlib.contextmanager
def _server(around: Surroundings, *, durable: bool) -> Iterator[str]:
    named = around.settings.database_url
    if named is not None:
        yield named.get_secret_value()
        return
    with (
        tempfile.TemporaryDirectory(prefix="assetloop-bench-", ignore_cleanup_errors=True) as folder,
        PostgresServer(Path(folder) / "database", durable=durable) as server,
    ):
        yield server.url
