"""The register over HTTP: a file is sent and confirmed, and its changes are asked for by day."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

REGISTER = "/api/v1/register"
TAGS = b"Tag,Class,Signal,High (bar)\nP-900,new,pressure,9\nP-901,,,\n"


@pytest.mark.usefixtures("plant")
def test_a_file_is_sent_seen_and_confirmed_and_days_are_compared(client: TestClient) -> None:
    known = client.get("/api/v1/assets/demo/P-101").json()["asset_class"]
    sent = client.post(f"{REGISTER}/demo/imports", params={"name": "t.csv", "class": known}, content=TAGS)
    assert (sent.status_code, sent.json()["state"]) == (201, "tried")
    assert any("P-900 is of the type new" in one["what"] for one in sent.json()["said"]["faults"])
    confirm = f"{REGISTER}/imports/{sent.json()['upload_id']}/confirm"
    assert client.post(confirm).json()["state"] == "confirmed"
    assert client.post(confirm).status_code == 409
    assert client.post(confirm.replace("confirm", "dismiss")).status_code == 409
    assert [one["file"] for one in client.get(f"{REGISTER}/imports").json()] == ["t.csv"]
    bad = client.post(f"{REGISTER}/demo/imports", params={"name": "t.xlsx"}, content=b"PK\x03\x04")
    assert (bad.status_code, bad.json()["error"]) == (400, "bad_file")
    assert client.get(f"{REGISTER}/nowhere/on/2999-01-01").status_code == 404
    stood = client.get(f"{REGISTER}/demo/on/2999-01-01").json()
    assert "P-101" in [one["item"] for one in stood if one["kind"] == "asset"]
    days = {"first": "2001-01-01", "second": "2999-01-01"}
    assert any(one["item"] == "P-101" for one in client.get(f"{REGISTER}/demo/changes", params=days).json())
    assert client.get(f"{REGISTER}/demo/changes", params={**days, "second": "2000-01-01"}).status_code == 400


@pytest.mark.usefixtures("plant")
def test_what_columns_mean_is_saved_by_name_chosen_replaced_and_deleted(client: TestClient) -> None:
    mappings = f"{REGISTER}/demo/mappings"
    wanted = {"name": "Maker", "columns": {"Kürzel": "tag", "Art": "class"}}
    saved = client.post(mappings, json=wanted)
    assert (saved.status_code, list(saved.json()["columns"])) == (201, ["Kürzel", "Art"])
    assert client.post(mappings, json=wanted).status_code == 409
    assert client.post(mappings, json={**wanted, "head_rows": 2, "replace": True}).json()["head_rows"] == 2
    assert client.post(mappings, json={"name": "None", "columns": {"Art": "class"}}).json()["error"] == "no_tag_column"
    assert client.post(mappings, json={"name": "None", "columns": {"Art": "nonsense"}}).status_code == 422
    assert client.get(f"{mappings}/Maker").json()["columns"] == wanted["columns"]
    body = "Kürzel,Art\nP-900,new\n".encode()
    sent = client.post(f"{REGISTER}/demo/imports", params={"name": "t.csv", "mapping": "Maker"}, content=body).json()
    assert sent["options"]["columns"]["columns"] == [["Kürzel", "tag"], ["Art", "class"]]
    assert [one["name"] for one in client.get(mappings).json()] == ["Maker"]
    assert client.post(f"{mappings}/Maker/delete").json() == []
    assert client.post(f"{mappings}/Maker/delete").status_code == 404
    gone = client.post(f"{REGISTER}/demo/imports", params={"name": "t.csv", "mapping": "Maker"}, content=body)
    assert gone.status_code == 404


@pytest.mark.parametrize("name", ["a\x00b.csv", "..", "folder/"])
def test_a_name_that_is_none_is_refused(client: TestClient, name: str) -> None:
    answer = client.post("/api/v1/register/demo/imports", params={"name": name}, content=b"tag;class\n")
    assert (answer.status_code, answer.json()["error"]) == (400, "bad_file_name")


def test_a_long_name_in_chinese_is_a_name(client: TestClient) -> None:
    answer = client.post("/api/v1/register/demo/imports", params={"name": "泵" * 150 + ".csv"}, content=b"x")
    assert answer.status_code in {400, 404}, answer.text
