"""What was held of an unknown asset is stored once it is approved: in order, once, whatever dies meanwhile."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import psycopg
import pytest

from ingest.admission.admit import AdmissionRules
from ingest.admission.devices import AutoRegister, Devices
from ingest.commit.batch import Gathering
from ingest.commit.committer import Committer
from ingest.decoding.decode import Decoder
from ingest.decoding.decoded import Decoded
from ingest.decoding.format import Format
from ingest.formats import every_format
from ingest.formats.native import report
from ingest.reader import Reader
from ingest.replay import Replay
from lifecycle.register import approval
from plant.clock import ManualClock
from plant.errors import Conflict
from plant.people.principal import typed
from storage.binary.columns import ReadingColumns
from storage.core.database import Database, Role
from storage.telemetry import delivery, devices, quarantine
from storage.telemetry.delivery import Delivered
from storage.telemetry.quarantine import RefusedPayload
from tests.patience import wait_for
from tests.plant_rows import PlantRows

Superuser = psycopg.Connection[tuple[object, ...]]
NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1000)


def enter_asset(superuser: Superuser, tag: str) -> None:
    """Enter an asset, as somebody does who approves of what was held."""
    PlantRows(superuser).add("asset", site_id=1, class_id=1, tag=tag, name="Pump")


def many(_topic: str, payload: bytes) -> Decoded:
    """A format whose messages speak of several assets."""
    return Decoded([report("demo", asset, said) for asset, said in orjson.loads(payload).items()])


FORMATS = [*every_format(), Format(name="many", filters=("many",), decode=many)]


class Bench:
    """An ingest without its threads: what a device says is committed, and quarantine is replayed step by step."""

    def __init__(self, database: Database, auto: AutoRegister | None = None) -> None:
        self.clock = ManualClock(NOW)
        self.stored: list[ReadingColumns] = []
        rules = AdmissionRules(retention_us=3650 * 86_400_000_000)
        devices = Devices(database, most_signals=10, auto=auto)
        decoder = Decoder(FORMATS, most_bytes=2**20)
        self._gathering = Gathering(most_values=10**6, longest_s=1)
        self._reader = Reader(self.clock, decoder, devices, rules, self._gathering)
        self._committer = Committer(database, devices, rules, slot=0)
        replaying = Committer(database, Devices(database, most_signals=10), rules, slot=0)
        self.replay = Replay(database, decoder, replaying, self.stored.extend)

    def hears(
        self, documents: Sequence[Any], topic: str = "assetloop/v1/demo/P-9/telemetry", *, retained: int = 0
    ) -> None:
        messages = [(topic.encode(), orjson.dumps(document), 1, retained) for document in documents]
        self._reader.read(None, messages)
        batch = self._gathering.take_batch()
        assert batch is not None
        self._committer.commit(batch, time.monotonic())

    def replays(self) -> int:
        total = 0
        while count := self.replay.step(0.0):
            total += count
        return total


@pytest.fixture
def bench(register: None, ingest_database: Database) -> Bench:  # noqa: ARG001
    return Bench(ingest_database)


def rows(superuser: Superuser, statement: str) -> list[tuple[object, ...]]:
    return superuser.execute(statement.encode()).fetchall()


def ledger(database: Database) -> dict[str, Delivered]:
    with database.transaction() as tx:
        return delivery.totals(tx)


def test_nothing_is_replayed_before_the_asset_is_approved(bench: Bench, superuser: Superuser) -> None:
    bench.hears([{"ts": NOW_MS, "values": {"n": 1}}])
    assert bench.replays() == 0
    enter_asset(superuser, "P-10")
    assert bench.replays() == 0
    assert rows(superuser, "SELECT readings FROM quarantine") == [(1,)]


def test_an_approved_assets_telemetry_is_stored_in_order_and_the_ledger_agrees(
    bench: Bench, superuser: Superuser, ingest_database: Database
) -> None:
    """Of two values for one instant the first stays, also where both came at once."""
    bench.hears([{"ts": NOW_MS + n, "values": {"n": n, "m": -n}} for n in range(700)])
    bench.hears([{"ts": NOW_MS, "values": {"n": 8}}, {"ts": NOW_MS + 900, "values": {"n": 900}}])
    bench.clock.sleep(60)
    bench.hears([{"ts": NOW_MS + 900, "values": {"n": 5}}, {"ts": NOW_MS, "values": {"n": 0}}, {"bad": "x", "n": 1}])
    enter_asset(superuser, "P-9")
    assert bench.replays() == 705
    found = rows(
        superuser, "SELECT value FROM reading JOIN signal USING (signal_id) WHERE key = 'n' ORDER BY time, value"
    )
    assert found == [(float(n),) for n in range(700)] + [(900.0,), (1.0,)]
    assert rows(superuser, "SELECT value FROM reading_conflict ORDER BY value") == [(5.0,), (8.0,)]
    assert rows(superuser, "SELECT reason, readings FROM quarantine") == [("not_a_number", 1)]
    assert rows(superuser, "SELECT FROM quarantine_arrival") == []
    expected = Delivered(device="demo/P-9", received=1406, stored=1402, duplicate=1, conflicting=2, quarantined=1)
    assert ledger(ingest_database) == {"demo/P-9": expected}
    by_minute = rows(superuser, "SELECT received, quarantined FROM delivery_by_minute ORDER BY minute")
    assert by_minute == [(1402, 0), (4, 1)]
    assert 900.0 in [value for part in bench.stored for value in part.values.tolist()]


def test_repeats_without_a_time_are_kept_each_at_its_arrival(bench: Bench, superuser: Superuser) -> None:
    for _ in range(3):
        bench.hears([{"n": 7}])
        bench.clock.sleep(10)
    assert rows(superuser, "SELECT count, readings FROM quarantine") == [(3, 3)]
    enter_asset(superuser, "P-9")
    assert bench.replays() == 3
    assert rows(superuser, "SELECT time, value, flags FROM reading ORDER BY time") == [
        (NOW + timedelta(seconds=10 * n), 7.0, 1) for n in range(3)
    ]


def test_a_repeat_with_its_time_is_stored_once(bench: Bench, superuser: Superuser, ingest_database: Database) -> None:
    for _ in range(3):
        bench.hears([{"ts": NOW_MS, "values": {"n": 7}}])
    enter_asset(superuser, "P-9")
    assert bench.replays() == 3
    expected = Delivered(device="demo/P-9", received=3, stored=1, duplicate=2)
    assert ledger(ingest_database) == {"demo/P-9": expected}


def test_a_retained_message_without_a_time_stays_in_quarantine(bench: Bench, superuser: Superuser) -> None:
    bench.hears([{"n": 7}], retained=1)
    enter_asset(superuser, "P-9")
    assert bench.replays() == 1
    assert rows(superuser, "SELECT reason, readings FROM quarantine") == [("retained_without_time", 1)]
    assert rows(superuser, "SELECT FROM reading") == []


def test_of_a_message_of_several_assets_each_is_replayed_when_it_is_approved(
    bench: Bench, superuser: Superuser, ingest_database: Database
) -> None:
    said = {asset: {"ts": NOW_MS, "values": {"n": 1, "m": 2}} for asset in ("P-101", "P-8", "P-9")}
    bench.hears([said, said], topic="many")
    held = "SELECT asset_tag, count, readings FROM quarantine ORDER BY asset_tag"
    assert rows(superuser, held) == [("P-8", 2, 4), ("P-9", 2, 4)]
    enter_asset(superuser, "P-9")
    assert bench.replays() == 2
    assert rows(superuser, held) == [("P-8", 2, 4)]
    assert ledger(ingest_database)["demo/P-9"] == Delivered(device="demo/P-9", received=4, stored=2, duplicate=2)
    enter_asset(superuser, "P-8")
    assert bench.replays() == 2
    assert rows(superuser, held) == []
    assert rows(superuser, "SELECT count(*) FROM reading") == [(6,)]


def gateway(**values: Any) -> dict[str, list[Any]]:
    """What a gateway says of its devices, by their names."""
    return {name.replace("__", "/"): [{"ts": NOW_MS + n, "values": {"n": n}}] for name, n in values.items()}


GATEWAY = "v1/gateway/telemetry"
STORED = (
    "SELECT s.tag, a.tag, value FROM reading JOIN signal USING (signal_id) JOIN asset AS a USING (asset_id)"
    " JOIN site AS s USING (site_id) ORDER BY reading.time"
)


def approve(database: Database, asset: str, site: str = "demo") -> approval.Approved:
    with database.transaction() as tx:
        return approval.approve(tx, site=site, asset=asset, asset_class="pump", at=NOW, actor=typed("Ada"))


def strangers(database: Database) -> dict[str, int]:
    """Who waits, each with how many assets of the register are called so."""
    with database.transaction() as tx:
        return {one.name: one.meant for one in quarantine.strangers(tx)}


def test_a_gateways_device_that_names_no_site_is_replayed_once_approved_at_one(
    bench: Bench, superuser: Superuser, ingest_database: Database, app_database: Database
) -> None:
    bench.hears([gateway(G1=n) for n in range(600)], GATEWAY)
    bench.hears([gateway(G1=0), {"G1": {"n": -7}}, gateway(G2=5)], GATEWAY)
    assert bench.replays() == 0
    assert strangers(app_database) == {"G1": 0, "G2": 0}
    assert ledger(ingest_database)["G1"] == Delivered(device="G1", received=602, quarantined=602)
    assert approve(app_database, "G1").messages == 602
    assert bench.replays() == 602
    stored = rows(superuser, STORED)
    stored.remove(("demo", "G1", -7.0))  # at its arrival, the 602nd of that moment
    assert stored == [("demo", "G1", float(n)) for n in range(600)]
    assert strangers(app_database) == {"G2": 0}
    assert ledger(ingest_database) == {
        "G1": Delivered(device="G1"),
        "G2": Delivered(device="G2", received=1, quarantined=1),
        "demo/G1": Delivered(device="demo/G1", received=602, stored=601, duplicate=1),
    }


def test_a_gateways_device_that_names_its_site_with_its_tag_is_approved_as_that(
    bench: Bench, superuser: Superuser, app_database: Database
) -> None:
    bench.hears([gateway(north__G1=1), gateway(north__hall__G2=2)], GATEWAY)
    assert strangers(app_database) == {"north/G1": 0, "north/hall/G2": 0}
    approve(app_database, "G1", site="north")
    approve(app_database, "hall/G2", site="north")
    assert bench.replays() == 2
    assert rows(superuser, STORED) == [("north", "G1", 1.0), ("north", "hall/G2", 2.0)]


def test_what_is_called_like_two_assets_waits_until_it_is_told_apart(
    bench: Bench, superuser: Superuser, app_database: Database
) -> None:
    approve(app_database, "G1", site="north")
    approve(app_database, "G1", site="south")
    bench.hears([gateway(G1=1), gateway(south__G1=2)], GATEWAY)
    assert bench.replays() == 0
    assert rows(superuser, STORED) == [("south", "G1", 2.0)]
    assert strangers(app_database) == {"G1": 2}


def test_a_refusal_in_the_replay_of_a_device_without_a_site_agrees_with_the_ledger(
    bench: Bench, superuser: Superuser, ingest_database: Database, app_database: Database
) -> None:
    superuser.execute("ALTER TABLE reading ADD CONSTRAINT no_beast CHECK (value <> 666)")
    bench.hears([gateway(G1=n) for n in (1, 666, 3)], GATEWAY)
    approve(app_database, "G1")
    assert bench.replays() == 3
    assert rows(superuser, "SELECT reason, readings FROM quarantine") == [("refused_by_database", 1)]
    assert ledger(ingest_database) == {
        "G1": Delivered(device="G1"),
        "demo/G1": Delivered(device="demo/G1", received=3, stored=2, quarantined=1),
    }


def test_a_name_means_in_quarantine_what_it_means_live(
    bench: Bench,  # noqa: ARG001 - site demo and its class
    app_database: Database,
    ingest_database: Database,
    superuser: Superuser,
) -> None:
    for site, asset in (("a", "b"), ("a", "b/c"), ("a/b", "c"), ("d", "a/b"), ("e", "x"), ("f", "x"), ("g", "g")):
        approve(app_database, asset, site=site)
    wire = [("", name) for name in ("b", "a/b", "a/b/c", "c", "x", "e/x", "g", "g/g", "d/a/b", "nobody", "P-101")]
    wire += [("a", "b"), ("e", "x"), ("e", "y")]
    at, held = datetime(2026, 1, 1, tzinfo=UTC), []
    for site, asset in wire:
        said = f"{site}|{asset}".encode()
        common = {"topic": "t", "reason": "unknown_asset", "payload": said, "length": 1, "sha256": said, "at": at}
        held.append(RefusedPayload(**common, site=site or None, asset=asset))
    with ingest_database.transaction() as tx:
        quarantine.hold(tx, held)
    with ingest_database.transaction() as tx:
        live = {name: known.asset_id for name, known in devices.find(tx, wire).items()}
    found = superuser.execute("SELECT coalesce(site_tag, ''), asset_tag, asset_id FROM approved_strangers()").fetchall()
    assert {(site, asset): asset_id for site, asset, asset_id in found} == live
    assert 3 < len(live) < len(wire)


def test_what_the_database_refuses_in_a_replay_is_set_aside_alone(
    bench: Bench, superuser: Superuser, ingest_database: Database
) -> None:
    superuser.execute("ALTER TABLE reading ADD CONSTRAINT no_beast CHECK (value <> 666)")
    bench.hears([{"ts": NOW_MS + n, "values": {"n": 666 if n == 5 else n}} for n in range(10)])
    enter_asset(superuser, "P-9")
    assert bench.replays() == 10
    assert rows(superuser, "SELECT reason, readings FROM quarantine") == [("refused_by_database", 1)]
    assert ledger(ingest_database)["demo/P-9"] == Delivered(device="demo/P-9", received=10, stored=9, quarantined=1)


def test_two_processes_replay_a_message_once(bench: Bench, superuser: Superuser, ingest_database: Database) -> None:
    bench.hears([{"n": 7}])
    enter_asset(superuser, "P-9")
    with ingest_database.transaction() as tx:
        arrivals = quarantine.replayable(tx, most=10, most_bytes=10)
    assert bench.replays() == 1
    with pytest.raises(Conflict), ingest_database.transaction() as tx:
        quarantine.release(tx, [arrival.arrival_id for arrival in arrivals])


REPLAYING = """
import sys
from ingest.admission.admit import AdmissionRules
from ingest.admission.devices import Devices
from ingest.commit.committer import Committer
from ingest.decoding.decode import Decoder
from ingest.formats import every_format
from ingest.replay import Replay
from storage.core.database import Database, Role
with Database(sys.argv[1], role=Role.INGEST) as database:
    rules = AdmissionRules(retention_us=3650 * 86_400_000_000)
    committer = Committer(database, Devices(database, most_signals=10), rules, slot=0)
    replay = Replay(database, Decoder(every_format(), most_bytes=2**20), committer, lambda stored: None)
    while sys.stdin.readline() and replay.step(0.0):
        print("step", flush=True)
"""


def test_a_replay_killed_again_and_again_stores_everything_once(
    bench: Bench, superuser: Superuser, database_url: str, ingest_database: Database
) -> None:
    for second in range(10):
        bench.hears([{"n": second * 25 + n} for n in range(1)])
        bench.hears([{"ts": NOW_MS + second * 1000 + n, "values": {"m": second * 25 + n}} for n in range(25)])
        bench.clock.sleep(61)
    enter_asset(superuser, "P-9")
    kills = 0
    while rows(superuser, "SELECT FROM quarantine_arrival"):
        process = subprocess.Popen(
            [sys.executable, "-c", REPLAYING, database_url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path.cwd(),
        )
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("\n\n")  # two of the ten steps are its to take, and it is killed amid the second
        process.stdin.flush()
        if process.stdout.readline() != "step\n":  # what the one before had locked, the server has not let go of yet
            assert process.wait() == 0
            process.communicate()
            continue
        time.sleep(0.003 * kills)  # at another moment each time
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        kills += 1
    assert kills >= 5
    assert rows(superuser, "SELECT count(*), count(DISTINCT value) FROM reading WHERE flags & 1 = 0") == [(250, 250)]
    assert rows(superuser, "SELECT count(*) FROM reading WHERE flags & 1 = 1") == [(10,)]
    counts = ledger(ingest_database)["demo/P-9"]
    assert (counts.received, counts.stored, counts.duplicate, counts.quarantined) == (260, 260, 0, 0)


def test_assets_register_themselves_where_that_is_asked_for_and_only_so_many(
    register: None,  # noqa: ARG001 - rows in the database
    ingest_database: Database,
    superuser: Superuser,
) -> None:
    bench = Bench(ingest_database, AutoRegister(asset_class="unclassified", most=2))
    for asset in ("A", "B", "C"):
        bench.hears([{"ts": NOW_MS, "values": {"n": 1}}], f"assetloop/v1/new/{asset}/telemetry")
    found = rows(
        superuser,
        "SELECT a.tag, c.tag FROM asset AS a JOIN asset_class AS c USING (class_id)"
        " JOIN installation USING (asset_id) WHERE self_registered ORDER BY 1",
    )
    assert found == [("A", "unclassified"), ("B", "unclassified")]
    assert rows(superuser, "SELECT asset_tag, reason FROM quarantine") == [("C", "unknown_asset")]
    assert rows(superuser, "SELECT count(*) FROM reading") == [(2,)]


def test_a_running_ingest_replays_by_itself(
    broker: Any, start_ingest: Any, start_device: Any, await_rows: Any, superuser: Superuser, database_url: str
) -> None:
    start_ingest(broker)
    device = start_device(broker)

    def held() -> list[tuple[Any, ...]]:
        device.says({"ts": int(time.time() * 1000), "values": {"n": 1}}, "assetloop/v1/demo/P-9/telemetry")
        return rows(superuser, "SELECT FROM quarantine")

    wait_for(held, what="quarantined message")
    enter_asset(superuser, "P-9")
    await_rows("SELECT FROM quarantine", 0)
    await_rows("SELECT value FROM latest", [(1.0,)])
    with Database(database_url, role=Role.INGEST) as database:

        def all_is_stored() -> bool:
            counts = ledger(database)["demo/P-9"]
            return counts.received == counts.stored + counts.duplicate

        wait_for(all_is_stored, what="account of what was held")
