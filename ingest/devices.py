"""The devices that are known: assets, their grace and their signals, remembered for a minute, learnt on a miss."""

from __future__ import annotations

from collections.abc import Iterable

from ingest.admission import Device, new_keys
from ingest.decoded import Decoded
from storage import devices as store
from storage.database import Database

_KNOWN_S = 60.0
_UNKNOWN_S = 2.0  # so that an approved asset is soon heard, and a stranger's flood does not hammer the database


class Devices:
    """A memory of the register. One thread may ask while another one learns.

    `most_signals` is how many signals an asset may have before a device can register no more. Times are
    monotonic seconds, given by the caller.
    """

    def __init__(self, database: Database, *, most_signals: int) -> None:
        self._database = database
        self._most_signals = most_signals
        self._devices: dict[tuple[str, str], tuple[Device, float]] = {}

    def recall(self, site: str, asset: str, now_s: float) -> Device | None:
        """Return what is known, or None where the register has to be asked."""
        device, until_s = self._devices.get((site, asset), (None, 0.0))
        return device if now_s < until_s else None

    def learn(self, messages: Iterable[Decoded], now_s: float) -> None:
        """Ask the register about these devices, and register the signals that are new.

        Raises:
            Unavailable: the database is away.
        """
        self._forget(now_s)
        for decoded in messages:
            device = self.recall(decoded.site, decoded.asset, now_s) or self._find(decoded, now_s)
            if device.asset_id is not None and not device.is_full:
                self._register(device, device.asset_id, new_keys(decoded, device))

    def _find(self, decoded: Decoded, now_s: float) -> Device:
        with self._database.transaction() as tx:
            found = store.find(tx, decoded.site, decoded.asset)
        if found is None:
            device, lasts_s = Device(asset_id=None), _UNKNOWN_S
        else:
            device = Device(asset_id=found.asset_id, grace_us=round(found.grace_s * 1e6), signals=found.signals)
            lasts_s = _KNOWN_S
        self._devices[decoded.site, decoded.asset] = device, now_s + lasts_s
        return device

    def _register(self, device: Device, asset_id: int, keys: list[str]) -> None:
        if not keys:
            return
        keys = keys[: self._most_signals + 1]  # one more than can be taken is enough to learn that no more can be
        with self._database.transaction() as tx:
            registered = store.register_signals(tx, asset_id, keys, most=self._most_signals)
        device.signals.update({key: signal_id for key, signal_id in registered.items() if signal_id is not None})
        device.is_full = None in registered.values()

    def _forget(self, now_s: float) -> None:
        """Drop what is out of date, so that a stranger's made-up names do not pile up."""
        if len(self._devices) > 1000:
            self._devices = {name: known for name, known in self._devices.items() if now_s < known[1]}
