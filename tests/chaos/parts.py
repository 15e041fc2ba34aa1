"""What the tests break: a database, a broker and ingest processes, each of which can be killed and started again."""

from __future__ import annotations

import contextlib
import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import paho.mqtt.client as mqtt
import psutil
import psycopg
from paho.mqtt.enums import CallbackAPIVersion

from service.runtime.postgres import PostgresServer
from storage.schema.migrate import migrate
from tests.chaos.publisher import ASSETS, Record, open_record
from tests.conftest import free_port
from tests.patience import PATIENCE_S, wait_for
from tests.plant_rows import PlantRows
from tests.stack import ASSETLOOP

REPOSITORY = Path(__file__).parents[2]
SHIPPED = REPOSITORY / "deploy" / "mosquitto" / "mosquitto.conf"


class Database:
    """A durable server of the test's own, with the assets of both publishers."""

    def __init__(self, folder: Path) -> None:
        self._server = PostgresServer(folder)

    def prepare(self) -> None:
        """Migrate it and register the assets."""
        migrate(self._server.url, allow_unsupported=True)
        with self.connect() as connection:
            rows = PlantRows(connection)
            rows.site("chaos")
            rows.asset_class("pump", grace_s=2)
            connection.execute(
                "INSERT INTO asset (site_id, class_id, tag, name)"
                " SELECT 1, 1, 'Q' || qos || '-' || lpad(n::text, 2, '0'), 'Pump'"
                " FROM generate_series(0, 1) AS qos, generate_series(0, %s::integer) AS n",
                (ASSETS - 1,),
            )

    @property
    def url(self) -> str:
        return self._server.url

    def connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(self.url, autocommit=True)

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        with self.connect() as connection:
            return connection.execute(statement.encode()).fetchall()

    def kill(self) -> None:
        """End the server and everything that works for it at once, as a power cut would."""
        assert self._server.pid is not None
        os.killpg(self._server.pid, signal.SIGKILL)
        self._server.stop()

    def start(self) -> None:
        self._server.start()

    def stop(self) -> None:
        self._server.stop()


class Mosquitto:
    """A mosquitto with the settings that are shipped, but for its door and its folder."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.folder = folder
        folder.mkdir()
        kept = [
            line
            for line in SHIPPED.read_text(encoding="utf-8").splitlines()
            if line.startswith(("persistence ", "autosave", "max_", "queue_", "message_size"))
        ]
        own = [f"listener {self.port} 127.0.0.1", "allow_anonymous true", f"persistence_location {folder}/"]
        user = ["user root"] if os.geteuid() == 0 else []
        self._conf = folder / "mosquitto.conf"
        self._conf.write_text("\n".join([*kept, *own, *user]), encoding="utf-8")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._process = subprocess.Popen(["mosquitto", "-c", str(self._conf)], stderr=subprocess.DEVNULL)
        wait_for(self._answers, what="mosquitto")

    def _answers(self) -> bool:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port)).close()
            return True
        return False

    def stop(self) -> None:
        """Stop it as a service manager does: it writes its queues down."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(PATIENCE_S)

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def forget(self) -> None:
        """Lose what it had written down: sessions, subscriptions and queues."""
        for kept in self.folder.glob("mosquitto.db*"):
            kept.unlink()


class Recorder:
    """Stands between ingest and the broker, and notes the numbers of all messages that reached ingest."""

    _NUMBER = re.compile(rb'"n":(\d+)\}')
    _LONGEST = 24

    def __init__(self, port: int) -> None:
        self._to = port
        self._server = socket.create_server(("127.0.0.1", 0))
        self.received: set[int] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self._server.getsockname()[1]}"

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                inner, _ = self._server.accept()
                threading.Thread(target=self._carry, args=(inner,), daemon=True).start()

    def _carry(self, inner: socket.socket) -> None:
        """Carry bytes both ways until either side ends."""
        with contextlib.suppress(OSError), inner, socket.create_connection(("127.0.0.1", self._to)) as outer:
            tail = b""
            while True:
                for one in select.select([inner, outer], [], [])[0]:
                    data = one.recv(1 << 16)
                    if not data:
                        return
                    if one is inner:
                        outer.sendall(data)
                        continue
                    inner.sendall(data)
                    tail += data
                    self.received.update(map(int, self._NUMBER.findall(tail)))
                    tail = tail[-self._LONGEST :]

    def close(self) -> None:
        self._server.close()


class Sensor:
    """A pressure sensor on an asset of its own, which has a design limit of 10 bar and no model."""

    TOPIC = "assetloop/v1/chaos/V-1/telemetry"

    def __init__(self, port: int, database: Database) -> None:
        with database.connect() as connection:
            rows = PlantRows(connection)
            rows.signal(rows.asset("V-1", site="chaos"), "pressure", unit="bar", position=0, high=10)
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2)
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()

    def measure(self, bar: float, *, seconds: float) -> None:
        """Publish that pressure five times a second."""
        until_s = time.monotonic() + seconds
        while time.monotonic() < until_s:
            body = json.dumps({"ts": int(time.time() * 1000), "values": {"pressure": bar}})
            self._client.publish(self.TOPIC, body, qos=1)
            time.sleep(0.2)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


class Worker:
    """The process of a role, ingest unless told, started as an operator starts it."""

    def __init__(
        self, folder: Path, database_url: str, broker_url: str, *, role: str = "ingest", **settings: str
    ) -> None:
        self._role = role
        self._environment = {
            **os.environ,
            "ASSETLOOP_DATABASE_URL": database_url,
            "ASSETLOOP_MQTT_URL": broker_url,
            "ASSETLOOP_DATA": str(folder),
            "ASSETLOOP_ALLOW_UNSUPPORTED": "1",
            **{f"ASSETLOOP_{name.upper()}": value for name, value in settings.items()},
        }
        self.log = folder.parent / f"{folder.name}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen([ASSETLOOP, self._role], env=self._environment, stdout=log, stderr=log)

    @property
    def process(self) -> psutil.Process:
        assert self._process is not None
        return psutil.Process(self._process.pid)

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> float:
        """Ask it to stop, and return how many seconds that took."""
        assert self._process is not None
        began_s = time.monotonic()
        self._process.terminate()
        code = self._process.wait(PATIENCE_S)
        assert code == 0, self.log.read_text()
        return time.monotonic() - began_s

    def run(self, *arguments: str) -> dict[str, Any]:
        """Run another command on the same record, and return what it says to machines."""
        done = subprocess.run(
            [ASSETLOOP, *arguments, "--json"], env=self._environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr + done.stdout
        return dict(json.loads(done.stdout))


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """What became of what the publisher was confirmed.

    `duplicate` counts rows beyond the first of a number; `again` values that came again and were known, by the ledger;
    `misplaced` rows whose time is not the one that was published.
    """

    published: int
    confirmed: int
    stored: int
    missing: int
    duplicate: int
    misplaced: int
    again: int

    def __str__(self) -> str:
        return (
            f"published {self.published:,}, confirmed {self.confirmed:,}, stored {self.stored:,}, "
            f"duplicate {self.duplicate}, missing {self.missing:,}; came again and known {self.again:,}"
        )


class Traffic:
    """A publisher in a process of its own."""

    def __init__(self, port: int, record: Path, *, rate: float, qos: int = 1) -> None:
        self.record: Record = open_record(record)
        self._qos = qos
        self._process = subprocess.Popen(
            [
                sys.executable,
                str(Path(__file__).with_name("publisher.py")),
                str(port),
                str(rate),
                str(qos),
                str(record),
            ],
            stdin=subprocess.PIPE,
        )

    @property
    def published(self) -> int:
        return int(np.count_nonzero(self.record[:, 0]))

    @property
    def confirmed(self) -> set[int]:
        return set(np.flatnonzero(self.record[:, 1]).tolist())

    def end(self) -> None:
        """Publish no more; return when everything is confirmed."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        assert self._process.wait(120) == 0

    def kill(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def stored(self, database: Database) -> list[tuple[int, int]]:
        """Return number and time in epoch ms of every row, in the order of their times."""
        return database.ask(
            "SELECT value::bigint, (extract(epoch FROM time) * 1000)::bigint FROM reading"
            " JOIN signal USING (signal_id) JOIN asset USING (asset_id)"
            f" WHERE asset.tag LIKE 'Q{self._qos}-%' ORDER BY time"
        )

    def account(self, database: Database) -> Account:
        rows = self.stored(database)
        numbers = {number for number, _ in rows}
        confirmed = self.confirmed
        times = self.record[:, 0]
        ((again,),) = database.ask("SELECT coalesce(sum(duplicate), 0)::bigint FROM delivery_unfolded")
        return Account(
            published=self.published,
            confirmed=len(confirmed),
            stored=len(numbers),
            missing=len(confirmed - numbers),
            duplicate=len(rows) - len(numbers),
            misplaced=sum(self._qos and times[number] != time_ms for number, time_ms in rows),
            again=int(again),
        )

    def settled(self, database: Database, *, within_s: float) -> Account:
        """Wait until nothing confirmed is missing, or nothing more comes for a while; return the account."""
        until_s = time.monotonic() + within_s
        while True:
            account = self.account(database)
            if not account.missing or time.monotonic() > until_s:
                return account
            time.sleep(0.5)
