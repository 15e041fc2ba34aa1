"""TimescaleDB's community edition as WebAssembly: one session for all clients, no COPY, no workers of its own."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import free_port


@contextmanager
def server() -> Iterator[str]:
    """Serve it for as long as the block lasts; yields the address of its one database."""
    port = free_port()
    serve = Path(__file__).with_name("serve.mjs")
    with subprocess.Popen(["node", serve, str(port)], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == f"ready on {port}\n"
            yield f"postgresql://postgres:any@127.0.0.1:{port}/postgres?sslmode=disable"
        finally:
            process.kill()
