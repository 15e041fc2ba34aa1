"""Who may come in, and whose page may ask."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from api.app import create_app
from api.identity.access import SESSION_COOKIE, Access
from plant.clock import ManualClock
from storage.core.database import Database
from tests.api.plant_rows import NOW

TOKEN = "a long and secret word"


@pytest.fixture
def guarded(app_database: Database, clock: ManualClock) -> Iterator[TestClient]:
    """An application that asks for a token."""
    application = create_app(app_database, clock, access=Access(token=TOKEN), console=False, version="1")
    application.add_api_websocket_route("/socket", _greet)
    application.add_api_route("/", lambda: "the console", methods=["GET"])
    with TestClient(application, base_url="http://plant.example", follow_redirects=False) as client:
        yield client


async def _greet(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text("hello")


def log_in(client: TestClient, token: str = TOKEN, following: str = "/") -> None:
    client.post("/login", data={"token": token, "next": following})


def test_without_a_token_this_machine_is_served(client: TestClient) -> None:
    for host in ("127.0.0.1:8080", "localhost", "[::1]:8080"):
        assert client.get("/api/v1/health", headers={"Host": host}).status_code == 200, host


def test_without_a_token_another_host_name_is_refused(client: TestClient) -> None:
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
        answer = client.post("/api/v1/work-orders/WO-000001/acknowledge", json={"actor": "Eve"}, headers=headers)
        assert (answer.status_code, answer.json()["error"]) == (403, "cross_site"), headers
    assert client.get("/api/v1/work-orders/WO-000001").json()["acknowledged_by"] is None


@pytest.mark.usefixtures("sick_plant")
def test_our_own_page_may_change_what_it_shows(client: TestClient) -> None:
    headers = {"Origin": "http://127.0.0.1:8080", "Sec-Fetch-Site": "same-origin"}
    answer = client.post("/api/v1/work-orders/WO-000001/acknowledge", json={"actor": "Ada"}, headers=headers)
    assert answer.status_code == 200


def test_with_a_token_a_stranger_is_refused(guarded: TestClient) -> None:
    answer = guarded.get("/api/v1/health")
    assert (answer.status_code, answer.json()["error"]) == (401, "unauthorized")
    assert answer.headers["www-authenticate"] == "Bearer"


def test_what_is_not_the_token_is_refused(guarded: TestClient) -> None:
    for shown in ("Bearer wrong", f"Basic {TOKEN}", TOKEN, "Bearer", "Bearer é"):
        assert guarded.get("/api/v1/health", headers={"Authorization": shown.encode()}).status_code == 401, shown


def test_the_token_lets_in_under_any_host_name(guarded: TestClient) -> None:
    assert guarded.get("/api/v1/health", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200


@pytest.mark.parametrize("host", ["console.example/login?", "console.example/login#"])
def test_a_host_name_that_ends_in_the_login_opens_nothing(guarded: TestClient, host: str) -> None:
    answer = guarded.get("/api/v1/assets", headers={"host": host})
    assert (answer.status_code, answer.json()["error"]) == (401, "unauthorized")


def test_a_page_leads_a_stranger_to_the_login_and_back(guarded: TestClient) -> None:
    answer = guarded.get("/work-orders")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/work-orders")
    page = guarded.get(answer.headers["location"])
    assert 'value="/work-orders"' in page.text
    assert "<script" not in page.text


def test_the_way_back_is_the_path_that_was_asked_for(guarded: TestClient) -> None:
    answer = guarded.get("/assets/demo/P%3F1%23a", follow_redirects=False)
    assert answer.headers["location"] == "/login?next=/assets/demo/P%3F1%23a"


def test_the_login_opens_a_session_that_scripts_and_other_sites_do_not_see(guarded: TestClient) -> None:
    answer = guarded.post("/login", data={"token": TOKEN, "next": "/work-orders"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/work-orders")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert TOKEN not in cookie
    assert guarded.get("/api/v1/health").status_code == 200


def test_a_wrong_token_opens_no_session(guarded: TestClient) -> None:
    answer = guarded.post("/login", data={"token": "guess"}, headers={"Accept-Language": "zh-CN"})
    assert answer.status_code == 401
    assert "令牌不正确" in answer.text
    assert guarded.get("/api/v1/health").status_code == 401


def test_the_login_leads_nowhere_else(guarded: TestClient) -> None:
    for following in ("//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/\t/evil"):
        answer = guarded.post("/login", data={"token": TOKEN, "next": following})
        assert answer.headers["location"] == "/", following


def test_what_stands_in_the_address_is_not_run_by_the_login_page(guarded: TestClient) -> None:
    page = guarded.get("/login", params={"next": '/"><script>alert(1)</script>'})
    assert "<script" not in page.text


def test_a_session_ends_after_twelve_hours(guarded: TestClient, clock: ManualClock) -> None:
    log_in(guarded)
    cookie = {"Cookie": f"{SESSION_COOKIE}={guarded.cookies[SESSION_COOKIE]}"}
    clock.sleep(12 * 3600 - 1)
    assert guarded.get("/api/v1/health", headers=cookie).status_code == 200
    clock.sleep(2)
    assert guarded.get("/api/v1/health", headers=cookie).status_code == 401


def test_logging_out_ends_the_session(guarded: TestClient) -> None:
    log_in(guarded)
    guarded.post("/logout")
    assert guarded.get("/api/v1/health").status_code == 401


def test_a_websocket_asks_for_the_token_too(guarded: TestClient) -> None:
    with pytest.raises(WebSocketDisconnect), guarded.websocket_connect("ws://plant.example/socket"):
        pass
    log_in(guarded)
    with guarded.websocket_connect("ws://plant.example/socket") as websocket:
        assert websocket.receive_text() == "hello"


def test_another_sites_page_opens_no_websocket(guarded: TestClient) -> None:
    log_in(guarded)
    with (
        pytest.raises(WebSocketDisconnect),
        guarded.websocket_connect("ws://plant.example/socket", headers={"Origin": "http://evil.example"}),
    ):
        pass


@pytest.mark.parametrize("forged", ["{later}.{mark}", "{ends}.{mark}0", "{ends}", "{ends}.", ".{mark}", "é.{mark}", ""])
def test_a_forged_session_is_refused(forged: str) -> None:
    access = Access(token=TOKEN, secret="s")
    session = access.open_session(NOW)
    ends, _, mark = session.partition(".")
    assert access.is_session(session, NOW)
    assert not access.is_session(forged.format(ends=ends, mark=mark, later=int(ends) + 1), NOW)


def test_a_session_belongs_to_one_token_and_one_secret() -> None:
    session = Access(token=TOKEN, secret="s").open_session(NOW)
    assert not Access(token="another", secret="s").is_session(session, NOW)
    assert not Access(token=TOKEN, secret="t").is_session(session, NOW)


def test_every_answer_carries_the_headers_that_keep_a_browser_safe(client: TestClient) -> None:
    for path in ("/api/v1/health", "/api/v1/nothing", "/login"):
        headers = client.get(path, follow_redirects=False).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
    assert client.get("/api/v1/health").headers["cache-control"] == "no-store"
