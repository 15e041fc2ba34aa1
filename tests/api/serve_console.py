"""Serve the application with its console, as a process of its own: DATABASE_URL PORT [TOKEN]."""

from __future__ import annotations

import signal
import sys
import threading

from api.app import create_app
from api.identity.access import Access
from api.serve import serve
from plant.clock import SystemClock
from storage.core.database import Database, Role

if __name__ == "__main__":
    url, port, token = sys.argv[1], int(sys.argv[2]), (sys.argv[3:] or [None])[0]
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    with Database(url, role=Role.APP, wait_s=1.0) as database:
        application = create_app(database, SystemClock(), access=Access(token=token), version="1.2.3")
        serve(application, "127.0.0.1", port, stop)
