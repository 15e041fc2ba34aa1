"""One poll of the database for all who look: a thread that reads while somebody does, and a picture they share."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field, replace
from datetime import datetime

from api.parts import Parts
from plant.errors import AssetloopError
from plant.people.principal import Principal, process
from plant.people.rights import PlantRole, Right
from plant.product_state import ProductFault
from plant.work_order import WorkOrder
from storage.register import assets
from storage.views import overview, product_state
from storage.views.overview import AssetView, Counts, Quarantined
from storage.work import orders

_log = logging.getLogger(__name__)
_CONSOLE = process("console")
_SEEING = frozenset({PlantRole.OPERATIONS})
_EVERY_S = 1.0
_IDLE_AFTER_S = 15.0
_OLD_AFTER_S = 5.0
_SHARE_OF_TIME = 5  # a slow read is followed by a pause that many times as long


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """The plant at one instant; `number` is 0 before the first read, `away` says why the last one failed.

    `faults` is what is wrong with the product itself, `zones` the time zones of the sites.
    """

    number: int = 0
    at: datetime | None = None
    away: str | None = None
    assets: tuple[AssetView, ...] = ()
    counts: Counts | None = None
    orders: tuple[WorkOrder, ...] = ()
    signal_names: dict[tuple[int, str], tuple[str, str]] = field(default_factory=dict)
    quarantine: tuple[Quarantined, ...] = ()
    faults: tuple[ProductFault, ...] = ()
    zones: dict[str, str] = field(default_factory=dict)
    class_names: dict[str, tuple[str, str]] = field(default_factory=dict)

    def asset(self, site: str, tag: str) -> AssetView | None:
        """Find an asset by its tags."""
        return next((one for one in self.assets if (one.site, one.asset) == (site, tag)), None)


def take_picture(parts: Parts, before: Picture) -> Picture:
    """Read everything in one transaction; where that fails, keep what was there and say so."""
    now = parts.clock.now()
    try:
        with parts.database.transaction() as tx:
            listed = tuple(orders.list_orders(tx, orders.OPEN_ORDERS))
            machines = tuple(overview.list_assets(tx, now=now, key_values=True))
            return Picture(
                number=before.number + 1,
                at=now,
                assets=machines,
                counts=overview.get_counts(tx, now=now),
                orders=listed,
                signal_names=overview.signal_names(tx, {order.asset_id for order in listed}),
                quarantine=tuple(overview.list_quarantine(tx)),
                zones=assets.time_zones(tx),
                faults=product_state.faults(tx, folder=parts.data_folder),
                class_names={one.asset_class: (one.class_name, one.class_name_zh) for one in machines},
            )
    except AssetloopError as error:
        if before.away is None:
            _log.warning("the console cannot read the database", extra={"reason": str(error)})
        return replace(before, number=before.number + 1, away=str(error))


class Watches:
    """A shared picture for all who see the same sites."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._by_sites: dict[frozenset[str] | None, Watch] = {}
        self._adding = threading.Lock()

    def of(self, principal: Principal) -> Watch:
        """Return the picture of what a principal may see."""
        sites = principal.sites_with(Right.SEE)
        with self._adding:
            if sites not in self._by_sites:
                seer = replace(_CONSOLE, roles=dict.fromkeys(sites, _SEEING) if sites is not None else _CONSOLE.roles)
                self._by_sites[sites] = Watch(self._parts.of(seer, Right.SEE))
            return self._by_sites[sites]


class Watch:
    """The shared picture. `look` never waits for the database."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._picture = Picture()
        self._wake = threading.Event()
        self._asked_at = self._taken_at = 0.0
        self._pause_s = _EVERY_S
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def look(self) -> Picture:
        """Return the newest picture, and keep the poll going for a while."""
        was_idle = self._is_idle()
        self._asked_at = time.monotonic()
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._poll, name="console-watch", daemon=True)
                self._thread.start()
        if was_idle:
            self._wake.set()
        return self._picture

    def hurry(self) -> None:
        """Ask for a new picture at once, after something was changed."""
        self._wake.set()

    def is_fresh(self) -> bool:
        """Say whether the picture was taken, or failed to be taken, since somebody looks.

        Of a large plant it is read seldom: then it is as fresh as it comes.
        """
        return self._picture.number > 0 and time.monotonic() - self._taken_at < max(_OLD_AFTER_S, 2 * self._pause_s)

    def _is_idle(self) -> bool:
        return time.monotonic() - self._asked_at > _IDLE_AFTER_S

    def _poll(self) -> None:
        while True:
            began = time.monotonic()
            self._picture = self._next_picture()
            self._taken_at = time.monotonic()
            self._pause_s = max(_EVERY_S, _SHARE_OF_TIME * (self._taken_at - began))
            self._wake.wait(None if self._is_idle() else self._pause_s)
            self._wake.clear()

    def _next_picture(self) -> Picture:
        try:
            return take_picture(self._parts, self._picture)
        except Exception as error:  # noqa: BLE001 - the poll of all viewers must not end with one bad row
            _log.exception("the console's poll failed in an unforeseen way")
            return replace(self._picture, number=self._picture.number + 1, away=type(error).__name__)
