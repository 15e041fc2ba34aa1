"""The console, built before it is known which database it serves: processes that serve it are copies of this one."""

from __future__ import annotations

import tempfile
from pathlib import Path

from api.app import create_app
from api.identity.access import Access
from api.installation import ServedInstallation
from lifecycle.register.broker_accounts import Accounts
from plant.clock import SystemClock
from storage.core.database import Database, Role

# One folder for every test on this machine: each names its logins by itself, and takes them back.
LOGINS = Path(tempfile.gettempdir()) / "assetloop-test-logins"
database = Database("", role=Role.APP)
application = create_app(
    database,
    SystemClock(),
    access=Access(one_click=True),
    version="1.2.3",
    grafana_url="https://grafana.example/",
    installation=ServedInstallation(logins=Accounts(LOGINS)),
)
