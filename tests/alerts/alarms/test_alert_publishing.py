"""Each change of an alert goes out on its asset's topic, in order, until the broker has it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from alerts.alarms.acknowledgement import acknowledge_alert
from alerts.alarms.desk import Desk
from alerts.alarms.publishing import NAMESPACE, QUEUE, alarms_blueprint
from alerts.alarms.shelving import shelve_alert
from plant.clock import ManualClock, iso
from plant.errors import Unavailable
from plant.finding import Finding
from plant.people.principal import typed
from storage.core.database import Database
from storage.work import alerts as alert_rows
from tests.alerts.dispatch.test_publishing import each
from tests.plant_rows import PlantRows
from tests.queue_worker import work_off

Found = Callable[..., Finding]
Sent = list[tuple[str, dict[str, Any]]]


def run_worker(url: str, publish: Callable[[str, bytes], None], database: Database, clock: ManualClock) -> None:
    work_off(url, {NAMESPACE: alarms_blueprint(each(publish), database, clock)}, queues=[QUEUE])


def test_each_change_of_an_alert_goes_out_once_and_in_order(
    database_url: str, app_database: Database, clock: ManualClock, desk: Desk, found: Found, plant_rows: PlantRows
) -> None:
    sent: Sent = []
    tries = [Unavailable("no broker")]

    def publish(topic: str, payload: bytes) -> None:
        if tries:
            raise tries.pop()
        sent.append((topic, json.loads(payload)))

    finding = found()
    signal_id = plant_rows.signal(finding.asset_id, "vibration_de_mm_s", unit="mm/s", high=7.1, name="Vibration")
    plant_rows.latest(signal_id, finding.updated, 7.9)
    desk.round()
    run_worker(database_url, publish, app_database, clock)
    assert sent == [], "the broker was away"
    with app_database.transaction() as tx:
        (alert,) = alert_rows.list_alerts(tx)
    acknowledge_alert(app_database, alert.alert_id, actor=typed("Ann"), clock=clock, comment="on my way")
    shelve_alert(app_database, alert.alert_id, hours=1, reason="known", actor=typed("Ann"), clock=clock)
    plant_rows.connection.execute("UPDATE procrastinate_jobs SET scheduled_at = now()")
    run_worker(database_url, publish, app_database, clock)
    assert {topic for topic, _ in sent} == {"assetloop/v1/demo/P-101/alert"}
    said = [(one["revision"], one["event"], one["state"], one["actor"], one["note"]) for _, one in sent]
    assert said == [
        (1, "raised", "Unacknowledged", "desk", None),
        (2, "acknowledged", "Acknowledged", "Ann", "on my way"),
        (3, "shelved", "Shelved", "Ann", "known"),
    ]
    (vibration,) = [one for one in sent[0][1]["evidence"]["signals"] if one["signal"] == "vibration_de_mm_s"]
    assert (vibration["value"], vibration["high"], vibration["share"]) == (7.9, 7.1, 0.62)
    assert sent[2][1]["shelved_until"] == iso(clock.now() + timedelta(hours=1))
    run_worker(database_url, publish, app_database, clock)
    assert len(sent) == 3
