"""axe-core, which judges a page by WCAG; npm installs it, once, by its lock file."""

from __future__ import annotations

import functools
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

HOME = Path(__file__).parent / "axe_core"
_SCRIPT = HOME / "node_modules" / "axe-core" / "axe.min.js"
_RUN = """
(enhanced) => axe.run(document, {
  preload: false, resultTypes: ["violations"], rules: { "color-contrast-enhanced": { enabled: enhanced } },
})
"""


@functools.cache
def _script() -> str:
    if not _SCRIPT.exists():
        command = ("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")
        subprocess.run(command, cwd=HOME, check=True, capture_output=True, timeout=240)
    return _SCRIPT.read_text(encoding="utf-8")


def violations(page: Page, *, enhanced: bool = False) -> list[str]:
    """Return what breaks a rule, of every severity; `enhanced` asks for the contrast of AAA."""
    _let_colours_settle(page)
    if not page.evaluate("() => Boolean(window.axe)"):
        page.evaluate(f"() => {{ {_script()} }}")
    found: dict[str, Any] = page.evaluate(_RUN, enhanced)
    return [_said(rule, node) for rule in found["violations"] for node in rule["nodes"]]


def _let_colours_settle(page: Page) -> None:
    """End what fades from one colour to another: it would be judged half way."""
    page.evaluate("() => document.getAnimations().forEach((one) => { try { one.finish() } catch { one.cancel() } })")


def _said(rule: dict[str, Any], node: dict[str, Any]) -> str:
    seen = next((one["data"] for one in (*node["any"], *node["all"], *node["none"]) if one["data"]), None)
    if "contrast" not in rule["id"] or not seen:
        return f"{rule['impact']} {rule['id']} {node['html'][:200]}"
    measured = f"{seen['fgColor']} on {seen['bgColor']}: {seen['contrastRatio']}"
    return f"{rule['impact']} {rule['id']} {measured} {node['html'][:200]}"
