"""Many assets that fall silent at once are one thing that is broken, not as many faults."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest

from alerts.alarms.desk import Desk
from plant.clock import ManualClock
from tests.plant_rows import PlantRows

Look = psycopg.Connection[tuple[object, ...]]


@pytest.fixture
def fall_silent(clock: ManualClock, plant_rows: PlantRows) -> object:
    """Let so many of the assets of a site that are heard of fall silent at once."""

    def fall(silent: int, known: int, *, speaker: str = "") -> None:
        for number in range(known):
            asset_id = plant_rows.asset(f"{speaker or 'D'}-{number:03}")
            plant_rows.add("guarding", asset_id=asset_id, watermark=clock.now())
            if speaker:
                at = clock.now()
                plant_rows.add(
                    "device_session",
                    asset_id=asset_id,
                    format="sparkplug",
                    speaker=speaker,
                    is_online=False,
                    since=at,
                    heard_at=at,
                )
            if number < silent:
                onset = clock.now() - timedelta(seconds=300 + number % 60)
                told = {"kind": "silent", "source": "rule", "severity": "WARNING", "failure_mode": "OTH"}
                plant_rows.finding(asset_id, onset=onset, updated=clock.now(), **told)

    return fall


def told(superuser: Look) -> tuple[list[str], int]:
    """What stands of notices about the product, and how many alerts there are."""
    notices = superuser.execute(
        "SELECT document->'title'->>'en' FROM notice WHERE subject = 'system' AND ended_at IS NULL ORDER BY 1"
    ).fetchall()
    (alerts,) = superuser.execute("SELECT count(*) FROM alert").fetchone() or (0,)
    return [str(title) for (title,) in notices], int(str(alerts))


def rounds(desk: Desk, clock: ManualClock, *seconds: float) -> None:
    for after_s in seconds:
        clock.sleep(after_s)
        desk.round()


def test_one_silent_asset_is_told_when_no_other_fell_silent_with_it(
    desk: Desk, clock: ManualClock, fall_silent: object, superuser: Look
) -> None:
    fall_silent(1, 12)  # type: ignore[operator]
    rounds(desk, clock, 0)
    assert told(superuser) == ([], 0)
    rounds(desk, clock, 16)
    assert told(superuser) == ([], 1)


def test_a_broker_that_is_gone_for_all_assets_is_one_notice_and_no_alert(
    desk: Desk, clock: ManualClock, fall_silent: object, superuser: Look, plant_rows: PlantRows
) -> None:
    fall_silent(100, 100)  # type: ignore[operator]
    plant_rows.slot(0, holder="x", is_listening=False)
    rounds(desk, clock, 0, 16, 70)
    assert told(superuser) == (["the broker is away: no telemetry comes"], 0)
    superuser.execute("UPDATE ingest_slot SET is_listening = true")
    superuser.execute(
        "UPDATE finding SET cleared = updated, revision = revision + 1"
        " WHERE asset_id <> (SELECT max(asset_id) FROM asset)"
    )
    rounds(desk, clock, 1, 11)
    assert told(superuser) == ([], 0)
    rounds(desk, clock, 61, 1)
    assert told(superuser) == ([], 1), "what still says nothing is told by itself"


def test_most_of_a_site_at_once_is_the_way_there(
    desk: Desk, clock: ManualClock, fall_silent: object, superuser: Look
) -> None:
    fall_silent(8, 12)  # type: ignore[operator]
    rounds(desk, clock, 0, 16, 2)
    assert told(superuser) == (["demo: 8 assets fell silent at once"], 0)


def test_all_that_one_collector_speaks_for_is_the_collector(
    desk: Desk, clock: ManualClock, fall_silent: object, superuser: Look
) -> None:
    fall_silent(0, 40)  # type: ignore[operator]
    fall_silent(4, 4, speaker="edge1")  # type: ignore[operator]
    rounds(desk, clock, 0, 16, 2)
    assert told(superuser) == (["demo: 4 assets fell silent at once"], 0)
