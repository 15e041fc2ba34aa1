"""One open page: its language, what it shows, and how it follows the plant."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import quote

from nicegui import run, ui
from starlette.requests import Request

from api.console.texts import texts
from api.console.watch import Picture, Watches
from api.identity.access import CONFIRMED_COOKIE, SESSION_COOKIE, address_of
from api.identity.recognising import Recogniser
from api.language import Language, language_of
from api.parts import Parts
from plant.errors import Forbidden, NotFound, Rejected, Unavailable
from plant.people.principal import Principal, Recognition
from plant.people.rights import Right
from plant.work_order import WorkOrder
from storage.register import assets
from storage.views.overview import AssetView, SignalView

_EVERY_S = 1.0
_PATIENCE_S = 2.0
_PATIENCE_AGAIN_S = 0.5
_TOLD_S = 0.5
_LOOK_EVERY_S = 3.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Ground:
    """What all pages of a console share."""

    parts: Parts
    watches: Watches
    recogniser: Recogniser


class Visit:
    """A page as one browser has it open."""

    def __init__(self, ground: Ground, request: Request) -> None:
        self.principal: Principal = request.state.principal
        self.address = address_of(request)
        self.origin = f"{request.url.scheme}://{request.url.netloc}"
        self.recogniser = ground.recogniser
        self.cookie = request.cookies.get(SESSION_COOKIE, "")
        self.confirmation = request.cookies.get(CONFIRMED_COOKIE, "")
        self.whole = ground.parts
        self.parts = ground.parts.of(self.principal, Right.SEE)
        self.watch = ground.watches.of(self.principal)
        self.language: Language = language_of(request)
        self.path = request.url.path
        self.address_here = f"{self.path}?{request.url.query}" if request.url.query else self.path
        self.site = str(request.path_params.get("site", ""))
        self.asked: dict[str, str] = dict(request.query_params)
        self.theme = request.cookies.get("assetloop_theme", "auto")
        self.contrast = request.cookies.get("assetloop_contrast", "auto")
        drawing = asyncio.current_task()
        if drawing is not None:  # who leaves a page does not wait for it: it is not drawn to its end for nobody
            ui.context.client.on_delete(drawing.cancel)

    def is_about(self, site: str) -> None:
        """Say that the page is about one site, once that is known."""
        self.site = site
        ui.run_javascript(f"aboutSite({json.dumps(site)})")

    def t(self, key: str, /, **values: object) -> str:
        """Return a text in the page's language."""
        return texts.text(self.language, key, **values)

    def word(self, kind: str, code: str) -> str:
        """Return the word for a code."""
        return texts.word(self.language, kind, code)

    def who(self, name: str, recognised: str | None) -> str:
        """Return a name as the record has it; one that was only typed is marked."""
        return f"{name} ({self.t('by_typed')})" if recognised == Recognition.TYPED else name

    def name(self, asset: AssetView | None) -> str:
        """Return an asset's name; nothing where it is not known or only repeats the tag."""
        if asset is None:
            return ""
        name = texts.named(self.language, asset.name, asset.name_zh)
        return "" if name == asset.asset else name

    def class_name(self, tag: str | None) -> str:
        """Return the name of a class of assets; its tag where it is not known, nothing where there is none."""
        return texts.named(self.language, *self.watch.look().class_names.get(tag or "", ("", ""))) or tag or ""

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

    def may(self, right: Right, site: str) -> bool:
        """Say whether who acts may do something at a site."""
        return self.principal.may(right, site)

    def knows_asset(self, site: str, tag: str) -> bool:
        """Say whether an asset is in view of the register; also where the database is away, since it may be."""
        try:
            with self.parts.database.transaction() as tx:
                assets.get_asset(tx, site, tag)
        except (NotFound, Rejected):
            return False
        except Unavailable:
            return True
        return True

    def parts_for(self, right: Right) -> Parts:
        """Return the parts for looking at what wants a right of its own."""
        return self.whole.of(self.principal, right)

    def renewed(self, right: Right) -> Parts:
        """Return the parts on behalf of who acts now: rights and session are looked up again.

        Raises:
            Forbidden: the session has ended, or the right is theirs nowhere.
            Unavailable: the database is away.
        """
        principal = self.renewed_self()
        if not principal.may_somewhere(right):
            raise Forbidden(self.t("forbidden", what=self.word("right", right.value)))
        return self.whole.of(principal, right)

    def renewed_self(self) -> Principal:
        """Return who acts now, for what one does about oneself.

        Raises:
            Forbidden: the session has ended.
            Unavailable: the database is away.
        """
        principal = self.recogniser.of_session(self.cookie)
        if principal is None:
            raise Forbidden(self.t("your_session_ended"))
        return principal

    def leave_when_over(self) -> None:
        """Show nothing more once the session has ended, or somebody else acts in it."""

        async def look() -> None:
            try:
                now = await run.io_bound(self.recogniser.of_session, self.cookie)
            except Unavailable:
                return
            if now is None or now.person_id != self.principal.person_id:
                client = ui.context.client
                ui.navigate.to(f"/login?next={quote(self.path)}")
                await asyncio.sleep(_TOLD_S)  # what is deleted at once may stop before it has sent this word
                if not client.is_deleted:
                    client.delete()

        self.every(_LOOK_EVERY_S, look)

    async def settle(self) -> Picture:
        """Wait shortly for a picture that is fresh, a little longer for the first; what there is otherwise."""
        loop = asyncio.get_running_loop()
        picture = self.watch.look()
        deadline = loop.time() + (_PATIENCE_AGAIN_S if picture.number else _PATIENCE_S)
        while not self.watch.is_fresh() and loop.time() < deadline:
            await asyncio.sleep(0.05)
            picture = self.watch.look()
        return picture

    def follow(self, show: Callable[[Picture], None]) -> None:
        """Call `show` now and whenever the picture is a new one, until the page is closed."""
        seen = _Seen()
        self._tell(show, seen)
        self.every(_EVERY_S, partial(self._tell, show, seen))

    def every(self, seconds: float, act: Callable[[], Any]) -> None:
        """Do something again and again while the page is open, and not while its browser is away."""
        client = ui.context.client

        def go_on() -> Any:
            return act() if client.has_socket_connection else None

        ui.timer(seconds, go_on)

    def _tell(self, show: Callable[[Picture], None], seen: _Seen) -> None:
        picture = self.watch.look()
        if picture.number != seen.number:
            seen.number = picture.number
            show(picture)

    def remember_theme(self, theme: str) -> None:
        """Let the browser keep its choice of light or dark."""
        self.theme = theme
        _set_cookie("assetloop_theme", theme)

    def remember_contrast(self, contrast: str) -> None:
        """Let the browser keep its choice of contrast, and show it: `more`, `usual`, or `auto` as the system has it."""
        self.contrast = contrast
        _set_cookie("assetloop_contrast", contrast)


class _Seen:
    number = -1


def _set_cookie(name: str, value: str) -> None:
    ui.run_javascript(f"keepChoice({json.dumps(name)}, {json.dumps(value)})")


def changed(show: Callable[[Any], None], part: Callable[[Picture], Any]) -> Callable[[Picture], None]:
    """Make a follower that calls `show` only where its part of the picture has changed."""
    held: list[Any] = []

    def follower(picture: Picture) -> None:
        wanted = part(picture)
        if not held or held[0] != wanted:
            held[:] = [wanted]
            show(wanted)

    return follower
