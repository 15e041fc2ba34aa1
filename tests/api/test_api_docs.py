"""The ten tasks of docs/api.md do what they say, in httpx and in curl."""

from __future__ import annotations

import re
import subprocess
import textwrap
import threading
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from api.identity.tokens import TokenWanted, issue_token
from api.serve import serve
from plant.clock import ManualClock
from storage.core.database import Database
from tests import people
from tests.conftest import REPOSITORY, free_port
from tests.patience import PATIENCE_S, wait_for

TASKS = (REPOSITORY / "docs" / "api.md").read_text(encoding="utf-8").partition("## Ten tasks")[2]


def blocks(language: str) -> list[str]:
    return [textwrap.dedent(found) for found in re.findall(rf"```{language}\n(.*?)```", TASKS, re.DOTALL)]


@pytest.mark.usefixtures("sick_plant")
def test_ten_tasks_are_done_in_httpx_and_in_curl(
    application: FastAPI, app_database: Database, clock: ManualClock
) -> None:
    people.enter(app_database, clock)
    token = issue_token(app_database, TokenWanted(name="docs", sign_in="ada"), actor=people.SETUP, clock=clock).token
    port, stop = free_port(), threading.Event()
    thread = threading.Thread(target=serve, args=(application, "127.0.0.1", port, stop))
    thread.start()
    base = f"http://127.0.0.1:{port}"
    try:
        with httpx.Client(base_url=base, headers={"Authorization": f"Bearer {token}"}, timeout=PATIENCE_S) as client:
            wait_for(lambda: _answers(client), what="server that answers")
            done: dict[str, Any] = {"client": client}
            assert len(blocks("python")) == len(blocks("sh")) == 10
            for task in blocks("python"):
                exec(task, done)  # noqa: S102 - our own page
        _look(done)
        for line in blocks("sh"):
            said = subprocess.run(  # noqa: PLW1510 - looked at below
                ["sh", "-c", line],
                env={"TOKEN": token, "BASE": base, "PATH": "/usr/bin:/bin"},
                capture_output=True,
                text=True,
            )
            assert said.returncode == 0, line
            assert "urn:assetloop:problem" not in said.stdout, said.stdout
    finally:
        stop.set()
        thread.join(PATIENCE_S)


def _answers(client: httpx.Client) -> bool:
    try:
        return client.get("/api/v1/health/live").status_code == 200
    except httpx.TransportError:
        return False


def _look(done: dict[str, Any]) -> None:
    assert done["me"]["name"] == "docs" or "Ada" in str(done["me"])
    assert [one["asset"] for one in done["sick"]] == ["P-102"]
    assert [one["number"] for one in done["orders"]] == ["WO-000001"]
    assert [one["asset"] for one in done["open_orders"]] == ["P-102"]
    assert done["series"]["points"]
    assert done["noted"]["refused"] == []
    assert (done["edited"].status_code, done["edited"].json()["priority"]) == (200, 1)
    assert done["said"].headers["idempotency-replayed"] == "true"
    assert done["raised"]["number"] == "WO-000002"
    assert "found" in done
