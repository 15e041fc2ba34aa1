"""Every page of the console as a picture, on the demo plant: both languages, three widths, light and dark.

`make screenshots` writes them into build/screenshots; ARGS="--folder DIR --only overview,asset" chooses.
It takes some eight minutes on two cores: the demo's models are trained and a project played through before.
"""

from __future__ import annotations

import argparse
import secrets
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from tests.chromium import launched
from tests.console_pages import PAGES, ConsolePage, enter_demo
from tests.patience import wait_for
from tests.stack import Stack, assetloop

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, StorageState

SIZES = {"phone": (390, 844), "desk": (1366, 768), "wall": (1920, 1080)}
LANGUAGES = {"en": "en-US", "zh": "zh-CN"}
LOOKS = ("light", "dark")
THINGS = {"site": "demo", "asset": "P-101", "order": "WO-000001", "project": "riverside-1"}
_SETTLED_MS = 400
_PORT = 18099


def main() -> None:
    """Start the demo, let it live, and take the pictures."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--folder", type=Path, default=Path("build/screenshots"))
    arguments.add_argument("--only", default="", help="names of pages, with commas")
    arguments.add_argument("--at", default="", help="a demo that runs already, such as http://127.0.0.1:8080")
    arguments.add_argument("--link", default="", help="what `assetloop person link` printed there: an administrator's")
    asked = arguments.parse_args()
    names = {one for one in asked.only.split(",") if one}
    pages = [one for one in PAGES if not names or one.name in names]
    if asked.at:
        take(asked.at, asked.link, pages, asked.folder)
        return
    with demonstrated() as (address, link):
        take(address, link, pages, asked.folder)


@contextmanager
def demonstrated() -> Iterator[tuple[str, str]]:
    """Run a demo that has something to show everywhere: a sick pump, a project, a device nobody knows.

    Yields its address, and the link with which its administrator sets a password.
    """
    data = Path(tempfile.mkdtemp(prefix="assetloop-screenshots-"))
    try:
        with Stack(data / "demo", _PORT) as stack:
            running = stack.running()
            wait_for(lambda: stack.get("/work-orders"), within_s=600, what="the demo's first order")
            assert assetloop("demo", "project", data=stack.folder).returncode == 0
            issued = assetloop("device", "issue", "--site", "demo", "--name", "gateway", data=stack.folder)
            send_what_cannot_be_used(running["console_url"], issued.stdout.split()[-1])
            link = assetloop("person", "link", data=stack.folder).stdout.split()[-1]
            yield running["console_url"], link
    finally:
        shutil.rmtree(data, ignore_errors=True)


def send_what_cannot_be_used(address: str, token: str) -> None:
    """Speak as a device that nobody registered, and once in a way that nobody understands."""
    telemetry, shown = f"{address}/api/v1/telemetry", {"Authorization": f"Bearer {token}"}
    for body, asset in ((b'{"values": {"flow_m3_h": 81.5}}', "P-109"), (b"{oops", "P-102")):
        httpx.post(telemetry, params={"asset": asset}, content=body, headers=shown, timeout=60)


def take(address: str, link: str, pages: Sequence[ConsolePage], folder: Path) -> None:
    """Take every picture: signed in as the demo's supervisor, and as its administrator what only that one sees."""
    folder.mkdir(parents=True, exist_ok=True)
    with launched() as browser:
        administrator = _administrator(browser, link) if link else None
        for language in LANGUAGES:
            for one, page in _opened(browser, address, pages, language, administrator):
                _pictures(page, folder / f"{one.name}-{language}")


def _administrator(browser: Browser, link: str) -> StorageState:
    """Set the administrator's password as their link lets them; return the session that this opens."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(link)
    page.get_by_test_id("password").fill(secrets.token_urlsafe())
    page.get_by_test_id("enter").click()
    page.locator("#content").wait_for()
    opened = context.storage_state()
    context.close()
    return opened


def _opened(
    browser: Browser, address: str, pages: Sequence[ConsolePage], language: str, administrator: StorageState | None
) -> Iterator[tuple[ConsolePage, Page]]:
    """Open the pages in a language, one after the other: those for everybody first, the administrator's last."""
    for session in (None, administrator) if administrator else (None,):
        context = browser.new_context(
            locale=LANGUAGES[language],
            timezone_id="Asia/Shanghai",
            color_scheme="light",
            reduced_motion="reduce",
            storage_state=session,
        )
        page = context.new_page()
        for one in sorted(pages, key=lambda one: not one.is_public):
            if (one.is_administration and administrator is not None) != (session is not None):
                continue
            if not one.is_public and not context.cookies():
                enter_demo(page, address, "amara")
            one.open(page, address, THINGS)
            yield one, page
        context.close()


def _pictures(page: Page, stem: Path) -> None:
    """Take one page in every width and look; it is opened once, and told to change."""
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        for look in LOOKS:
            page.emulate_media(color_scheme=look)  # type: ignore[arg-type]
            page.wait_for_timeout(_SETTLED_MS)
            page.screenshot(path=stem.with_name(f"{stem.name}-{size}-{look}.png"), full_page=True)


if __name__ == "__main__":
    main()
