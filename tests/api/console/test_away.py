"""Pages that are opened while the database is away say so, at once, and show what they are for when it is back."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import httpx
import pytest

from tests.api.console.conftest import served
from tests.console_pages import PAGES
from tests.database_line import DatabaseLine

pytestmark = pytest.mark.needs("chromium")

_THINGS = {"site": "demo", "asset": "P-101", "order": "WO-000001", "project": "EX-7"}


def test_a_page_that_is_opened_while_the_database_is_away_says_so_and_fills_when_it_is_back(
    database_url: str, open_tab: Callable[..., Any]
) -> None:
    line = DatabaseLine(database_url)
    with served(line.url) as base:
        tab = open_tab(base)
        tab.open("/account")
        cookies = {one["name"]: one["value"] for one in tab.page.context.cookies()}
        line.cut()
        with httpx.Client(base_url=base, cookies=cookies, timeout=None) as person:  # noqa: S113 - no page may fail for it
            answers = {one.name: person.get(one.address.format(**_THINGS)) for one in PAGES if not one.is_public}
        assert {answer.status_code for answer in answers.values()} <= {
            HTTPStatus.OK,
            HTTPStatus.NOT_FOUND,
            HTTPStatus.SERVICE_UNAVAILABLE,
        }
        tab.page.goto(f"{base}/people")
        tab.page.get_by_text("The database is away. This page").last.wait_for()
        line.mend()
        tab.page.get_by_test_id("person-ada").wait_for()
        tab.faults.clear()  # the browser says of a page that was answered 503 that it was
    line.cut()
