"""From where requests may come, and whose page may ask."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from api.app import create_app
from api.identity.access import SESSION_COOKIE, Access
from plant.clock import ManualClock
from storage.core.database import Database
from tests import people


@pytest.fixture
def stranger(app_database: Database, clock: ManualClock) -> Iterator[TestClient]:
    """A client as which nobody acts, at a plant whose console is served behind TLS."""
    access = Access(allowed_hosts=("plant.example",), is_behind_tls=True)
    application = create_app(app_database, clock, access=access, console=False, version="1")
    application.add_api_websocket_route("/socket", _greet)
    with TestClient(application, base_url="https://plant.example", follow_redirects=False) as client:
        yield client


async def _greet(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text("hello")


def test_under_its_own_names_this_machine_is_served(client: TestClient) -> None:
    for host in ("127.0.0.1:8080", "localhost", "[::1]:8080"):
        assert client.get("/api/v1/health", headers={"Host": host}).status_code == 200, host


def test_another_host_name_is_refused(client: TestClient) -> None:
    for host in ("evil.example", "127.0.0.1.evil.example", "10.0.0.5:8080", "", "localhost@evil", "[::1"):
        answer = client.get("/api/v1/health", headers={"Host": host})
        assert (answer.status_code, answer.json()["error"]) == (403, "unknown_host"), host


@pytest.mark.usefixtures("sick_plant")
def test_another_sites_page_may_not_change_anything(client: TestClient) -> None:
    for headers in (
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "http://[::1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1:8080"},
    ):
        for path in ("/api/v1/work-orders/WO-000001/acknowledge", "/login", "/logout"):
            answer = client.post(path, headers=headers)
            assert (answer.status_code, answer.json()["error"]) == (403, "cross_site"), headers
    assert client.get("/api/v1/work-orders/WO-000001").json()["acknowledged_by"] is None


@pytest.mark.usefixtures("sick_plant")
def test_our_own_page_may_change_what_it_shows(client: TestClient) -> None:
    headers = {"Origin": "http://127.0.0.1:8080", "Sec-Fetch-Site": "same-origin"}
    assert client.post("/api/v1/work-orders/WO-000001/acknowledge", headers=headers).status_code == 200


def test_whoever_shows_nothing_is_asked_to_sign_in(stranger: TestClient) -> None:
    for path in ("/api/v1/assets", "/metrics", "/api/v1/nothing"):
        answer = stranger.get(path)
        assert (answer.status_code, answer.json()["error"]) == (401, "unauthorized"), path
        assert answer.headers["www-authenticate"] == "Bearer"


def test_what_is_no_token_is_refused(stranger: TestClient) -> None:
    for shown in ("Bearer wrong", "Bearer api_0_x", "Basic YTpi", "Bearer", "Bearer é", "Bearer dev_a_b"):
        answer = stranger.get("/api/v1/assets", headers={"Authorization": shown.encode()})
        assert answer.status_code == 401, shown


@pytest.mark.parametrize("host", ["plant.example/login?", "plant.example/login#"])
def test_a_host_name_that_ends_in_the_login_opens_nothing(stranger: TestClient, host: str) -> None:
    answer = stranger.get("/api/v1/assets", headers={"host": host})
    assert answer.status_code in {401, 403}


def test_a_page_leads_a_stranger_to_the_login_and_back(stranger: TestClient) -> None:
    answer = stranger.get("/work-orders")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/work-orders")
    page = stranger.get(answer.headers["location"])
    assert 'value="/work-orders"' in page.text
    assert "<script" not in page.text


def test_the_way_back_is_the_path_that_was_asked_for(stranger: TestClient) -> None:
    answer = stranger.get("/assets/demo/P%3F1%23a")
    assert answer.headers["location"] == "/login?next=/assets/demo/P%3F1%23a"


def test_what_stands_in_the_address_is_not_run_by_the_login_page(stranger: TestClient) -> None:
    page = stranger.get("/login", params={"next": '/"><script>alert(1)</script>'})
    assert "<script" not in page.text


def test_a_websocket_asks_who_is_there_too(stranger: TestClient, app_database: Database, clock: ManualClock) -> None:
    with pytest.raises(WebSocketDisconnect), stranger.websocket_connect("wss://plant.example/socket"):
        pass
    people.sign_in(stranger, app_database, clock)
    with stranger.websocket_connect("wss://plant.example/socket") as websocket:
        assert websocket.receive_text() == "hello"
    with (
        pytest.raises(WebSocketDisconnect),
        stranger.websocket_connect("wss://plant.example/socket", headers={"Origin": "http://evil.example"}),
    ):
        pass


@pytest.mark.parametrize("forged", ["", "x", "é", "0" * 43, "../../x", '"; DROP TABLE person'])
def test_a_forged_session_is_refused(stranger: TestClient, forged: str) -> None:
    shown = {"Cookie": f"{SESSION_COOKIE}={forged}".encode()}
    assert stranger.get("/api/v1/me", headers=shown).status_code == 401


def test_every_answer_carries_the_headers_that_keep_a_browser_safe(stranger: TestClient, client: TestClient) -> None:
    for path in ("/api/v1/health", "/api/v1/nothing", "/login"):
        headers = client.get(path, follow_redirects=False).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "'unsafe-inline'" not in headers["content-security-policy"].split("style-src")[0]
        assert headers["x-content-type-options"] == "nosniff"
    assert client.get("/api/v1/health").headers["cache-control"] == "no-store"
    assert "strict-transport-security" not in client.get("/login").headers
    assert "strict-transport-security" in stranger.get("/login").headers


def test_an_answers_scripts_are_named_by_a_nonce_of_its_own(client: TestClient) -> None:
    first, second = (client.get("/login").headers["content-security-policy"] for _ in range(2))
    assert first != second
