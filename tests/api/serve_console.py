"""The application with its console, served by a process of its own."""

from __future__ import annotations

import signal
import threading

from api.serve import serve
from storage.core.database import Database, Role

IMPORTED = ("tests.api.warm_console",)


def prepare() -> None:
    """Nothing: the console is built as its module is imported."""


def begin(url: str, port: str) -> None:
    """Serve the console on a database until told to end, in a copy of the process that has built it."""
    from tests.api import warm_console

    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    with Database(url, role=Role.APP, wait_s=30.0) as database:
        vars(warm_console.database).update(vars(database))
        serve(warm_console.application, "127.0.0.1", int(port), stop)
