"""The views say what is true of the rows, in the words of the vocabulary, and Grafana's role may read every one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg.rows import dict_row

from plant.alert import AlertFlags
from plant.severity import Severity
from plant.work_order import OrderState
from storage.core.database import Database, Role
from storage.views.twin import read_twin
from storage.work.orders import order_number
from tests.plant_rows import PlantRows

NOW = datetime.now(UTC).replace(microsecond=0)  # when a test begins
Connection = psycopg.Connection[dict[str, Any]]


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    """The views compare with the server's clock; since this module was imported, minutes may have gone by."""
    monkeypatch.setitem(globals(), "NOW", datetime.now(UTC).replace(microsecond=0))


@pytest.fixture
def rows(database_url: str, now: None) -> Any:  # noqa: ARG001 - set first
    """A plant of one asset with three signals; the third has a bad value, the second none."""
    with psycopg.connect(database_url, autocommit=True, row_factory=dict_row) as connection:
        connection.execute("SELECT ensure_partition(%s, %s)", [NOW - timedelta(days=1), NOW])
        plant = PlantRows(connection)
        pump = plant.asset("P-1", name="Feed pump")
        plant.model(plant.installation(pump), signal_ids=[1], trained_at=NOW)
        flow = plant.signal(pump, "flow", name="Flow", unit="m³/h", key_value=True)
        plant.signal(pump, "mute")
        temp = plant.signal(pump, "temp", name="Temperature", unit="°C", key_value=True)
        plant.latest(flow, NOW - timedelta(seconds=30), 42, stored_at=NOW - timedelta(seconds=20))
        plant.latest(temp, NOW - timedelta(seconds=90), -999, flags=2, stored_at=NOW)
        yield connection


def test_every_view_answers_grafanas_role(rows: Connection, database_url: str) -> None:
    found = rows.execute("SELECT viewname FROM pg_views WHERE schemaname = 'watch' ORDER BY 1").fetchall()
    names = [row["viewname"] for row in found]
    assert set(names) >= {"asset", "feed", "series", "score", "freshness", "health", "alert", "work_order", "twin"}
    with Database(database_url, role=Role.GRAFANA) as database, database.transaction() as tx:
        for name in names:
            tx.connection.execute(f'SELECT * FROM watch."{name}"'.encode())


@pytest.mark.parametrize(
    ("score", "word", "percent"),
    [
        (0.0, "good", 100),
        (0.349, "good", 65.1),
        (0.35, "watch", 65),
        (0.499, "watch", 50.1),
        (0.5, "alarm", 50),
        (3, "alarm", 0),
    ],
)
def test_health_is_worded_by_the_last_score(rows: Connection, score: float, word: str, percent: float) -> None:
    put_score(rows, NOW - timedelta(minutes=2), 0.9)
    put_score(rows, NOW - timedelta(minutes=1), score)
    health = health_of(rows)
    assert (health["word"], health["health_percent"]) == (word, pytest.approx(percent))


def test_without_a_score_health_is_unknown(rows: Connection) -> None:
    health = health_of(rows)
    assert (health["word"], health["score"], health["health_percent"]) == ("unknown", None, None)


@pytest.mark.parametrize(("age_min", "word"), [(10, "good"), (11, "unknown")])
def test_a_score_counts_until_the_asset_is_ten_minutes_further(rows: Connection, age_min: int, word: str) -> None:
    put_score(rows, NOW - timedelta(minutes=age_min, seconds=30), 0.1)
    assert health_of(rows)["word"] == word


@pytest.mark.parametrize(
    ("ago", "status"),
    [("70 s", "Silent 70 s"), ("35 min", "Silent 35 min"), ("5 h", "Silent 5 h"), ("3 days", "Silent 3 d")],
)
def test_a_silent_asset_says_so_and_for_how_long_and_shows_no_percent(rows: Connection, ago: str, status: str) -> None:
    rows.execute(
        "UPDATE latest SET time = time - %(ago)s::interval, stored_at = now() - %(ago)s::interval", {"ago": ago}
    )
    put_score(rows, NOW - timedelta(days=4), 0.1)
    assert health_of(rows)["word"] == "silent"
    twin = rows.execute("SELECT status, health_percent FROM watch.twin WHERE signal_id IS NULL").fetchone()
    assert twin == {"status": status, "health_percent": None}


def test_an_alarm_stays_in_sight_when_its_device_falls_silent(rows: Connection) -> None:
    rows.execute("UPDATE latest SET stored_at = now() - interval '35 min'")
    PlantRows(rows).alert(1, at=datetime.now(UTC))
    found = rows.execute("SELECT status FROM watch.twin WHERE signal_id IS NULL").fetchone()
    assert found == {"status": "Alarm ✕ 35 min"}


def test_an_open_incident_says_who_has_it(rows: Connection) -> None:
    plant = PlantRows(rows)
    alert = plant.alert(1, at=NOW)
    site_id = rows.execute("SELECT site_id FROM site").fetchone()["site_id"]  # type: ignore[index]
    told = {"incident_id": uuid4(), "site_id": site_id, "area": "", "began": NOW, "severity": "MAJOR", "size": 1}
    plant.add("incident", root_alert_id=alert, **told)

    def held_by() -> tuple[str | None, str | None]:
        found = rows.execute("SELECT held_by, held_by_zh FROM watch.open_incident").fetchone()
        assert found is not None
        return found["held_by"], found["held_by_zh"]

    assert held_by() == (None, None), "nobody"
    rows.execute("UPDATE alert SET acknowledged_by = 'Kim'")
    assert held_by() == ("Kim", "Kim"), "who acknowledged it"
    plant.add("team", tag="mech", name="Mechanics", name_zh="机修班")
    plant.add("person", sign_in="li", name="Li Na", created_at=NOW, created_by="test")
    order_id = plant.work_order(1, at=NOW, team="mech")
    assert held_by() == ("Mechanics", "机修班"), "whose order it is"
    rows.execute("UPDATE work_order SET assignee = 'li'")
    assert held_by() == ("Li Na", "Li Na")
    rows.execute("UPDATE work_order SET state = 'CAN' WHERE order_id = %s", [order_id])
    assert held_by() == ("Kim", "Kim"), "a cancelled order is nobody's"


def test_freshness_tells_data_time_from_arrival_and_silence_from_absence(rows: Connection) -> None:
    found = {row["signal"]: row for row in rows.execute("SELECT * FROM watch.freshness").fetchall()}
    assert found["flow"]["data_age_s"] - found["flow"]["stored_age_s"] == pytest.approx(10)
    assert found["flow"]["data_age_s"] >= 30
    assert (found["mute"]["data_age_s"], found["mute"]["quality"]) == (None, None)
    assert (found["temp"]["value"], found["temp"]["quality"]) == (None, "bad")


def test_a_key_value_of_bad_quality_is_not_shown_as_a_number(rows: Connection) -> None:
    found = {row["signal"]: row["value"] for row in rows.execute("SELECT * FROM watch.key_value").fetchall()}
    assert found == {"flow": 42, "temp": None}


def test_series_leave_bad_quality_out(rows: Connection) -> None:
    for place, (value, flags) in enumerate(((1.5, 0), (-999, 2), (2.5, 36))):
        PlantRows(rows).reading(1, NOW - timedelta(seconds=place), value, flags)
    found = rows.execute("SELECT value, unit FROM watch.series WHERE asset_id = 1 ORDER BY time").fetchall()
    assert [(row["value"], row["unit"]) for row in found] == [(2.5, "m³/h"), (1.5, "m³/h")]


def test_alert_states_are_named_as_the_vocabulary_names_them(rows: Connection) -> None:
    shelves = (None, NOW + timedelta(hours=1), NOW - timedelta(hours=1))
    for (active, acknowledged, suppressed, out), shelved in product(product((True, False), repeat=4), shelves):
        flags = AlertFlags(
            active=active, acknowledged=acknowledged, shelved_until=shelved, suppressed=suppressed, out_of_service=out
        )
        alert_id = PlantRows(rows).alert(
            1,
            at=NOW,
            kind=str(uuid4()),
            active=active,
            acknowledged=acknowledged,
            shelved_until=shelved,
            suppressed=suppressed,
            out_of_service=out,
        )
        found = rows.execute("SELECT state, open FROM watch.alert WHERE alert_id = %s", [alert_id]).fetchone()
        assert found == {"state": flags.state(datetime.now(UTC)).value, "open": active or not acknowledged}


def test_severities_rank_as_the_vocabulary_ranks_them(rows: Connection) -> None:
    for severity in Severity:
        PlantRows(rows).alert(1, at=NOW, kind=severity.value, severity=severity.value)
    found = rows.execute("SELECT severity, severity_rank FROM watch.alert").fetchall()
    assert {row["severity"]: row["severity_rank"] for row in found} == {s.value: s.rank for s in Severity}


@pytest.mark.parametrize("state", list(OrderState))
def test_a_work_order_is_open_as_the_vocabulary_says(rows: Connection, state: OrderState) -> None:
    PlantRows(rows).work_order(1, state=state.value)
    found = rows.execute("SELECT open, number FROM watch.work_order").fetchone()
    assert found == {"open": state.is_open, "number": order_number(1)}


def test_the_label_names_the_site_only_where_two_sites_use_one_tag(rows: Connection) -> None:
    assert labels(rows) == ["P-1"]
    for tag in ("P-1", "P-2"):
        PlantRows(rows).asset(tag, site="other")
    assert labels(rows) == ["P-2", "demo/P-1", "other/P-1"]


def test_an_assets_series_are_found_by_its_index(rows: Connection) -> None:
    rows.execute(
        "INSERT INTO reading (time, signal_id, value)"
        " SELECT %s - n * interval '1 s', 1 + n %% 3, n FROM generate_series(0, 30000) AS n",
        [NOW],
    )
    rows.execute("ANALYZE reading")
    plan = rows.execute(
        "EXPLAIN SELECT * FROM watch.series WHERE asset_id = nullif('1', '')::integer AND signal_id = 1"
        " AND time BETWEEN %s AND %s",
        [NOW - timedelta(minutes=5), NOW],
    ).fetchall()
    assert not any("Seq Scan on reading" in row["QUERY PLAN"] for row in plan)


def test_the_twin_reads_places_key_values_and_feeds(rows: Connection, app_database: Database) -> None:
    first_id = PlantRows(rows).asset("A-1", name="First", x=0.5, y=0.25)
    PlantRows(rows).add("feed", from_asset_id=1, to_asset_id=first_id)
    with app_database.transaction() as tx:
        first, pump = read_twin(tx).assets
    assert (first.tag, first.x, first.y, first.key_signals, first.feeds) == ("A-1", 0.5, 0.25, (), ())
    assert ([signal.name for signal in pump.key_signals], pump.feeds) == (["Flow", "Temperature"], (2,))


def put_score(rows: Connection, time: datetime, score: float) -> None:
    PlantRows(rows).score(1, time, score)


def health_of(rows: Connection) -> dict[str, Any]:
    row = rows.execute("SELECT * FROM watch.health").fetchone()
    assert row is not None
    return row


def labels(rows: Connection) -> list[str]:
    return [row["label"] for row in rows.execute('SELECT label FROM watch.asset ORDER BY label COLLATE "C"').fetchall()]
