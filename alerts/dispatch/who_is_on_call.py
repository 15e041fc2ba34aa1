"""Rosters: a file is read each time, an address every quarter of an hour; its last good copy is kept."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from alerts.dispatch.plans import NoticePlan, NoticePlans, Way, WayKind
from alerts.dispatch.rosters import who_is_on_call
from alerts.dispatch.sending import webhook
from plant.errors import Rejected, Unavailable
from storage.core.database import Database, Transaction
from storage.notices import contacts

_log = logging.getLogger(__name__)
_EVERY = timedelta(minutes=15)
_MOST_BYTES = 2**20

Fetch = Callable[[str], bytes]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rosters:
    """Reads the rosters of plans; `trust` is whom addresses prove themselves to, None: what the machine trusts."""

    plans: NoticePlans
    trust: ssl.SSLContext | None = field(default=None, repr=False)

    def on_call(self, tx: Transaction, plan: NoticePlan, now: datetime) -> frozenset[str] | None:
        """Name who is on call by a plan's roster; None where it has none. What cannot be read names nobody."""
        if not plan.roster:
            return None
        try:
            body = self._body(tx, plan.roster)
            return who_is_on_call(body, now, zone=plan.zone)
        except (Rejected, OSError) as error:
            _log.warning("a roster cannot be read", extra={"plan": plan.name, "why": str(error)})
            return frozenset()

    def _body(self, tx: Transaction, place: str) -> bytes:
        if "://" not in place:
            return _from_file(place)
        copy = contacts.roster(tx, place)
        if copy is None or copy.body is None:
            raise Rejected("no_roster", "it was never fetched")
        return copy.body

    def refresh(self, database: Database, now: datetime, fetch: Fetch | None = None) -> None:
        """Fetch what was not asked for within a quarter of an hour; what cannot be had keeps its last good copy."""
        for place in sorted({plan.roster for plan in self.plans.plans if "://" in plan.roster}):
            with database.transaction() as tx:
                copy = contacts.roster(tx, place)
            if copy is not None and now - copy.tried_at < _EVERY:
                continue
            body, error = self._fetched(place, now, fetch or self.fetch)
            with database.transaction() as tx:
                contacts.keep_roster(tx, place, body=body, error=error, at=now)

    def read(self, place: str) -> bytes:
        """Read a roster now, from its file or its address.

        Raises:
            Unavailable: it cannot be had.
        """
        if "://" in place:
            return self.fetch(place)
        try:
            return _from_file(place)
        except OSError as error:
            raise Unavailable(f"the roster {place} cannot be read: {error.strerror}") from error

    def fetch(self, place: str) -> bytes:
        """Get a roster from its address.

        Raises:
            Unavailable: it cannot be had.
        """
        way = Way(name="roster", kind=WayKind.WEBHOOK, address=place)
        return webhook.fetch(way, most_bytes=_MOST_BYTES, trust=self.trust)

    @staticmethod
    def _fetched(place: str, now: datetime, fetch: Fetch) -> tuple[bytes | None, str]:
        try:
            body = fetch(place)
            who_is_on_call(body, now, zone="UTC")
        except (Unavailable, Rejected) as error:
            _log.warning("a roster cannot be fetched", extra={"why": str(error)})
            return None, str(error)
        return body, ""


def _from_file(place: str) -> bytes:
    with Path(place).open("rb") as file:
        return file.read(_MOST_BYTES)
