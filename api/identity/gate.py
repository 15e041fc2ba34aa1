"""The gate every request passes: host, origin, token; and the headers every answer carries."""

from __future__ import annotations

from urllib.parse import quote

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.identity.access import Access, is_cross_site
from api.problems import problem
from plant.clock import Clock

LOGIN = "/login"
TELEMETRY = "/api/v1/telemetry"
# The console compiles its templates in the browser, hence 'unsafe-eval'.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Gate:
    """Middleware that refuses who may not come in, by `access`, HTTP and websocket alike."""

    def __init__(self, app: ASGIApp, *, access: Access, clock: Clock) -> None:
        self._app = app
        self._access = access
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or answer it here."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(HTTPConnection(scope))
        if refusal is None:
            await self._app(scope, receive, _with_headers(send))
        elif scope["type"] == "http":
            await refusal(scope, receive, _with_headers(send))
        else:
            await receive()
            await send({"type": "websocket.close", "code": 1008})

    def _refusal(self, connection: HTTPConnection) -> Response | None:
        if not self._access.knows_host(connection):
            return problem(
                403, "unknown_host", "this host name is not served here; ASSETLOOP_ALLOWED_HOSTS names those that are"
            )
        if is_cross_site(connection):
            return problem(403, "cross_site", "another site's page may not change anything here")
        if _has_a_door_of_its_own(connection):
            return None
        if connection.scope["path"] == LOGIN or self._access.admits(connection, self._clock.now()):
            return None
        return _ask_for_token(connection)


def _has_a_door_of_its_own(connection: HTTPConnection) -> bool:
    """Say whether the route itself asks for a device's token."""
    scope = connection.scope
    return scope["type"] == "http" and (scope["method"], scope["path"]) == ("POST", TELEMETRY)


def _ask_for_token(connection: HTTPConnection) -> Response:
    path = connection.scope["path"]
    if (
        connection.scope["type"] == "http"
        and connection.scope["method"] == "GET"
        and not path.startswith(("/api/", "/_"))
    ):
        return RedirectResponse(f"{LOGIN}?next={quote(path)}", status_code=303)
    refusal = problem(401, "unauthorized", "show the token: Authorization: Bearer …")
    refusal.headers["WWW-Authenticate"] = "Bearer"
    return refusal


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            if headers.get("content-type", "").startswith("application/json"):
                headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return sending
