"""HEAD, OPTIONS and methods that a path does not have, answered by the table of routes for every path alike."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.identity.route_right import API_ROOT
from api.identity.route_rights import methods_of
from api.identity.signing_in.login_page import missing_page
from api.language import language_of
from api.problems import problem

_LIBRARY = "/_"  # what the console's library serves for itself: it has no row in the table


class Methods:
    """Middleware: HEAD is answered as GET without its body, OPTIONS by the table, 405 where there is no such method."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, as GET where it is HEAD, or answer it here."""
        if scope["type"] != "http" or scope["path"].startswith(_LIBRARY):
            await self._app(scope, receive, send)
            return
        methods, asked = methods_of(scope["path"]), scope["method"]
        answer = _answer(scope, methods)
        if answer is not None:
            await answer(scope, receive, send)
        elif asked == "HEAD" and "GET" in methods:
            headed = _Headed(receive, send)
            await self._app({**scope, "method": "GET"}, headed.receive, headed.send)
        else:
            await self._app(scope, receive, send)


def _answer(scope: Scope, methods: tuple[str, ...]) -> Response | None:
    asked = scope["method"]
    if not methods:
        return None if scope["path"].startswith(API_ROOT) else _nothing_here(scope)
    allowed = ", ".join([*methods, *(["HEAD"] if "GET" in methods else []), "OPTIONS"])
    if asked == "OPTIONS":
        return Response(status_code=204, headers={"Allow": allowed})
    if asked in methods or (asked == "HEAD" and "GET" in methods):
        return None
    refusal = problem(405, "method_not_allowed", f"{asked} is not for this path; it takes {allowed}")
    refusal.headers["Allow"] = allowed
    return refusal


def _nothing_here(scope: Scope) -> Response:
    connection = HTTPConnection(scope)
    if scope["method"] in {"GET", "HEAD"} and "text/html" in connection.headers.get("accept", ""):
        return HTMLResponse(missing_page(language_of(connection)), status_code=404)
    return problem(404, "not_found", f"nothing answers {scope['method']} {scope['path']}")


class _Headed:
    """An answer whose headers go out and whose body does not; once they are out, the body is made no further."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._is_over = False

    async def receive(self) -> Message:
        """Say that nobody waits any more once the headers are out."""
        return {"type": "http.disconnect"} if self._is_over else await self._receive()

    async def send(self, message: Message) -> None:
        """Send the headers, and an end instead of the body."""
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).setdefault("Vary", "Accept-Encoding")
            await self._send(message)
        elif not self._is_over:
            self._is_over = True
            await self._send({"type": "http.response.body", "body": b""})
