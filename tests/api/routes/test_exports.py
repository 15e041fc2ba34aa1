"""Lists go out as files with the filters and the rights that the lists have, in bounded memory."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import psutil
import psycopg
import pyarrow.parquet as pq
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from python_calamine import CalamineWorkbook

from lifecycle.exporting import plant_tables, work_tables
from lifecycle.exporting.forms import FileForm, written
from lifecycle.exporting.plant_tables import reading_table
from plant.clock import ManualClock
from plant.people.rights import PlantRole
from storage.core.database import Database
from tests import people
from tests.api.plant_rows import NOW
from tests.plant_rows import PlantRows

EXPORTS = "/api/v1/exports"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def rows(client: TestClient, path: str, **asked: Any) -> list[dict[str, str]]:
    answer = client.get(f"{EXPORTS}/{path}", params=asked)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


@pytest.mark.usefixtures("sick_plant")
def test_each_list_goes_out_with_the_filters_it_has(
    client: TestClient, plant_rows: PlantRows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work_tables, "PIECE", 2)
    monkeypatch.setattr(plant_tables, "_PIECE", 3)
    asset_id = plant_rows._known("asset", "asset_id", "P-101")
    for place in range(4):
        order_id = plant_rows.work_order(asset_id, failure_mode=f"F{place}", title=f"=cmd|{place}", priority=1)
    booked = {"booked_at": NOW, "booked_by": "Ada", "hours": 2, "cost": 80.5, "currency": "EUR"}
    plant_rows.add("work_order_booking", order_id=order_id, **booked)

    orders = rows(client, "work-orders", state="open")
    assert [one["number"] for one in orders] == [f"WO-{n:06d}" for n in range(5, 0, -1)]
    assert orders[0]["title"] == "'=cmd|3"
    assert (orders[0]["hours"], orders[0]["costs"]) == ("2", "EUR 80.5")
    assert len(rows(client, "work-orders", asset="P-101", priority=1)) == 4
    assert len(rows(client, "work-orders", text="p-102")) == 1
    assert rows(client, "work-orders", state="waits") == []
    assert [one["asset"] for one in rows(client, "alerts")] == ["P-102"]
    assert rows(client, "alerts", severity="WARNING") == []
    assets = rows(client, "assets")
    assert [one["asset"] for one in assets] == [one["asset"] for one in client.get("/api/v1/assets").json()]
    assert [one["asset"] for one in rows(client, "assets", health="alarm")] == ["P-102"]
    assert [one["hours"] for one in rows(client, "bookings", asset="P-101")] == ["2"]
    assert rows(client, "quarantine") == []
    assert {one["asset_class"] for one in rows(client, "figures")} >= {"centrifugal_pump"}


@pytest.mark.usefixtures("plant")
def test_readings_go_out_whole_signal_by_signal(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plant_tables, "_READINGS_A_PIECE", 50)
    span = {"from": (NOW - timedelta(minutes=10)).isoformat(), "to": NOW.isoformat()}
    found = rows(client, "readings/demo/P-101", **span)
    shown = client.get("/api/v1/assets/demo/P-101").json()["signals"]
    assert list(dict.fromkeys(one["signal"] for one in found)) == [one["key"] for one in shown]
    assert len(found) == 120 * len(shown)
    one = rows(client, "readings/demo/P-101", signal=shown[0]["key"], **span)
    assert [row["time"] for row in one] == sorted({row["time"] for row in found})
    assert {(row["quality"], row["unit"]) for row in one} == {("good", shown[0]["unit"])}
    assert client.get(f"{EXPORTS}/readings/demo/P-101", params={"signal": "no"}).status_code == 404
    assert client.get(f"{EXPORTS}/readings/demo/P-101", params={**span, "to": span["from"]}).status_code == 400


@pytest.mark.usefixtures("plant")
def test_the_form_is_what_was_asked_for_or_what_is_accepted(client: TestClient) -> None:
    book = client.get(f"{EXPORTS}/assets", params={"format": "xlsx", "heads": "zh"})
    assert book.headers["content-type"] == XLSX
    assert CalamineWorkbook.from_filelike(io.BytesIO(book.content)).get_sheet_by_index(0).to_python()[0][1] == "设备"
    columns = client.get(f"{EXPORTS}/assets", headers={"Accept": "application/vnd.apache.parquet"})
    assert pq.read_table(io.BytesIO(columns.content)).num_rows == len(client.get("/api/v1/assets").json())
    assert client.get(f"{EXPORTS}/assets", params={"format": "pdf"}).status_code == 422


@pytest.mark.usefixtures("sick_plant")
def test_every_list_has_rows_in_every_form(client: TestClient) -> None:
    for one in ("work-orders", "alerts", "assets", "figures"):
        for form in FileForm:
            answer = client.get(f"{EXPORTS}/{one}", params={"format": form.value})
            assert answer.status_code == 200, (one, form, answer.text)


def test_an_export_holds_what_is_of_ones_own_sites(
    application: FastAPI, app_database: Database, clock: ManualClock, plant_rows: PlantRows
) -> None:
    for site in ("north", "south"):
        asset_id = plant_rows.asset(f"P-{site}", site=site)
        plant_rows.work_order(asset_id, failure_mode="F")
        plant_rows.signal(asset_id, "speed")
    with TestClient(application, base_url="http://127.0.0.1") as client:
        viewer = people.enter(app_database, clock, "li.wei", roles=((PlantRole.OPERATIONS, "north"),))
        people.sign_in(client, app_database, clock, viewer)
        assert [one["site"] for one in rows(client, "work-orders")] == ["north"]
        assert [one["site"] for one in rows(client, "assets")] == ["north"]
        assert client.get(f"{EXPORTS}/readings/south/P-south").status_code == 404
        assert client.get(f"{EXPORTS}/quarantine").status_code == 403


@pytest.mark.long
def test_a_million_readings_go_out_in_bounded_memory(
    app_database: Database, superuser: psycopg.Connection[Any], plant_rows: PlantRows
) -> None:
    signal_id = plant_rows.signal(plant_rows.asset("P-1"), "speed", unit="1/min")
    since, million = NOW - timedelta(seconds=1_000_000), 1_000_000
    superuser.execute("SELECT ensure_partition(%s, %s)", [since, NOW])
    superuser.execute(
        "INSERT INTO reading (time, signal_id, value) SELECT %s::timestamptz + n * interval '1 second', %s, sin(n)"
        " FROM generate_series(0, %s) AS n",
        [since, signal_id, million - 1],
    )
    table = reading_table(app_database, "demo", "P-1", keys=None, time_from=since, time_to=NOW, now=NOW)
    process = psutil.Process()
    list(
        written(
            reading_table(
                app_database, "demo", "P-1", keys=None, time_from=since, time_to=since + timedelta(seconds=9), now=NOW
            ),
            FileForm.PARQUET,
        )
    )
    for form in (FileForm.CSV, FileForm.PARQUET):
        lines = bytes_sent = most = 0
        before = process.memory_info().rss
        for piece in written(table, form):
            lines += piece.count(b"\n")
            bytes_sent += len(piece)
            most = max(most, process.memory_info().rss)
        assert most - before < 64 * 2**20, form
        assert form is FileForm.PARQUET or lines == million + 1
        assert bytes_sent > 4 * 2**20
