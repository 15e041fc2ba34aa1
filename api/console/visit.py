"""One open page: its language, what it shows, and how it follows the plant."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import unquote

from nicegui import ui
from starlette.requests import Request

from api.console.texts import texts
from api.console.watch import Picture, Watch
from api.language import Language, language_of
from api.parts import Parts
from plant.work_order import WorkOrder
from storage.views.overview import AssetView, SignalView

ACTOR_COOKIE = "assetloop_actor"
_EVERY_S = 1.0
_PATIENCE_S = 2.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Ground:
    """What all pages of a console share."""

    parts: Parts
    watch: Watch
    has_login: bool


class Visit:
    """A page as one browser has it open."""

    def __init__(self, ground: Ground, request: Request) -> None:
        self.parts = ground.parts
        self.watch = ground.watch
        self.has_login = ground.has_login
        self.language: Language = language_of(request)
        self.path = request.url.path
        self.theme = request.cookies.get("assetloop_theme", "auto")
        self.actor = _cookie_text(request, ACTOR_COOKIE)

    def t(self, key: str, /, **values: object) -> str:
        """Return a text in the page's language."""
        return texts.text(self.language, key, **values)

    def word(self, kind: str, code: str) -> str:
        """Return the word for a code."""
        return texts.word(self.language, kind, code)

    def name(self, asset: AssetView | None) -> str:
        """Return an asset's name; nothing where it is not known or only repeats the tag."""
        if asset is None:
            return ""
        name = texts.named(self.language, asset.name, asset.name_zh)
        return "" if name == asset.asset else name

    def signal_name(self, signal: SignalView) -> str:
        """Return a signal's name."""
        return texts.named(self.language, signal.name or signal.key, signal.name_zh)

    def reason(self, code: str) -> str:
        """Return the words for a reason of quarantine."""
        said = self.word("reason", code)
        return said.replace("_", " ") if said == code else said

    def mode(self, order: WorkOrder) -> str:
        """Return the words for an order's failure mode."""
        return self.word("mode", order.failure_mode)

    async def settle(self) -> Picture:
        """Wait shortly for a picture that is fresh; what there is otherwise."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + _PATIENCE_S
        picture = self.watch.look()
        while not self.watch.is_fresh() and loop.time() < deadline:
            await asyncio.sleep(0.05)
            picture = self.watch.look()
        return picture

    def follow(self, show: Callable[[Picture], None]) -> None:
        """Call `show` now and whenever the picture is a new one, until the page is closed."""
        seen = _Seen()
        self._tell(show, seen)
        ui.timer(_EVERY_S, partial(self._tell, show, seen))

    def _tell(self, show: Callable[[Picture], None], seen: _Seen) -> None:
        picture = self.watch.look()
        if picture.number != seen.number:
            seen.number = picture.number
            show(picture)

    def remember_actor(self, actor: str) -> None:
        """Let the browser offer this name the next time."""
        self.actor = actor
        _set_cookie(ACTOR_COOKIE, actor)

    def remember_theme(self, theme: str) -> None:
        """Let the browser keep its choice of light or dark."""
        self.theme = theme
        _set_cookie("assetloop_theme", theme)


class _Seen:
    number = -1


def _set_cookie(name: str, value: str) -> None:
    ui.run_javascript(f"keepChoice({json.dumps(name)}, {json.dumps(value)})")


def _cookie_text(request: Request, name: str) -> str:
    return unquote(request.cookies.get(name, ""))[:100]


def changed(show: Callable[[Any], None], part: Callable[[Picture], Any]) -> Callable[[Picture], None]:
    """Make a follower that calls `show` only where its part of the picture has changed."""
    held: list[Any] = []

    def follower(picture: Picture) -> None:
        wanted = part(picture)
        if not held or held[0] != wanted:
            held[:] = [wanted]
            show(wanted)

    return follower
