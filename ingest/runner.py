"""Ingest, the role: wait for the database, acquire a slot, then store what the broker has until it is to stop."""

from __future__ import annotations

import ctypes
import gc
import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from ingest.admission.admit import AdmissionRules
from ingest.admission.settings import AdmissionSettings
from ingest.commit.batch import Gathering
from ingest.commit.committer import Committer
from ingest.commit.spool import Spool
from ingest.decoding.decode import Decoder
from ingest.decoding.format import Format
from ingest.housekeeping import Housekeeping
from ingest.intake import HOST_SLOT, Intake, IntakeLimits
from ingest.mapping import known_formats
from ingest.metrics import Meter
from ingest.mqtt.connecting import BrokerSettings, end_session
from ingest.mqtt.host_state import HostState, HostStateSettings
from ingest.mqtt.session import Session
from ingest.mqtt.sessions import Sessions
from ingest.mqtt.share import SlotShare
from ingest.mqtt.subscriber import Subscriber
from ingest.mqtt.waker import Waker
from ingest.own_state import OwnState
from ingest.reader import Reader
from ingest.recorder import Recorder
from ingest.replay import Replay
from plant.backoff import Outage
from plant.clock import Clock
from plant.errors import AssetloopError, Unavailable
from storage.core.database import Database
from storage.telemetry import device_sessions, latest, slots
from storage.telemetry.slots import HeldSlot, Ring

_log = logging.getLogger(__name__)
_MARKS = "assetloop/v1/ingest"
_GARBAGE_AFTER = 200_000  # objects made; a block of messages makes tens of thousands that are gone a moment later
_FREE_AT_ONCE_BYTES = 2**18
# mallopt's names for what it sets, from the GNU C library's malloc.h
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8


@dataclass(frozen=True, kw_only=True, slots=True)
class IngestSettings(AdmissionSettings):
    """How ingest takes telemetry from the broker.

    `share` names the group of a shared subscription; without one, one process at a time subscribes, for the
    embedded broker breaks down when a member of a shared subscription with a persistent session leaves. `mapping` is a
    file that says how the plant's own topics are read; with `joins_sparkplug_names` a Sparkplug device is the asset
    `node/device`. `host_state` says as which host edge nodes know us; without, STATE is not published.
    `spool` is a folder for telemetry of QoS 0 that comes while the database is away. `most_memory_bytes` is how much
    may wait for the database before no more is read, and `longest_pause_s` how long that may last before what the
    broker keeps is left to it.
    """

    broker: BrokerSettings
    spool: Path
    share: str = ""
    mapping: Path | None = None
    joins_sparkplug_names: bool = False
    host_state: HostStateSettings | None = None
    most_memory_bytes: int = 16 * 2**20
    most_spool_bytes: int = 256 * 2**20
    most_batch_values: int = 20_000
    shortest_batch_s: float = 0.05
    longest_batch_s: float = 0.2
    longest_pause_s: float = 10.0
    most_slots: int = 64
    lease_s: float = 5.0


class Ingest:
    """Takes telemetry from the broker into the record. `database` speaks as the role `INGEST`."""

    def __init__(
        self,
        settings: IngestSettings,
        database: Database,
        clock: Clock,
        holder: str,
        meter: Meter | None = None,
    ) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._holder = holder
        self._meter = meter or Meter()
        self._most_slots = settings.most_slots if settings.share else 1

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set; database and broker may come later, and may go and come back.

        Raises:
            Misconfigured: the broker's address is not one, the mapping makes no sense, the spool's folder cannot be
                written, or the database has not been migrated.
        """
        formats = known_formats(self._settings.mapping, joins_sparkplug_names=self._settings.joins_sparkplug_names)
        _keep_memory_small()
        settings = self._settings
        with closing(Spool(settings.spool, most_bytes=settings.most_spool_bytes)) as spool:
            installation = self._await_database(stop)
            while not stop.is_set():
                if self._await_slot(stop):
                    self._work(installation, formats, spool, stop)

    def _await_database(self, stop: threading.Event) -> str:
        outage = Outage("the database is away", "the database is back", log=_log)
        while not stop.is_set():
            try:
                with self._database.transaction() as tx:
                    installation = slots.installation(tx)
                    latest.repair(tx, stored_at=self._clock.now())
            except Unavailable as error:
                stop.wait(outage.failed(error))
                continue
            outage.over()
            return installation
        return ""

    def _await_slot(self, stop: threading.Event) -> bool:
        away = Outage("the database is away", "the database is back", log=_log)
        full = Outage("every slot is held by another ingest; waiting for one", "a slot is free", most_s=1.0, log=_log)
        while not stop.is_set():
            try:
                with self._database.transaction() as tx:
                    slot = slots.acquire(tx, self._holder, lease_s=self._settings.lease_s, most=self._most_slots)
            except Unavailable as error:
                stop.wait(away.failed(error))
                continue
            away.over()
            if slot is not None:
                full.over()
                return True
            stop.wait(full.failed("all held"))
        return False

    def _work(self, installation: str, formats: Sequence[Format], spool: Spool, stop: threading.Event) -> None:
        """Hold slots until `stop` is set or somebody else holds them."""
        settings = self._settings
        rules, devices, limiter = settings.rules(), settings.devices(self._database), settings.limiter()
        gathering, waker = _gathering(settings), Waker()
        house = Housekeeping(
            self._database,
            self._clock,
            rules,
            holder=self._holder,
            lease_s=settings.lease_s,
            most_slots=self._most_slots,
            end_session=lambda slot: end_session(settings.broker, _client_id(installation, slot)),
            own_state=OwnState(self._clock, folder=settings.spool),
        )
        if not _has_slots(house):
            return
        committer = Committer(self._database, devices, rules, slot=min(house.held), limiter=limiter, meter=self._meter)
        recorder = Recorder(committer, house, wake=waker.wake, meter=self._meter)
        decoder = Decoder(formats, most_bytes=settings.most_payload_bytes)
        sessions = Sessions(lambda slot: self._session(installation, house.held[slot], formats, house.spread.ring))
        intake = Intake(
            sessions=sessions,
            reader=Reader(self._clock, decoder, devices, rules, gathering, limiter, self._meter),
            gathering=gathering,
            spool=spool,
            housekeeping=house,
            recorder=recorder,
            waker=waker,
            limits=IntakeLimits(most_memory_bytes=settings.most_memory_bytes, longest_pause_s=settings.longest_pause_s),
            meter=self._meter,
            host_state=self._host_state(installation),
        )
        recorder.start()
        with self._replaying(formats, rules, house, slot=min(house.held)):
            try:
                intake.run(stop)
            finally:
                _leave(recorder, house)
                waker.close()

    def _host_state(self, installation: str) -> HostState | None:
        settings = self._settings
        if settings.host_state is None:
            return None
        return HostState(settings.broker, settings.host_state, self._clock, f"{installation}-sparkplug-host")

    @contextmanager
    def _replaying(
        self, formats: Sequence[Format], rules: AdmissionRules, house: Housekeeping, *, slot: int
    ) -> Iterator[None]:
        """Replay what leaves quarantine meanwhile."""
        committer = Committer(
            self._database, self._settings.devices(self._database), rules, slot=slot, meter=self._meter
        )
        decoder = Decoder(formats, most_bytes=self._settings.most_payload_bytes)
        replay = Replay(self._database, decoder, committer, house.note_commit)
        done = threading.Event()
        thread = threading.Thread(target=replay.run, args=(done,), name="ingest-replay", daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join(0.1)  # what it was at is undone or done, wherever it is cut off

    def _session(self, installation: str, held: HeldSlot, formats: Sequence[Format], ring: Ring) -> Session:
        """Make the session of a slot; what must come in order comes over all of them, and each hears its part of it.

        Raises:
            Unavailable: the database is away, and with it what is remembered of what came before.
        """
        share = self._settings.share
        decoder = Decoder(formats, most_bytes=self._settings.most_payload_bytes)
        with self._database.transaction() as tx:
            decoder.remember(device_sessions.remembered(tx))
        filters = [
            wanted if not share or one.speaker_of is not None else f"$share/{share}/{wanted}"
            for one in formats
            for wanted in one.filters
        ]
        client_id = _client_id(installation, held.slot)
        part = _part(held, ring, decoder, f"{_MARKS}/{client_id}") if share else None
        filters += [part.mark_topic] if part is not None else []
        _log.info("ingest holds a slot", extra={"slot": held.slot, "client_id": client_id})
        has_been = held.last_commit is not None
        subscriber = Subscriber(self._settings.broker, client_id=client_id, filters=filters, should_know=has_been)
        behind_s = (self._clock.now() - held.last_commit).total_seconds() if held.last_commit else 0.0
        behind_since_s = time.monotonic() - max(0.0, behind_s)
        return Session(subscriber, behind_since_s=behind_since_s, decoder=decoder, share=part)


def _part(held: HeldSlot, ring: Ring, decoder: Decoder, mark_topic: str) -> SlotShare:
    """Return what a slot hears of what must come in order; before there were parts, the first heard all of it."""
    agreed = held.agreed
    if agreed is None and held.slot == HOST_SLOT:
        agreed = Ring(version=-1, slots=frozenset({HOST_SLOT}))
    part = SlotShare(held.slot, agreed, decoder.speaker_of, mark_topic=mark_topic)
    part.want(ring)
    return part


def _client_id(installation: str, slot: int) -> str:
    return f"{installation}-ingest-{slot}"


def _gathering(settings: IngestSettings) -> Gathering:
    return Gathering(
        most_values=settings.most_batch_values,
        longest_s=settings.longest_batch_s,
        shortest_s=settings.shortest_batch_s,
    )


def _has_slots(house: Housekeeping) -> bool:
    try:
        house.keep(time.monotonic())
    except Unavailable:
        return False
    return bool(house.held)


def _leave(recorder: Recorder, house: Housekeeping) -> None:
    """Bring the latest values forward and give the slots up, if the database is there to hear it."""
    if not recorder.stop(wait_s=1.0) or recorder.is_database_away:
        return
    try:
        house.keep(0.0, at_once=True)
        house.release()
    except AssetloopError as error:
        _log.warning("the slots could not be given up; their leases run out by themselves", extra={"why": str(error)})


def _keep_memory_small() -> None:
    """Set how Python and the C library of this process use memory.

    Python looks for cycles among all young objects after every 700 new ones; here that is a third of the work, for
    objects that are in no cycle. The C library keeps large blocks that were freed, and a heap for each thread: with
    messages of many instants that comes to 70 MiB. Where it is another C library than GNU's, that stays as it is.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_GARBAGE_AFTER, 50, 50)
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        for what in (_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD):
            mallopt(what, _FREE_AT_ONCE_BYTES)
        mallopt(_M_ARENA_MAX, 1)
