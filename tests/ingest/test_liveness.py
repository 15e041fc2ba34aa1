"""Session, device and sensor are three states: each is ended by itself, and each of the others stays what it is."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from storage.core.database import Database
from storage.views import liveness
from storage.views.liveness import Liveness
from tests.conftest import embedded_broker, free_port
from tests.ingest.conftest import Address
from tests.patience import wait_for

Superuser = psycopg.Connection[tuple[object, ...]]
SILENT_AFTER_S = 1.5


class Machine:
    """A device that says what its sensors give, five times a second."""

    def __init__(self, device: Any, *sensors: str) -> None:
        self._device = device
        self.sensors = set(sensors)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._stop.wait(0.2):
            values = dict.fromkeys(self.sensors, time.time() % 60)
            self._device.says({"ts": int(time.time() * 1000), "values": values})

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()


class Look:
    def __init__(self, database: Database) -> None:
        self._database = database

    def __call__(self) -> Liveness:
        with self._database.transaction() as tx:
            return liveness.of_asset(tx, "demo", "P-101")

    def until(self, session: str, device: str, sensors: str, **more: tuple[str, ...]) -> Liveness:
        """Look until these are so, and what else is named of the sensors."""
        wanted = {"session": session, "device": device, "sensors": sensors, **more}

        def is_so() -> Liveness | None:
            seen = self()
            return seen if all(getattr(seen, name) == value for name, value in wanted.items()) else None

        found: Liveness = wait_for(is_so, what=f"{wanted}, but {self()}")
        return found


@pytest.fixture
def look(register: None, app_database: Database, superuser: Superuser) -> Look:  # noqa: ARG001
    superuser.execute("UPDATE asset_class SET silent_after_s = %s", [SILENT_AFTER_S])
    return Look(app_database)


@pytest.fixture
def machine(broker: Any, start_ingest: Any, start_device: Any, look: Look) -> Iterator[Machine]:  # noqa: ARG001
    start_ingest(broker)
    running = Machine(start_device(broker), "flow", "head")
    yield running
    running.stop()


def test_a_sensor_that_is_pulled_is_stale_while_its_device_lives(machine: Machine, look: Look) -> None:
    look.until("up", "alive", "fresh")
    machine.sensors.remove("head")
    look.until("up", "alive", "stale", stale=("head",), bad=(), mute=())
    machine.sensors.add("head")
    look.until("up", "alive", "fresh")


def test_a_device_that_stops_is_silent_while_the_session_stands(machine: Machine, look: Look) -> None:
    look.until("up", "alive", "fresh")
    machine.stop()
    seen = look.until("up", "silent", "stale")
    assert set(seen.stale) == {"flow", "head"}


def test_a_session_that_is_cut_says_nothing_of_the_device(start_ingest: Any, start_device: Any, look: Look) -> None:
    address = Address(host="127.0.0.1", port=free_port())
    before = look()
    assert (before.session, before.device, before.sensors, before.heard_at) == ("unknown", "never", "never", None)
    running = start_ingest(address)
    with embedded_broker(address.port):
        machine = Machine(start_device(address), "flow")
        look.until("up", "alive", "fresh")
        machine.stop()
    look.until("down", "unknown", "stale")
    with embedded_broker(address.port):
        machine = Machine(start_device(address), "flow")
        look.until("up", "alive", "fresh")
        running.stop()
        assert look().session == "down"
        machine.stop()


def test_a_device_whose_death_was_told_is_stale_until_it_is_born_again(
    machine: Machine,  # noqa: ARG001 - it goes on talking
    look: Look,
    superuser: Superuser,
) -> None:
    look.until("up", "alive", "fresh")
    superuser.execute(
        "INSERT INTO device_session (asset_id, format, speaker, is_online, since, heard_at)"
        " VALUES (1, 'sparkplug', 'plant/node', false, now(), now())"
    )
    look.until("down", "silent", "stale")
    superuser.execute("UPDATE device_session SET is_online = true")
    look.until("up", "alive", "fresh")


def test_a_device_that_resends_its_backlog_lives_and_its_sensors_are_stale(
    broker: Any, start_ingest: Any, start_device: Any, look: Look
) -> None:
    start_ingest(broker)
    look.until("up", "never", "never")
    device = start_device(broker)
    begin_ms = int(time.time() * 1000) - 3_600_000
    device.says_many([{"ts": begin_ms + n, "values": {"flow": n}} for n in range(50)])
    look.until("up", "alive", "stale")


def test_bad_quality_is_not_freshness(broker: Any, start_ingest: Any, start_device: Any, look: Look) -> None:
    start_ingest(broker)
    look.until("up", "never", "never")
    start_device(broker).says({"ts": int(time.time() * 1000), "values": {"flow": 1, "head": 2}, "q": {"head": "BAD"}})
    assert look.until("up", "alive", "bad").bad == ("head",)
