"""An asset that says nothing, told apart from what it speaks through: the product, a collector, the way from its site.

While the broker or ingest is away, or where most of a site or of what one collector speaks for fell silent at once, no
asset gets an alert of its own: one notice says what is broken. What still says nothing a minute after that is mended is
told by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from alerts.alarms.rules import Wait
from plant.finding import FindingKind
from plant.notices.notice import Bilingual, Notice, NoticeSubject
from plant.severity import Severity
from storage.core.database import Transaction
from storage.notices import notices
from storage.work import silences
from storage.work.desk import LockedFinding
from storage.work.silences import HeardAsset

_SYSTEM = NoticeSubject.SYSTEM
_TOGETHER = timedelta(minutes=2)
_FEWEST_OF_SITE, _FEWEST_OF_COLLECTOR = 5, 3
_MOST_OF_SITE, _MOST_OF_COLLECTOR = 0.5, 0.8

_FAULTS = {
    "broker_away": Bilingual(en="the broker is away: no telemetry comes", zh="消息代理离线：没有遥测数据"),
    "ingest_away": Bilingual(en="no collector stores telemetry", zh="采集进程离线：没有数据入库"),
    "database_read_only": Bilingual(en="the database takes no telemetry", zh="数据库只读：数据无法入库"),
    "not_storing": Bilingual(en="telemetry is not stored", zh="遥测数据未入库"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class FellSilent:
    """How many assets of a site fell silent at about the same time as one, of how many; the same of its collector."""

    known: int
    silent: int
    of_collector: int
    silent_of_collector: int


class Silences:
    """What is silent, for as long as a transaction looks at findings: the product, and each site, are asked once."""

    def __init__(self, tx: Transaction, at: datetime) -> None:
        self._tx, self._at = tx, at
        self._heard: dict[str, list[HeardAsset]] = {}

    def wait_of(self, locked: LockedFinding) -> Wait | None:
        """Say whether a silent asset waits: for others to fall silent with it, or because they have."""
        finding = locked.finding
        if finding.kind != FindingKind.SILENT:
            return None
        if finding.cleared is not None:  # it speaks again before anybody was told
            return Wait(locked.waits) if locked.waits in (Wait.GATHERING, Wait.PRODUCT) else None
        if self._is_product_at_fault:
            return Wait.PRODUCT
        if locked.waits != Wait.GATHERING or locked.look_at is None or locked.look_at > self._at:
            return Wait.GATHERING
        return Wait.PRODUCT if is_common(self._together(locked)) else None

    @cached_property
    def _is_product_at_fault(self) -> bool:
        return bool(silences.product_faults(self._tx))

    def _together(self, locked: LockedFinding) -> FellSilent:
        site, onset = locked.asset.site, locked.finding.onset
        if site not in self._heard:
            self._heard[site] = silences.heard_of(self._tx, site)
        heard = self._heard[site]
        collectors = {one.collector for one in heard if one.asset_id == locked.asset.asset_id} - {""}
        fallen = {one.asset_id for one in heard if one.silent_since and abs(one.silent_since - onset) <= _TOGETHER}
        of_collector = {one.asset_id for one in heard if one.collector in collectors}
        return FellSilent(
            known=len({one.asset_id for one in heard}),
            silent=len(fallen),
            of_collector=len(of_collector),
            silent_of_collector=len(fallen & of_collector),
        )


def is_common(fallen: FellSilent) -> bool:
    """Say whether so many fell silent at once that it is what they speak through.

    >>> is_common(FellSilent(known=2800, silent=1500, of_collector=0, silent_of_collector=0))
    True
    >>> is_common(FellSilent(known=2800, silent=20, of_collector=24, silent_of_collector=20))
    True
    >>> is_common(FellSilent(known=2800, silent=20, of_collector=240, silent_of_collector=20))
    False
    """
    of_site = fallen.silent >= max(_FEWEST_OF_SITE, _MOST_OF_SITE * fallen.known)
    of_collector = fallen.silent_of_collector >= max(_FEWEST_OF_COLLECTOR, _MOST_OF_COLLECTOR * fallen.of_collector)
    return of_site or of_collector


def tell_of_the_product(tx: Transaction, *, at: datetime) -> None:
    """Post one notice for each thing that is broken for all, and end those of what is mended."""
    faults = silences.product_faults(tx)
    for fault, title in _FAULTS.items():
        _stand(tx, fault, fault in faults, "", title, faults.get(fault, ""), at)
    waiting = {} if faults else {one.site: one for one in silences.common(tx) if one.silent >= _FEWEST_OF_COLLECTOR}
    for site in silences.told_sites(tx) | set(waiting):
        silent = waiting[site].silent if site in waiting else 0
        title = Bilingual(en=f"{site}: {silent} assets fell silent at once", zh=f"{site}：{silent} 台设备同时无数据")
        _stand(tx, f"silent {site}", site in waiting, site, title, "", at)


def _stand(
    tx: Transaction, subject_id: str, stands: bool, site: str, title: Bilingual, says: str, at: datetime
) -> None:
    is_told = any(one.ended_at is None for one in notices.about(tx, _SYSTEM, subject_id))
    if stands and not is_told:
        lines = (Bilingual(en=says, zh=says),) if says else ()
        notice = Notice(
            subject=_SYSTEM,
            subject_id=subject_id,
            severity=Severity.CRITICAL,
            title=title,
            site=site,
            priority=1,
            critical=True,
            lines=lines,
        )
        notices.post(tx, notice, tell=True, at=at)
    elif is_told and not stands:
        notices.end(tx, _SYSTEM, subject_id, at=at)
