"""One device that floods is cut down to its share, which is counted, and no other device notices."""

from __future__ import annotations

import sys
import threading
from datetime import UTC, datetime

import orjson
import psycopg
import pytest

from ingest.admission.admit import AdmissionRules
from ingest.admission.devices import Devices
from ingest.admission.limits import Limiter
from ingest.commit.batch import Batch, Gathering
from ingest.commit.committer import Committer
from ingest.decoding.decode import Decoder
from ingest.decoding.device_profile import DeviceProfile
from ingest.formats import every_format
from ingest.reader import Reader
from plant.clock import ManualClock
from storage.core.database import Database
from storage.telemetry import delivery
from storage.telemetry.delivery import Delivered
from tests.plant_rows import PlantRows

Superuser = psycopg.Connection[tuple[object, ...]]
NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1000)


def test_a_bucket_gives_its_burst_at_once_and_its_rate_in_the_long_run() -> None:
    limiter, device = Limiter(values_per_s=100, burst=6400), DeviceProfile(site="s", asset="a", asset_id=1)
    assert sum(limiter.lets_through(device, 10, 0.0) for _ in range(1000)) == 640
    granted = sum(limiter.lets_through(device, 10, second / 10) for second in range(1, 1001))
    assert granted == pytest.approx(1000, abs=11)
    assert limiter.take_noted()[device.number][1] == 3600 + (1000 - granted) * 10
    assert not limiter.take_noted()


def test_a_quiet_hour_fills_a_bucket_and_no_more() -> None:
    limiter, device = Limiter(values_per_s=100, burst=1000), DeviceProfile(site="s", asset="a", asset_id=1)
    assert sum(limiter.lets_through(device, 10, 0.0) for _ in range(200)) == 100
    assert sum(limiter.lets_through(device, 10, 3600.0) for _ in range(200)) == 100


def test_without_a_limit_everything_is_let_through() -> None:
    limiter, device = Limiter.off(), DeviceProfile(site="s", asset="a", asset_id=1)
    assert all(limiter.lets_through(device, 10**6, 0.0) for _ in range(1000))


def test_what_is_let_through_without_a_limit_lends_nothing_to_a_device_that_has_one() -> None:
    limiter, device = Limiter(values_per_s=1e-9, burst=100), DeviceProfile(site="s", asset="a", asset_id=1)
    assert Limiter.off().lets_through(device, 1000, 0.0)
    assert sum(limiter.lets_through(device, 10, 1.0) for _ in range(1000)) == 10


def test_two_threads_that_ask_for_one_device_withhold_nothing_that_it_may_say() -> None:
    limiter, before_s = Limiter(values_per_s=1, burst=1e12), sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(16):
            devices = [DeviceProfile(site="s", asset=str(number), asset_id=number) for number in range(1000)]
            both = threading.Barrier(2)
            threads = [threading.Thread(target=_say, args=(limiter, devices, both)) for _ in range(2)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
    finally:
        sys.setswitchinterval(before_s)
    assert not limiter.take_noted()


def _say(limiter: Limiter, devices: list[DeviceProfile], both: threading.Barrier) -> None:
    both.wait()
    for device in devices:
        limiter.lets_through(device, 10, 0.0)


class Inbox:
    """Reads with a limiter, and commits."""

    def __init__(self, database: Database, limiter: Limiter) -> None:
        rules = AdmissionRules(retention_us=3650 * 86_400_000_000)
        self._devices = Devices(database, most_signals=10)
        self._committer = Committer(database, self._devices, rules, slot=0, limiter=limiter)
        self._gathering = Gathering(most_values=10**6, longest_s=1)
        decoder = Decoder(every_format(), most_bytes=2**20)
        self._reader = Reader(ManualClock(NOW), decoder, self._devices, rules, self._gathering, limiter)

    def commit(self, messages: list[tuple[str, dict[str, object]]]) -> None:
        for asset, document in messages:
            topic = f"assetloop/v1/demo/{asset}/telemetry".encode()
            self._reader.read(None, [(topic, orjson.dumps(document), 1, 0)])
        self._committer.commit(self.taken(), 0.0)

    def taken(self) -> Batch:
        batch = self._gathering.take_batch()
        assert batch is not None
        return batch


def test_a_flood_is_counted_and_another_devices_data_is_untouched(
    register: None,  # noqa: ARG001 - rows in the database
    ingest_database: Database,
    superuser: Superuser,
) -> None:
    PlantRows(superuser).asset("P-102", name="Pump")
    inbox = Inbox(ingest_database, Limiter(values_per_s=1e-9, burst=300))
    first = [("P-101", {"ts": NOW_MS - 1, "values": {"n": 0}}), ("P-102", {"ts": NOW_MS - 1, "values": {"n": 0}})]
    inbox.commit(first)
    flood = [("P-101", {"ts": NOW_MS + n, "values": {"n": n}}) for n in range(1000)]
    calm = [("P-102", {"ts": NOW_MS + n, "values": {"n": n}}) for n in range(200)]
    stranger = [("P-999", {"ts": NOW_MS + n, "values": {"n": n}}) for n in range(400)]
    inbox.commit([one for three in zip(flood[:200], calm, stranger[:200], strict=True) for one in three] + flood[200:])
    inbox.commit(stranger[200:])
    with ingest_database.transaction() as tx:
        totals = delivery.totals(tx)
    assert totals == {
        "demo/P-101": Delivered(device="demo/P-101", received=1001, stored=300, limited=701),
        "demo/P-102": Delivered(device="demo/P-102", received=201, stored=201),
        "demo/P-999": Delivered(device="demo/P-999", received=400, quarantined=300, limited=100),
    }
    assert superuser.execute("SELECT count(*) FROM reading").fetchone() == (501,)
    assert superuser.execute("SELECT sum(readings) FROM quarantine").fetchone() == (300,)


def test_what_was_limited_is_counted_once_where_a_batch_is_bisected(
    register: None,  # noqa: ARG001 - rows in the database
    ingest_database: Database,
    superuser: Superuser,
) -> None:
    superuser.execute("ALTER TABLE reading ADD CONSTRAINT no_beast CHECK (value <> 666)")
    inbox = Inbox(ingest_database, Limiter(values_per_s=1e-9, burst=50))
    inbox.commit([("P-101", {"ts": NOW_MS - 1, "values": {"n": 0}})])
    inbox.commit([("P-101", {"ts": NOW_MS + n, "values": {"n": 666 if n == 20 else n}}) for n in range(100)])
    with ingest_database.transaction() as tx:
        totals = delivery.totals(tx)
    expected = Delivered(device="demo/P-101", received=101, stored=49, quarantined=1, limited=51)
    assert totals == {"demo/P-101": expected}
