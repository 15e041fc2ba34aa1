"""Ingest end to end: a real broker, a real database, and everything that may go wrong between them."""

from __future__ import annotations

import logging
import secrets
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from plant.errors import Misconfigured
from service.commands.telemetry.flow_status import lines
from service.runtime.postgres import PostgresServer
from storage.core.database import Database
from storage.schema.migrate import migrate
from storage.telemetry import delivery
from tests.conftest import embedded_broker, free_port
from tests.patience import PATIENCE_S, wait_for

AwaitRows = Callable[..., list[tuple[object, ...]]]
Superuser = psycopg.Connection[tuple[object, ...]]
VALUES = "SELECT value FROM reading ORDER BY value"


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    host: str
    port: int

    @property
    def url(self) -> str:
        return f"mqtt://{self.host}:{self.port}"


def now_ms() -> int:
    return int(time.time() * 1000)


def numbered(first: int, last: int, begin_ms: int) -> list[dict[str, Any]]:
    """Messages whose value is their number, a millisecond apart."""
    return [{"ts": begin_ms + n, "values": {"n": n}} for n in range(first, last)]


def as_rows(last: int) -> list[tuple[object, ...]]:
    return [(float(n),) for n in range(last)]


@pytest.fixture
def await_listening(await_rows: AwaitRows) -> Callable[[Any], None]:
    """Publish to an asset nobody knows until ingest notices: it listens."""

    def await_(device: Any) -> None:
        deadline = time.monotonic() + PATIENCE_S
        word = secrets.token_hex(4)
        while time.monotonic() < deadline:
            device.says({"n": 1}, f"assetloop/v1/demo/{word}/telemetry")
            try:
                await_rows(f"SELECT FROM quarantine WHERE asset_tag = '{word}'", 1, patience_s=0.2)
            except AssertionError:
                continue
            return
        raise AssertionError("ingest does not listen")

    return await_


class Proxy:
    """Stands between ingest and the broker, and swallows what ingest says when it is to."""

    def __init__(self, broker: Any) -> None:
        self._broker = (broker.host, broker.port)
        self._server = socket.create_server(("127.0.0.1", 0))
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self.swallows = False
        self.swallowed = 0
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self._server.getsockname()[1]}"

    def _accept(self) -> None:
        while True:
            try:
                inner, _ = self._server.accept()
            except OSError:
                return
            outer = socket.create_connection(self._broker)
            self._pairs.append((inner, outer))
            threading.Thread(target=self._copy, args=(inner, outer, True), daemon=True).start()
            threading.Thread(target=self._copy, args=(outer, inner, False), daemon=True).start()

    def _copy(self, source: socket.socket, target: socket.socket, is_ours: bool) -> None:
        try:
            while data := source.recv(65536):
                if is_ours and self.swallows:
                    self.swallowed += len(data)
                else:
                    target.sendall(data)
        except OSError:
            pass
        source.close()
        target.close()

    def cut(self) -> None:
        """Break every connection."""
        pairs, self._pairs = self._pairs, []
        for one in (one for pair in pairs for one in pair):
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue

    def close(self) -> None:
        self._server.close()
        self.cut()


@pytest.fixture
def proxy(broker: Any) -> Iterator[Proxy]:
    between = Proxy(broker)
    yield between
    between.close()


def test_what_a_device_says_is_in_the_record(
    broker: Any, start_ingest: Any, start_device: Any, await_rows: AwaitRows, await_listening: Any
) -> None:
    start_ingest(broker)
    device = start_device(broker)
    await_listening(device)
    device.says({"ts": now_ms(), "values": {"flow": 7.5, "running": True}})
    await_rows(
        "SELECT key, value FROM latest JOIN signal USING (signal_id) ORDER BY key", [("flow", 7.5), ("running", 1.0)]
    )
    await_rows(
        "SELECT FROM ingest_slot WHERE slot = 0 AND holder = 'test' AND last_commit > now() - interval '1 min'", 1
    )


def test_bad_payloads_go_to_quarantine_and_nothing_else_is_lost(
    broker: Any, start_ingest: Any, start_device: Any, await_rows: AwaitRows, await_listening: Any, superuser: Superuser
) -> None:
    start_ingest(broker)
    device = start_device(broker)
    await_listening(device)
    begin_ms = now_ms()
    bad: list[tuple[Any, str]] = [
        (b"not json", "not_json"),
        (b"\xff\x00\xfe", "not_json"),
        (b"", "not_json"),
        ({"state": "on"}, "no_numbers"),
        (b'{"a": "' + b"x" * (10 * 2**20) + b'"}', "too_large"),
        ({"ts": begin_ms + 3_600_000, "values": {"n": 1}}, "in_the_future"),
        ({"ts": 1_000, "values": {"n": 1}}, "too_old"),
        ({"ts": 10**18, "values": {"n": 1}}, "in_the_future"),
        ({"ts": begin_ms, "values": {"\x00": 1}}, "bad_key"),
        ({"ts": begin_ms, "values": {"x" * 5000: 1}}, "bad_key"),
    ]
    for n, (payload, _) in enumerate(bad):
        device.says(numbered(n, n + 1, begin_ms)[0])
        device.says(payload)
    device.says({"n": 1}, "assetloop/v1/" + "x" * 3000 + "/" + "y" * 3000 + "/telemetry")
    device.says({"n": 1}, "assetloop/v1/a%00/b/telemetry")
    device.says(numbered(len(bad), len(bad) + 1, begin_ms)[0])
    await_rows(VALUES, as_rows(len(bad) + 1))
    expected = sorted([reason for _, reason in bad] + ["unknown_topic", "unknown_asset"])
    held = await_rows(
        "SELECT reason FROM quarantine, generate_series(1, count)"
        " WHERE length(asset_tag) IS DISTINCT FROM 8 ORDER BY reason",
        len(expected),
    )
    assert [row[0] for row in held] == expected
    large = superuser.execute(
        "SELECT length, length(payload), sha256 FROM quarantine WHERE reason = 'too_large'"
    ).fetchone()
    assert large is not None
    assert large[:2] == (10 * 2**20 + 9, 4096)


def test_a_device_whose_clock_is_wrong_is_named_once_and_harms_nothing(
    broker: Any,
    start_ingest: Any,
    start_device: Any,
    await_rows: AwaitRows,
    await_listening: Any,
    app_database: Database,
) -> None:
    start_ingest(broker)
    device = start_device(broker)
    await_listening(device)
    began_ms = now_ms()
    for n, ts in enumerate((0, 2_085_978_496_000, began_ms - 3 * 365 * 86_400_000, began_ms // 1000)):
        device.says({"ts": ts, "values": {"n": n}})
    device.says({"ts": began_ms, "values": {"n": 4}})
    await_rows("SELECT value, reading.flags FROM reading ORDER BY value", [(2.0, 0), (4.0, 0)])
    await_rows("SELECT value FROM latest", [(4.0,)])
    await_rows("SELECT tag, times FROM device_clock JOIN asset USING (asset_id)", [("P-101", 3)])
    with app_database.transaction() as tx:
        flow = delivery.status(tx, since=datetime.now(UTC) - timedelta(hours=1))
    (line,) = [one for one in lines(flow).splitlines() if "clock" in one]
    assert line.startswith("demo/P-101: its clock is 5")
    assert " y behind since " in line
    assert f"{began_ms // 1000} ms is 1970-01-2" in line
    assert "as seconds 20" in line


def test_what_was_not_acknowledged_comes_again_and_is_stored_once(
    proxy: Proxy, broker: Any, start_ingest: Any, start_device: Any, await_rows: AwaitRows, await_listening: Any
) -> None:
    """The connection breaks between commit and acknowledgement."""
    start_ingest(proxy)
    device = start_device(broker)
    await_listening(device)
    begin_ms = now_ms()
    proxy.swallows = True
    device.says_many(numbered(0, 60, begin_ms))
    await_rows(VALUES, as_rows(60))
    wait_for(lambda: proxy.swallowed, what="acknowledgement of what has been committed")
    proxy.swallows = False
    proxy.cut()
    device.says_many(numbered(60, 100, begin_ms))
    await_rows(VALUES, as_rows(100))
    await_rows(
        "SELECT sum(stored), sum(duplicate) > 0 FROM delivery_unfolded WHERE device = 'demo/P-101'", [(100, True)]
    )


def test_a_stop_finishes_and_acknowledges_what_was_received(
    broker: Any, start_ingest: Any, start_device: Any, await_rows: AwaitRows, await_listening: Any
) -> None:
    first = start_ingest(broker)
    device = start_device(broker)
    await_listening(device)
    begin_ms = now_ms()
    device.says_many(numbered(0, 500, begin_ms))
    assert first.stop() < 5
    device.says_many(numbered(500, 600, begin_ms))
    start_ingest(broker, holder="successor")
    await_rows(VALUES, as_rows(600))
    await_rows("SELECT sum(duplicate) FROM delivery_unfolded WHERE device = 'demo/P-101'", [(0,)])


def test_a_broker_that_comes_late_or_forgets_is_subscribed_to_again(
    start_ingest: Any,
    start_device: Any,
    await_rows: AwaitRows,
    await_listening: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, logger="ingest")
    address = Address(host="127.0.0.1", port=free_port())
    start_ingest(address)
    begin_ms = now_ms()
    for n in range(2):
        await_log(caplog, "the broker is away", n + 1)
        with embedded_broker(address.port):
            device = start_device(address)
            await_listening(device)
            device.says_many(numbered(n, n + 1, begin_ms))
            await_rows(VALUES, as_rows(n + 1))
    assert [record.message for record in caplog.records if "broker is back" in record.message] == [
        "the broker is back"
    ] * 2


def await_log(caplog: pytest.LogCaptureFixture, message: str, times: int) -> None:
    wait_for(lambda: caplog.messages.count(message) >= times, what=f"word that {message}")


def test_too_much_for_the_memory_is_left_to_the_broker_and_nothing_is_lost(
    broker: Any,
    start_ingest: Any,
    start_device: Any,
    await_rows: AwaitRows,
    await_listening: Any,
    superuser: Superuser,
    caplog: pytest.LogCaptureFixture,
) -> None:
    start_ingest(broker, most_memory_bytes=3_000, longest_pause_s=0.1)
    device = start_device(broker)
    await_listening(device)
    begin_ms = now_ms()
    device.says(numbered(0, 1, begin_ms)[0])
    await_rows(VALUES, 1)
    with superuser.transaction():
        superuser.execute("LOCK TABLE reading")
        for message in numbered(1, 60, begin_ms):
            device.says(message)
        await_log(
            caplog, "too much waits for the database; what the broker keeps is left to it until that is stored", 1
        )
    await_rows(VALUES, as_rows(60))


def test_more_than_the_memory_holds_is_read_later_and_only_once(
    broker: Any, start_ingest: Any, start_device: Any, await_rows: AwaitRows, await_listening: Any
) -> None:
    start_ingest(broker, most_memory_bytes=3_000)
    device = start_device(broker)
    await_listening(device)
    device.says_many(numbered(0, 1000, now_ms()))
    await_rows(VALUES, as_rows(1000))
    await_rows("SELECT sum(duplicate) FROM delivery_unfolded WHERE device = 'demo/P-101'", [(0,)])


def test_a_second_ingest_waits_for_the_slot_and_takes_it_over(
    broker: Any, start_ingest: Any, start_device: Any, await_rows: AwaitRows, await_listening: Any
) -> None:
    first = start_ingest(broker, holder="first")
    device = start_device(broker)
    await_listening(device)
    start_ingest(broker, holder="second")
    await_rows("SELECT slot, holder FROM ingest_slot", [(0, "first")])
    first.stop()
    device.says({"ts": now_ms(), "values": {"n": 0}})
    await_rows("SELECT slot, holder FROM ingest_slot", [(0, "second")])
    await_rows(VALUES, as_rows(1))


def test_a_slot_that_was_taken_away_is_waited_for_again(
    broker: Any, start_ingest: Any, start_device: Any, await_rows: AwaitRows, await_listening: Any, superuser: Superuser
) -> None:
    start_ingest(broker)
    device = start_device(broker)
    await_listening(device)
    superuser.execute("UPDATE ingest_slot SET holder = 'thief', lease_until = now() + interval '2 seconds'")
    device.says({"ts": now_ms(), "values": {"n": 0}})
    await_rows("SELECT slot, holder FROM ingest_slot", [(0, "test")])
    await_rows(VALUES, as_rows(1))


PROGRAM = """
import sys, threading
from pathlib import Path
from ingest.runner import Ingest, IngestSettings
from ingest.mqtt.connecting import BrokerSettings
from plant.clock import SystemClock
from storage.core.database import Database, Role

with Database(sys.argv[1], role=Role.INGEST) as database:
    settings = IngestSettings(broker=BrokerSettings(url=sys.argv[2]), spool=Path(sys.argv[4]), lease_s=1.0)
    Ingest(settings, database, SystemClock(), sys.argv[3]).run(threading.Event())
"""


@pytest.mark.usefixtures("register")
def test_an_ingest_that_is_killed_loses_nothing_and_its_successor_stores_once(
    broker: Any, database_url: str, start_device: Any, await_rows: AwaitRows, await_listening: Any, tmp_path: Path
) -> None:
    device = start_device(broker)
    begin_ms = now_ms()
    for life in range(3):
        process = subprocess.Popen([sys.executable, "-c", PROGRAM, database_url, broker.url, str(life), str(tmp_path)])
        try:
            await_listening(device)
            device.says_many(numbered(life * 300, life * 300 + 300, begin_ms))
        finally:
            process.kill()
            process.wait()
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, database_url, broker.url, "last", str(tmp_path)])
    try:
        await_rows(VALUES, as_rows(900))
    finally:
        process.kill()
        process.wait()


@pytest.mark.needs("mosquitto")
def test_members_of_a_shared_subscription_store_each_message_once(
    mosquitto: Any, start_ingest: Any, start_device: Any, await_rows: AwaitRows, await_listening: Any
) -> None:
    for holder in ("first", "second"):
        start_ingest(mosquitto, holder=holder, share="assetloop")
        await_rows(f"SELECT FROM ingest_slot WHERE holder = '{holder}' AND is_listening", 1)
    device = start_device(mosquitto)
    for _ in range(4):
        await_listening(device)
    device.says_many(numbered(0, 1000, now_ms()))
    await_rows(VALUES, as_rows(1000))
    await_rows(
        "SELECT DISTINCT slot FROM delivery_batch WHERE 'demo/P-101' = ANY (devices) ORDER BY slot", [(0,), (1,)]
    )
    await_rows("SELECT sum(duplicate) FROM delivery_unfolded WHERE device = 'demo/P-101'", [(0,)])


def test_a_database_without_schema_stops_ingest_with_the_mend(empty_database_url: str, tmp_path: Path) -> None:
    from ingest.mqtt.connecting import BrokerSettings
    from ingest.runner import Ingest, IngestSettings
    from plant.clock import SystemClock
    from storage.core.database import Database, Role

    settings = IngestSettings(broker=BrokerSettings(url="mqtt://127.0.0.1"), spool=tmp_path)
    with (
        Database(empty_database_url, role=Role.INGEST) as database,
        pytest.raises(Misconfigured, match="assetloop migrate"),
    ):
        Ingest(settings, database, SystemClock(), "test").run(threading.Event())


class TestDatabaseOutage:
    """Ingest on a server of its own, which goes and comes."""

    @pytest.fixture
    def server(self, tmp_path: Path) -> Iterator[PostgresServer]:
        server = PostgresServer(tmp_path / "server", durable=False)
        server.start()
        yield server
        server.stop()

    @pytest.fixture
    def database_url(self, server: PostgresServer) -> str:
        migrate(server.url, allow_unsupported=True)
        return server.url

    @pytest.fixture
    def superuser(self, database_url: str) -> Iterator[Superuser]:
        with psycopg.connect(database_url, autocommit=True) as connection:
            yield connection

    def test_a_restart_during_flow_loses_nothing_and_stores_once(
        self,
        server: PostgresServer,
        broker: Any,
        start_ingest: Any,
        start_device: Any,
        await_listening: Any,
        superuser: Superuser,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        caplog.set_level(logging.INFO, logger="ingest")
        start_ingest(broker)
        device = start_device(broker)
        await_listening(device)
        begin_ms = now_ms()
        device.says_many(numbered(0, 200, begin_ms))
        superuser.close()
        server.stop()
        await_log(caplog, "the database is away", 1)
        device.says_many(numbered(200, 400, begin_ms))
        server.start()
        device.says_many(numbered(400, 500, begin_ms))
        await_log(caplog, "the database is back", 1)
        with psycopg.connect(server.url, autocommit=True) as again:
            wait_for(lambda: again.execute(VALUES).fetchall() == as_rows(500), what="every row, once")

    def test_a_database_that_comes_late_is_waited_for(
        self,
        server: PostgresServer,
        broker: Any,
        start_ingest: Any,
        start_device: Any,
        superuser: Superuser,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        superuser.close()
        server.stop()
        start_ingest(broker)
        await_log(caplog, "the database is away", 1)
        server.start()
        device = start_device(broker)
        begin_ms = now_ms()
        with psycopg.connect(server.url, autocommit=True) as again:

            def stored() -> list[tuple[object, ...]]:
                device.says(numbered(0, 1, begin_ms)[0])
                return again.execute("SELECT FROM reading").fetchall()

            wait_for(stored, what="row")


def test_a_slot_under_steady_traffic_catches_up(
    broker: Any, start_ingest: Any, start_device: Any, await_rows: AwaitRows, await_listening: Any, superuser: Superuser
) -> None:
    """A message each 50 ms: never is there a pause by which a backlog would be known to be through."""
    first = start_ingest(broker, holder="first")
    device, stop = start_device(broker), threading.Event()
    await_listening(device)
    first.stop()
    superuser.execute("UPDATE ingest_slot SET last_commit = now() - interval '60 s'")
    start_ingest(broker, holder="second")

    def talk() -> None:
        while not stop.wait(0.05):
            device.says({"ts": now_ms(), "values": {"n": 1}})

    talking = threading.Thread(target=talk, daemon=True)
    talking.start()
    try:
        await_rows("SELECT FROM ingest_slot WHERE holder = 'second' AND is_listening AND lag_s < 1", 1)
    finally:
        stop.set()
        talking.join()


def test_a_slot_is_behind_until_its_backlog_is_through(
    broker: Any, start_ingest: Any, start_device: Any, await_rows: AwaitRows, await_listening: Any, superuser: Superuser
) -> None:
    first = start_ingest(broker, holder="first")
    device = start_device(broker)
    await_listening(device)
    first.stop()
    device.says_many(numbered(0, 50, now_ms() - 60_000))
    superuser.execute("UPDATE ingest_slot SET last_commit = now() - interval '60 s'")
    with superuser.transaction():
        superuser.execute("LOCK TABLE delivery_batch")
        start_ingest(broker, holder="second")
        await_rows("SELECT FROM ingest_slot WHERE holder = 'second' AND lag_s > 30", 1)
    await_rows("SELECT FROM ingest_slot WHERE holder = 'second' AND lag_s < 1", 1)
