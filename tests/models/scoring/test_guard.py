"""An asset is watched from its first minute, without any model, and each thing is said once."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from lifecycle.importing.applying import apply_facts
from lifecycle.importing.facts import Facts, SignalFact, SiteFact, Source
from models.scoring.guard import Guard
from models.scoring.scorer import Scorer
from models.scoring.worker import RoundReport
from storage.models import guard as guard_rows
from tests.models.conftest import START, Rows, healthy_rows

FINDINGS = "SELECT kind, source, failure_mode, severity, cleared IS NULL FROM finding ORDER BY onset, kind"


def limited(rows: Rows, asset_id: int, key: str, **limits: float) -> None:
    for column, value in limits.items():
        rows.connection.execute(
            f"UPDATE signal SET {column} = %s WHERE asset_id = %s AND key = %s".encode(), [value, asset_id, key]
        )


def test_a_design_limit_is_watched_before_there_is_a_model(rows: Rows) -> None:
    asset_id = rows.asset()
    limited(rows, asset_id, "vibration", high=4.0)
    sick = healthy_rows(60)
    sick[30:, 0] = 4.5
    rows.write(asset_id, sick)
    rows.fall_silent()
    report = Guard(rows.database, rows.clock, "g").round()
    assert report == RoundReport(assets=1, rows=60, findings_opened=1)
    ((kind, source, mode, severity, version, onset, score, shares),) = rows.all(
        "SELECT kind, source, failure_mode, severity, source_version, onset, score, shares FROM finding"
    )
    assert (kind, source, mode, severity, version) == ("limit", "limit", "VIB", "MAJOR", "register/P-1")
    assert onset == START + timedelta(seconds=30)
    assert score == pytest.approx(1.125 / 2.125)
    assert shares == [{"signal": "vibration", "share": 1.0, "unit": "mm/s"}]


def test_a_design_limit_that_comes_with_a_file_watches_at_once(rows: Rows) -> None:
    rows.write(rows.asset(), healthy_rows(30))
    rows.fall_silent()
    guard = Guard(rows.database, rows.clock, "g")
    assert guard.round().findings_opened == 0
    limit = SignalFact(asset="P-1", key="vibration", high=0.001)
    file = Facts(source=Source(kind="tags", file="limits.csv", sha256=""), site=SiteFact(tag="demo"), signals=(limit,))
    with rows.database.transaction() as tx:
        assert apply_facts(tx, file, at=rows.clock.now()).changed == {"signal": 1}
    rows.write(1, healthy_rows(30), first_s=100)
    rows.fall_silent()
    guard.round()
    assert rows.all("SELECT kind, source_version FROM finding") == [("limit", "register/P-1")]


def test_what_lies_before_the_first_minute_is_not_judged(rows: Rows) -> None:
    asset_id = rows.asset()
    limited(rows, asset_id, "vibration", high=4.0)
    old = healthy_rows(600)
    old[:300, 0] = 9.0
    rows.write(asset_id, old)
    rows.fall_silent()
    assert Guard(rows.database, rows.clock, "g").round() == RoundReport(assets=1, rows=60)
    assert rows.all(FINDINGS) == []


def test_a_finding_is_revised_while_it_lasts_and_cleared_when_it_ends(rows: Rows) -> None:
    asset_id = rows.asset()
    limited(rows, asset_id, "pressure", low=4.0)
    guard = Guard(rows.database, rows.clock, "g")
    rows.write(asset_id, healthy_rows(20))
    for first_s, pressure in ((20, 3.5), (40, 3.0), (60, 5.0)):
        low = healthy_rows(20)
        low[:, 2] = pressure
        rows.write(asset_id, low, first_s=first_s)
        rows.fall_silent()
        guard.round()
    ((revision, cleared, score),) = rows.all("SELECT revision, cleared, score FROM finding")
    assert revision == 3
    assert cleared == START + timedelta(seconds=69)
    assert score == pytest.approx(1.25 / 2.25)


def test_limits_that_people_change_are_taken_up_within_a_minute(rows: Rows) -> None:
    asset_id = rows.asset()
    guard = Guard(rows.database, rows.clock, "g")
    rows.write(asset_id, healthy_rows(30))
    rows.fall_silent()
    guard.round()
    limited(rows, asset_id, "temperature", high=50.0)
    rows.write(asset_id, healthy_rows(30), first_s=100)
    rows.fall_silent()
    assert guard.round().findings_opened == 1
    assert rows.all(FINDINGS) == [("limit", "limit", "OHE", "MAJOR", True)]


def test_a_signal_that_registers_itself_later_is_watched_too(rows: Rows) -> None:
    asset_id = rows.asset()
    guard = Guard(rows.database, rows.clock, "g")
    rows.write(asset_id, healthy_rows(30))
    rows.fall_silent()
    guard.round()
    rows.signals[asset_id].append(rows.plant.signal(asset_id, "late", unit="bar", position=9, high=1))
    rows.write(asset_id, np.c_[healthy_rows(30), np.full(30, 2.0)], first_s=100)
    rows.fall_silent()
    assert guard.round().findings_opened == 1
    assert rows.all(FINDINGS) == [("limit", "limit", "PDE", "CRITICAL", True)]


def test_a_signal_that_drops_out_is_a_sensors(rows: Rows) -> None:
    asset_id = rows.asset()
    data = healthy_rows(900)
    data[200:, 1] = np.nan
    guard = Guard(rows.database, rows.clock, "g")
    rows.write(asset_id, data[:100])
    guard.round()
    rows.write(asset_id, data[100:], first_s=100)
    rows.fall_silent()
    assert guard.round().findings_opened == 1
    assert rows.all(FINDINGS) == [("sensor_dropout", "rule", "AIR", "MINOR", True)]


def test_an_asset_that_says_nothing_is_told_once_and_cleared_by_its_next_word(rows: Rows) -> None:
    asset_id = rows.asset()
    guard = Guard(rows.database, rows.clock, "g")
    rows.write(asset_id, healthy_rows(60))
    rows.fall_silent()
    assert guard.round().rows == 60
    rows.clock.sleep(280)
    assert guard.round() == RoundReport()
    rows.clock.sleep(20)
    assert guard.round().findings_opened == 1
    rows.clock.sleep(300)
    assert guard.round() == RoundReport()
    assert rows.all(FINDINGS) == [("silent", "rule", "OTH", "WARNING", True)]
    ((lasted,),) = rows.all("SELECT extract(epoch FROM updated - onset)::float8 FROM finding")
    assert lasted == pytest.approx(311, abs=1)
    rows.write(asset_id, healthy_rows(10), first_s=900)
    rows.fall_silent()
    assert guard.round().findings_cleared == 1
    assert rows.all("SELECT cleared FROM finding") == [(START + timedelta(seconds=900),)]


def test_a_guard_that_was_away_does_not_take_its_own_absence_for_silence(rows: Rows) -> None:
    asset_id = rows.asset()
    rows.write(asset_id, healthy_rows(60))
    Guard(rows.database, rows.clock, "g").round()
    rows.clock.sleep(3600)
    later = Guard(rows.database, rows.clock, "g")
    later.round()
    assert rows.all(FINDINGS) == []
    rows.clock.sleep(301)
    later.round()
    assert rows.all(FINDINGS) == [("silent", "rule", "OTH", "WARNING", True)]


def test_an_asset_whose_signals_are_all_reported_on_change_is_silent_once_none_of_them_holds(rows: Rows) -> None:
    asset_id = rows.asset()
    rows.connection.execute("UPDATE signal SET holds_s = 3600")
    guard = Guard(rows.database, rows.clock, "g")
    rows.write(asset_id, healthy_rows(60))
    guard.round()
    rows.clock.sleep(3000)
    guard.round()
    assert rows.all(FINDINGS) == []
    rows.clock.sleep(700)
    guard.round()
    assert [kind for kind, *_ in rows.all(FINDINGS)] == ["silent"]


def test_an_asset_out_of_service_may_be_silent(rows: Rows) -> None:
    asset_id = rows.asset()
    guard = Guard(rows.database, rows.clock, "g")
    rows.write(asset_id, healthy_rows(60))
    guard.round()
    rows.connection.execute("UPDATE asset SET state = 'standby' WHERE asset_id = %s", [asset_id])
    rows.clock.sleep(3600)
    guard.round()
    assert rows.all(FINDINGS) == []


@pytest.mark.parametrize("seed", range(3))
def test_cutting_the_rounds_anywhere_gives_the_same_findings_and_state(rows: Rows, seed: int) -> None:
    chance = np.random.default_rng(seed)
    ids = [rows.asset(f"P-{k}") for k in range(3)]
    for asset_id in ids:
        limited(rows, asset_id, "vibration", high=2.22)
        limited(rows, asset_id, "temperature", most_rate_per_min=0.8)
        rows.write(asset_id, healthy_rows(400, asset_id))
    rows.fall_silent()
    rows.connection.execute(
        "INSERT INTO guarding (asset_id, watermark) SELECT asset_id, %s FROM asset", [START - timedelta(seconds=1)]
    )
    said = (
        "SELECT finding_id, asset_id, kind, onset, updated, cleared, score, shares FROM finding ORDER BY 2, 3, 4",
        "SELECT asset_id, watermark, state FROM guarding ORDER BY asset_id",
    )
    Guard(rows.database, rows.clock, "g").round()
    whole = [rows.all(query) for query in said]
    assert {row[2] for row in whole[0]} == {"limit", "rate"}
    assert len(whole[0]) > 12
    rows.connection.execute("TRUNCATE finding CASCADE")
    rows.connection.execute("UPDATE guarding SET watermark = %s, state = ''", [START - timedelta(seconds=1)])
    while (
        Guard(
            rows.database,
            rows.clock,
            "g",
            most_rows=int(chance.integers(1, 60)),
            most_assets=int(chance.integers(1, 4)),
        )
        .round()
        .behind
    ):
        pass
    assert [rows.all(query) for query in said] == whole


def test_a_guard_that_was_taken_over_writes_nothing(rows: Rows) -> None:
    asset_id = rows.asset()
    limited(rows, asset_id, "vibration", high=1.0)
    rows.write(asset_id, healthy_rows(60))
    rows.fall_silent()
    slow, quick = Guard(rows.database, rows.clock, "slow"), Guard(rows.database, rows.clock, "quick")
    (leased,) = slow._groups(slow._lease(slow._due()))
    assert quick.round() == RoundReport()
    rows.clock.sleep(16)
    assert quick.round().findings_opened == 1
    after = rows.all("SELECT * FROM finding") + rows.all("SELECT * FROM guarding")
    assert slow._process(leased) == RoundReport(taken_over=1)
    assert rows.all("SELECT * FROM finding") + rows.all("SELECT * FROM guarding") == after


def test_leases_are_given_back(rows: Rows) -> None:
    rows.write(rows.asset(), healthy_rows(60))
    guard = Guard(rows.database, rows.clock, "g")
    guard._lease(guard._due())
    guard.release()
    assert Guard(rows.database, rows.clock, "another").round().rows == 58
    with rows.database.transaction() as tx:
        assert guard_rows.guarded_assets(tx, [999]) == {}


def test_limits_and_the_model_each_follow_the_rows_by_themselves(rows: Rows) -> None:
    asset_id = rows.trained_asset()
    limited(rows, asset_id, "vibration", high=4.0)
    scorer, guard = Scorer(rows.database, rows.clock, "w"), Guard(rows.database, rows.clock, "w")
    sick = healthy_rows(200, 1)
    sick[100:, 0] += 3.0
    rows.write(asset_id, sick, first_s=400)
    rows.fall_silent()
    assert scorer.round().findings_opened == 1
    assert guard.round().findings_opened == 1
    assert sorted(row[:2] for row in rows.all("SELECT kind, source FROM finding")) == [
        ("condition", "model"),
        ("limit", "limit"),
    ]
