"""Who may come in: loopback without a token, or whoever shows the token; never another site's page."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

SESSION_COOKIE = "assetloop_session"
SESSION_LASTS = timedelta(hours=12)
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, kw_only=True, slots=True)
class Access:
    """The rule of entry.

    Without `token` the app is for this machine alone: it answers only under `allowed_hosts`, so that no foreign
    page can reach it by a name of its own. With `token` every request must show it, under whatever host.
    `secret` signs the console's sessions; a random one ends them with the process.
    """

    token: str | None = None
    allowed_hosts: tuple[str, ...] = LOOPBACK
    secret: str = field(default_factory=lambda: secrets.token_hex(32), repr=False)

    def knows_host(self, connection: HTTPConnection) -> bool:
        """Say whether the request asks for a host under which the app may answer."""
        return self.token is not None or host_of(connection.headers.get("host", "")) in self.allowed_hosts

    def admits(self, connection: HTTPConnection, now: datetime) -> bool:
        """Say whether the request shows the token, or a session that was opened with it."""
        if self.token is None:
            return True
        scheme, _, shown = connection.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and self.is_token(shown.strip()):
            return True
        return self.is_session(connection.cookies.get(SESSION_COOKIE, ""), now)

    def is_token(self, shown: str) -> bool:
        """Compare in constant time."""
        return self.token is not None and hmac.compare_digest(shown.encode(), self.token.encode())

    def open_session(self, now: datetime) -> str:
        """Make the value of a session cookie: when it ends, and our mark on that."""
        ends = str(int((now + SESSION_LASTS).timestamp()))
        return f"{ends}.{self._mark(ends)}"

    def is_session(self, shown: str, now: datetime) -> bool:
        """Say whether a cookie is one of ours and has not ended."""
        ends, _, mark = shown.partition(".")
        if not hmac.compare_digest(mark.encode(), self._mark(ends).encode()):
            return False
        return ends.isdigit() and int(ends) > now.timestamp()

    def _mark(self, ends: str) -> str:
        key = hmac.digest(self.secret.encode(), (self.token or "").encode(), "sha256")
        return hmac.new(key, ends.encode(), hashlib.sha256).hexdigest()


def host_of(header: str) -> str:
    """Take the port and brackets off a Host header.

    >>> host_of("localhost:8080"), host_of("[::1]:8080"), host_of("10.0.0.1")
    ('localhost', '::1', '10.0.0.1')
    """
    try:
        return urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return ""


def is_cross_site(connection: HTTPConnection) -> bool:
    """Say whether another site's page asks for a change, or for the console's websocket."""
    if connection.scope["type"] == "http" and connection.scope["method"] in _SAFE_METHODS:
        return False
    if connection.headers.get("sec-fetch-site", "none") not in {"same-origin", "none"}:
        return True
    origin = connection.headers.get("origin")
    return origin is not None and origin.partition("://")[2] != connection.headers.get("host")
