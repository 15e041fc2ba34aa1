"""Everything between a device and its row is killed, stopped or frozen under load; nothing confirmed may be missing.

In the suite each test breaks things for 10 s; `make chaos` does it for 3 minutes and prints the accounts.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

import psutil
import pytest

from tests.chaos.parts import Database, Mosquitto, Recorder, Sensor, Traffic, Worker
from tests.patience import wait_for

pytestmark = [pytest.mark.needs("mosquitto"), pytest.mark.long, pytest.mark.timeout(900)]

RATE = 5_000.0  # messages a second
PATIENCE_S = 120.0
StartWorker = Callable[..., Worker]
StartTraffic = Callable[..., Traffic]
FORGOTTEN = "the broker has forgotten the session"
ALERTED = (
    "SELECT kind, extract(epoch FROM raised_at - onset)::float FROM alert JOIN asset USING (asset_id) WHERE tag = 'V-1'"
)


def say(*words: Any) -> None:
    print(*words, flush=True)  # noqa: T201 - the account is what `make chaos` is for


def await_flow(database: Database, within_s: float = PATIENCE_S) -> None:
    wait_for(lambda: database.ask("SELECT FROM reading LIMIT 1"), within_s=within_s, what="reading")


def let_flow(traffic: Traffic, seconds: float) -> None:
    """Wait until as much was published as is in so many seconds, however long that takes here."""
    enough = traffic.published + RATE * seconds
    wait_for(lambda: traffic.published >= enough, within_s=PATIENCE_S + 4 * seconds, what="traffic")


def await_unheard(database: Database) -> None:
    """Wait until ingest has noticed that the broker is away, and said so."""
    wait_for(
        lambda: database.ask("SELECT FROM ingest_slot WHERE NOT is_listening"),
        within_s=PATIENCE_S,
        what="ingest that hears nobody",
    )


def await_slots(database: Database, holders: int, slots: int) -> None:
    """Wait until so many processes hold so many slots between them, all subscribed."""
    statement = (
        "SELECT count(*), count(DISTINCT holder) FROM ingest_slot"
        " WHERE lease_until > now() AND is_listening AND holder IS NOT NULL"
    )
    wait_for(
        lambda: database.ask(statement) == [(slots, holders)],
        within_s=PATIENCE_S,
        what=f"{slots} slots of {holders} workers, but {database.ask('SELECT * FROM ingest_slot')}",
    )


def freeze_amid_a_commit(worker: Worker, database: Database) -> None:
    """Freeze it where that does the most harm: it has written rows, and others wait for what becomes of them.

    The server has done all that it was asked, and waits for the next word.
    """
    writing = (
        "SELECT pid, backend_xid::text FROM pg_stat_activity"
        " JOIN pg_locks USING (pid) JOIN pg_class ON pg_class.oid = relation AND relname LIKE 'reading%'"
        f" WHERE application_name LIKE '%:{worker.process.pid}:%' AND backend_xid IS NOT NULL"
        " AND mode = 'RowExclusiveLock' AND wait_event = 'ClientRead' GROUP BY pid, backend_xid"
    )

    until_s = time.monotonic() + PATIENCE_S
    with database.connect() as connection:
        while time.monotonic() < until_s:
            worker.process.suspend()
            if connection.execute(writing.encode()).fetchall():
                return
            worker.process.resume()
            time.sleep(0.01)
    raise AssertionError("no commit was caught under way")


def assert_ledger_agrees(database: Database) -> None:
    """What the ledger says was stored is what the table holds."""
    ledger = database.ask("SELECT coalesce(sum(stored), 0)::bigint FROM delivery_unfolded")
    assert ledger == database.ask("SELECT count(*) FROM reading")
    assert database.ask("SELECT reason, count(*) FROM quarantine GROUP BY reason") == []
    assert database.ask("SELECT count(*) FROM reading_conflict") == [(0,)]


def test_ingest_and_database_killed_at_random_moments(
    database: Database,
    start_worker: StartWorker,
    start_traffic: StartTraffic,
    seconds: float,
    chance: random.Random,
) -> None:
    worker = start_worker()
    await_slots(database, holders=1, slots=1)
    traffic = start_traffic(RATE)
    await_flow(database)
    kills = {"ingest": 0, "database": 0}
    until_s = time.monotonic() + seconds
    while time.monotonic() < until_s:
        time.sleep(chance.uniform(0.5, 8.0))
        struck = chance.choice([("ingest",), ("database",), ("ingest", "database"), ("database", "ingest")])
        for what in struck:
            (worker if what == "ingest" else database).kill()
            kills[what] += 1
        time.sleep(chance.uniform(0.0, 2.0))
        for what in struck:
            (worker if what == "ingest" else database).start()
    wait_for(lambda: traffic.published > RATE * seconds / 2, what="traffic enough")
    traffic.end()
    account = traffic.settled(database, within_s=PATIENCE_S)
    say(f"killed {kills} in {seconds:.0f} s at {RATE:,.0f} messages/s: {account}")
    assert account.confirmed == account.published > RATE * seconds / 2
    assert (account.missing, account.duplicate, account.misplaced) == (0, 0, 0)
    assert_ledger_agrees(database)


def test_a_broker_stopped_and_started_again(
    database: Database, broker: Mosquitto, start_worker: StartWorker, start_traffic: StartTraffic, seconds: float
) -> None:
    start_worker()
    await_slots(database, holders=1, slots=1)
    traffic = start_traffic(RATE)
    await_flow(database)
    for _ in range(2):
        let_flow(traffic, seconds / 6)
        broker.stop()
        await_unheard(database)
        broker.start()
        let_flow(traffic, seconds / 6)
    traffic.end()
    account = traffic.settled(database, within_s=PATIENCE_S)
    say(f"broker stopped and started twice: {account}")
    assert (account.missing, account.duplicate, account.misplaced) == (0, 0, 0)
    assert_ledger_agrees(database)


@pytest.mark.parametrize("forgets", [False, True], ids=["session kept", "session gone"])
def test_a_broker_killed_loses_only_what_it_had_not_handed_on(
    database: Database,
    broker: Mosquitto,
    start_worker: StartWorker,
    start_traffic: StartTraffic,
    seconds: float,
    forgets: bool,
) -> None:
    between = Recorder(broker.port)
    start_worker(between.url)
    await_slots(database, holders=1, slots=1)
    traffic = start_traffic(RATE)
    await_flow(database)
    let_flow(traffic, seconds / 4)
    with database.connect() as connection, connection.transaction():
        connection.execute("LOCK TABLE reading")
        much = len(between.received) + RATE
        wait_for(lambda: len(between.received) >= much, what="messages that are received and not yet stored")
        broker.kill()
        if forgets:
            broker.forget()
    await_unheard(database)
    broker.start()
    let_flow(traffic, seconds / 4)
    wait_for(lambda: database.ask("SELECT FROM ingest_slot WHERE is_listening"), what="subscription")
    resumed = traffic.published
    let_flow(traffic, 2.0)
    traffic.end()
    wait_for(
        lambda: not between.received - {number for number, _ in traffic.stored(database)},
        within_s=PATIENCE_S,
        what="rest",
    )
    account = traffic.account(database)
    lost = sorted(traffic.confirmed - {number for number, _ in traffic.stored(database)})
    say(f"broker killed, {'session gone' if forgets else 'session kept'}: {account}")
    say(f"lost by the broker, which had confirmed them and not kept them: {len(lost):,}")
    assert between.received
    assert (account.duplicate, account.misplaced) == (0, 0)
    assert not [number for number in lost if number in between.received or number >= resumed]
    assert_ledger_agrees(database)
    between.close()


def test_an_ingest_that_was_away_for_longer_than_its_session_is_kept_says_so_and_goes_on(
    database: Database, start_worker: StartWorker, start_traffic: StartTraffic
) -> None:
    worker = start_worker(mqtt_session_expiry_s="1")
    await_slots(database, holders=1, slots=1)
    traffic = start_traffic(RATE / 10)
    await_flow(database)
    before = traffic.published
    wait_for(
        lambda: not set(range(before)) - {number for number, _ in traffic.stored(database)},
        what="everything up to now in the record",
    )
    assert worker.stop() < 5
    assert FORGOTTEN not in worker.log.read_text()
    time.sleep(3.0)  # the broker's clock, by which the session expires
    worker.start()
    await_slots(database, holders=1, slots=1)
    back = traffic.published
    wait_for(lambda: traffic.published > back + RATE / 10, what="traffic")
    traffic.end()
    wanted = {number for number in traffic.confirmed if number < before or number > back}
    wait_for(lambda: not wanted - {number for number, _ in traffic.stored(database)}, what="the rest")
    account = traffic.account(database)
    say(f"away for longer than its session: {account}; published while it was away: about {back - before:,}")
    assert account.missing > 0
    assert (account.duplicate, account.misplaced) == (0, 0)
    assert worker.log.read_text().count(FORGOTTEN) == 1
    assert_ledger_agrees(database)


def test_workers_from_four_to_one_to_three(
    database: Database, start_worker: StartWorker, start_traffic: StartTraffic, seconds: float
) -> None:
    four = [start_worker(mqtt_share="plant") for _ in range(4)]
    await_slots(database, holders=4, slots=4)
    traffic = start_traffic(RATE)
    await_flow(database)
    let_flow(traffic, seconds / 5)
    for worker in four[1:]:
        assert worker.stop() < 5
    await_slots(database, holders=1, slots=4)
    let_flow(traffic, seconds / 5)
    drained = four[0].run("ingest", "drain")
    assert len(drained["ended"]) == 3
    assert not drained["left"]
    await_slots(database, holders=1, slots=1)
    let_flow(traffic, seconds / 5)
    for _ in range(2):
        start_worker(mqtt_share="plant")
    await_slots(database, holders=3, slots=3)
    let_flow(traffic, seconds / 5)
    traffic.end()
    account = traffic.settled(database, within_s=PATIENCE_S)
    say(f"workers 4 to 1 to 3: {account}")
    assert (account.missing, account.duplicate, account.misplaced) == (0, 0, 0)
    assert_ledger_agrees(database)


def test_a_worker_that_is_frozen_during_a_fault_is_stood_in_for_and_the_alert_still_comes(
    database: Database, broker: Mosquitto, start_worker: StartWorker, start_traffic: StartTraffic, seconds: float
) -> None:
    four = [start_worker(mqtt_share="plant") for _ in range(4)]
    start_worker(role="score")
    start_worker(role="desk")
    sensor = Sensor(broker.port, database)
    await_slots(database, holders=4, slots=4)
    traffic = start_traffic(RATE)
    await_flow(database)
    sensor.measure(5.0, seconds=4.0)
    assert database.ask("SELECT * FROM alert") == []
    freeze_amid_a_commit(four[1], database)
    sensor.measure(12.0, seconds=max(8.0, seconds / 6))
    await_slots(database, holders=3, slots=4)
    before = traffic.confirmed
    wait_for(
        lambda: not before - {number for number, _ in traffic.stored(database)},
        within_s=PATIENCE_S,
        what="everything that came before, while it is frozen",
    )
    assert four[1].process.status() == psutil.STATUS_STOPPED
    four[1].process.resume()
    sensor.measure(12.0, seconds=3.0)
    traffic.end()
    account = traffic.settled(database, within_s=PATIENCE_S)
    alert = wait_for(lambda: database.ask(ALERTED), what="alert")
    sensor.close()
    say(f"one of four frozen: {account}; {len(before):,} of them were stored before it woke")
    say(f"the alert came {alert[0][1]:.1f} s after the first faulty value")
    assert [kind for kind, _ in alert] == ["limit"]
    assert (account.missing, account.duplicate, account.misplaced) == (0, 0, 0)
    assert_ledger_agrees(database)


def test_a_database_that_is_away_costs_neither_memory_nor_a_message(
    database: Database, start_worker: StartWorker, start_traffic: StartTraffic, seconds: float
) -> None:
    worker = start_worker()
    await_slots(database, holders=1, slots=1)
    kept, fleeting = start_traffic(RATE), start_traffic(RATE / 10, qos=0)
    await_flow(database)
    let_flow(kept, 2.0)
    database.kill()
    peak = 0
    until_s = time.monotonic() + max(12.0, seconds / 3)
    while time.monotonic() < until_s:
        peak = max(peak, psutil.Process(worker.process.pid).memory_info().rss)
        time.sleep(0.2)
    database.start()
    began_s = time.monotonic()
    kept.end()
    account = kept.settled(database, within_s=PATIENCE_S)
    caught_up_s = time.monotonic() - began_s
    fleeting.end()
    unkept = fleeting.settled(database, within_s=PATIENCE_S)
    order = [number for number, _ in fleeting.stored(database)]
    say(f"database away: QoS 1 {account}; QoS 0 {unkept}")
    say(f"ingest took up to {peak / 2**20:.0f} MiB meanwhile, and {caught_up_s:.1f} s to catch up")
    assert peak < 200 * 2**20
    assert (account.missing, account.duplicate, account.misplaced) == (0, 0, 0)
    assert (unkept.missing, unkept.duplicate) == (0, 0)
    assert order == sorted(order)
    assert_ledger_agrees(database)
