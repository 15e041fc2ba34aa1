"""Whom notices can reach: people, how they narrow it, and the rosters that say who is on call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from plant.severity import Severity
from storage.core.database import Transaction


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticePreference:
    """How a person narrows what reaches them; `areas` None is every area, empty `hours` are all."""

    at_least: Severity = Severity.INDETERMINATE
    areas: tuple[str, ...] | None = None
    hours: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class RosterCopy:
    """What was fetched of a roster, when it last was, and what went wrong since."""

    body: bytes | None
    fetched_at: datetime | None
    tried_at: datetime
    error: str


def contacts(tx: Transaction) -> list[dict[str, Any]]:
    """Return everybody who may sign in, with what decides whether and when notices reach them."""
    return [dict(row) for row in tx.all("contacts.contacts")]


def preference(tx: Transaction, person_id: str) -> NoticePreference:
    """Return how a person narrows what reaches them."""
    row = tx.first("contacts.preference", person_id=person_id)
    if row is None:
        return NoticePreference()
    areas = None if row["areas"] is None else tuple(row["areas"])
    return NoticePreference(at_least=Severity(row["at_least"]), areas=areas, hours=row["hours"])


def lock_preference(tx: Transaction, person_id: str) -> None:
    """Let nobody else narrow what reaches a person until the transaction ends."""
    tx.all("contacts.lock_preference", person_id=person_id)


def prefer(tx: Transaction, person_id: str, wanted: NoticePreference, *, at: datetime) -> None:
    """Keep how a person narrows what reaches them."""
    areas = None if wanted.areas is None else list(wanted.areas)
    tx.run(
        "contacts.prefer",
        person_id=person_id,
        at_least=wanted.at_least.value,
        areas=areas,
        hours=wanted.hours,
        at=at,
    )


def roster(tx: Transaction, url: str) -> RosterCopy | None:
    """Return the last good copy of a roster; None where it was never asked for."""
    row = tx.first("contacts.roster", url=url)
    return None if row is None else RosterCopy(**row)


def keep_roster(tx: Transaction, url: str, *, body: bytes | None, error: str, at: datetime) -> None:
    """Keep what was fetched of a roster, or why it was not; the copy before then stays."""
    tx.run("contacts.keep_roster", url=url, body=body, error=error, at=at)
