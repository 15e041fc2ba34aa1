"""A real Chromium, shared by the tests that follow each other, and what a page leaves behind cleared away.

A new context's first page costs 2 processor seconds: a process is started, and all scripts are read and compiled. So a
context is kept with its last page and given to the next test that asks for its language and time zone; with one process
a site, the next page finds that process at work and the scripts compiled.
"""

from __future__ import annotations

import contextlib
import shutil
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tests.patience import PATIENCE_S

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--process-per-site",
)
_FORGET = "() => { localStorage.clear(); sessionStorage.clear() }"


_SHELL, _WHOLE = "chromium-headless-shell", "chromium"


def browser_program(*, is_shell: bool = False) -> str | None:
    """Name the browser that is there; its shell, which has no windows, takes much less of the processor."""
    names = (_SHELL, _WHOLE) if is_shell else (_WHOLE, _SHELL)
    return shutil.which(names[0]) or shutil.which(names[1])


@contextlib.contextmanager
def launched(*, is_shell: bool = False) -> Iterator[Browser]:
    """Open the browser for a while. Meanwhile no other event loop can run in this thread."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE_S * 1000)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_program(is_shell=is_shell), args=QUIET)
        try:
            yield browser
        finally:
            browser.close()


class Chromium:
    """The browser, from when it is first asked for until `close`."""

    def __init__(self) -> None:
        self._opened = contextlib.ExitStack()
        self._browser: Browser | None = None
        self._idle: defaultdict[tuple[str, str], list[BrowserContext]] = defaultdict(list)
        self._kind: dict[BrowserContext, tuple[str, str]] = {}

    def browser(self) -> Browser:
        """Return it, started where it is not."""
        if self._browser is None:
            self._browser = self._opened.enter_context(launched(is_shell=True))
        return self._browser

    def close(self) -> None:
        """End it, where it is open."""
        try:
            self._opened.close()
        finally:
            self._browser = None
            self._idle.clear()
            self._kind.clear()

    def open_page(self, *, locale: str, zone: str, width: int) -> Page:
        """Open a page in a context that no other page is used in: nobody is signed in there."""
        idle = self._idle[locale, zone]
        context = idle.pop() if idle else self._new_context(locale, zone)
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": 844})
        return page

    def take_back(self, page: Page) -> None:
        """Close the pages that a test has used, but for the last one, and forget what they stored."""
        from playwright.sync_api import Error

        context = page.context
        kind = self._kind[context]
        if page.is_closed():
            del self._kind[context]
            context.close()
            return
        with contextlib.suppress(Error):  # a page that shows an error of the browser's own stores nothing
            page.evaluate(_FORGET)
        page.goto("about:blank")
        for other in context.pages:
            if other is not page:
                other.close()
        context.clear_cookies()
        self._idle[kind].append(context)

    def _new_context(self, locale: str, zone: str) -> BrowserContext:
        context = self.browser().new_context(
            locale=locale, timezone_id=zone, color_scheme="light", reduced_motion="reduce"
        )
        context.set_default_timeout(PATIENCE_S * 1000)
        self._kind[context] = (locale, zone)
        return context
