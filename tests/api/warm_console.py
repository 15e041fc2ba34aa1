"""The console, built before it is known which database it serves: processes that serve it are copies of this one."""

from __future__ import annotations

from api.app import create_app
from api.identity.access import Access
from plant.clock import SystemClock
from storage.core.database import Database, Role

database = Database("", role=Role.APP)
application = create_app(
    database,
    SystemClock(),
    access=Access(one_click=True),
    version="1.2.3",
    grafana_url="https://grafana.example/",
)
