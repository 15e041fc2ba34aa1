"""A page of the console, kept open as a browser's script does it: what `assetloop bench console` opens."""

from __future__ import annotations

import ast
import asyncio
import html
import json
import re
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import httpx
import socketio

from api.identity.access import SESSION_COOKIE
from plant.errors import Unavailable

_READY_S = 120.0
_LOOK_S = 0.1
_ELEMENTS = re.compile(r"parseElements\(String\.raw`(.*?)`\)", re.DOTALL)
_QUERY = re.compile(r"query: (\{.*?\}),\n")


@dataclass(kw_only=True, slots=True)
class ConsolePage:
    """An open page, as the browser's script keeps it."""

    base: str
    cookie: str
    query: dict[str, Any]
    elements: dict[str, Any]
    waiting: dict[int, dict[str, Any]] = field(default_factory=dict)
    number: int = 0
    cuts: int = 0
    reloads: int = 0
    line: socketio.AsyncClient | None = None
    mending: asyncio.Lock = field(default_factory=asyncio.Lock)

    @classmethod
    async def opened(cls, browser: httpx.AsyncClient, cookie: str, path: str) -> ConsolePage:
        """Load a page and connect it."""
        text = (await browser.get(path)).raise_for_status().text
        elements, query = _ELEMENTS.search(text), _QUERY.search(text)
        if elements is None or query is None:
            raise Unavailable(f"{path} is no page of the console")
        page = cls(
            base=str(browser.base_url).rstrip("/"),
            cookie=cookie,
            query=ast.literal_eval(query[1]),
            elements=json.loads(html.unescape(elements[1])),
        )
        page.query |= {"document_id": str(uuid4()), "tab_id": str(uuid4()), "old_tab_id": "null"}
        page.query["implicit_handshake"] = "true"
        await page._connect()
        return page

    async def _connect(self) -> None:
        line = socketio.AsyncClient(reconnection=False)
        line.on("*", self._hear)
        line.on("disconnect", lambda *_: asyncio.create_task(self.cut(1.0, line)))
        headers = {"Cookie": f"{SESSION_COOKIE}={self.cookie}", "Origin": self.base}
        try:
            await line.connect(
                f"{self.base}/?{urlencode(self.query)}",
                headers=headers,
                transports=["websocket"],
                socketio_path="/_nicegui_ws/socket.io",
                wait_timeout=30,
            )
        except socketio.exceptions.ConnectionError:
            self.reloads += 1
            return
        self.line = line
        for event in list(self.waiting.values()):
            await self._hand(event)

    async def _hear(self, kind: str, said: Any = None) -> None:
        if not isinstance(said, dict):
            return
        if "_id" in said:
            self.query["next_message_id"] = said.pop("_id") + 1
        if kind == "update":
            for number, element in said.items():
                self.elements[number] = element or {}
        self.reloads += kind == "run_javascript" and "location.reload" in said["code"]

    async def _hand(self, event: dict[str, Any]) -> None:
        def taken(is_taken: bool = False) -> None:
            if is_taken:
                self.waiting.pop(event["number"], None)

        if self.line is not None and self.line.connected:
            await self.line.emit("event", event, callback=taken)

    async def press(self, testid: str, kind: str, *args: object) -> None:
        """Do something at an element, as its event in the browser is."""
        element_id, listener = await self._listener(testid, kind)
        self.number += 1
        event = {"id": int(element_id), "client_id": self.query["client_id"], "listener_id": listener}
        self.waiting[self.number] = {**event, "args": [json.dumps(one) for one in args], "number": self.number}
        await self._hand(self.waiting[self.number])

    async def _listener(self, testid: str, kind: str) -> tuple[str, str]:
        """Find what listens at an element, once it is drawn: most of a page comes after its head."""
        until = time.monotonic() + _READY_S
        while time.monotonic() < until:
            for number, element in self.elements.items():
                if element.get("props", {}).get("data-testid") == testid:
                    for one in element.get("events", ()):
                        if one["type"] == kind:
                            return number, one["listener_id"]
            await asyncio.sleep(_LOOK_S)
        raise Unavailable(f"the page has no {testid}")

    async def type(self, text: str, seconds: float) -> None:
        """Type a comment letter by letter, and send it."""
        for length in range(1, len(text) + 1):
            await self.press("comment", "update:value", text[:length])
            await self._say_what_came()
            await asyncio.sleep(0.95 * seconds / len(text))
        await self.press("comment_do", "click", {})

    async def _say_what_came(self) -> None:
        if self.line is not None and self.line.connected:
            said = {"client_id": self.query["client_id"], "next_message_id": int(self.query["next_message_id"])}
            await self.line.emit("ack", said)

    async def cut(self, away_s: float, lost: socketio.AsyncClient | None = None) -> None:
        """Lose the connection, or one that is `lost` already, and open another after a while."""
        async with self.mending:
            if lost is not None and lost is not self.line:
                return
            line, self.line = self.line, None
            if line is not None:
                self.cuts += 1
                await line.eio.disconnect(abort=True)
            await asyncio.sleep(away_s)
            await self._connect()

    async def settled(self) -> None:
        """Wait until the server has taken everything."""
        until = time.monotonic() + _READY_S
        while self.waiting and time.monotonic() < until:  # noqa: ASYNC110 - it is the server's word that is waited for
            await asyncio.sleep(_LOOK_S)

    async def leave(self) -> None:
        """Close the page as a browser does."""
        if self.line is not None and self.line.connected:
            line, self.line = self.line, None
            await line.call("leaving", self.query["client_id"])
            await line.disconnect()
