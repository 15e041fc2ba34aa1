"""Who waits in quarantine is approved in the console, and an ingest that runs replays what was held."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import orjson
import psycopg
import pytest
from playwright.sync_api import expect

from ingest.admission.admit import AdmissionRules
from ingest.admission.devices import Devices
from ingest.commit.committer import Committer
from ingest.decoding.decode import Decoder
from ingest.formats import every_format
from ingest.replay import Replay
from lifecycle import ledger
from storage.core.database import Database
from storage.register import assets
from storage.telemetry import quarantine
from storage.telemetry.quarantine import RefusedPayload
from tests.api.console.conftest import Tab
from tests.plant_rows import PlantRows

pytestmark = pytest.mark.needs("chromium")
Superuser = psycopg.Connection[tuple[object, ...]]
OpenTab = Callable[..., Tab]


@pytest.fixture
def replaying(ingest_database: Database) -> Iterator[threading.Event]:
    """An ingest that replays, once the event is set; without a broker."""
    go, stop = threading.Event(), threading.Event()
    terms = AdmissionRules(retention_us=3650 * 86_400_000_000)
    committer = Committer(ingest_database, Devices(ingest_database, most_signals=10), terms, slot=0)
    replay = Replay(ingest_database, Decoder(every_format(), most_bytes=2**20), committer, lambda _: None)

    def run() -> None:
        go.wait()
        replay.run(stop)

    thread = threading.Thread(target=run)
    thread.start()
    yield go
    stop.set()
    go.set()
    thread.join()


def hold(database: Database, now: datetime, *, asset: str, site: str | None, count: int) -> None:
    """Hold what an asset said every second, the last just now."""
    held = []
    for n in range(count):
        at = now - timedelta(seconds=count - n)
        said = {"ts": int(at.timestamp() * 1000), "values": {"flow_m3_h": float(n)}}
        topic = "v1/gateway/telemetry" if site is None else f"assetloop/v1/{site}/{asset}/telemetry"
        payload = orjson.dumps({asset: [said]} if site is None else said)
        held.append(
            RefusedPayload(
                topic=topic,
                reason="unknown_asset",
                detail=f"{asset} is not in the register",
                payload=payload,
                length=len(payload),
                sha256=hashlib.sha256(payload).digest(),
                at=at,
                site=site,
                asset=asset,
            )
        )
    with database.transaction() as tx:
        quarantine.hold(tx, held)


def wait_text(tab: Tab, testid: str, said: str) -> None:
    tab.page.get_by_test_id(testid).filter(has_text=said).first.wait_for()


def picture(tab: Tab, name: str) -> None:
    """Keep a picture where somebody asks for it."""
    if folder := os.environ.get("PICTURES"):
        time.sleep(0.4)  # the sheet's fading in
        tab.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.usefixtures("plant")
def test_a_stranger_is_approved_in_the_console_and_seen_to_be_replayed(
    console: str,
    open_tab: OpenTab,
    ingest_database: Database,
    app_database: Database,
    superuser: Superuser,
    now: datetime,
    replaying: threading.Event,
) -> None:
    hold(ingest_database, now, asset="P-900", site="demo", count=12)
    tab = open_tab(console)
    tab.open("/quarantine")
    wait_text(tab, "stranger-demo/P-900", "12 held")
    wait_text(tab, "stranger-demo/P-900", "P-900 is not in the register")
    picture(tab, "strangers")
    tab.page.get_by_test_id("approve-demo/P-900").click()
    sheet = tab.page.locator(".sheet")
    sheet.get_by_text("12 messages with 12 readings").wait_for()
    sheet.get_by_test_id("approve_asset").click()
    tab.page.get_by_text("Choose site and class").wait_for()
    tab.page.get_by_test_id("choose-class").click()
    tab.page.get_by_role("option", name="Pump", exact=False).first.click()
    tab.page.get_by_test_id("name-en").fill("Ninth pump")
    tab.page.get_by_test_id("name-zh").fill("九号泵")
    picture(tab, "strangers-sheet")
    sheet.get_by_test_id("approve_asset").click()
    wait_text(tab, "stranger-demo/P-900", "Approved, being stored")
    picture(tab, "strangers-approved")
    replaying.set()
    wait_text(tab, "replayed-demo/P-900", "12 messages were replayed")
    picture(tab, "strangers-replayed")
    assert superuser.execute(
        "SELECT count(*) FROM reading JOIN signal USING (signal_id) JOIN asset USING (asset_id) WHERE tag = 'P-900'"
    ).fetchone() == (12,)
    assert superuser.execute("SELECT name, name_zh FROM asset WHERE tag = 'P-900'").fetchone() == (
        "Ninth pump",
        "九号泵",
    )
    with app_database.transaction() as tx:
        assert assets.get_asset(tx, "demo", "P-900").asset_class == "centrifugal_pump"
        assert isinstance(ledger.verify(tx, "demo"), ledger.VerifiedChain)
    entry = superuser.execute(
        "SELECT entry ->> 'actor', entry -> 'messages' FROM ledger WHERE entry ->> 'event' = 'asset.approved'"
    )
    assert entry.fetchall() == [("Ada Lovelace", 12)]
    tab.page.get_by_test_id("replayed-demo/P-900").get_by_role("link").click()
    tab.page.get_by_text("Ninth pump").first.wait_for()


@pytest.mark.usefixtures("plant")
def test_of_a_device_without_a_site_the_site_is_chosen_and_what_is_ambiguous_has_no_button(
    console: str,
    open_tab: OpenTab,
    ingest_database: Database,
    app_database: Database,
    superuser: Superuser,
    now: datetime,
    replaying: threading.Event,
) -> None:
    rows = PlantRows(superuser)
    north = rows.site("north", name="North plant", name_zh="北厂")
    rows.add("asset", site_id=north, class_id=1, tag="P-101", name="")
    for asset in ("P-101", "G-7"):
        hold(ingest_database, now, asset=asset, site=None, count=3)
    replaying.set()
    tab = open_tab(console, locale="zh-CN", width=390)
    tab.open("/quarantine")
    wait_text(tab, "stranger-P-101", "有 2 个同名设备")
    picture(tab, "strangers-zh-narrow")
    expect(tab.page.get_by_test_id("approve-P-101")).to_have_count(0)
    for width in (390, 730, 800, 1280):
        tab.page.set_viewport_size({"width": width, "height": 844})
        assert tab.page.evaluate("document.documentElement.scrollWidth") <= width
        ends = [row.bounding_box() for row in tab.page.get_by_test_id("strangers").locator(".entry > *").all()]
        assert all(end is None or end["x"] + end["width"] <= width for end in ends), width
    tab.page.set_viewport_size({"width": 390, "height": 844})
    tab.page.get_by_test_id("approve-G-7").click()
    tab.page.get_by_test_id("choose-site").click()
    tab.page.get_by_role("option", name="北厂").click()
    tab.page.get_by_test_id("choose-class").click()
    tab.page.get_by_role("option", name="新类别").click()
    tab.page.get_by_test_id("new-class").fill("sump pump")
    picture(tab, "strangers-zh-sheet")
    tab.page.locator(".sheet").get_by_test_id("approve_asset").click()
    wait_text(tab, "replayed-north/G-7", "已重放 3 条消息")
    with app_database.transaction() as tx:
        assert assets.get_asset(tx, "north", "G-7").asset_class == "sump pump"
    assert superuser.execute("SELECT count(*) FROM quarantine WHERE asset_tag = 'G-7'").fetchone() == (0,)
    assert superuser.execute("SELECT count(*) FROM quarantine WHERE asset_tag = 'P-101'").fetchone() == (3,)


@pytest.mark.usefixtures("plant")
def test_a_stranger_is_dismissed_in_the_console_and_gone_from_the_list(
    console: str, open_tab: OpenTab, ingest_database: Database, superuser: Superuser, now: datetime
) -> None:
    for asset in ("P-900", "P-901"):
        hold(ingest_database, now, asset=asset, site="demo", count=4)
    tab = open_tab(console)
    tab.open("/quarantine")
    tab.page.get_by_test_id("dismiss-demo/P-900").click()
    sheet = tab.page.locator(".sheet")
    sheet.get_by_text("The 4 messages held of it are let go").wait_for()
    picture(tab, "strangers-dismiss")
    sheet.get_by_test_id("dismiss_asset").click()
    tab.page.get_by_test_id("stranger-demo/P-900").wait_for(state="detached")
    tab.page.get_by_test_id("stranger-demo/P-901").wait_for()
    assert superuser.execute("SELECT dismissed_by FROM dismissed_stranger").fetchall() == [("Ada Lovelace",)]
    assert superuser.execute("SELECT count, readings FROM quarantine WHERE asset_tag = 'P-900'").fetchall() == [(4, 4)]


@pytest.mark.usefixtures("plant")
def test_a_stranger_that_calls_itself_deceitfully_is_shown_as_what_it_wrote(
    console: str, open_tab: OpenTab, ingest_database: Database, now: datetime
) -> None:
    hold(ingest_database, now, asset="P-1\u202e301-P\x1b[2J\u200b", site="demo", count=1)
    tab = open_tab(console)
    tab.open("/quarantine")
    shown = tab.page.get_by_test_id("strangers")
    shown.get_by_text(r"demo/P-1\u202e301-P\x1b[2J\u200b").first.wait_for()
    assert not set(tab.page.locator("body").inner_text()) & set("\u202e\x1b\u200b")
