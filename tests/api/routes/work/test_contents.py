"""What belongs to a work order, over HTTP: edits keep to the revision that was read."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

ORDER = "/api/v1/work-orders/WO-000001"

pytestmark = pytest.mark.usefixtures("sick_plant")


def test_an_edit_wants_the_etag_of_what_was_read_and_gives_the_next(client: TestClient) -> None:
    read = client.get(ORDER)
    assert read.headers["etag"] == '"1"'
    refused = client.post(f"{ORDER}/edit", json={"priority": 1})
    assert (refused.status_code, refused.json()["error"]) == (428, "revision_needed")
    edited = client.post(f"{ORDER}/edit", json={"priority": 1}, headers={"If-Match": read.headers["etag"]})
    assert (edited.status_code, edited.headers["etag"], edited.json()["priority"]) == (200, '"2"', 1)
    assert edited.json()["title"] == read.json()["title"]


def test_a_stale_edit_is_412_with_both_versions_and_changes_nothing(client: TestClient) -> None:
    client.post(f"{ORDER}/edit", json={"title": "Theirs"}, headers={"If-Match": '"1"'})
    answer = client.post(f"{ORDER}/edit", json={"title": "Mine"}, headers={"If-Match": '"1"'})
    said = answer.json()
    assert (answer.status_code, said["error"]) == (412, "stale_revision")
    assert (said["current"]["title"], said["yours"]["title"]) == ("Theirs", "Mine")
    assert client.get(ORDER).json()["title"] == "Theirs"
    assert client.post(f"{ORDER}/approve", headers={"If-Match": '"1"'}).status_code == 412
    assert client.post(f"{ORDER}/approve", headers={"If-Match": '"2"'}).status_code == 200


def test_comments_are_added_with_the_name_of_who_says_them(client: TestClient) -> None:
    answer = client.post(f"{ORDER}/comments", json={"said": "heard it too"})
    assert (answer.status_code, answer.headers["etag"]) == (201, '"2"')
    (comment,) = client.get(ORDER).json()["comments"]
    assert (comment["by"], comment["said"]) == ("Ada", "heard it too")


def test_an_order_says_why_it_is_there_and_is_found_by_who_does_it(client: TestClient) -> None:
    order = client.get(ORDER).json()
    assert (order["work_type"], order["why"]["rule"]) == ("corrective", "bad enough")
    assert client.post(f"{ORDER}/assign", json={"assignee": "ada"}).json()["assignee_name"] == "Ada"
    assert len(client.get("/api/v1/work-orders", params={"assignee": "ada"}).json()) == 1
    for nothing in (
        {"assignee": "bob"},
        {"team": "x"},
        {"overdue": True},
        {"state": "COMP"},
        {"work_type": "preventive"},
    ):
        assert client.get("/api/v1/work-orders", params=nothing).json() == [], nothing


def test_what_makes_no_sense_is_refused_and_nothing_is_done(client: TestClient) -> None:
    for path, body, status in (
        ("edit", {"priority": 1e308}, 422),
        ("edit", {"title": ""}, 422),
        ("edit", {"nonsense": 1}, 422),
        ("edit", {"requested_finish": "2026-01-01T00:00:00"}, 422),
        ("comments", {"said": "a\x00b"}, 400),
        ("comments", {"said": "   "}, 422),
        ("approve", {"note": "a\x1bb"}, 422),
    ):
        answer = client.post(f"{ORDER}/{path}", json=body, headers={"If-Match": '"1"'})
        assert answer.status_code == status, (path, body, answer.text)
    assert client.post(f"{ORDER}/edit", json={"priority": 1}, headers={"If-Match": "x"}).status_code == 400
    assert client.post(f"{ORDER}/assign", json={"team": "nobody"}).status_code == 404
    assert client.get(ORDER).json()["revision"] == 1
