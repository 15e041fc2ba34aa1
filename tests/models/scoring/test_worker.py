"""Scoring processes, as they run in production, share the assets; one that is killed or frozen doubles nothing."""

from __future__ import annotations

import signal
import time
from collections.abc import Collection, Iterator
from pathlib import Path

import numpy as np
import psycopg
import pytest

from models.scoring.scorer import Scorer
from tests.commands import start_command, without_settings
from tests.copies import Copy
from tests.models.conftest import Rows, healthy_rows
from tests.models.scoring.test_guard import limited
from tests.models.scoring.test_scorer import STATE, sickening
from tests.patience import PATIENCE_S, wait_for

EPISODES = """
SELECT finding_id, asset_id, kind, source_version, onset, updated, cleared, severity, score, shares, quality
FROM finding WHERE source = 'model' ORDER BY asset_id, onset
"""
NOTES = """
CREATE TABLE advanced (asset_id integer, since timestamptz, until timestamptz, holder text);
CREATE TABLE scored_again (asset_id integer, time timestamptz);
CREATE TABLE stolen (asset_id integer, holder text, from_holder text);
CREATE FUNCTION note_advance() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
$$BEGIN INSERT INTO advanced VALUES (old.asset_id, old.watermark, new.watermark, old.holder); RETURN new; END$$;
CREATE FUNCTION note_again() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
$$BEGIN INSERT INTO scored_again VALUES (old.asset_id, old.time); RETURN new; END$$;
CREATE FUNCTION note_stolen() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
$$BEGIN INSERT INTO stolen VALUES (old.asset_id, new.holder, old.holder); RETURN new; END$$;
CREATE TRIGGER note_stolen AFTER UPDATE ON scoring FOR EACH ROW
    WHEN (new.holder <> old.holder AND old.lease_until > clock_timestamp()) EXECUTE FUNCTION note_stolen();
CREATE TRIGGER note_advance AFTER UPDATE ON scoring FOR EACH ROW
    WHEN (old.watermark IS DISTINCT FROM new.watermark) EXECUTE FUNCTION note_advance();
CREATE TRIGGER note_again AFTER UPDATE ON score FOR EACH ROW EXECUTE FUNCTION note_again();
"""
BEHIND = """
SELECT asset_id FROM scoring
WHERE watermark < (SELECT max(time) FROM latest JOIN signal USING (signal_id) WHERE signal.asset_id = scoring.asset_id)
"""
LEASED = "SELECT asset_id, holder FROM scoring WHERE lease_until > now()"
LOCKED = """
SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE %s
"""
IDLE_IN_TRANSACTION = """
SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction' AND query LIKE %s
"""
NEW_SESSION = """
SELECT pid FROM pg_stat_activity
WHERE datname = current_database() AND application_name LIKE 'assetloop-app%%' AND backend_start > %s
"""
WRITES, LEASES = "%INSERT INTO score %", "%UPDATE scoring%fence = scoring.fence + 1%"
FIRST_S, PIECES, PIECE = 400, 25, 20
SERVER_WAITS_S = 30.0  # for a session of the application that stands still in a transaction


@pytest.fixture
def workers() -> Iterator[list[Copy]]:
    """Processes of `assetloop score`, ended after the test."""
    started: list[Copy] = []
    yield started
    for process in started:
        process.kill()
        process.wait()


def start(workers: list[Copy], database_url: str, tmp_path: Path) -> None:
    environment = without_settings(ASSETLOOP_DATABASE_URL=database_url, ASSETLOOP_ROUND_S="0.05")
    workers.append(start_command("score", streams=tmp_path / f"score-{len(workers)}", environment=environment))


def told_to_end(workers: list[Copy]) -> None:
    for process in workers:
        process.terminate()
    for process in workers:
        process.wait(PATIENCE_S)


def sick_and_well(rows: Rows) -> tuple[list[int], int]:
    """Three machines, each with 400 rows in which it sickens, and one with nothing yet; all is noted from here on."""
    assets = [rows.trained_asset(f"P-{k}", k) for k in range(3)]
    other = rows.trained_asset("P-other", 9)
    rows.connection.execute("CREATE TABLE trained AS SELECT * FROM scoring")
    rows.connection.execute(NOTES)
    for seed, asset_id in enumerate(assets):
        rows.write(asset_id, sickening(400, 200, 300, seed=seed), first_s=FIRST_S)
    return assets, other


def let_it_make_rounds(rows: Rows, other: int) -> None:
    """Wait for three rounds of whoever scores the machine that is well."""
    for piece in range(3):
        rows.write(other, healthy_rows(PIECE, seed=piece), first_s=FIRST_S + piece * PIECE)
        wait_for(lambda: (other,) not in rows.all(BEHIND), what="rounds of the other process")


def told_once(rows: Rows, assets: Collection[int]) -> list[tuple[object, ...]]:
    """See that each stretch was scored by one process, once; return the steps."""
    steps = rows.all("SELECT asset_id, since, until FROM advanced ORDER BY asset_id, until")
    for asset_id in assets:
        mine = [(since, until) for asset, since, until in steps if asset == asset_id]
        assert [since for since, _ in mine[1:]] == [until for _, until in mine[:-1]], (
            "a stretch was scored twice or never"
        )
    assert rows.all("SELECT * FROM scored_again") == []
    assert rows.all("SELECT * FROM stolen") == []
    return steps


def alone_says_the_same(rows: Rows, assets: Collection[int]) -> None:
    """See that one worker, from the trained states on, finds and remembers the same to the last bit."""
    shared, state = rows.all(EPISODES), rows.all(STATE)
    rows.connection.execute("TRUNCATE finding, score CASCADE")
    rows.connection.execute(
        "UPDATE scoring SET watermark = trained.watermark, state = trained.state FROM trained "
        "WHERE scoring.asset_id = trained.asset_id"
    )
    rows.fall_silent()
    Scorer(rows.database, rows.clock, "alone").round()
    assert len(shared) == len(assets)
    assert rows.all(EPISODES) == shared
    assert rows.all(STATE) == state


def test_processes_share_the_assets_and_a_killed_one_changes_no_bit(
    rows: Rows, database_url: str, workers: list[Copy], tmp_path: Path
) -> None:
    assets = {rows.trained_asset(f"P-{k}", k): sickening(PIECES * PIECE, 200, 300, seed=k) for k in range(6)}
    unmodelled = rows.asset("P-new")
    limited(rows, unmodelled, "pressure", low=4.0)
    rows.connection.execute("CREATE TABLE trained AS SELECT * FROM scoring")
    rows.connection.execute(NOTES)
    start(workers, database_url, tmp_path)
    for piece in range(PIECES):
        if piece == 1:  # the first has scored something, so what is left when it is killed has two holders at least
            ((now,),) = rows.all("SELECT clock_timestamp()")
            start(workers, database_url, tmp_path)
            wait_for(lambda now=now: rows.all(NEW_SESSION, now), what="second process at the record")
        for asset_id, data in assets.items():
            rows.write(asset_id, data[piece * PIECE : (piece + 1) * PIECE], first_s=FIRST_S + piece * PIECE)
        if piece == PIECES // 2:
            workers[0].kill()
            start(workers, database_url, tmp_path)
        wait_for(
            lambda: rows.all("SELECT 1 FROM advanced WHERE until >= (SELECT min(time) FROM latest)"),
            what=f"round after piece {piece}",
        )
    rows.write(unmodelled, healthy_rows(30) - np.array([0.0, 0.0, 2.0]), first_s=FIRST_S)
    wait_for(lambda: not rows.all(BEHIND), what="scoring up to the newest reading of every asset")
    wait_for(lambda: rows.all("SELECT 1 FROM finding WHERE kind = 'limit'"), what="finding by a limit")
    told_to_end(workers)

    steps = told_once(rows, assets)
    assert len(rows.all("SELECT DISTINCT holder FROM advanced")) >= 2
    assert len(steps) >= 2 * PIECES
    assert rows.all("SELECT lease_until FROM scoring WHERE lease_until IS NOT NULL") == []
    alone_says_the_same(rows, assets)


@pytest.mark.long
def test_what_a_frozen_process_has_leased_is_left_alone_until_that_runs_out_and_then_not_scored_twice(
    rows: Rows, database_url: str, workers: list[Copy], tmp_path: Path
) -> None:
    assets, other = sick_and_well(rows)
    with psycopg.connect(database_url) as lock:
        lock.execute("LOCK TABLE reading IN ACCESS EXCLUSIVE MODE")
        start(workers, database_url, tmp_path)
        wait_for(lambda: len(rows.all(LEASED)) == len(assets), what="lease of every asset")
        wait_for(lambda: rows.all(LOCKED, "%"), what="reading under way")
        workers[0].send_signal(signal.SIGSTOP)
        frozen_s = time.monotonic()
        rows.connection.execute(  # it runs out when the test says so
            "UPDATE scoring SET lease_until = now() + interval '1 hour' WHERE lease_until IS NOT NULL"
        )
    start(workers, database_url, tmp_path)
    let_it_make_rounds(rows, other)
    assert rows.all("SELECT asset_id FROM advanced WHERE asset_id <> %s", other) == []
    assert len(rows.all(LEASED)) == len(assets)

    rows.connection.execute("UPDATE scoring SET lease_until = now() WHERE lease_until IS NOT NULL")
    wait_for(lambda: not rows.all(BEHIND), what="scoring of what the frozen process had leased")
    workers[0].send_signal(signal.SIGCONT)
    told_to_end(workers)  # each ends its round first, and writes what it may
    told_once(rows, assets)
    if time.monotonic() - frozen_s < SERVER_WAITS_S:  # else the server has ended its session, and it says nothing
        assert "taken over while they were scored" in workers[0].said()
    alone_says_the_same(rows, assets)


def test_a_process_frozen_in_the_middle_of_its_write_stops_no_other_and_is_stood_in_for_once_its_session_ends(
    rows: Rows, database_url: str, workers: list[Copy], tmp_path: Path
) -> None:
    """Its rows stay locked for as long as the server keeps its session: the lease has run out, nobody can take them."""
    assets, other = sick_and_well(rows)
    with psycopg.connect(database_url) as no_scores, psycopg.connect(database_url) as no_readings:
        no_readings.execute("LOCK TABLE reading IN ACCESS EXCLUSIVE MODE")
        start(workers, database_url, tmp_path)
        wait_for(lambda: len(rows.all(LEASED)) == len(assets), what="lease of every asset")
        rows.connection.execute("UPDATE scoring SET lease_until = now() WHERE lease_until IS NOT NULL")
        no_scores.execute("LOCK TABLE score IN EXCLUSIVE MODE")
        no_readings.rollback()
        wait_for(lambda: rows.all(LOCKED, WRITES), what="write under way")
        workers[0].send_signal(signal.SIGSTOP)
    ((frozen,),) = wait_for(lambda: rows.all(IDLE_IN_TRANSACTION, WRITES), what="session left in its transaction")
    assert rows.all("SELECT asset_id FROM scoring FOR UPDATE SKIP LOCKED") == [(other,)]

    start(workers, database_url, tmp_path)
    let_it_make_rounds(rows, other)
    behind = sorted(rows.all(BEHIND))
    if rows.all("SELECT 1 FROM pg_stat_activity WHERE pid = %s", frozen):  # else the server has ended it meanwhile
        assert behind == [(asset_id,) for asset_id in assets]

    rows.connection.execute("SELECT pg_terminate_backend(%s)", [frozen])
    wait_for(lambda: not rows.all(BEHIND), what="scoring of what the frozen process had locked")
    workers[0].send_signal(signal.SIGCONT)
    wait_for(lambda: "scoring waits" in workers[0].said(), what="word of the frozen")
    told_to_end(workers)
    told_once(rows, assets)
    alone_says_the_same(rows, assets)


@pytest.mark.long
def test_a_process_frozen_while_it_leases_leaves_a_session_that_the_server_can_end_by_itself(
    rows: Rows, database_url: str, workers: list[Copy], tmp_path: Path
) -> None:
    """One with more to say would stay active, its rows locked, for which the server has no timeout."""
    rows.write(rows.trained_asset(), healthy_rows(PIECE), first_s=FIRST_S)
    rows.connection.execute("UPDATE scoring SET state = decode(repeat('00', 4000000), 'hex')")
    with psycopg.connect(database_url) as no_leases:
        no_leases.execute("LOCK TABLE scoring IN EXCLUSIVE MODE")
        start(workers, database_url, tmp_path)
        wait_for(lambda: rows.all(LOCKED, LEASES), what="lease under way")
        workers[0].send_signal(signal.SIGSTOP)
    wait_for(lambda: rows.all(IDLE_IN_TRANSACTION, LEASES), what="session that waits for its client")
