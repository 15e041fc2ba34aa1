"""Projects over HTTP: set up, scheduled, filled, and signed with a confirmation."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from plant.clock import ManualClock
from storage.core.database import Database
from tests import people

PROJECTS = "/api/v1/projects"
PLAN = b"key,name,planned,forecast\nC,Complete,2026-07-01,2026-07-08\n"


@pytest.mark.usefixtures("plant")
def test_a_project_is_set_up_scheduled_filled_and_its_gates_are_guarded(
    client: TestClient, app_database: Database, clock: ManualClock
) -> None:
    new = {"project": "cw", "site": "demo", "name": "Cooling water", "assets": ["P-101"]}
    added = client.post(PROJECTS, json=new)
    assert (added.status_code, added.json()["gates"][0]["is_next"]) == (201, True)
    assert client.post(PROJECTS, json=new).status_code == 409
    assert client.post(PROJECTS, json=new | {"project": "x", "site": "nowhere"}).status_code == 404
    plan = {"file": "plan.csv", "dry_run": True}
    moved = client.post(f"{PROJECTS}/cw/schedule", params=plan, content=PLAN).json()
    assert moved["slips"][0]["milestone"]["slip_days"] == 7
    assert client.get(f"{PROJECTS}/cw").json()["milestones"] == []
    assert client.post(f"{PROJECTS}/cw/schedule", params={"file": "plan.csv"}, content=PLAN).status_code == 200
    assert client.post(f"{PROJECTS}/cw/schedule", params={"file": "x"}, content=b"PK\x03\x04").status_code == 400
    costs = b"kind,key,day,code,amount,text\nbudget,B1,2026-01-15,pumps,1000,\nactual,I-1,2026-02-01,pumps,400,\n"
    table = {"file": "costs.csv"}
    assert client.post(f"{PROJECTS}/cw/costs", params=table, content=costs).json()["added"] == 2
    assert client.post(f"{PROJECTS}/cw/costs", params=table, content=b"nothing").status_code == 400
    found = client.get(f"{PROJECTS}/cw/costs").json()
    assert (found["total"]["left"], len(found["curve"])) == ("600.00", 2)
    written = client.get(f"{PROJECTS}/cw/costs/table").content
    assert client.post(f"{PROJECTS}/cw/costs", params=table, content=written).json()["left"] == 2
    manual = {"file": "m.pdf", "vdi_class": "03-02", "title": "Manual", "asset": "P-101"}
    assert client.post(f"{PROJECTS}/cw/documents", params=manual, content=b"pdf").status_code == 201
    assert client.post(f"{PROJECTS}/cw/documents", params=manual, content=b"other").status_code == 409
    punch = client.post(f"{PROJECTS}/cw/punches", json={"category": "B", "text": "paint"}).json()
    assert (
        client.post(f"{PROJECTS}/cw/punches/{punch['punch_id']}/carry", json={"until": "2026-09-01"}).status_code == 204
    )
    assert client.post(f"{PROJECTS}/cw/punches/{punch['punch_id']}/close").status_code == 204
    out = client.get(f"{PROJECTS}/cw/punches/bcf")
    assert (out.status_code, out.content[:2]) == (200, b"PK")
    assert out.headers["content-disposition"] == 'attachment; filename="punches.bcf"'
    back = client.post(f"{PROJECTS}/cw/punches/bcf", content=out.content).json()
    assert [(one["punch_id"], one["bcf_status"]) for one in back] == [(punch["punch_id"], "Closed")]
    assert client.post(f"{PROJECTS}/cw/punches/bcf", content=b"nothing").status_code == 400
    pump = client.get("/api/v1/assets/demo/P-101").json()["asset_class"]
    training = {"asset_class": pump, "person": "Li Wei", "held_on": "2026-01-05", "taught_by": "Jonas"}
    assert client.post(f"{PROJECTS}/cw/trainings", json=training).json()["trainings"][0]["recorded_by"] == "Ada"
    assert client.post(f"{PROJECTS}/cw/trainings", json=training).status_code == 409
    assert client.post(f"{PROJECTS}/cw/trainings", json=training | {"held_on": "2999-01-05"}).status_code == 400
    spare = {"part": "BRG-6205", "quantity": "2"}
    assert client.post(f"{PROJECTS}/cw/spares", json=spare).json()["spares"][0]["free"] == "0"
    duty = {"delivers": "Jonas", "checks": "Ana", "decides": "Amara"}
    named = client.post(f"{PROJECTS}/cw/gates/training/duty", json=duty).json()
    assert [one["duty"] for one in named["gates"] if one["gate"] == "training"] == [duty]
    assert client.get("/api/v1/assets/demo/P-101").json()["state"] == "commissioning"
    assert client.post(f"{PROJECTS}/cw/gates/spares/pass", json={"note": "all on the shelf"}).status_code == 409
    assert client.post(f"{PROJECTS}/cw/gates/nothing/pass", json={}).status_code == 422
    wanted = {"note": "tested at the maker's works"}
    refused = client.post(f"{PROJECTS}/cw/gates/feasibility/waive", json=wanted)
    assert (refused.status_code, refused.json()["error"]) == (403, "unconfirmed")
    shown = people.confirming(app_database, clock, people.enter(app_database, clock), "gate.waive:cw:feasibility")
    waived = client.post(f"{PROJECTS}/cw/gates/feasibility/waive", json=wanted, headers=shown)
    assert (waived.status_code, waived.json()["gates"][0]["outcome"]) == (200, "waived")
    body = {"side": "engineering", "manifest_sha256": waived.json()["manifest_sha256"]}
    assert client.post(f"{PROJECTS}/cw/gates/sign_off/sign", json=body).json()["error"] == "unconfirmed"
    assert client.get(PROJECTS).json()[0]["project"] == "cw"


@pytest.mark.usefixtures("plant")
def test_requirements_are_kept_signed_and_go_out_as_ids_over_http(
    client: TestClient, app_database: Database, clock: ManualClock
) -> None:
    new = {"project": "cw", "site": "demo", "name": "Cooling water", "assets": ["P-101"]}
    assert client.post(PROJECTS, json=new).status_code == 201
    wanted, asked = f"{PROJECTS}/cw/requirements", {"property_set": "Pset_Pump", "name": "Head"}
    assert client.get(f"{wanted}/ids").status_code == 404
    assert client.post(wanted, json={"class": []}).status_code == 422
    kept = client.post(wanted, json={"class": [{"tag": "*", "parameter": [asked], "serial": True}]})
    assert (kept.status_code, kept.json()["unmet"][0]["what"]) == (201, "Pset_Pump.Head")
    digest = kept.json()["versions"][0]["sha256"]
    body = {"version": 1, "side": "engineering", "sha256": digest}
    assert client.post(f"{wanted}/sign", json=body).json()["error"] == "unconfirmed"
    act = f"requirements.sign:cw:1:engineering:{digest}"
    shown = people.confirming(app_database, clock, people.enter(app_database, clock), act)
    signed = client.post(f"{wanted}/sign", json=body, headers=shown).json()
    assert (signed["versions"][0]["signed"], signed["counts"]) == ({"engineering": "Ada"}, None)
    out = client.get(f"{wanted}/ids")
    assert b"Pset_Pump" in out.content
    toml = client.get(f"{wanted}/toml").content
    file = {"file": "requirements.toml", "dry_run": True}
    assert client.post(f"{wanted}/file", params=file, content=toml).json()["changes"] == []
    tried = client.post(f"{wanted}/file", params=file, content=toml.replace(b"Head", b"Flow")).json()
    assert (tried["version"], [(one["change"], one["what"]) for one in tried["changes"]]) == (
        None,
        [("removed", "Pset_Pump.Head"), ("added", "Pset_Pump.Flow")],
    )
    ids = {"file": "cw.ids", "classes": "IFCPUMP=pump"}
    assert client.post(f"{wanted}/file", params=ids, content=out.content).json()["version"] == 2
    assert client.post(f"{wanted}/file", params=ids | {"classes": "pump"}, content=out.content).status_code == 400
    for nonsense in (b"class = 1", b"class = " + b"[" * 5000):
        assert client.post(f"{wanted}/file", params=file, content=nonsense).status_code == 400
    assert client.get(wanted).json()["assets"] == ["P-101"]


@pytest.mark.usefixtures("plant")
def test_a_project_is_reviewed_and_teaches_over_http(
    client: TestClient, app_database: Database, clock: ManualClock
) -> None:
    new = {"project": "cw", "site": "demo", "name": "Cooling <water>", "assets": ["P-101"]}
    assert client.post(PROJECTS, json=new).status_code == 201
    cw = f"{PROJECTS}/cw"
    pump = client.get("/api/v1/assets/demo/P-101").json()["asset_class"]
    goal = client.post(f"{cw}/goals", json={"measure": "failures", "target": 0}).json()["newest"][0]
    assert client.post(f"{cw}/goals", json={"measure": "availability", "target": 98}).status_code == 400
    agree = f"{cw}/goals/{goal['goal_id']}/agree"
    assert client.post(agree, json={"side": "engineering"}).json()["engineering_by"] == "Ada"
    assert client.post(agree, json={"side": "operations"}).status_code == 409, "two people agree"
    bo = people.enter(app_database, clock, "bo", name="Bo")
    headers = {"cookie": "; ".join(f"{k}={v}" for k, v in people.cookie_of(app_database, clock, bo).items())}
    jar = dict(client.cookies)
    client.cookies.clear()
    assert client.post(agree, json={"side": "operations"}, headers=headers).json()["operations_by"] == "Bo"
    client.cookies.update(jar)
    assert client.get(f"{cw}/goals").json()["standing"][0]["trend"] == "unknown"
    wanted = {"text": "Which seal?", "side": "engineering", "owner": "Jonas", "due": "2026-06-03"}
    decision = client.post(f"{cw}/decisions", json=wanted).json()
    assert (decision["reviews"], decision["done_at"]) == (0, None)
    assert client.post(f"{cw}/decisions", json=wanted | {"side": "nobody"}).status_code == 422
    held = client.post(f"{cw}/reviews", json={"lessons": True})
    assert (held.status_code, held.json()["number"]) == (201, 1)
    assert client.post(f"{cw}/reviews", json={}).status_code == 409
    done = f"{cw}/decisions/{decision['decision_id']}/done"
    assert client.post(done, json={"outcome": "type B"}).status_code == 204
    assert client.post(done, json={"outcome": "type B"}).status_code == 404
    assert client.get(f"{cw}/decisions").json()[0]["outcome"] == "type B"
    clock.sleep(1)
    keys = [one["key"] for one in client.get(f"{cw}/review", params={"lessons": True}).json()["sections"]]
    assert keys[:2] == ["goals", "slipped"]
    page = client.get(f"{cw}/review/page", params={"language": "zh", "number": 1})
    assert page.headers["content-type"].startswith("text/html")
    assert "Cooling &lt;water&gt;" in page.text
    assert "工程部门待办" in page.text
    assumed = {"asset_class": pump, "what": "power_kw", "value": 11.0}
    assert client.post(f"{cw}/assumptions", json=assumed).status_code == 204
    recommended = {"asset_class": pump, "kind": "check", "what": "align", "because": "it shook"}
    made = client.post(f"{cw}/recommendations", json=recommended).json()["made"][0]
    decide = f"{cw}/recommendations/{made['recommendation_id']}/decide"
    assert client.post(decide, json={"is_accepted": True}).status_code == 409, "not one's own"
    assert client.post(f"{cw}/checks/{made['recommendation_id']}", json={"outcome": "done"}).status_code == 404
    assert client.get(f"{cw}/recommendations").json()["taken_over"] == []
