"""Pages that outlive their connection: what the browser hands on is heard once, and a page that is away is kept.

And what was pressed is heard though it was drawn anew meanwhile: the press was on its way to what stood there.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from time import monotonic
from typing import Any
from weakref import WeakKeyDictionary

from nicegui import Client, core, events, ui
from nicegui import app as nicegui_app
from nicegui.element import Element

# A laptop's lid is closed for ten minutes; a page that says it is gone for good is not kept.
KEPT_S = 900.0
_GONE_S = 2.0
# A proxy closes what is silent for a minute, and a bad line takes its time to answer.
_PING_EVERY_S = 8.0
_PING_WITHIN_S = 12.0
# So long a press may be on its way over a bad line; and so long a second click of the same press may come.
_UNDER_WAY_S = 10.0
_TWICE_S = 2.0


class Drawn(Element):
    """An element whose press is heard once more after it is gone: a list that is drawn anew takes its buttons with it.

    What is done then is what the button that was seen does. One that was pressed just before it went is done with.
    """

    _pressed_at = float("-inf")

    def _handle_event(self, msg: dict[str, Any]) -> None:
        self._pressed_at = monotonic()
        super()._handle_event(msg)

    def _handle_delete(self) -> None:
        presses = {
            key: one.handler for key, one in self._event_listeners.items() if one.type == "click" and one.handler
        }
        is_done_with = monotonic() - self._pressed_at < _TWICE_S
        if not is_done_with:
            _keep_a_moment(self, presses)
        super()._handle_delete()


class DrawnTick(ui.checkbox):
    """A checkbox in a list that is drawn anew: `on_tick` hears what a person makes of it, also when it is just gone."""

    def __init__(self, *, is_on: bool, on_tick: Callable[[bool], None]) -> None:
        super().__init__(value=is_on)
        self._on_tick = on_tick
        self.on_value_change(lambda change: on_tick(bool(change.value)))

    def _handle_delete(self) -> None:
        changes = {
            key: lambda change: self._on_tick(bool(change.args))
            for key, one in self._event_listeners.items()
            if one.type.startswith("update:")
        }
        _keep_a_moment(self, changes)
        super()._handle_delete()


def _keep_a_moment(element: Element, deeds: dict[str, Callable[..., Any]]) -> None:
    if deeds and not element.is_ignoring_events and element.client.has_socket_connection:
        _GONE.setdefault(element.client, _GoneElements()).keep(element.id, deeds)


class _GoneElements:
    """What pressing and ticking did of the elements that a page has had a moment ago."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[float, dict[str, Callable[..., Any]]]] = {}

    def keep(self, element_id: int, deeds: dict[str, Callable[..., Any]]) -> None:
        """Keep them for a moment."""
        self._forget()
        self._kept[element_id] = (monotonic(), deeds)

    def take(self, element_id: int, listener_id: str) -> Callable[..., Any] | None:
        """Return what it did, once."""
        self._forget()
        _, deeds = self._kept.pop(element_id, (0.0, {}))
        return deeds.get(listener_id)

    def _forget(self) -> None:
        oldest = monotonic() - _UNDER_WAY_S
        while self._kept and next(iter(self._kept.values()))[0] < oldest:
            del self._kept[next(iter(self._kept))]


_GONE: WeakKeyDictionary[Client, _GoneElements] = WeakKeyDictionary()


def keep_pages() -> None:
    """Hear each event of a page once, keep a page that is away, and forget one that is gone; before the first page."""
    heard: WeakKeyDictionary[Client, int] = WeakKeyDictionary()

    def hear(_: str, event: dict[str, Any]) -> bool:
        """Say whether an event was taken: one that comes again after a break is not done again."""
        client = Client.instances.get(event["client_id"])
        if client is None or not client.has_socket_connection:
            return False
        number = event.pop("number", None)
        if isinstance(number, int):
            if number <= heard.get(client, 0):
                return True
            heard[client] = number
        _hand_on(client, event)
        return True

    def leave(_: str, client_id: str) -> None:
        """Keep a page no longer than a moment: its tab was closed, or went elsewhere.

        The connection may be closed by now, and its rooms empty; the id is a secret of the page.
        """
        client = Client.instances.get(client_id)
        if client is not None:
            client.page = copy.copy(client.page)
            client.page.reconnect_timeout = _GONE_S

    core.sio.on("event", hear)
    core.sio.on("leaving", leave)
    nicegui_app.on_startup(_ping)


def _hand_on(client: Client, event: dict[str, Any]) -> None:
    """Let an element of a page hear an event; one that is just gone, a press or a tick."""
    if event["id"] in client.elements:
        client.handle_event(event)
    elif client in _GONE:
        deed = _GONE[client].take(event["id"], event["listener_id"])
        said = json.loads(next(iter(event.get("args", [])), None) or "null")
        with client:
            events.handle_event(deed, events.GenericEventArguments(sender=client.content, client=client, args=said))


def _ping() -> None:
    core.sio.eio.ping_interval = _PING_EVERY_S
    core.sio.eio.ping_timeout = _PING_WITHIN_S
