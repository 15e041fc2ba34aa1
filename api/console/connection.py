"""Pages that outlive their connection: what the browser hands on is heard once, and a page that is away is kept."""

from __future__ import annotations

import copy
from typing import Any
from weakref import WeakKeyDictionary

from nicegui import Client, core
from nicegui import app as nicegui_app

# A laptop's lid is closed for ten minutes; a page that says it is gone for good is not kept.
KEPT_S = 900.0
_GONE_S = 2.0
# A proxy closes what is silent for a minute, and a bad line takes its time to answer.
_PING_EVERY_S = 8.0
_PING_WITHIN_S = 12.0


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
        client.handle_event(event)
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


def _ping() -> None:
    core.sio.eio.ping_interval = _PING_EVERY_S
    core.sio.eio.ping_timeout = _PING_WITHIN_S
