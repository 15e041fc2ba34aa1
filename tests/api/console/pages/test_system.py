"""What keeps the product running, on its page: a job is run again, a way tried, a login told once, a payload tried."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from playwright.sync_api import expect

from storage.core.database import Database
from storage.notices import dispatches
from tests.plant_rows import PlantRows

pytestmark = pytest.mark.needs("chromium")


def test_a_job_is_run_again_a_way_and_a_payload_are_tried_and_a_password_is_told_once(
    console: str,
    open_tab: Callable[..., Any],
    superuser: psycopg.Connection[Any],
    app_database: Database,
    plant_rows: PlantRows,
) -> None:
    plant_rows.site("north")
    superuser.execute(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, status, attempts)"
        " VALUES ('orders', 'alerts:publish_orders', 'failed', 3)"
    )
    page = open_tab(console).page
    page.goto(f"{console}/system")
    page.get_by_test_id("job-failed").get_by_test_id("send_again").click()
    page.get_by_test_id("job-waiting").get_by_text("alerts:publish_orders").wait_for()

    page.get_by_test_id("try-mqtt").click()
    page.locator(".q-notification").get_by_text("A trial is on its way").wait_for()
    with app_database.transaction() as tx:
        assert [(one.way, one.state) for one in dispatches.list_dispatches(tx)] == [("mqtt", "waiting")]

    name = f"pump-{uuid4().hex[:8]}"
    page.get_by_test_id("login_add").click()
    page.get_by_test_id("login-name").fill(name)
    page.get_by_test_id("login-asset").fill("demo/P-101")
    page.get_by_test_id("login-do").click()
    expect(page.get_by_test_id("login-password")).to_have_text(re.compile(r"\S{21,}"))
    page.keyboard.press("Escape")
    page.get_by_test_id(f"login-{name}").get_by_test_id("login_revoke").click()
    page.get_by_test_id("revoke-do").click()
    page.get_by_test_id(f"login-{name}").wait_for(state="detached")

    page.get_by_test_id("device_token_issue").click()
    page.get_by_test_id("token-name").fill("gateway")
    page.get_by_test_id("token-opens").fill("north")
    page.get_by_test_id("token-do").click()
    expect(page.get_by_test_id("token-shown")).to_have_text(re.compile(r"\S{21,}"))
    page.keyboard.press("Escape")
    page.get_by_test_id("device-token-gateway").get_by_test_id("login_revoke").click()
    page.get_by_test_id("revoke-do").click()
    page.get_by_test_id("device-token-gateway").wait_for(state="detached")

    page.get_by_test_id("try-topic").fill("assetloop/v1/demo/P-101/telemetry")
    page.get_by_test_id("try-payload").fill('{"speed": 2.5}')
    page.get_by_test_id("try_payload").click()
    page.get_by_test_id("tried").get_by_text("demo/P-101 · speed = 2.5").wait_for()
