"""From where requests may come: hosts, addresses, pages of other sites; and what holds for this server."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from api.identity.signing_in.provider import ProviderSettings
from plant.errors import Misconfigured

CONFIRMED_COOKIE = "assetloop_confirmed"
"""Holds, for two minutes, that its browser showed at the provider who acts in it."""
SESSION_COOKIE = "assetloop_session"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Access:
    """The rule of entry for one server.

    It answers only under `allowed_hosts`, so that no foreign page can reach it by a name of its own. `one_click` lets
    the demo's people in without a credential, from this machine alone. `is_behind_tls` makes cookies secure. `provider`
    is the OpenID Connect provider where one is configured. `mails_links` says that a forgotten password is reset by
    mail: a worker has a mail server to hand it in to.
    """

    allowed_hosts: tuple[str, ...] = LOOPBACK
    one_click: bool = False
    is_behind_tls: bool = False
    provider: ProviderSettings | None = None
    mails_links: bool = False

    def knows_host(self, connection: HTTPConnection) -> bool:
        """Say whether the request asks for a host under which the app may answer."""
        return host_of(connection.headers.get("host", "")) in self.allowed_hosts

    def may_one_click(self, connection: HTTPConnection) -> bool:
        """Say whether a person of the demo may be let in by one click: only from this machine, through nobody."""
        is_forwarded = any(name in connection.headers for name in ("x-forwarded-for", "forwarded", "x-real-ip"))
        host = host_of(connection.headers.get("host", ""))
        return self.one_click and not is_forwarded and host in LOOPBACK and is_loopback(address_of(connection))


def address_of(connection: HTTPConnection) -> str:
    """Return the address that a request came from."""
    return connection.client.host if connection.client else ""


def is_loopback(address: str) -> bool:
    """Say whether only this machine can be, or reach, an address.

    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("0.0.0.0"), is_loopback("localhost")
    (True, True, False, True)
    """
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


def refuse_plain_http(host: str, trusted_proxy: str, *, allow_plain_http: bool) -> None:
    """Refuse to let other machines send passwords in the clear.

    Raises:
        Misconfigured: `host` is not loopback, no TLS is in front, and nobody said that this is meant.
    """
    if not (is_loopback(host) or trusted_proxy or allow_plain_http):
        raise Misconfigured(
            f"listening on {host} without TLS would send passwords in the clear: put a proxy with TLS in front and "
            "name its address in ASSETLOOP_TLS_PROXY, or set ASSETLOOP_ALLOW_PLAIN_HTTP=1"
        )


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
