"""Scoring follows the rows, says each thing once, and can be killed at any point."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise

import numpy as np
import pytest

from lifecycle.register.relearning import learn_again
from models.scoring import scorer as module
from models.scoring.batch import JudgedWindow
from models.scoring.scorer import Scorer
from models.scoring.worker import RoundReport, follow_rows
from plant.asset import Equipment
from plant.errors import Unavailable
from storage.core.database import Database, Transaction
from storage.models import findings, scoring
from storage.models.scoring import LeasedToScore
from storage.register import assets, facts
from tests.models.conftest import START, Rows, healthy_rows

EPISODES = """
SELECT finding_id, asset_id, kind, failure_mode, source, source_version, onset, updated, cleared, severity, score,
    shares, window_from, window_to, quality
FROM finding ORDER BY asset_id, onset
"""
STATE = "SELECT asset_id, watermark, state FROM scoring ORDER BY asset_id"


def sickening(n: int, begin: int, end: int, seed: int = 1) -> np.ndarray:
    """A machine that shakes from row `begin` up to `end`."""
    rows = healthy_rows(n, seed)
    rows[begin:end, 0] += 3.0
    return rows


def take(scorer: Scorer) -> list[LeasedToScore]:
    """Let a worker lease what there is, as its round would, and make the models ready."""
    (leased,) = scorer._groups(scorer._lease(scorer._due()))
    return leased


def test_a_machine_that_sickens_gives_a_finding_with_its_evidence(rows: Rows) -> None:
    asset_id = rows.trained_asset("P-1")
    rows.write(asset_id, sickening(200, 100, 200), first_s=400)
    rows.fall_silent()
    report = Scorer(rows.database, rows.clock, "w").round()
    assert report == RoundReport(assets=1, rows=200, findings_opened=1)
    ((mode, version, onset, cleared, score, shares, window_to),) = rows.all(
        "SELECT failure_mode, source_version, onset, cleared, score, shares, window_to FROM finding"
    )
    assert (mode, version, cleared) == ("VIB", "condition/P-1/v1", None)
    assert isinstance(onset, type(START))
    assert START + timedelta(seconds=500) <= onset <= START + timedelta(seconds=520)
    assert window_to == START + timedelta(seconds=599)
    assert isinstance(score, float)
    assert 0.5 <= score <= 1
    assert isinstance(shares, list)
    assert shares[0]["signal"] == "vibration"
    assert shares[0]["share"] > 0.5
    assert sum(share["share"] for share in shares) == pytest.approx(1)


def test_a_healthy_machine_gives_scores_and_no_finding(rows: Rows) -> None:
    asset_id = rows.trained_asset()
    rows.write(asset_id, healthy_rows(600, 1), first_s=400)
    rows.fall_silent()
    report = Scorer(rows.database, rows.clock, "w").round()
    assert report == RoundReport(assets=1, rows=600)
    ((time, score_max, score_last, flags),) = rows.all("SELECT time, score_max, score_last, flags FROM score")
    assert time == START + timedelta(seconds=999)
    assert isinstance(score_max, float)
    assert isinstance(score_last, float)
    assert 0 <= score_last <= score_max < 0.5
    assert flags == 0
    assert rows.all("SELECT 1 FROM finding") == []


def test_an_alarm_that_ends_clears_its_finding(rows: Rows) -> None:
    asset_id = rows.trained_asset()
    scorer = Scorer(rows.database, rows.clock, "w")
    rows.write(asset_id, sickening(600, 100, 150), first_s=400)
    rows.fall_silent()
    report = scorer.round()
    assert (report.findings_opened, report.findings_cleared) == (1, 1)
    ((onset, updated, cleared),) = rows.all("SELECT onset, updated, cleared FROM finding")
    assert cleared == updated
    assert isinstance(cleared, type(START))
    assert isinstance(onset, type(START))
    assert onset < cleared < START + timedelta(seconds=800)


def test_what_may_still_come_late_is_waited_for_while_the_device_speaks(rows: Rows) -> None:
    asset_id = rows.trained_asset()
    rows.write(asset_id, healthy_rows(10, 1), first_s=400)
    scorer = Scorer(rows.database, rows.clock, "w")
    assert scorer.round().rows == 8
    assert scorer.round() == RoundReport()
    rows.fall_silent()
    assert scorer.round().rows == 2
    assert scorer.round() == RoundReport()


def test_what_comes_late_within_the_grace_is_judged_as_if_it_had_come_in_time(rows: Rows) -> None:
    data = sickening(60, 20, 40)
    punctual, laggard = rows.trained_asset("P-1"), rows.trained_asset("P-2")
    scorer = Scorer(rows.database, rows.clock, "w")
    early, late = np.where([False, True, False], np.nan, data), np.where([True, False, True], np.nan, data)
    for k in range(60):
        rows.write(punctual, data[k : k + 1], first_s=400 + k)
        if k >= 2:
            rows.write(laggard, late[k - 2 : k - 1], first_s=400 + k - 2)
        rows.write(laggard, early[k : k + 1], first_s=400 + k)
        assert scorer.round().assets == (2 if k >= 2 else 0)
    rows.write(laggard, late[58:], first_s=458)
    rows.fall_silent()
    scorer.round()
    one, other = (row[1:] for row in rows.all(STATE))
    assert one == other
    episodes = rows.all("SELECT asset_id, onset, cleared, score, shares FROM finding ORDER BY asset_id, onset")
    assert (
        [row[1:] for row in episodes if row[0] == punctual] == [row[1:] for row in episodes if row[0] == laggard] != []
    )


def test_a_reading_that_comes_late_is_not_judged(rows: Rows) -> None:
    asset_id = rows.trained_asset()
    rows.write(asset_id, healthy_rows(10, 1), first_s=410)
    rows.fall_silent()
    scorer = Scorer(rows.database, rows.clock, "w")
    scorer.round()
    rows.write(asset_id, healthy_rows(5, 1) + 50, first_s=402)
    rows.fall_silent()
    assert scorer.round() == RoundReport()
    assert rows.all("SELECT 1 FROM finding") == []


@pytest.mark.parametrize("seed", range(3))
def test_cutting_the_rounds_anywhere_gives_the_same_episodes_and_state(rows: Rows, seed: int) -> None:
    chance = np.random.default_rng(seed)
    data = np.concatenate([sickening(300, 60, 100), sickening(300, 150, 190, seed=2), sickening(100, 50, 100, seed=3)])
    data[chance.random(data.shape) < 0.05] = np.nan
    assets = [rows.trained_asset(f"P-{k}", seed=k) for k in range(3)]
    for asset_id, begin in zip(assets, (0, 0, 120), strict=True):
        rows.write(asset_id, data[begin:], first_s=400 + begin)
    rows.fall_silent()
    rows.connection.execute("CREATE TABLE trained AS SELECT * FROM scoring")
    Scorer(rows.database, rows.clock, "w").round()
    whole, state = rows.all(EPISODES), rows.all(STATE)
    maxima = rows.all("SELECT asset_id, max(score_max) FROM score GROUP BY asset_id ORDER BY asset_id")
    rows.connection.execute("TRUNCATE finding, score CASCADE")
    rows.connection.execute(
        "UPDATE scoring SET watermark = trained.watermark, state = trained.state FROM trained "
        "WHERE scoring.asset_id = trained.asset_id"
    )
    behind = True
    while behind:  # another worker each time, as after a restart
        cut = {"most_rows": int(chance.integers(1, 90)), "most_assets": int(chance.integers(1, 4))}
        behind = Scorer(rows.database, rows.clock, "w", **cut).round().behind > 0
    assert len(whole) == 8
    assert rows.all(EPISODES) == whole
    assert rows.all(STATE) == state
    assert rows.all("SELECT asset_id, max(score_max) FROM score GROUP BY asset_id ORDER BY asset_id") == maxima


@pytest.mark.parametrize("where", ["advance", "write_scores", "record"])
def test_a_crash_inside_the_transaction_leaves_nothing_half_done(
    rows: Rows, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    asset_id = rows.trained_asset()
    rows.write(asset_id, sickening(200, 100, 200), first_s=400)
    rows.fall_silent()
    before = rows.all(STATE)

    def crash(*_: object, **__: object) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(findings if where == "record" else scoring, where, crash)
        with pytest.raises(KeyboardInterrupt):
            Scorer(rows.database, rows.clock, "w").round()
    assert rows.all(STATE) == before
    assert rows.all("SELECT 1 FROM score") == rows.all("SELECT 1 FROM finding") == []
    rows.clock.sleep(16)
    report = Scorer(rows.database, rows.clock, "another").round()
    assert (report.rows, report.findings_opened) == (200, 1)


def test_a_worker_started_again_goes_on_with_its_own_leases_at_once(rows: Rows) -> None:
    asset_id = rows.trained_asset()
    rows.write(asset_id, healthy_rows(20, 1), first_s=400)
    rows.fall_silent()
    take(Scorer(rows.database, rows.clock, "w"))
    assert Scorer(rows.database, rows.clock, "another").round() == RoundReport()
    assert Scorer(rows.database, rows.clock, "w").round().rows == 20


def test_a_worker_that_was_taken_over_writes_nothing(rows: Rows) -> None:
    asset_id = rows.trained_asset()
    rows.write(asset_id, sickening(200, 100, 200), first_s=400)
    rows.fall_silent()
    slow, quick = Scorer(rows.database, rows.clock, "slow"), Scorer(rows.database, rows.clock, "quick")
    leased = take(slow)
    rows.clock.sleep(16)
    assert quick.round().findings_opened == 1
    after = rows.all(EPISODES) + rows.all(STATE)
    assert slow._process(leased) == RoundReport(taken_over=1)
    assert rows.all(EPISODES) + rows.all(STATE) == after


def test_a_training_takes_the_asset_from_the_worker(rows: Rows) -> None:
    asset_id = rows.trained_asset()
    rows.write(asset_id, healthy_rows(20, 1), first_s=400)
    rows.fall_silent()
    scorer = Scorer(rows.database, rows.clock, "w")
    leased = take(scorer)
    rows.train(asset_id)
    assert scorer._process(leased).taken_over == 1
    assert scorer.round().rows == 20


def test_after_another_machine_was_installed_the_old_model_looks_on_in_shadow_until_one_is_trained_for_it(
    rows: Rows,
) -> None:
    asset_id = rows.trained_asset()
    scorer = Scorer(rows.database, rows.clock, "w", most_rows=200)
    rows.write(asset_id, sickening(400, 100, 400), first_s=400)
    rows.fall_silent()
    leased = take(scorer)
    assert scorer._process(leased).findings_opened == 1
    leased = take(scorer)
    with rows.database.transaction() as tx:
        first, second = Equipment(serial="1"), Equipment(serial="2")
        facts.put_machines(tx, [("pump", first), ("pump", second)])
        assert assets.put_installation(tx, asset_id, first, rows.clock.now()) == "named"
        assert assets.put_installation(tx, asset_id, second, rows.clock.now()) == "changed"
        asset = assets.get_asset(tx, "demo", "P-1")
        since = START + timedelta(seconds=600)
        learn_again(tx, asset, reason="installation", since=since, at=rows.clock.now(), by="a test")
    assert scorer._process(leased) == RoundReport(taken_over=1)
    assert rows.all("SELECT cleared = updated, revision, suppressed FROM finding") == [(True, 2, None)]
    assert scorer.round().rows == 200
    assert rows.all("SELECT suppressed FROM finding WHERE cleared IS NULL") == [("relearning",)]
    assert rows.all("SELECT flags & 2 FROM score WHERE time > %s", since) == [(2,)]
    rows.write(asset_id, healthy_rows(400, 2), first_s=900)
    rows.declare(asset_id, 900, 1200)
    rows.train(asset_id)
    rows.fall_silent()
    assert scorer.round().rows == 99


def test_workers_share_the_assets_and_none_is_scored_twice(rows: Rows) -> None:
    assets = [rows.trained_asset(f"P-{k}", k) for k in range(8)]
    workers = [Scorer(rows.database, rows.clock, f"w{k}", most_rows=25, most_assets=2) for k in range(3)]
    for asset_id in assets:
        rows.write(asset_id, sickening(200, 100, 140, asset_id), first_s=400)
    rows.fall_silent()
    with ThreadPoolExecutor(3) as pool:
        reports = list(pool.map(lambda worker: [worker.round() for _ in range(60)], workers))
    total = sum((report for each in reports for report in each), RoundReport())
    assert total.rows == 8 * 200
    assert (total.findings_opened, total.taken_over, total.skipped) == (8, 0, 0)
    assert rows.all("SELECT DISTINCT watermark FROM scoring") == [(START + timedelta(seconds=599),)]


def test_a_model_that_cannot_be_loaded_is_said_once_and_stops_no_other(
    rows: Rows, caplog: pytest.LogCaptureFixture
) -> None:
    broken, well = rows.trained_asset("P-1"), rows.trained_asset("P-2")
    rows.connection.execute(
        "UPDATE model SET artifact = 'junk' WHERE model_id = (SELECT model_id FROM scoring WHERE asset_id = %s)",
        [broken],
    )
    scorer = Scorer(rows.database, rows.clock, "w")
    for first_s in (400, 420):
        for asset_id in (broken, well):
            rows.write(asset_id, healthy_rows(20, 1), first_s=first_s)
        rows.fall_silent()
        assert scorer.round().rows == 20
    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert record.__dict__["asset_id"] == broken
    assert rows.all("SELECT DISTINCT asset_id FROM score") == [(well,)]
    rows.train(broken)
    assert scorer.round().rows == 40


@pytest.mark.parametrize("error", [ValueError, TypeError, ZeroDivisionError])
def test_an_asset_that_cannot_be_scored_stops_no_other_and_is_tried_again(
    rows: Rows, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: type[Exception]
) -> None:
    bad, well = rows.trained_asset("P-1"), rows.trained_asset("P-2")
    for asset_id in (bad, well):
        rows.write(asset_id, healthy_rows(20, 1), first_s=400)
    rows.fall_silent()
    scorer, tried = Scorer(rows.database, rows.clock, "w"), []

    def write(tx: Transaction, judged: Sequence[JudgedWindow]) -> RoundReport:
        if bad in [one.advance.leased.asset_id for one in judged]:
            tried.extend([rows.clock.now()] if len(judged) == 1 else [])
            raise error("test")
        return written(tx, judged)

    with monkeypatch.context() as patch:
        written = module.write
        patch.setattr(module, "write", write)
        assert scorer.round() == RoundReport(assets=1, rows=20, skipped=1)
        for _ in range(40):
            rows.clock.sleep(1)
            scorer.round()
    assert [(b - a).total_seconds() for a, b in pairwise(tried)] == [10, 20]
    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert (record.message, record.__dict__["asset_id"]) == ("asset is set aside: it cannot be judged", bad)
    rows.clock.sleep(40)
    assert scorer.round() == RoundReport(assets=1, rows=20)


def test_a_backlog_is_worked_off_in_pieces(rows: Rows) -> None:
    asset_id = rows.trained_asset()
    rows.write(asset_id, healthy_rows(250, 1), first_s=400)
    rows.fall_silent()
    scorer = Scorer(rows.database, rows.clock, "w", most_rows=100)
    reports = [scorer.round() for _ in range(4)]
    assert [(report.rows, report.behind) for report in reports] == [(100, 1), (100, 1), (50, 0), (0, 0)]


class Stop(threading.Event):
    """Told to stop after so many waits; waits take no time."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.after = after
        self.waits: list[float | None] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.waits.append(timeout)
        if len(self.waits) >= self.after:
            self.set()
        return self.is_set()


class Flaky(Database):
    """A database that is away the first times."""

    away = 3

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        if self.away:
            self.away -= 1
            raise Unavailable("the database is away: test")
        with super().transaction() as tx:
            yield tx


def test_a_database_that_is_away_is_waited_for_and_said_once(rows: Rows, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    asset_id = rows.trained_asset()
    rows.write(asset_id, healthy_rows(20, 1), first_s=400)
    rows.fall_silent()
    stop = Stop(after=4)
    with Flaky(rows.database.url, role=rows.database.role) as flaky:
        follow_rows([Scorer(flaky, rows.clock, "w")], rows.clock, stop)
    assert stop.waits == [0.5, 1.0, 2.0, 2.0]
    said = [record.getMessage() for record in caplog.records if record.name == "models.scoring.worker"]
    assert said == ["scoring waits: the database is away", "scoring goes on: the database is back"]
    assert rows.all("SELECT count(*) FROM score") == [(1,)]


def test_a_worker_told_to_stop_gives_its_leases_back(rows: Rows) -> None:
    asset_id = rows.trained_asset()
    rows.write(asset_id, healthy_rows(20, 1), first_s=400)
    rows.fall_silent()
    scorer = Scorer(rows.database, rows.clock, "w")
    take(scorer)
    stop = threading.Event()
    stop.set()
    follow_rows([scorer], rows.clock, stop)
    assert Scorer(rows.database, rows.clock, "another").round().rows == 20
