"""How much of a body is taken, and how long it may take to come: decided before anything of it is read."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable
from typing import Any

from fastapi.routing import RouteContext
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.identity.route_rights import right_of
from api.problems import problem

MOST_BYTES = 2**20
MOST_FILE_BYTES = 256 * 2**20
_WHOLE_S, _WHOLE_FILE_S = 30.0, 600.0
_PIECE_S = 15.0
_BODIES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_LIBRARY = "/_"


class BodyLimits:
    """Middleware that refuses a body that is too large by what it says of itself, or as soon as it is, or too slow.

    `takes_files` are the methods and paths of routes that read their body themselves, by a limit of their own; all
    others take `MOST_BYTES`.
    """

    def __init__(self, app: ASGIApp, *, takes_files: Collection[tuple[str, str]]) -> None:
        self._app = app
        self._takes_files = frozenset(takes_files)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through with its body counted, or refuse it."""
        if scope["type"] != "http" or scope["method"] not in _BODIES:
            await self._app(scope, receive, send)
            return
        row = right_of(scope["method"], scope["path"])
        is_file = scope["path"].startswith(_LIBRARY) or (
            row is not None and (row.method, row.path) in self._takes_files
        )
        most = MOST_FILE_BYTES if is_file else MOST_BYTES
        if _said_length(HTTPConnection(scope)) > most:
            refusal = problem(413, "too_large", _too_large(most))
            refusal.headers["Connection"] = "close"
            await refusal(scope, receive, send)
            return
        counted = _Counted(receive, most=most, seconds=_WHOLE_FILE_S if is_file else _WHOLE_S)
        await self._app(scope, counted.receive, send)


class _Counted:
    def __init__(self, receive: Receive, *, most: int, seconds: float) -> None:
        self._receive = receive
        self._most = most
        self._seconds = seconds
        self._until: float | None = None
        self._taken = 0
        self._is_whole = False

    async def receive(self) -> Message:
        """Hand on the next piece; raise where it is one too many, or does not come."""
        if self._is_whole:
            return await self._receive()
        loop = asyncio.get_running_loop()
        self._until = self._until or loop.time() + self._seconds
        try:
            async with asyncio.timeout_at(min(self._until, loop.time() + _PIECE_S)):
                message = await self._receive()
        except TimeoutError as error:
            raise HTTPException(408, "the body did not come in time", {"Connection": "close"}) from error
        self._taken += len(message.get("body", b""))
        self._is_whole = not message.get("more_body", False)
        if self._taken > self._most:
            raise HTTPException(413, _too_large(self._most), {"Connection": "close"})
        return message


def routes_that_take_files(routes: Iterable[RouteContext]) -> Iterable[tuple[str, str]]:
    """Name the routes that read their body themselves: what they take is no document that is read whole."""
    for route in routes:
        original: Any = route.original_route
        if getattr(original, "body_field", None) is None and hasattr(original, "dependant"):
            yield from ((method, str(route.path)) for method in set(original.methods) & _BODIES)


def _said_length(connection: HTTPConnection) -> int:
    said = connection.headers.get("content-length", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 20 else 0


def _too_large(most: int) -> str:
    return f"at most {most} bytes are taken here"
