"""A project is played through: schedule to sign-off, training, a fault, its order, the change of design, the review."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from lifecycle.attesting.signed_note import key_in
from plant.errors import Conflict
from service.demo.project.playing import BEGAN, play
from service.demo.project.stage import PlayedClock, staged

Superuser = psycopg.Connection[tuple[object, ...]]


def test_a_project_is_played_from_its_schedule_to_the_lesson_it_teaches(
    database_url: str, superuser: Superuser, tmp_path: Path
) -> None:
    said: list[str] = []
    keys = key_in(tmp_path / "ledger.key", "plant"), key_in(tmp_path / "witness.key", "client", is_witness=True)
    with staged(database_url, PlayedClock(datetime.now(UTC) - BEGAN), said.append) as stage:
        played = play(stage, keys)

    def rows(query: str) -> list[Any]:
        return superuser.execute(query.encode()).fetchall()

    assert rows("SELECT count(*) FROM project_gate WHERE outcome = 'waived'") == [(0,)]
    assert rows("SELECT state FROM asset WHERE tag = 'P-501'") == [("in_service",)]
    assert rows("SELECT forecast = actual FROM project_milestone WHERE name LIKE 'Mech%' ORDER BY imported_at DESC")[
        0
    ] == (True,), "mechanical completion has come"
    assert len(played.refused) == 6
    assert any("may not sign for engineering" in one for one in played.refused)
    ((models, trained_on),) = rows(
        "SELECT count(*), bool_and(m.data_from >= h.healthy_from AND m.data_to <= h.healthy_to) FROM model AS m"
        " JOIN healthy_interval AS h USING (installation_id) WHERE m.state = 'champion' AND h.origin = 'commissioning'"
    )
    assert (models, trained_on) == (3, True), "models learn from trial operation and from nothing else"
    assert rows("SELECT state FROM work_order") == [("CLOSE",)]
    assert rows("SELECT state FROM design_request") == [("accepted",)]
    assert rows("SELECT count(DISTINCT order_id) FROM label WHERE outcome = 'confirmed'") == [(1,)]
    assert "review 1 names P-501 WO-" in played.said[-2]
    assert "greased before the first start" in played.said[-1]
    assert played.entries == played.cosigned > 40
    with pytest.raises(Conflict, match="was played here before"), staged(database_url, stage.clock, said.append):
        pass
