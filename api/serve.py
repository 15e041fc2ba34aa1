"""Serve the application over HTTP until told to stop."""

from __future__ import annotations

import errno
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from api.app import routes_of
from api.identity.access import refuse_plain_http
from api.identity.route_rights import refuse_unlisted
from api.protocol.connections import PatientProtocol
from plant.errors import Conflict, Misconfigured

_GRACE_S = 3  # how long open requests may take to end


class _Server(uvicorn.Server):
    """A server that leaves signals to whoever started it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def serve(
    app: FastAPI,
    host: str,
    port: int,
    stop: threading.Event,
    *,
    trusted_proxy: str = "",
    allow_plain_http: bool = False,
) -> None:
    """Serve `app` until `stop` is set; returns within 5 s of that.

    `trusted_proxy` are the addresses, by commas, of what ends TLS in front; only from there is it believed from which
    address a request came. `allow_plain_http` serves other machines without it.

    Raises:
        Conflict: the port is taken.
        Misconfigured: the host is none of this machine's, the port needs more rights, nobody has decided who may use a
            route, or passwords would go over the network in the clear.
    """
    refuse_unlisted(routes_of(app))
    refuse_plain_http(host, trusted_proxy, allow_plain_http=allow_plain_http)
    with _listen(host, port) as listening:
        config = uvicorn.Config(
            app,
            http=PatientProtocol,
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            ws="websockets-sansio",
            timeout_graceful_shutdown=_GRACE_S,
            proxy_headers=bool(trusted_proxy),
            forwarded_allow_ips=trusted_proxy or None,
        )
        server = _Server(config)
        threading.Thread(target=_end_when, args=(stop, server), name="serve-stop", daemon=True).start()
        server.run(sockets=[listening])


def _end_when(stop: threading.Event, server: uvicorn.Server) -> None:
    stop.wait()
    server.should_exit = True


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Conflict(f"port {port} is taken; choose another with --port") from error
        raise Misconfigured(f"cannot listen on {host} port {port}: {error.strerror or error}") from error
