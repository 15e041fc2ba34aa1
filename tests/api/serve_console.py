"""The application with its console, served by a process of its own."""

from __future__ import annotations

import signal
import threading

from api.serve import serve
from storage.core.database import Database, Role


def serve_console(url: str, port: int) -> None:
    """Serve the console on a database until told to end."""
    from tests.api import warm_console  # built where processes are copied from, once for all of them

    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    with Database(url, role=Role.APP, wait_s=1.0) as database:
        vars(warm_console.database).update(vars(database))
        serve(warm_console.application, "127.0.0.1", port, stop)
