"""Serving: it stops when told, and says in one line why it cannot start."""

from __future__ import annotations

import socket
import threading

import httpx
import pytest
from fastapi import FastAPI
from starlette.websockets import WebSocket
from websockets.sync.client import connect

from api.app import create_app
from api.identity.access import SESSION_COOKIE, Access
from api.serve import serve
from plant.clock import ManualClock
from plant.errors import Conflict, Misconfigured
from storage.core.database import Database
from tests import people
from tests.conftest import free_port
from tests.patience import PATIENCE_S, TimeLeft, wait_for


@pytest.fixture
def served(application: FastAPI) -> tuple[FastAPI, int]:
    return application, free_port()


def start(application: FastAPI, port: int, stop: threading.Event) -> threading.Thread:
    thread = threading.Thread(target=serve, args=(application, "127.0.0.1", port, stop))
    thread.start()

    def answers() -> bool:
        try:
            client.get(f"http://127.0.0.1:{port}/login", timeout=PATIENCE_S)
        except httpx.TransportError:
            return False
        return True

    with httpx.Client(verify=False) as client:  # noqa: S501 - no certificates are read for a server without TLS
        wait_for(answers, what="server that answers")
    return thread


def test_it_stops_within_five_seconds_though_a_viewer_stays(
    served: tuple[FastAPI, int], app_database: Database, clock: ManualClock
) -> None:
    application, port = served

    async def hold(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.receive_text()

    application.add_api_websocket_route("/hold", hold)
    stop = threading.Event()
    thread = start(application, port, stop)
    cookie = people.cookie_of(app_database, clock, people.enter(app_database, clock))
    shown = {"Cookie": f"{SESSION_COOKIE}={cookie[SESSION_COOKIE]}"}
    at = f"127.0.0.1:{port}"
    with connect(f"ws://{at}/hold", additional_headers=shown, open_timeout=PATIENCE_S):
        assert httpx.get(f"http://{at}/api/v1/health", timeout=PATIENCE_S).status_code == 200
        left = TimeLeft()
        stop.set()
        thread.join(PATIENCE_S)
        taken_s = left.taken_s()
    assert not thread.is_alive()
    assert taken_s < 5


def test_a_port_already_taken_is_a_conflict(served: tuple[FastAPI, int]) -> None:
    application, port = served
    with socket.create_server(("127.0.0.1", port)), pytest.raises(Conflict, match=f"port {port} is taken"):
        serve(application, "127.0.0.1", port, threading.Event())


def test_a_port_is_free_again_after_a_stop(served: tuple[FastAPI, int]) -> None:
    application, port = served
    for _ in range(2):
        stop = threading.Event()
        thread = start(application, port, stop)
        stop.set()
        thread.join(PATIENCE_S)
        assert not thread.is_alive()


def test_without_tls_in_front_no_other_machine_is_served(application: FastAPI) -> None:
    for host in ("0.0.0.0", "::", "192.0.2.7", "plant.example"):  # noqa: S104 - refused
        with pytest.raises(Misconfigured, match="ASSETLOOP_TLS_PROXY"):
            serve(application, host, free_port(), threading.Event())


def test_a_route_for_which_nobody_decided_who_may_use_it_does_not_start(application: FastAPI) -> None:
    application.add_api_route("/api/v1/forgotten", lambda: None, methods=["POST"])
    with pytest.raises(Misconfigured, match="POST /api/v1/forgotten"):
        serve(application, "127.0.0.1", free_port(), threading.Event())


def test_an_address_of_another_machine_is_a_misconfiguration(app_database: Database, clock: ManualClock) -> None:
    guarded = create_app(app_database, clock, access=Access(), console=False, version="1")
    with pytest.raises(Misconfigured, match=r"cannot listen on 192\.0\.2\.7"):
        serve(guarded, "192.0.2.7", free_port(), threading.Event(), allow_plain_http=True)
