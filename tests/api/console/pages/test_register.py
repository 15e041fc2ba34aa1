"""The page *Register*: a file is sent, its difference seen and confirmed, in both languages."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lifecycle.importing.uploading import take_in_upload
from plant.clock import SystemClock
from storage.core.database import Database
from storage.register.uploads import list_uploads
from tests.api.console.conftest import Tab

pytestmark = pytest.mark.needs("chromium")
OpenTab = Callable[..., Tab]


@pytest.mark.usefixtures("plant")
def test_a_file_is_sent_seen_and_confirmed(console: str, open_tab: OpenTab, app_database: Database) -> None:
    tab = open_tab(console)
    tab.open("/register")
    page = tab.page
    file = {
        "name": "tags.toml",
        "mimeType": "text/plain",
        "buffer": b'[site]\ntag = "demo"\n[[class]]\ntag = "valve"\n',
    }
    page.get_by_test_id("import-file").locator("input").set_input_files(files=[file])  # type: ignore[list-item]
    page.get_by_text("added class valve").wait_for()
    page.get_by_test_id("import_confirm").click()
    page.get_by_text("is being taken in").wait_for()
    with app_database.transaction() as tx:
        upload_id = list_uploads(tx)[0].upload_id
    take_in_upload(app_database, upload_id, clock=SystemClock())
    page.get_by_test_id("import_look").click()
    page.get_by_text("taken in", exact=True).wait_for()
    page.get_by_test_id("changes_show").click()
    page.get_by_test_id("register-changes").get_by_text("added class valve").wait_for()
    list_of_tags = {"name": "list.csv", "mimeType": "text/plain", "buffer": b"Tag,Class,Los\nP-900,valve,L-1\n"}
    page.get_by_test_id("import-file").locator("input").set_input_files(files=[list_of_tags])  # type: ignore[list-item]
    page.get_by_test_id("mapping-save-ask").click()
    page.get_by_test_id("column-Los").click()
    page.get_by_role("option", name="System", exact=True).click()
    page.get_by_test_id("name").fill("Maker")
    page.get_by_test_id("mapping_save").click()
    page.get_by_test_id("mapping-Maker").wait_for()
    page.get_by_text("added system L-1").wait_for()  # the file was tried again with it
    page.get_by_test_id("import-mapping").click()
    page.get_by_role("option", name="Maker").click()
    page.get_by_test_id("import-replaces").fill("tags.toml")
    page.get_by_test_id("import-retires").click()
    chosen = {**list_of_tags, "name": "chosen.csv"}
    field = page.locator("[data-testid=import-file][to*=retire_missing]")  # drawn anew with what was chosen
    field.locator("input").set_input_files(files=[chosen])  # type: ignore[list-item]
    page.get_by_test_id("import-chosen.csv").get_by_text("added system L-1").wait_for()
    with app_database.transaction() as tx:
        options = list_uploads(tx)[0].options
    assert (options["mapping"], options["replaces"], options["retires_missing"]) == ("Maker", "tags.toml", True)
    tab = open_tab(console, locale="zh-CN", width=390)
    tab.open("/register")
    tab.page.get_by_test_id("mapping-Maker").get_by_text("3 列").wait_for()
    tab.page.get_by_test_id("mapping-delete-ask").click()
    tab.page.get_by_test_id("mapping_delete").click()
    tab.page.get_by_test_id("mapping-Maker").wait_for(state="detached")
    tab.page.get_by_text("已导入").wait_for()
    tab.page.get_by_test_id("import-tags.toml").locator("summary").click()
    tab.page.get_by_text("新增类别 valve").wait_for()
