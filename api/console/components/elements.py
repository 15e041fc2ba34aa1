"""The small parts that every page is built from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Literal, Self, TypeVar

from nicegui import ui
from nicegui.element import Element

from api.console.connection import Drawn
from api.console.texts.texts import text
from api.language import Language
from plant.escaped import escaped

Marked = TypeVar("Marked", bound=Element)
TimeMode = Literal["minute", "second", "full", "zone"]
_MINUTE_S, _HOUR_S, _DAY_S = 60, 3_600, 86_400


def box(classes: str = "", *, tag: str = "div", testid: str | None = None) -> Element:
    """Make an empty element, to be filled in a `with` block."""
    element = Drawn(tag).classes(classes)
    return mark(element, testid) if testid else element


def mark(element: Marked, testid: str) -> Marked:
    """Give an element the name under which tests and scripts find it."""
    element.props["data-testid"] = testid
    return element


class Words(ui.label):
    """Text, in which nothing that strangers wrote is more than text; line breaks are shown as such or escaped."""

    def __init__(self, said: str, *, keeps_lines: bool = False) -> None:
        self._keeps_lines = keeps_lines
        super().__init__(escaped(said, keeps_lines=keeps_lines))

    def set_text(self, text: str) -> Self:
        """Show another text."""
        return super().set_text(escaped(text, keeps_lines=self._keeps_lines))


def words(said: str, classes: str = "", *, keeps_lines: bool = False) -> Words:
    """Show text."""
    return Words(said, keeps_lines=keeps_lines).classes(classes)


def record(said: str, classes: str = "", *, keeps_lines: bool = False) -> Words:
    """Show what the record says of itself, which is English whoever reads it; a screen reader is told so."""
    element = words(said, classes, keeps_lines=keeps_lines)
    element.props["lang"] = "en"
    return element


def heading(said: str, level: Literal[1, 2] = 1) -> Element:
    """Show a heading."""
    with box(tag=f"h{level}") as element:
        Words(said)
    return element


def moment(at: datetime | None, mode: TimeMode = "minute") -> Element:
    """Show an instant in the time of the site that it is about; `second` adds seconds, `full` also the offset from UTC.

    The site is what `at_site` says of an element around it, else the page's; where the reader sees sites of several
    zones and none is meant, it is the reader's own time. Their own is said where they point at it.
    """
    element = ui.element("local-time").classes("figures")
    element.props["at"] = at.isoformat() if at else ""
    element.props["mode"] = mode
    return element


def zone() -> Element:
    """Show the offset from UTC of the instants here, as `moment` shows them."""
    element = ui.element("local-time").classes("muted")
    element.props["mode"] = "zone"
    return element


def at_site(element: Marked, site: str) -> Marked:
    """Say about which site an element and what it holds is: its instants are shown in that site's time."""
    element.props["data-site"] = site
    return element


def chip(said: str, tone: str) -> Words:
    """Show a word in a colour that means something: a tone is a health or `plain`."""
    return words(said, f"chip tone-{tone}")


def link(target: str, classes: str = "", *, testid: str | None = None) -> Element:
    """Make an empty link to be filled."""
    element = box(classes, tag="a", testid=testid)
    element.props["href"] = target
    return element


@contextmanager
def card(title: str, classes: str = "") -> Iterator[Element]:
    """Frame what belongs together under a title."""
    with box(f"card {classes}", tag="section") as element:
        heading(title, 2)
        yield element


def icon(name: str, classes: str = "") -> Element:
    """Show an icon of the built-in set; it says nothing to a screen reader."""
    element = ui.icon(name).classes(classes)
    element.props["aria-hidden"] = "true"
    return element


def press(button: Element, *, is_here: bool) -> None:
    """Show which of several buttons beside each other is the one that is chosen."""
    button.classes(add="here" if is_here else "", remove="" if is_here else "here")
    button.props["aria-pressed"] = "true" if is_here else "false"


def number(value: float | None) -> str:
    """Write a value with as many places as a person reads.

    >>> [number(x) for x in (None, 0.0, 0.01234, 2.345, 92.44, 1480.2, 29350.0)]
    ['–', '0', '0.0123', '2.35', '92.4', '1480', '29350']
    """
    if value is None:
        return "–"
    size = abs(value)
    places = 0 if size >= 1000 else 1 if size >= 10 else 2 if size >= 1 else 4
    said = f"{value:.{places}f}"
    return said.rstrip("0").rstrip(".") if places == 4 else said


def score(value: float | None) -> str:
    """Write a score, 0 to 1, to the hundredth.

    >>> score(0.94987), score(None)
    ('0.95', '–')
    """
    return "–" if value is None else f"{value:.2f}"


def age(language: Language, seconds: float) -> str:
    """Write how long ago something was.

    >>> age(Language.EN, 3.4), age(Language.EN, 600), age(Language.ZH, 7200)
    ('3 s', '10 min', '2 小时')
    """
    for least, unit, name in ((_DAY_S, _DAY_S, "days"), (_HOUR_S, _HOUR_S, "hours"), (_MINUTE_S, _MINUTE_S, "minutes")):
        if seconds >= 2 * least:
            return text(language, name, value=int(seconds // unit))
    return text(language, "seconds", value=max(0, int(seconds)))
