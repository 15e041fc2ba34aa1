"""The devices that are known: assets, their grace and their signals, remembered for a minute, learnt on a miss."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ingest.decoding.decoded import DeviceReport
from ingest.decoding.device_profile import DeviceProfile
from plant.tags import one_form
from storage.core.database import Database, Transaction
from storage.telemetry import devices as store
from storage.telemetry.devices import KnownAsset

_log = logging.getLogger(__name__)
_KNOWN_S = 60.0
_UNKNOWN_S = 2.0  # so that an approved asset is soon heard, and a stranger's flood does not hammer the database
_MANY = 1000
_LONGEST_TAG = 200  # as in the register's files


@dataclass(frozen=True, kw_only=True, slots=True)
class AutoRegister:
    """That an unknown asset registers itself, of which class, and how many may."""

    asset_class: str
    most: int


class Devices:
    """A memory of the register. One thread may ask while another one learns.

    `most_signals` is how many signals an asset may have before a device can register no more; with `auto` assets
    register themselves too. Times are monotonic seconds, given by the caller.
    """

    def __init__(self, database: Database, *, most_signals: int, auto: AutoRegister | None = None) -> None:
        self._database = database
        self._auto = auto
        self._most_signals = most_signals
        self._devices: dict[tuple[str, str], DeviceProfile] = {}

    def recall(self, site: str, asset: str, now_s: float) -> DeviceProfile | None:
        """Return what is known, or None where the register has to be asked."""
        device = self._devices.get((site, asset))
        return device if device is not None and now_s < device.until_s else None

    def learn(self, reports: Iterable[DeviceReport], now_s: float) -> None:
        """Ask the register about the devices of these reports.

        Raises:
            Unavailable: the database is away.
        """
        self._forget(now_s)
        self._find({(report.site, report.asset) for report in reports}, now_s)

    def register(self, device: DeviceProfile, keys: Sequence[str]) -> None:
        """Register signals of a known asset, as many as it may have; then `is_full` says whether some were too many.

        Keys that only differ in how they are written, as composed characters or with what nobody sees, are one signal.

        Raises:
            Unavailable: the database is away.
        """
        if device.asset_id is None:
            raise ValueError(f"{device.name} is not in the register, and has no signals")
        forms = {key: one_form(key) or key for key in keys}
        most = self._most_signals + 1  # one more than can be taken is enough to learn that no more can be
        asked = list(dict.fromkeys(forms.values()))[:most]
        with self._database.transaction() as tx:
            registered = store.register_signals(tx, device.asset_id, asked, most=self._most_signals)
        known = {key: registered.get(form) for key, form in forms.items()}
        device.signals.update({key: signal_id for key, signal_id in known.items() if signal_id is not None})
        device.is_full = None in registered.values()

    def _find(self, names: set[tuple[str, str]], now_s: float) -> None:
        wanted = sorted(name for name in names if self.recall(*name, now_s) is None)
        if not wanted:
            return
        with self._database.transaction() as tx:
            found = store.find(tx, wanted)
            if self._auto is not None:
                found |= self._welcome(tx, [name for name in wanted if name not in found])
        for name in wanted:
            self._note(name, found.get(name), now_s)

    def _welcome(self, tx: Transaction, strangers: list[tuple[str, str]]) -> dict[tuple[str, str], KnownAsset]:
        """Register assets by their tags, as many as may register themselves."""
        assert self._auto is not None  # noqa: S101 - asked for nowhere else
        named = [name for name in strangers if all(0 < len(tag) <= _LONGEST_TAG for tag in name)]
        if not named:
            return {}
        for site, asset in named:
            if not store.register_asset(tx, site, asset, asset_class=self._auto.asset_class, most=self._auto.most):
                _log.warning("no more assets may register themselves", extra={"asset": f"{site}/{asset}"})
        return store.find(tx, named)

    def _note(self, name: tuple[str, str], found: KnownAsset | None, now_s: float) -> None:
        device = self._devices.get(name)
        if found is None:
            self._put(name, DeviceProfile(site=name[0], asset=name[1], asset_id=None, until_s=now_s + _UNKNOWN_S))
        elif name != (found.site, found.asset):  # a device that names no site is the one that names it
            self._note((found.site, found.asset), found, now_s)
            self._put(name, self._devices[found.site, found.asset])
        elif device is None or device.asset_id != found.asset_id:
            known = DeviceProfile(
                site=found.site,
                asset=found.asset,
                asset_id=found.asset_id,
                grace_us=round(found.grace_s * 1e6),
                newest_us=found.newest_us,
                signals=found.signals,
                until_s=now_s + _KNOWN_S,
            )
            self._put(name, known)
        else:
            device.refresh(found.signals, grace_us=round(found.grace_s * 1e6), newest_us=found.newest_us)
            device.until_s = now_s + _KNOWN_S

    def _put(self, name: tuple[str, str], device: DeviceProfile) -> None:
        device.succeed(self._devices.get(name))
        self._devices[name] = device

    def _forget(self, now_s: float) -> None:
        """Drop strangers that are out of date, so that made-up names do not pile up."""
        if len(self._devices) > _MANY:
            self._devices = {
                name: device
                for name, device in self._devices.items()
                if device.asset_id is not None or now_s < device.until_s
            }
