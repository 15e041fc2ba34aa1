"""The devices that are known: assets, their grace and their signals, remembered for a minute, learnt on a miss."""

from __future__ import annotations

from collections.abc import Iterable

from ingest.admission import new_keys
from ingest.decoded import Report
from ingest.device import Device
from storage import devices as store
from storage.database import Database
from storage.devices import KnownAsset

_KNOWN_S = 60.0
_UNKNOWN_S = 2.0  # so that an approved asset is soon heard, and a stranger's flood does not hammer the database
_MANY = 1000


class Devices:
    """A memory of the register. One thread may ask while another one learns.

    `most_signals` is how many signals an asset may have before a device can register no more. Times are
    monotonic seconds, given by the caller.
    """

    def __init__(self, database: Database, *, most_signals: int) -> None:
        self._database = database
        self._most_signals = most_signals
        self._devices: dict[tuple[str, str], Device] = {}

    def recall(self, site: str, asset: str, now_s: float) -> Device | None:
        """Return what is known, or None where the register has to be asked."""
        device = self._devices.get((site, asset))
        return device if device is not None and now_s < device.until_s else None

    def learn(self, reports: Iterable[Report], now_s: float) -> None:
        """Ask the register about the devices of these reports, and register the signals that are new.

        Raises:
            Unavailable: the database is away.
        """
        reports = list(reports)
        self._forget(now_s)
        self._find({(report.site, report.asset) for report in reports}, now_s)
        for report in reports:
            device = self._devices[report.site, report.asset]
            if device.asset_id is not None and not device.is_full:
                self._register(device, device.asset_id, new_keys(report, device))

    def _find(self, names: set[tuple[str, str]], now_s: float) -> None:
        wanted = sorted(name for name in names if self.recall(*name, now_s) is None)
        if not wanted:
            return
        with self._database.transaction() as tx:
            found = store.find(tx, wanted)
        for name in wanted:
            self._note(name, found.get(name), now_s)

    def _note(self, name: tuple[str, str], found: KnownAsset | None, now_s: float) -> None:
        device = self._devices.get(name)
        if found is None:
            self._devices[name] = Device(site=name[0], asset=name[1], asset_id=None, until_s=now_s + _UNKNOWN_S)
        elif name != (found.site, found.asset):  # a device that names no site is the one that names it
            self._note((found.site, found.asset), found, now_s)
            self._devices[name] = self._devices[found.site, found.asset]
        elif device is None or device.asset_id != found.asset_id:
            self._devices[name] = Device(
                site=found.site,
                asset=found.asset,
                asset_id=found.asset_id,
                grace_us=round(found.grace_s * 1e6),
                newest_us=found.newest_us,
                signals=found.signals,
                until_s=now_s + _KNOWN_S,
            )
        else:
            device.refresh(found.signals, grace_us=round(found.grace_s * 1e6), newest_us=found.newest_us)
            device.until_s = now_s + _KNOWN_S

    def _register(self, device: Device, asset_id: int, keys: list[str]) -> None:
        if not keys:
            return
        keys = keys[: self._most_signals + 1]  # one more than can be taken is enough to learn that no more can be
        with self._database.transaction() as tx:
            registered = store.register_signals(tx, asset_id, keys, most=self._most_signals)
        device.signals.update({key: signal_id for key, signal_id in registered.items() if signal_id is not None})
        device.is_full = None in registered.values()

    def _forget(self, now_s: float) -> None:
        """Drop strangers that are out of date, so that made-up names do not pile up."""
        if len(self._devices) > _MANY:
            self._devices = {
                name: device
                for name, device in self._devices.items()
                if device.asset_id is not None or now_s < device.until_s
            }
