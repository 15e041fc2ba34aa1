"""Ingest, the role: wait for the database, take a slot, then take in what the broker has until told to stop."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass

from ingest.commit import Committer
from ingest.devices import Devices
from ingest.housekeeping import Housekeeping
from ingest.intake import Intake, IntakeLimits, Waker
from ingest.outage import Outage
from ingest.recorder import Recorder
from ingest.subscriber import Subscriber
from plant.clock import Clock
from plant.errors import AssetloopError, Unavailable
from storage import readings, slots
from storage.database import Database

_log = logging.getLogger(__name__)
_DAY_US = 86_400_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class IngestSettings:
    """What ingest has to be told.

    `share` names the group of a shared subscription; without one, one process at a time subscribes, for the
    embedded broker breaks down when a member of a shared subscription with a persistent session leaves.
    `most_memory_bytes` is how much may wait for the database before no more is read, and `longest_pause_s` how long
    that may last before the connection to the broker is dropped.
    """

    mqtt_url: str
    share: str = ""
    most_payload_bytes: int = 2**20
    most_signals: int = 500
    raw_retention_days: float = 3650.0
    most_memory_bytes: int = 16 * 2**20
    most_batch_values: int = 20_000
    longest_batch_s: float = 0.2
    longest_pause_s: float = 10.0
    most_slots: int = 64
    lease_s: float = 5.0


class Ingest:
    """Takes telemetry from the broker into the record. `database` speaks as the role `INGEST`."""

    def __init__(self, settings: IngestSettings, database: Database, clock: Clock, holder: str) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._holder = holder

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set; database and broker may come later, and may go and come back.

        Raises:
            Misconfigured: the broker's address is not one, or the database has not been migrated.
        """
        installation = self._await_database(stop)
        while not stop.is_set():
            slot = self._await_slot(stop)
            if slot is not None:
                self._work(f"{installation}-ingest-{slot}", slot, stop)

    def _await_database(self, stop: threading.Event) -> str:
        outage = Outage("the database is away", "the database is back")
        while not stop.is_set():
            try:
                with self._database.transaction() as tx:
                    installation = slots.installation(tx)
                    readings.repair_latest(tx, stored_at=self._clock.now())
            except Unavailable as error:
                stop.wait(outage.failed(error))
                continue
            outage.over()
            return installation
        return ""

    def _await_slot(self, stop: threading.Event) -> int | None:
        away = Outage("the database is away", "the database is back")
        full = Outage("every slot is held by another ingest; waiting for one", "a slot is free", most_s=1.0)
        most = self._settings.most_slots if self._settings.share else 1
        while not stop.is_set():
            try:
                with self._database.transaction() as tx:
                    slot = slots.take(tx, self._holder, lease_s=self._settings.lease_s, most=most)
            except Unavailable as error:
                stop.wait(away.failed(error))
                continue
            if slot is not None:
                full.over()
                return slot
            stop.wait(full.failed("all held"))
        return None

    def _work(self, client_id: str, slot: int, stop: threading.Event) -> None:
        """Hold one slot until `stop` is set or somebody else holds it."""
        limits = self._limits()
        devices = Devices(self._database, most_signals=self._settings.most_signals)
        committer = Committer(self._database, devices, slot=slot, retention_us=limits.retention_us)
        house = Housekeeping(
            self._database, self._clock, slot=slot, holder=self._holder, lease_s=self._settings.lease_s
        )
        waker = Waker()
        recorder = Recorder(committer, house, wake=waker.wake)
        intake = Intake(
            clock=self._clock, devices=devices, housekeeping=house, recorder=recorder, waker=waker, limits=limits
        )
        subscriber = Subscriber(
            self._settings.mqtt_url, client_id=client_id, share=self._settings.share, receive=intake.receive
        )
        _log.info("ingest holds a slot", extra={"slot": slot, "client_id": client_id})
        recorder.start()
        try:
            intake.run(subscriber, stop)
        finally:
            _leave(recorder, house)
            waker.close()

    def _limits(self) -> IntakeLimits:
        return IntakeLimits(
            most_payload_bytes=self._settings.most_payload_bytes,
            most_memory_bytes=self._settings.most_memory_bytes,
            most_batch_values=self._settings.most_batch_values,
            longest_batch_s=self._settings.longest_batch_s,
            longest_pause_s=self._settings.longest_pause_s,
            retention_us=round(self._settings.raw_retention_days * _DAY_US),
        )


def _leave(recorder: Recorder, house: Housekeeping) -> None:
    """Bring the latest values forward and give the slot up, if the database is there to hear it."""
    if not recorder.stop(wait_s=1.0) or recorder.is_database_away:
        return
    try:
        house.keep(0.0, at_once=True)
        house.release()
    except AssetloopError as error:
        _log.warning("the slot could not be given up; its lease runs out by itself", extra={"why": str(error)})
