"""Look at a dashboard in a real Grafana as a person does, and say what is wrong with the picture."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page, Response

WIDTHS = (390, 1366, 1920, 3840)
_PATIENCE_S = 90.0  # of a crowded machine; what is drawn is seen within a second
_BETWEEN_MS, _LOOKS = 300, 3

# The panels that are not there yet, have drawn nothing, or ask for something: each shows a text, a grid or a picture
# when it is done.
_BUSY = """() => {
    const in_sight = e => e.getBoundingClientRect().top < window.innerHeight;
    const places = [...document.querySelectorAll('.react-grid-item')].filter(in_sight);
    const panels_in = e => e.textContent ? [...e.querySelectorAll('[data-viz-panel-key]')] : [e];
    const panels = places.flatMap(panels_in);
    if (panels.length === 0) return ['the page'];
    const title = e => e.querySelector('h2')?.textContent || 'a panel';
    const content = e => e.querySelector('[data-testid="data-testid panel content"]');
    const drawn = e => e.textContent.trim() || e.querySelector('canvas, svg, [role="grid"]');
    const busy = e => e.querySelector('[aria-label="Panel loading bar"], [data-testid="data-testid Spinner"]');
    return panels.filter(e => busy(e) || !content(e) || !drawn(content(e))).map(title);
}"""
_HEIGHT = """() => {
    const heights = [...document.querySelectorAll('*')].map(e => e.scrollHeight < 20000 ? e.scrollHeight : 0);
    return Math.max(document.body.scrollHeight, ...heights);
}"""
# Texts that do not fit where they stand. A table's cells and a legend end in dots where a column is narrow, and on a
# telephone a table is wider than its panel: it is scrolled. Heads of columns, titles, numbers and the twin's texts must
# be whole. The text itself is asked how wide it is: an element's width is rounded, and dots come early.
_CLIPPED = """(phone) => {
    const found = [];
    const width = document.documentElement.clientWidth;
    const title = e => e.closest('section')?.querySelector('h2')?.textContent ?? '';
    const named = e => title(e) + ': ' + e.textContent.trim().slice(0, 60);
    const kinds = ['h2', '[role="columnheader"] *', '[data-testid*="Bar gauge"] *', '[data-testid*="Panel"] span'];
    const range = document.createRange();
    const text_px = e => { range.selectNodeContents(e); return range.getBoundingClientRect().width; };
    for (const e of document.querySelectorAll(kinds.join(', '))) {
        if (!e.textContent.trim() || e.children.length > 0 || e.offsetParent === null) continue;
        const clips = getComputedStyle(e).overflow !== 'visible' || e.closest('h2');
        const room_px = e.getBoundingClientRect().width;
        if (clips && room_px > 0 && text_px(e) > room_px + 0.05) found.push('cut: ' + named(e));
    }
    for (const e of document.querySelectorAll('section[data-testid*="Panel header"]')) {
        const box = e.getBoundingClientRect();
        if (box.right > width + 1 || box.left < -1) found.push('beside the page: ' + named(e));
    }
    for (const e of document.querySelectorAll('section [role="grid"]')) {
        if (width > phone && e.scrollWidth > e.clientWidth + 1) found.push('wider than its panel: ' + title(e));
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
    """Open a dashboard that does not refresh, wait until all is drawn, and take a picture of the whole."""
    refused: list[str] = []

    def note(answer: Response) -> None:
        if answer.status >= 400 and "/api/ds/" in answer.url:
            refused.append(answer.url)

    page.on("response", note)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{url}&refresh=1d", wait_until="domcontentloaded", timeout=1000 * _PATIENCE_S)
    wrong = _drawn(page)
    first_s = page.evaluate("() => performance.now() / 1000")
    page.set_viewport_size({"width": width, "height": min(max(page.evaluate(_HEIGHT) + 40, 900), 12_000)})
    wrong += _drawn(page)
    page.screenshot(path=str(picture))
    wrong += [f"is not drawn in the picture: {title}" for title in page.evaluate(_BUSY)]
    page.remove_listener("response", note)
    text = page.inner_text("body")
    wrong += [f"says {word!r}" for word in _WRONG_WORDS if word in text]
    wrong += [f"refused: {one}" for one in refused]
    marked = page.locator("[data-testid='data-testid Panel status error'], [aria-label='Panel status']")
    wrong += [f"error at panel {place}" for place in range(marked.count())]
    wrong += page.evaluate(_CLIPPED, WIDTHS[0])
    return Seen(uid=uid, width=width, wrong=tuple(wrong), first_s=first_s)


def _drawn(page: Page) -> list[str]:
    """Wait until everything is drawn, and stays so for some looks; say what is not."""
    from playwright.sync_api import Error as ContextIsGone

    until, quiet, busy = time.monotonic() + _PATIENCE_S, 0, ["the page"]
    while quiet < _LOOKS:
        if time.monotonic() > until:
            return [f"is not drawn: {', '.join(busy)}"]
        page.wait_for_timeout(_BETWEEN_MS)
        with contextlib.suppress(ContextIsGone):  # Grafana has loaded its page anew
            busy = page.evaluate(_BUSY)
            quiet = 0 if busy else quiet + 1
    return []
