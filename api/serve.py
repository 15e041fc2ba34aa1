"""Serve the application over HTTP until told to stop."""

from __future__ import annotations

import errno
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address

import uvicorn
from fastapi import FastAPI

from plant.errors import Conflict, Misconfigured

_GRACE_S = 3  # how long open requests may take to end


class _Server(uvicorn.Server):
    """A server that leaves signals to whoever started it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def serve(app: FastAPI, host: str, port: int, stop: threading.Event) -> None:
    """Serve `app` until `stop` is set; returns within 5 s of that.

    Raises:
        Conflict: the port is taken.
        Misconfigured: the host is none of this machine's, the port needs more rights, or the app has no token
            and the host is not loopback.
    """
    if app.state.access.token is None and not is_loopback(host):
        raise Misconfigured(f"without a token only this machine is served; set ASSETLOOP_TOKEN to listen on {host}")
    with _listen(host, port) as listening:
        config = uvicorn.Config(
            app,
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            ws="websockets-sansio",
            timeout_graceful_shutdown=_GRACE_S,
        )
        server = _Server(config)
        threading.Thread(target=_end_when, args=(stop, server), name="serve-stop", daemon=True).start()
        server.run(sockets=[listening])


def is_loopback(host: str) -> bool:
    """Say whether only this machine can reach `host`.

    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("0.0.0.0"), is_loopback("localhost")
    (True, True, False, True)
    """
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


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
