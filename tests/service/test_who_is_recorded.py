"""What is done at the command line says so in the record: by this machine's user, or by a name that was typed."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from lifecycle import ledger
from lifecycle.ledger_events import ServiceStateChanged
from plant.people.principal import system_user, typed
from service.runtime.surroundings import Surroundings

Superuser = psycopg.Connection[tuple[object, ...]]


def test_a_command_is_recorded_as_such_and_a_name_by_option_as_typed(
    database_url: str, superuser: Superuser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSETLOOP_DATABASE_URL", database_url)
    around = Surroundings.of(tmp_path)
    event = ServiceStateChanged(actor="ann", asset="P-1", in_service=True)
    for actor in (system_user("root"), typed("ann"), None):
        with around.database(actor=actor) as database, database.transaction() as tx:
            ledger.append(tx, "demo", event, around.clock.now())
    rows = superuser.execute("SELECT entry ->> 'recognised' FROM ledger ORDER BY seq").fetchall()
    assert rows == [("command_line",), ("typed",), (None,)]
