"""The application with its console, served by a process of its own."""

from __future__ import annotations

import signal
import threading

from api.app import create_app
from api.identity.access import Access
from api.serve import serve
from plant.clock import SystemClock
from storage.core.database import Database, Role


def serve_console(url: str, port: int) -> None:
    """Serve the console on a database until told to end."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    with Database(url, role=Role.APP, wait_s=1.0) as database:
        application = create_app(database, SystemClock(), access=Access(one_click=True), version="1.2.3")
        serve(application, "127.0.0.1", port, stop)
