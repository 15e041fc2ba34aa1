"""One POST to one webhook: to a checked address, within a deadline, and never where it is redirected to."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import SplitResult, urlsplit

from standardwebhooks.webhooks import Webhook

from alerts.dispatch.plans import Way
from alerts.dispatch.sending.addresses import Resolve, checked_addresses, resolve
from plant.errors import Unavailable

_MOST_ANSWER_BYTES = 2000
_LONGEST_RETRY_AFTER_S = 3600.0
_GONE = 410


class ReceiverGoneError(Unavailable):
    """The receiver wants nothing more, ever (410): its way is closed."""


class LaterError(Unavailable):
    """The receiver says when to try again, `after_s` from now."""

    def __init__(self, text: str, after_s: float) -> None:
        super().__init__(text)
        self.after_s = after_s


@dataclass(frozen=True, kw_only=True, slots=True)
class WebhookAnswer:
    """What a receiver answered."""

    status: int
    headers: Mapping[str, str]


def body_of(document: Mapping[str, Any]) -> bytes:
    """Write a document as the body that is signed; the same document gives the same bytes."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def signed_headers(secret: str, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """Write the headers of Standard Webhooks: id, timestamp and signature of exactly this body."""
    at = at.astimezone(UTC)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, at, body.decode()),
        "content-type": "application/json",
        "user-agent": "assetloop",
    }


def post(
    way: Way,
    secret: str,
    message_id: str,
    document: Mapping[str, Any],
    *,
    at: datetime,
    trust: ssl.SSLContext | None = None,
    resolver: Resolve = resolve,
) -> str:
    """Post a document and return what is said of it; a receiver that has it answers with 2xx.

    Raises:
        ReceiverGoneError: it answers 410.
        LaterError: it says when to try again.
        Unavailable: anything else, the deadline included; whether it arrived may be unknown.
    """
    body = body_of(document)
    answer = _exchange(urlsplit(way.address), way, signed_headers(secret, message_id, at, body), body, trust, resolver)
    if 200 <= answer.status < 300:
        return f"HTTP {answer.status}"
    if answer.status == _GONE:
        raise ReceiverGoneError("the receiver answers 410: it wants nothing more")
    if 300 <= answer.status < 400:
        raise Unavailable(f"the receiver answers {answer.status}: redirects are not followed, name the address itself")
    after_s = _retry_after_s(answer.headers.get("retry-after", ""), at)
    if after_s is not None:
        raise LaterError(f"the receiver answers {answer.status}", after_s)
    raise Unavailable(f"the receiver answers {answer.status}")


def fetch(way: Way, *, most_bytes: int, trust: ssl.SSLContext | None = None, resolver: Resolve = resolve) -> bytes:
    """Get what an address holds, under the same bounds.

    Raises:
        Unavailable: it cannot be had, is larger than `most_bytes`, or leads elsewhere.
    """
    parts = urlsplit(way.address)
    with _connected(parts, way, trust, resolver) as connection:
        connection.request("GET", _path(parts), headers={"user-agent": "assetloop", "accept-encoding": "identity"})
        response = connection.getresponse()
        content = response.read(most_bytes + 1)
    if response.status != 200:
        raise Unavailable(f"the address answers {response.status}")
    if len(content) > most_bytes:
        raise Unavailable(f"the address holds more than {most_bytes} bytes")
    return content


def _exchange(
    parts: SplitResult,
    way: Way,
    headers: Mapping[str, str],
    body: bytes,
    trust: ssl.SSLContext | None,
    resolver: Resolve,
) -> WebhookAnswer:
    with _connected(parts, way, trust, resolver) as connection:
        connection.request("POST", _path(parts), body=body, headers=dict(headers))
        response = connection.getresponse()
        response.read(_MOST_ANSWER_BYTES)
        return WebhookAnswer(
            status=response.status, headers={name.lower(): value for name, value in response.getheaders()}
        )


def _path(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


@contextlib.contextmanager
def _connected(
    parts: SplitResult, way: Way, trust: ssl.SSLContext | None, resolver: Resolve
) -> Iterator[http.client.HTTPConnection]:
    """Open a connection to a checked address; it is cut once `way.timeout_s` have passed, whatever goes on in it."""
    host, is_tls = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if is_tls else 80)
    context = (trust or ssl.create_default_context()) if is_tls else None
    is_late = threading.Event()
    with _in_our_words(host, is_late):
        addresses = checked_addresses(host, port, internal=way.internal, resolver=resolver)
        connection = _Connection(host, port, addresses, context, way.timeout_s)
        deadline = threading.Timer(way.timeout_s, _cut(connection, is_late))
        deadline.start()
        try:
            yield connection
        finally:
            deadline.cancel()
            connection.close()


@contextlib.contextmanager
def _in_our_words(host: str, is_late: threading.Event) -> Iterator[None]:
    try:
        yield
        if is_late.is_set():  # what was read may be cut off
            raise TimeoutError
    except (OSError, http.client.HTTPException, ValueError) as error:
        if is_late.is_set() or isinstance(error, TimeoutError):
            raise Unavailable(f"{host} has not answered in time") from error
        raise Unavailable(f"{host} cannot be reached: {type(error).__name__}") from error


def _cut(connection: _Connection, is_late: threading.Event) -> Callable[[], None]:
    def cut() -> None:
        is_late.set()
        with contextlib.suppress(OSError):
            if connection.sock is not None:
                connection.sock.shutdown(socket.SHUT_RDWR)

    return cut


class _Connection(http.client.HTTPConnection):
    """Connects to addresses that were checked, in the name of the host they were asked for."""

    def __init__(
        self, host: str, port: int, addresses: list[str], context: ssl.SSLContext | None, timeout_s: float
    ) -> None:
        super().__init__(host, port, timeout=timeout_s)
        self.default_port = http.client.HTTPS_PORT if context is not None else http.client.HTTP_PORT
        self._addresses = addresses
        self._context = context

    def connect(self) -> None:
        """Connect to the first address that answers."""
        failure: OSError | None = None
        for address in self._addresses:
            try:
                self.sock = socket.create_connection((address, self.port), self.timeout)
            except OSError as error:
                failure = error
                continue
            if self._context is not None:
                self.sock = self._context.wrap_socket(self.sock, server_hostname=self.host)
            return
        raise failure or OSError("no address")


def _retry_after_s(text: str, at: datetime) -> float | None:
    if not text:
        return None
    try:
        seconds = float(text) if text.isdigit() else (parsedate_to_datetime(text) - at).total_seconds()
    except (ValueError, TypeError):
        return None
    return min(max(seconds, 0.0), _LONGEST_RETRY_AFTER_S)
