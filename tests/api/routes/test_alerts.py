"""What people do with alerts over HTTP: look, take note, put aside, suppress; and how the alarm system does."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from fastapi.testclient import TestClient

from alerts.alarms.desk import Desk
from plant.clock import ManualClock
from storage.core.database import Database
from tests.api.plant_rows import NOW
from tests.plant_rows import PlantRows


def a_pump_is_ill(database: Database, rows: PlantRows) -> tuple[int, str]:
    asset_id = rows.asset("P-7")
    signal_id = rows.signal(asset_id, "vibration", unit="mm/s", high=7.1)
    rows.latest(signal_id, NOW, 7.9)
    shares = '[{"signal": "vibration", "share": 1.0, "unit": "mm/s"}]'
    rows.finding(asset_id, at=NOW, onset=NOW - timedelta(minutes=1), kind="limit", source="limit", shares=shares)
    class_id = rows.connection.execute("SELECT class_id FROM asset WHERE asset_id = %s", [asset_id]).fetchone()
    assert class_id is not None
    rows.add("rationalisation", class_id=class_id[0], kind="limit", action="Grease it", shelve_most_hours=2)
    Desk(database, ManualClock(NOW)).round()
    return asset_id, "P-7"


def test_an_alert_is_looked_at_acknowledged_shelved_and_taken_up_again(
    client: TestClient, app_database: Database, plant_rows: PlantRows
) -> None:
    a_pump_is_ill(app_database, plant_rows)
    (incident,) = client.get("/api/v1/incidents").json()
    (alert,) = incident["alerts"]
    path = f"/api/v1/alerts/{alert['alert_id']}"
    detail = client.get(path).json()
    (signal,) = detail["evidence"]["signals"]
    assert (signal["value"], signal["high"], signal["share"]) == (7.9, 7.1, 1.0)
    assert (detail["area"], detail["assumed"]) == ("", None)
    assert (detail["rationalisation"]["action"], detail["incident_id"]) == ("Grease it", incident["incident_id"])
    noted = client.post(f"{path}/acknowledge", json={"comment": "on my way"}).json()
    assert (noted["state"], noted["comment"]) == ("Acknowledged", "on my way")
    for wrong, status in (
        ({"hours": 1}, 422),
        ({"hours": 0, "reason": "x"}, 422),
        ({"hours": 3, "reason": "x"}, 400),
        ({"hours": 1, "reason": "\x07"}, 422),
    ):
        assert client.post(f"{path}/shelve", json=wrong).status_code == status, wrong
    shelved = client.post(f"{path}/shelve", json={"hours": 2, "reason": "part is on its way"}).json()
    assert (shelved["state"], shelved["shelved_why"]) == ("Shelved", "part is on its way")
    assert client.post(f"{path}/unshelve").json()["state"] == "Unacknowledged"
    assert client.post(f"{path}/unshelve").status_code == 409
    events = client.get(path).json()["events"]
    assert [one["event"] for one in events] == ["raised", "acknowledged", "shelved", "unshelved"]
    assert [one["tells"] for one in events] == [True, False, False, False]
    assert client.get(f"/api/v1/alerts/{UUID(int=5)}").status_code == 404


def test_several_alerts_are_acknowledged_and_shelved_with_one_word_and_lists_are_narrowed(
    client: TestClient, plant_rows: PlantRows
) -> None:
    ids = []
    for tag, area, severity in (("P-1", "north", "MAJOR"), ("P-2", "south", "CRITICAL"), ("P-3", "south", "MINOR")):
        asset_id = plant_rows.asset(tag, area=area)
        ids.append(str(plant_rows.alert(asset_id, at=NOW, severity=severity, kind="limit")))

    def listed(**asked: str) -> list[str]:
        return [one["asset"] for one in client.get("/api/v1/alerts", params=asked).json()]

    assert listed(sort="severity") == ["P-2", "P-1", "P-3"]
    assert listed(area="south", sort="asset") == ["P-2", "P-3"]
    assert (listed(severity="MAJOR"), listed(text="p-3"), listed(kind="wear")) == (["P-1"], ["P-3"], [])
    assert client.get("/api/v1/alerts", params={"severety": "MAJOR"}).status_code == 422
    nobody = str(UUID(int=5))
    done = client.post("/api/v1/alerts/acknowledge", json={"alert_ids": [*ids[:2], nobody], "comment": "seen"}).json()
    assert (done["done"], [one["alert_id"] for one in done["refused"]]) == (ids[:2], [nobody])
    assert (listed(state="Acknowledged", sort="asset"), listed(state="Unacknowledged")) == (["P-1", "P-2"], ["P-3"])
    assert client.post("/api/v1/alerts/shelve", json={"alert_ids": ids, "hours": 1}).status_code == 422
    assert client.post("/api/v1/alerts/shelve", json={"alert_ids": [], "hours": 1, "reason": "x"}).status_code == 422
    done = client.post("/api/v1/alerts/shelve", json={"alert_ids": ids, "hours": 1, "reason": "line stopped"}).json()
    assert (done["done"], done["refused"]) == (ids, [])
    assert listed(state="Shelved", sort="asset") == ["P-1", "P-2", "P-3"]


def test_an_asset_is_suppressed_by_design_with_a_reason(
    client: TestClient, app_database: Database, plant_rows: PlantRows
) -> None:
    a_pump_is_ill(app_database, plant_rows)
    path = "/api/v1/assets/demo/P-7"
    assert client.post(f"{path}/suppress", json={"reason": " "}).status_code == 422
    assert client.post(f"{path}/suppress", json={"reason": "line stopped"}).status_code == 200
    assert client.post(f"{path}/suppress", json={"reason": "line stopped"}).status_code == 409
    assert [one["state"] for one in client.get("/api/v1/alerts").json()] == ["Suppressed by design"]
    assert client.post(f"{path}/unsuppress").status_code == 200
    assert [one["state"] for one in client.get("/api/v1/alerts").json()] == ["Unacknowledged"]


def test_the_figures_of_the_alarm_system_are_spread_not_averaged(
    client: TestClient, app_database: Database, plant_rows: PlantRows
) -> None:
    a_pump_is_ill(app_database, plant_rows)
    plant_rows.connection.execute("UPDATE alert_event SET at = now() - interval '1 hour'")
    plant_rows.connection.execute("UPDATE alert SET raised_at = now() - interval '2 days'")
    figures = client.get("/api/v1/figures/alarms").json()
    spread = {one["told"]: one["windows"] for one in figures["distribution"]}
    assert spread == {"0": 5 if spread["0"] == 5 else 6, "1": 1, "2–4": 0, "5–9": 0, "10+": 0}
    assert [(one["asset"], one["times"], one["share"]) for one in figures["worst"]] == [("P-7", 1, 1.0)]
    assert [(one["asset"], one["kind"]) for one in figures["stale"]] == [("P-7", "limit")]
    assert [(one["due"], one["in_time"], one["share"]) for one in figures["response"]] == [(1, 0, 0.0)]
    assert figures["floods"] == figures["chattering"] == []
    assert client.get("/api/v1/rationalisations").json()[0]["action"] == "Grease it"
