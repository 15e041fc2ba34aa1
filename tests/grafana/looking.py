"""Look at a dashboard in a real Grafana as a person does, and say what is wrong with the picture."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

WIDTHS = (390, 1366, 1920, 3840)
_PATIENCE_MS = 60_000

# All that has been asked has been answered, and every panel in sight has drawn.
_DRAWN = """() => {
    const panels = document.querySelectorAll('[data-viz-panel-key], section[data-testid*="Panel header"]');
    const busy = document.querySelectorAll('[aria-label="Panel loading bar"], [data-testid="data-testid Spinner"]');
    return panels.length > 0 && busy.length === 0;
}"""
_BUSY = """() => [...document.querySelectorAll('[aria-label="Panel loading bar"]')]
    .map(e => e.closest('section')?.querySelector('h2')?.textContent ?? '')"""
_HEIGHT = """() => {
    const heights = [...document.querySelectorAll('*')].map(e => e.scrollHeight < 20000 ? e.scrollHeight : 0);
    return Math.max(document.body.scrollHeight, ...heights);
}"""
# Texts that do not fit where they stand. A table's cells and a legend end in dots where a column is narrow, and a
# table is wider than a telephone: it is scrolled. Heads of columns, titles, numbers and the twin's texts must be whole.
_CLIPPED = """() => {
    const found = [];
    const width = document.documentElement.clientWidth;
    const title = e => e.closest('section')?.querySelector('h2')?.textContent ?? '';
    const named = e => title(e) + ': ' + e.textContent.trim().slice(0, 60);
    const kinds = ['h2', '[role="columnheader"] *', '[data-testid*="Bar gauge"] *', '[data-testid*="Panel"] span'];
    for (const e of document.querySelectorAll(kinds.join(', '))) {
        if (!e.textContent.trim() || e.children.length > 0 || e.offsetParent === null) continue;
        const clips = getComputedStyle(e).overflow !== 'visible' || e.closest('h2');
        if (clips && e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0) found.push('cut: ' + named(e));
    }
    for (const e of document.querySelectorAll('section[data-testid*="Panel header"]')) {
        const box = e.getBoundingClientRect();
        if (box.right > width + 1 || box.left < -1) found.push('beside the page: ' + named(e));
    }
    return [...new Set(found)];
}"""
_WRONG_WORDS = (
    "No data",
    "Panel plugin not found",
    "An unexpected error",
    "db query error",
    "Failed to load",
    "No value",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """What is wrong with a dashboard at a width, and how soon it could first be read."""

    uid: str
    width: int
    wrong: tuple[str, ...]
    first_s: float


def look_at(page: Page, url: str, *, uid: str, width: int, picture: Path) -> Seen:
    """Open a dashboard, wait until everything is drawn down to its end, and take a picture of the whole."""
    refused: list[str] = []
    page.on(
        "response",
        lambda answer: refused.append(answer.url) if answer.status >= 400 and "/api/ds/" in answer.url else None,
    )
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(url, wait_until="domcontentloaded", timeout=_PATIENCE_MS)
    wrong = _drawn(page)
    first_s = page.evaluate("() => performance.now() / 1000")
    page.set_viewport_size({"width": width, "height": min(max(page.evaluate(_HEIGHT) + 40, 900), 12_000)})
    wrong += _drawn(page)
    page.screenshot(path=str(picture))
    text = page.inner_text("body")
    wrong += [f"says {word!r}" for word in _WRONG_WORDS if word in text]
    wrong += [f"refused: {one}" for one in refused]
    marked = page.locator("[data-testid='data-testid Panel status error'], [aria-label='Panel status']")
    wrong += [f"error at panel {place}" for place in range(marked.count())]
    wrong += page.evaluate(_CLIPPED)
    return Seen(uid=uid, width=width, wrong=tuple(wrong), first_s=first_s)


def _drawn(page: Page) -> list[str]:
    """Wait until everything is drawn; say what is not. A page that a refresh left half-drawn is loaded once more."""
    from playwright.sync_api import TimeoutError as TooLong

    for attempt in range(2):
        try:
            page.wait_for_load_state("networkidle", timeout=_PATIENCE_MS)
            page.wait_for_function(_DRAWN, timeout=_PATIENCE_MS)
            page.wait_for_timeout(700)  # what has been answered is painted; Grafana has no word for it
        except TooLong:
            if attempt == 0:
                page.reload(wait_until="domcontentloaded", timeout=_PATIENCE_MS)
        else:
            return []
    return [f"is not drawn: {', '.join(page.evaluate(_BUSY)) or 'something is asked all the time'}"]
