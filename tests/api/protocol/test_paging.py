"""Collections are read page by page, filtered, and a post under a key is done once."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from plant.clock import ManualClock
from tests.api.plant_rows import NOW
from tests.plant_rows import PlantRows

API = "/api/v1"
Superuser = psycopg.Connection[tuple[object, ...]]
COLLECTIONS = (
    *("work-orders", "alerts", "incidents", "findings", "assets", "liveness", "models", "proposals", "quarantine"),
    *("quarantine/assets", "lessons", "notices", "parts", "people", "teams", "tokens", "sign-ins", "device-tokens"),
    *("register/retired", "projects", "design-requests", "job-plans", "maintenance-plans", "ledger", "me/tokens"),
    *(
        "jobs",
        "trades?site=demo",
        "rationalisations",
        "ingest/minutes?device=demo/P-101",
        "downtimes?site=demo&asset=P-101",
    ),
)


def walk(client: TestClient, path: str, **asked: Any) -> list[list[Any]]:
    """Follow the links from page to page."""
    pages, url = [], str(client.build_request("GET", f"{API}/{path}", params=asked or None).url)
    while url:
        answer = client.get(url)
        assert answer.status_code == 200, answer.text
        pages.append(answer.json())
        url = answer.links.get("next", {}).get("url", "")
        assert len(pages) < 100
    return pages


@pytest.fixture
def orders(plant_rows: PlantRows, plant: None) -> list[int]:  # noqa: ARG001 - filled first
    """Five orders at two assets, one a day, and an alert for each."""
    made = []
    for day, tag in enumerate(("P-101", "P-102", "P-101", "P-102", "P-101")):
        asset_id = plant_rows._known("asset", "asset_id", tag)
        at = NOW - timedelta(days=day)
        plant_rows.alert(asset_id, kind=f"kind-{day}", raised_at=at)
        made.append(plant_rows.work_order(asset_id, failure_mode=f"F{day}", created_at=at))
    return made


@pytest.mark.usefixtures("orders")
def test_pages_follow_one_another_and_hold_every_row_once(client: TestClient) -> None:
    for path, key in (("work-orders", "number"), ("alerts", "alert_id"), ("assets", "asset"), ("models", "model_id")):
        whole = [one[key] for one in client.get(f"{API}/{path}").json()]
        pages = walk(client, path, limit=2)
        assert [one[key] for page in pages for one in page] == whole, path
        assert {len(page) for page in pages[:-1]} == {2}
        assert len(whole) == len(set(whole)) >= 5


@pytest.mark.usefixtures("orders")
def test_a_row_that_comes_meanwhile_moves_no_page(client: TestClient, plant_rows: PlantRows) -> None:
    first = client.get(f"{API}/work-orders", params={"limit": 2})
    rest = client.get(first.links["next"]["url"]).json()
    plant_rows.work_order(plant_rows._known("asset", "asset_id", "P-103"), failure_mode="NEW", created_at=NOW)
    assert client.get(first.links["next"]["url"]).json() == rest


@pytest.mark.usefixtures("orders")
def test_orders_and_alerts_are_filtered_by_what_was_asked(client: TestClient) -> None:
    def listed(path: str, **asked: Any) -> list[dict[str, Any]]:
        answer = client.get(f"{API}/{path}", params=asked)
        assert answer.status_code == 200, answer.text
        return list(answer.json())

    assert [one["asset"] for one in listed("work-orders", asset="P-101")] == ["P-101"] * 3
    assert listed("work-orders", site="elsewhere") == []
    span = {"from": (NOW - timedelta(days=2)).isoformat(), "to": NOW.isoformat()}
    for path, at in (("work-orders", "created_at"), ("alerts", "raised_at")):
        times = [datetime.fromisoformat(one[at]) for one in listed(path, **span)]
        assert len(times) == 2, path
        assert all(NOW - timedelta(days=2) <= time < NOW for time in times)
    assert {one["asset"] for one in listed("alerts", asset="P-102")} == {"P-102"}
    assert {one["asset_class"] for one in listed("assets", **{"class": "centrifugal_pump"})} == {"centrifugal_pump"}


def test_a_cursor_of_another_list_or_other_filters_is_refused(client: TestClient, orders: list[int]) -> None:
    assert orders
    link = client.get(f"{API}/work-orders", params={"limit": 2}).links["next"]["url"]
    cursor = link.partition("cursor=")[2]
    for path, asked in (
        ("alerts", {"cursor": cursor}),
        ("work-orders", {"cursor": cursor, "asset": "P-101"}),
        ("work-orders", {"cursor": "nonsense"}),
        ("assets", {"cursor": "W10"}),
    ):
        answer = client.get(f"{API}/{path}", params=asked)
        assert (answer.status_code, answer.json()["error"]) == (400, "bad_cursor"), path


def test_every_collection_takes_a_limit_and_no_more_than_a_thousand(client: TestClient) -> None:
    for path in COLLECTIONS:
        joined = "&" if "?" in path else "?"
        answer = client.get(f"{API}/{path}{joined}limit=1")
        assert answer.status_code in {200, 403, 404}, (path, answer.text)
        assert client.get(f"{API}/{path}{joined}limit=1001").status_code == 422, path


COMMENT = f"{API}/work-orders/WO-000001/comments"


@pytest.mark.usefixtures("sick_plant")
def test_a_post_under_a_key_is_done_once_and_answered_alike(client: TestClient, clock: ManualClock) -> None:
    key = {"Idempotency-Key": "7f1c"}
    first = client.post(COMMENT, json={"said": "it knocks"}, headers=key)
    again = client.post(COMMENT, json={"said": "it knocks"}, headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert (again.headers["idempotency-replayed"], again.headers["etag"]) == ("true", first.headers["etag"])
    other = client.post(COMMENT, json={"said": "it sings"}, headers=key)
    assert (other.status_code, other.json()["error"]) == (422, "idempotency_key_reused")
    assert len(client.get(f"{API}/work-orders/WO-000001").json()["comments"]) == 1
    clock.sleep(24 * 3600 + 1)
    assert client.post(COMMENT, json={"said": "it sings"}, headers=key).status_code in {201, 401}


@pytest.mark.usefixtures("sick_plant")
def test_what_was_refused_may_be_sent_again_and_a_secret_is_told_once(client: TestClient, superuser: Superuser) -> None:
    key = {"Idempotency-Key": "a"}
    assert client.post(COMMENT, json={}, headers=key).status_code == 422
    assert client.post(COMMENT, json={"said": "now whole"}, headers=key).status_code == 201
    assert client.post(COMMENT, json={}, headers={"Idempotency-Key": "a b"}).status_code == 400
    wish = {"site": "demo", "name": "gateway"}
    told = client.post(f"{API}/device-tokens", json=wish, headers={"Idempotency-Key": "t"})
    assert told.status_code == 201
    again = client.post(f"{API}/device-tokens", json=wish, headers={"Idempotency-Key": "t"})
    assert (again.status_code, again.json()["error"]) == (409, "told_once")
    secret = told.json()["token"].encode()
    kept = superuser.execute("SELECT body FROM idempotent_request WHERE key = 't'").fetchone()
    assert kept == (None,)
    assert secret
    superuser.execute("UPDATE idempotent_request SET status = NULL, headers = NULL WHERE key = 't'")
    cut_off = client.post(f"{API}/device-tokens", json=wish, headers={"Idempotency-Key": "t"})
    assert (cut_off.status_code, cut_off.json()["error"]) == (409, "under_way")


@pytest.mark.parametrize("key", [[True], [None], [1e400], [{}], [[1]], [10**30], ["x"], [], [1, 2]], ids=str)
def test_a_cursor_that_was_changed_is_refused(client: TestClient, orders: list[int], key: list[Any]) -> None:
    assert orders
    cursor = client.get(f"{API}/work-orders?limit=1").links["next"]["url"].partition("cursor=")[2]
    asked = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))[0]
    changed = base64.urlsafe_b64encode(json.dumps([asked, *key]).encode()).decode().rstrip("=")
    answer = client.get(f"{API}/work-orders", params={"limit": 1, "cursor": changed})
    assert (answer.status_code, answer.json()["error"]) == (400, "bad_cursor")
