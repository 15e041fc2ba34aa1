"""The gate every request passes: host, origin, who acts, what the table lets them; and every answer's headers."""

from __future__ import annotations

import secrets
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.identity.access import Access, is_cross_site
from api.identity.content_policy import policy, with_nonce
from api.identity.recognising import Recogniser
from api.identity.route_right import Reach
from api.identity.route_rights import right_of
from api.identity.signing_in.login_page import ASK_AGAIN_S, away_page, missing_page, refused_page
from api.language import language_of, speak
from api.problems import problem, problem_of
from api.refusals.refusals import told
from plant.errors import AssetloopError, Forbidden, NotFound, Unavailable

LOGIN = "/login"
# Files of the product and its libraries, the same for everybody.
FILES = ("/_nicegui/", "/_console/")
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
_NOT_KEPT = ("application/json", "application/problem+json", "text/html")
_A_YEAR_OF_TLS = "max-age=31536000"


class RequestGate:
    """Middleware that refuses who may not come in, HTTP and websocket alike, and hands on who acts."""

    def __init__(self, app: ASGIApp, *, access: Access, recogniser: Recogniser) -> None:
        self._app = app
        self._access = access
        self._recogniser = recogniser

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or answer it here."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        speak(language_of(HTTPConnection(scope)))
        sending = _Answer(send, is_behind_tls=self._access.is_behind_tls)
        refusal = await self._refusal(HTTPConnection(scope))
        if refusal is None:
            await self._app(scope, receive, sending)
        elif scope["type"] == "http":
            await refusal(scope, receive, sending)
        else:
            await receive()
            await send({"type": "websocket.close", "code": 1008})

    async def _refusal(self, connection: HTTPConnection) -> Response | None:
        # A page on a name of its own cannot show a token: only who shows none must ask for a name that is known.
        if "authorization" not in connection.headers and not self._access.knows_host(connection):
            return problem(
                403, "unknown_host", "this host name is not served here; ASSETLOOP_ALLOWED_HOSTS names those that are"
            )
        if is_cross_site(connection):
            return problem(403, "cross_site", "another site's page may not change anything here")
        try:
            return await self._judged(connection)
        except AssetloopError as error:
            return refused(connection, error)

    async def _judged(self, connection: HTTPConnection) -> Response | None:
        scope, path = connection.scope, connection.scope["path"]
        is_http = scope["type"] == "http"
        if is_http and scope["method"] in {"GET", "HEAD"} and path.startswith(FILES):
            return None
        row = right_of(scope["method"], path) if is_http else None
        if row is not None and row.wants is Reach.DEVICE_TOKEN:
            return None
        principal = await run_in_threadpool(self._recogniser.principal, connection)
        scope.setdefault("state", {})["principal"] = principal
        if row is not None and row.wants is Reach.ANYONE:
            return None
        if principal is None:
            return _ask_to_sign_in(connection)
        if row is not None:
            found = row.pattern.fullmatch(path)
            parts = found.groupdict() if found else {}
            if self._recogniser.must_look(row):
                await run_in_threadpool(self._recogniser.judge, principal, row, parts)
            else:
                self._recogniser.judge(principal, row, parts)
        return None


def refused(connection: HTTPConnection, error: AssetloopError) -> Response:
    """Answer a refusal: a person with a page, which asks again by itself while the database is away."""
    refusal = problem_of(error)
    if not _is_page(connection):
        return refusal
    language = language_of(connection)
    if isinstance(error, Unavailable):
        page = HTMLResponse(away_page(language), status_code=refusal.status_code)
        page.headers["Refresh"] = str(ASK_AGAIN_S)
        return page
    if isinstance(error, NotFound):
        return HTMLResponse(missing_page(language), status_code=refusal.status_code)
    if isinstance(error, Forbidden):
        return HTMLResponse(refused_page(language, told(language, error)), status_code=refusal.status_code)
    return refusal


def _ask_to_sign_in(connection: HTTPConnection) -> Response:
    path = connection.scope["path"]
    if _is_page(connection):
        return RedirectResponse(f"{LOGIN}?next={quote(path)}", status_code=303)
    refusal = problem(401, "unauthorized", "sign in, or show a token: Authorization: Bearer api_…")
    refusal.headers["WWW-Authenticate"] = "Bearer"
    return refusal


def _is_page(connection: HTTPConnection) -> bool:
    """Say whether a person asks for a page, not a program for an answer."""
    is_read = connection.scope["type"] == "http" and connection.scope["method"] == "GET"
    return is_read and not connection.scope["path"].startswith(("/api/", "/_", "/metrics"))


class _Answer:
    """Sends an answer with the headers that every answer carries; a page's own scripts are named by a nonce."""

    def __init__(self, send: Send, *, is_behind_tls: bool) -> None:
        self._send = send
        self._is_behind_tls = is_behind_tls
        self._nonce = secrets.token_urlsafe(16)
        self._held: Message | None = None
        self._page = bytearray()

    async def __call__(self, message: Message) -> None:
        """Send one message; a page is held until it is whole."""
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            self._add_headers(headers)
            if headers.get("content-type", "").startswith("text/html"):
                self._held = message
                return
        if self._held is None or message["type"] != "http.response.body":
            await self._send(message)
            return
        self._page += message.get("body", b"")
        if not message.get("more_body", False):
            await self._send_page()

    async def _send_page(self) -> None:
        page, held = with_nonce(bytes(self._page), self._nonce), self._held
        self._held = None
        if held is not None:
            if page:
                MutableHeaders(scope=held)["content-length"] = str(len(page))
            else:  # an answer to HEAD
                del MutableHeaders(scope=held)["content-length"]
            await self._send(held)
            await self._send({"type": "http.response.body", "body": page})

    def _add_headers(self, headers: MutableHeaders) -> None:
        for name, value in _HEADERS.items():
            headers.setdefault(name, value)
        headers.setdefault("Content-Security-Policy", policy(self._nonce))
        if self._is_behind_tls:
            headers.setdefault("Strict-Transport-Security", _A_YEAR_OF_TLS)
        if headers.get("content-type", "").startswith(_NOT_KEPT):
            headers.setdefault("Cache-Control", "no-store")
