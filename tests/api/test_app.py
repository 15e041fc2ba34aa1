"""The routes under /api/v1, on a real database."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.app import create_app
from api.identity.access import SESSION_COOKIE, Access
from api.problems import Problem
from plant.clock import ManualClock
from plant.errors import Misconfigured
from storage.core.database import Database, Role
from tests import people
from tests.api import plant_rows
from tests.api.plant_rows import NOW

Superuser = psycopg.Connection[tuple[object, ...]]


def problem(client: TestClient, path: str, status: int) -> Problem:
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    return Problem.model_validate_json(answer.content)


@pytest.mark.usefixtures("sick_plant")
def test_a_work_order_is_listed_with_its_evidence(client: TestClient) -> None:
    (order,) = client.get("/api/v1/work-orders").json()
    assert (order["number"], order["asset"], order["state"]) == ("WO-000001", "P-102", "WAPPR")
    assert order["evidence"]["model_version"] == "condition/1"
    assert order["evidence"]["signals"][0] == {"signal": "vibration_de_mm_s", "share": 0.58, "unit": "mm/s"}
    assert order["evidence"]["window"]["to"] == "2026-03-04T12:00:00.000Z"


@pytest.mark.usefixtures("sick_plant")
def test_a_work_order_is_shown_with_its_history(client: TestClient) -> None:
    order = client.get("/api/v1/work-orders/WO-000001").json()
    assert [(event["revision"], event["event"], event["actor"]) for event in order["events"]] == [(1, "raised", "desk")]


@pytest.mark.usefixtures("sick_plant")
def test_acknowledging_an_order_is_kept_in_the_persons_name(client: TestClient) -> None:
    answer = client.post("/api/v1/work-orders/WO-000001/acknowledge")
    assert answer.status_code == 200
    order = client.get("/api/v1/work-orders/WO-000001").json()
    assert (order["acknowledged_by"], order["acknowledged_at"]) == ("Ada", "2026-03-04T12:00:00Z")
    assert [event["event"] for event in order["events"]] == ["raised", "acknowledged"]


@pytest.mark.usefixtures("sick_plant")
def test_no_name_is_taken_from_what_is_sent(client: TestClient) -> None:
    for body in ({"actor": "Eve"}, {"actor": 7}, {"role": "admin"}, []):
        answer = client.post("/api/v1/work-orders/WO-000001/acknowledge", json=body)
        assert (answer.status_code, answer.json()["error"]) == (422, "malformed_request"), body
    assert client.get("/api/v1/work-orders/WO-000001").json()["acknowledged_by"] is None


CODES = {"outcome": "confirmed", "failure_mode": "VIB", "cause": "3.4", "action": "replace"}


@pytest.mark.usefixtures("sick_plant")
def test_an_order_is_moved_through_its_life_and_closed_with_its_codes(client: TestClient) -> None:
    order = "/api/v1/work-orders/WO-000001"
    assert client.get(order).json()["steps"] == ["approve", "cancel"]
    for step, state in (
        ("approve", "APPR"),
        ("await-schedule", "WSCH"),
        ("await-material", "WMATL"),
        ("await-plant-condition", "WPCOND"),
        ("start", "INPRG"),
        ("complete", "COMP"),
    ):
        answer = client.post(f"{order}/{step}")
        assert (answer.status_code, answer.json()["state"]) == (200, state)
    assert client.post(f"{order}/bookings", json={"hours": 2.5}).status_code == 200
    assert client.post(f"{order}/close", json=CODES).json()["steps"] == []
    shown = client.get(order).json()
    assert (shown["closing"]["outcome"], shown["closing"]["relearn"]) == ("confirmed", True)
    assert [(one["booked_by"], one["hours"], one["cost"]) for one in shown["bookings"]] == [("Ada", 2.5, None)]
    assert [one["event"] for one in shown["events"]][-2:] == ["booked", "closed"]


@pytest.mark.usefixtures("sick_plant")
def test_a_booking_is_reversed_and_one_beyond_reason_refused(client: TestClient) -> None:
    order = "/api/v1/work-orders/WO-000001"
    assert client.post(f"{order}/bookings", json={"hours": 2.5}).status_code == 200
    (booking,) = client.get(order).json()["bookings"]
    assert client.post(f"{order}/bookings", json={"hours": 1e308}).status_code == 400
    reverse = f"{order}/bookings/{booking['booking_id']}/reverse"
    assert client.post(reverse).status_code == 200
    assert client.post(reverse).status_code == 409
    assert sum(one["hours"] for one in client.get(order).json()["bookings"]) == 0


@pytest.mark.usefixtures("sick_plant")
def test_a_step_that_the_state_forbids_is_a_conflict_and_nonsense_is_refused(client: TestClient) -> None:
    order = "/api/v1/work-orders/WO-000001"
    answer = client.post(f"{order}/complete")
    assert (answer.status_code, answer.json()["error"]) == (409, "conflict")
    for path, body, status, error in (
        ("approve", {"actor": "Eve"}, 422, "malformed_request"),
        ("close", {**CODES, "outcome": "perhaps"}, 422, "malformed_request"),
        ("close", {**CODES, "failed_at": "2026-03-04T12:00:00"}, 422, "malformed_request"),
        ("bookings", {"hours": -1}, 422, "malformed_request"),
        ("bookings", {}, 400, "nothing_booked"),
    ):
        answer = client.post(f"{order}/{path}", json=body)
        assert (answer.status_code, answer.json()["error"]) == (status, error), path
    assert client.get(order).json()["state"] == "WAPPR"


@pytest.mark.usefixtures("plant")
def test_a_failure_is_reported(client: TestClient) -> None:
    seen = {"site": "demo", "asset": "P-101", "failure_mode": "ELP", "what": "seal leaks"}
    answer = client.post("/api/v1/work-orders", json=seen)
    assert (answer.status_code, answer.json()["title"]) == (201, "P-101 Cooling-water pump A: seal leaks")
    assert client.post("/api/v1/work-orders", json=seen).status_code == 409
    assert client.post("/api/v1/work-orders", json={**seen, "asset": "X-1"}).status_code == 404


@pytest.mark.usefixtures("sick_plant")
def test_an_asset_is_taken_out_of_service_and_returned(client: TestClient) -> None:
    asset = "/api/v1/assets/demo/P-102"
    out = client.post(f"{asset}/out-of-service")
    assert (out.status_code, out.json()["state"], out.json()["health"]) == (200, "out_of_service", "off")
    assert client.get("/api/v1/alerts").json()[0]["state"] == "Out of service"
    assert client.post(f"{asset}/out-of-service").status_code == 409
    back = client.post(f"{asset}/return-to-service")
    assert back.json()["state"] == "in_service"


@pytest.mark.usefixtures("sick_plant")
def test_findings_are_listed_those_included_that_nobody_is_told_of(client: TestClient, superuser: Superuser) -> None:
    (finding,) = client.get("/api/v1/findings").json()
    assert (finding["asset"], finding["source"], finding["suppressed"]) == ("P-102", "model", None)
    assert client.get("/api/v1/findings", params={"suppressed_only": True}).json() == []
    superuser.execute("UPDATE finding SET suppressed = 'work'")
    asked = {"site": "demo", "asset": "P-102", "suppressed_only": True, "open_only": True}
    assert [one["suppressed"] for one in client.get("/api/v1/findings", params=asked).json()] == ["work"]
    assert client.get("/api/v1/findings", params={"site": "demo", "asset": "P-101"}).json() == []
    assert client.get("/api/v1/findings", params={"site": "demo"}).status_code == 400


@pytest.mark.usefixtures("plant")
def test_an_asset_that_is_learnt_again_says_so_and_its_shadow_score_does_not_count(
    client: TestClient, superuser: Superuser
) -> None:
    superuser.execute(
        "INSERT INTO relearning (installation_id, asset_id, reason, began, opened_by)"
        " SELECT installation_id, asset_id, 'action', %s, 'a test' FROM installation JOIN asset USING (asset_id)"
        " WHERE tag = 'P-101'",
        [NOW - timedelta(hours=1)],
    )
    superuser.execute("UPDATE score SET flags = 2 FROM asset WHERE asset.asset_id = score.asset_id AND tag = 'P-101'")
    asset = client.get("/api/v1/assets/demo/P-101").json()
    assert (asset["health"], asset["score"]) == ("learning", None)
    assert asset["relearning_since"] == "2026-03-04T11:00:00Z"
    superuser.execute("UPDATE latest SET stored_at = now()")  # the view judges by the database's clock
    health = superuser.execute("SELECT word, score, health_percent FROM watch.health WHERE asset = 'P-101'").fetchone()
    assert health == ("learning", None, None)


def test_the_codes_are_listed_with_both_names(client: TestClient) -> None:
    codes = client.get("/api/v1/codes").json()
    assert {"code": "VIB", "name": "Vibration", "name_zh": "振动异常"} in codes["failure_modes"]
    assert {"code": "3.4", "name": "Expected wear and tear", "name_zh": "正常磨损"} in codes["causes"]
    assert "replace" in codes["renewing_actions"]
    assert "repair" not in codes["renewing_actions"]


@pytest.mark.usefixtures("sick_plant")
def test_a_closed_order_is_listed_only_among_all(client: TestClient, superuser: Superuser) -> None:
    superuser.execute("UPDATE work_order SET state = 'CLOSE'")
    assert client.get("/api/v1/work-orders").json() == []
    assert [order["state"] for order in client.get("/api/v1/work-orders?state=all").json()] == ["CLOSE"]


def test_an_order_that_is_not_there_is_not_found(client: TestClient) -> None:
    for number in ("WO-000009", "nonsense", "WO-999999999", "WO-99999999999999"):
        assert number in problem(client, f"/api/v1/work-orders/{number}", 404).detail


@pytest.mark.usefixtures("sick_plant")
def test_an_alert_is_acknowledged(client: TestClient) -> None:
    (alert,) = client.get("/api/v1/alerts").json()
    assert (alert["asset"], alert["state"], alert["thingsboard_state"]) == ("P-102", "Unacknowledged", "ACTIVE_UNACK")
    answer = client.post(f"/api/v1/alerts/{alert['alert_id']}/acknowledge")
    assert (answer.json()["state"], answer.json()["acknowledged_by"]) == ("Acknowledged", "Ada")


def test_an_alert_that_is_not_there_is_not_found(client: TestClient) -> None:
    answer = client.post(f"/api/v1/alerts/{uuid4()}/acknowledge")
    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")


@pytest.mark.usefixtures("sick_plant")
def test_assets_are_listed_with_their_health(client: TestClient) -> None:
    assets = client.get("/api/v1/assets").json()
    assert len(assets) == 12
    assert {asset["asset"]: asset["health"] for asset in assets if asset["health"] != "good"} == {"P-102": "alarm"}


@pytest.mark.usefixtures("plant")
def test_an_asset_is_shown_with_its_latest_values(client: TestClient) -> None:
    asset = client.get("/api/v1/assets/demo/P-101").json()
    assert (asset["name_zh"], asset["model"], asset["feeds"]) == ("冷却水泵A", "condition 1", ["C-201"])
    flow = next(signal for signal in asset["signals"] if signal["key"] == "flow_m3_h")
    assert (flow["unit"], flow["name_zh"], flow["time"]) == ("m³/h", "流量", "2026-03-04T12:00:00Z")


@pytest.mark.usefixtures("plant")
def test_a_tag_with_a_slash_has_a_page_of_its_own(client: TestClient, superuser: Superuser) -> None:
    superuser.execute("UPDATE asset SET tag = 'P/1 #a' WHERE tag = 'P-101'")
    assert client.get("/api/v1/assets/demo/P%2F1%20%23a").json()["asset"] == "P/1 #a"
    series = client.get("/api/v1/assets/demo/P%2F1%20%23a/series", params={"signal": "flow_m3_h"})
    assert series.status_code == 200


@pytest.mark.usefixtures("sick_plant")
def test_a_value_that_the_database_cannot_hold_is_refused(client: TestClient) -> None:
    for answer in (
        client.get("/api/v1/assets/a%00b/c"),
        client.get("/api/v1/work-orders", params={"team": "a\x00b"}),
    ):
        assert (answer.status_code, answer.json()["error"]) == (400, "bad_value")
    assert client.get("/api/v1/work-orders/WO-000001").json()["acknowledged_at"] is None


@pytest.mark.usefixtures("plant")
def test_a_series_is_cut_to_the_span_and_the_number_of_steps(client: TestClient) -> None:
    since = NOW - timedelta(minutes=10)
    asked = {"signal": "flow_m3_h", "from": since.isoformat(), "to": NOW.isoformat(), "most": 10}
    series = client.get("/api/v1/assets/demo/P-101/series", params=asked).json()
    assert (series["unit"], series["from"], len(series["points"])) == ("m³/h", "2026-03-04T11:50:00Z", 10)
    assert all(point["least"] <= point["mean"] <= point["greatest"] for point in series["points"])


@pytest.mark.usefixtures("plant")
def test_readings_of_bad_quality_are_left_out_of_a_series(client: TestClient, superuser: Superuser) -> None:
    superuser.execute("UPDATE reading SET flags = 2 WHERE time < %s", [NOW - timedelta(minutes=1)])
    series = client.get("/api/v1/assets/demo/P-101/series", params={"signal": "flow_m3_h"}).json()
    assert series["points"]
    assert min(point["time"] for point in series["points"]) >= "2026-03-04T11:58:54"


@pytest.mark.usefixtures("plant")
def test_a_series_that_makes_no_sense_is_refused(client: TestClient) -> None:
    flow = {"signal": "flow_m3_h"}
    for asked, status in (
        ({"signal": "nope"}, 404),
        ({}, 422),
        ({**flow, "from": "yesterday"}, 422),
        ({**flow, "from": "2026-03-04T12:00:00"}, 422),
        ({**flow, "from": "2027-01-01T00:00:00Z"}, 400),
        ({**flow, "from": "0001-01-01T00:00:00+14:00"}, 422),
        ({**flow, "to": "0001-01-01T00:00:00Z"}, 422),
        ({**flow, "to": "9999-12-31T23:59:59-14:00"}, 422),
        ({**flow, "most": "0"}, 422),
    ):
        answer = client.get("/api/v1/assets/demo/P-101/series", params=asked)
        assert (answer.status_code, answer.json().keys()) == (
            status,
            Problem.model_fields.keys() - {"current", "yours"},
        ), asked


def test_quarantine_shows_no_payload_unless_asked_for_one(client: TestClient, superuser: Superuser) -> None:
    plant_rows.quarantine(superuser, NOW)
    held = {one["reason"]: one for one in client.get("/api/v1/quarantine").json()}
    assert held["not_json"]["count"] == 3
    assert not any("payload" in key for one in held.values() for key in one)
    text = client.get(f"/api/v1/quarantine/{held['unknown_asset']['quarantine_id']}").json()
    assert text["payload_text"] == '{"t_c": 20.5, "note": "20 °C"}'
    binary = client.get(f"/api/v1/quarantine/{held['in_the_future']['quarantine_id']}").json()
    assert (binary["payload_text"], binary["payload_base64"]) == (None, "//4A")


def test_health_says_that_the_database_answers(client: TestClient) -> None:
    health = client.get("/api/v1/health").json()
    assert (health["status"], health["version"], health["time"]) == ("ok", "1.2.3", "2026-03-04T12:00:00Z")


def test_with_the_database_away_the_app_starts_and_answers_503(clock: ManualClock) -> None:
    nowhere = "postgresql://nobody@127.0.0.1:1/none"
    with Database(nowhere, role=Role.APP, wait_s=0.2) as database:
        application = create_app(database, clock, access=Access(), console=False, version="1")
        with TestClient(application, base_url="http://localhost") as client:
            client.cookies[SESSION_COOKIE] = "whoever"
            for path in ("health", "work-orders", "alerts", "assets", "quarantine"):
                assert problem(client, f"/api/v1/{path}", 503).error == "unavailable"
            assert client.get("/api/v1/health").headers["retry-after"] == "5"


def test_a_database_without_our_tables_is_a_misconfiguration_in_one_line(
    empty_database_url: str, superuser: Superuser, clock: ManualClock
) -> None:
    assert superuser
    with Database(empty_database_url, role=Role.APP) as database:
        application = create_app(database, clock, access=Access(), console=False, version="1")
        with TestClient(application, base_url="http://localhost") as client:
            client.cookies[SESSION_COOKIE] = "whoever"
            found = problem(client, "/api/v1/work-orders", 500)
    assert found.error == "misconfigured"
    assert "run `assetloop migrate`" in found.detail
    assert "\n" not in found.detail


def test_what_nobody_foresaw_shows_no_traceback(
    application: FastAPI, app_database: Database, clock: ManualClock
) -> None:
    def fail() -> None:
        raise RuntimeError("the secret inside")

    application.router.routes.clear()
    application.add_api_route("/api/v1/fail", fail)
    with TestClient(application, base_url="http://localhost", raise_server_exceptions=False) as client:
        people.sign_in(client, app_database, clock)
        found = problem(client, "/api/v1/fail", 500)
    assert found.error == "internal"
    assert "secret" not in found.detail


def test_a_misconfiguration_shows_its_one_line(
    application: FastAPI, app_database: Database, clock: ManualClock
) -> None:
    def fail() -> None:
        raise Misconfigured("set this\nand here is a long listing")

    application.router.routes.clear()
    application.add_api_route("/api/v1/fail", fail)
    with TestClient(application, base_url="http://localhost") as client:
        people.sign_in(client, app_database, clock)
        said = problem(client, "/api/v1/fail", 500)
    assert (said.type, said.detail) == ("urn:assetloop:problem:misconfigured", "set this")


def test_a_path_that_is_not_there_is_a_problem_too(client: TestClient) -> None:
    for path in ("/api/v1/nothing", "/api/v2/work-orders", "/api", "/elsewhere"):
        assert problem(client, path, 404).error == "not_found"


def test_openapi_describes_every_route_and_loads_nothing_from_elsewhere(client: TestClient) -> None:
    document = client.get("/api/v1/openapi.json").json()
    described = {path.removeprefix("/api/v1") for path in document["paths"]}
    assert {"/work-orders/{number}/acknowledge", "/assets/{site}/{tag}/series", "/quarantine", "/health"} <= described
    assert all(one.get("description") for methods in document["paths"].values() for one in methods.values())
    assert client.get("/docs").status_code == 404
    assert client.get("/redoc").status_code == 404
