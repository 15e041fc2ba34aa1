"""Design-change requests as rows, and the counts they are opened by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from plant.errors import NotFound
from storage.core.database import Transaction


@dataclass(frozen=True, kw_only=True, slots=True)
class MachineGroup:
    """Machines of one kind at one site, how many years they ran in a window, and their failures of one mode."""

    site_id: int
    site: str
    class_id: int
    asset_class: str
    failure_mode: str
    manufacturer: str
    model: str
    context: str
    years: float
    machines: int
    failures: int
    orders: list[int]


@dataclass(frozen=True, kw_only=True, slots=True)
class DesignRequest:
    """A request that engineering change a design, with what speaks for it."""

    request_id: int
    site: str
    asset_class: str
    site_id: int
    class_id: int
    failure_mode: str
    manufacturer: str
    model: str
    context: str
    state: str
    opened_at: datetime
    evidence: dict[str, Any]
    topic_guid: str
    decided_at: datetime | None
    decided_by: str | None
    reason: str
    bcf_status: str
    effect_told: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DesignChange:
    """What an accepted request changed, by version."""

    version: int
    kind: str
    what: str
    before: Any
    after: Any
    changed_at: datetime
    changed_by: str


def groups(
    tx: Transaction, *, since: datetime, until: datetime, site: str | None = None, also: str | None = None
) -> list[MachineGroup]:
    """Count machines, years and confirmed failures in a window, by kind of machine and failure mode.

    Of a class there is each mode that any of the sites met, and the one that is named `also`, at every site.
    """
    rows = tx.all("design.groups", since=since, until=until, site=site, also=also)
    return [MachineGroup(**row) for row in rows]


def costs(tx: Transaction, orders: list[int]) -> list[dict[str, Any]]:
    """Say what some orders cost, by currency; without one: the hours alone."""
    return [dict(row) for row in tx.all("design.costs", orders=orders)]


def open_request(tx: Transaction, group: MachineGroup, evidence: dict[str, Any], *, at: datetime) -> int | None:
    """Open a request and return its number; None where one is open for the same."""
    row = tx.first("design.open", **_kind(group), at=at, evidence=Jsonb(evidence))
    return None if row is None else int(row["request_id"])


def is_decided_since(tx: Transaction, group: MachineGroup, *, since: datetime) -> bool:
    """Say whether the same was decided since then."""
    return bool(tx.one("design.decided_since", **_kind(group), since=since)["found"])


def _kind(group: MachineGroup | DesignRequest) -> dict[str, Any]:
    return {
        "site_id": group.site_id,
        "class_id": group.class_id,
        "failure_mode": group.failure_mode,
        "manufacturer": group.manufacturer,
        "model": group.model,
        "context": group.context,
    }


def list_requests(tx: Transaction) -> list[DesignRequest]:
    """Return requests, the newest first."""
    return [DesignRequest(**row) for row in tx.all("design.list", request_id=None, topic_guid=None)]


def get_request(tx: Transaction, request_id: int) -> DesignRequest:
    """Return one request.

    Raises:
        NotFound: there is none.
    """
    row = tx.first("design.list", request_id=request_id, topic_guid=None)
    if row is None:
        raise NotFound(f"there is no design-change request {request_id}")
    return DesignRequest(**row)


def by_topic(tx: Transaction, topic_guid: str) -> DesignRequest | None:
    """Find the request of a BCF topic."""
    row = tx.first("design.list", request_id=None, topic_guid=topic_guid)
    return None if row is None else DesignRequest(**row)


def decide(tx: Transaction, request_id: int, *, state: str, at: datetime, by: str, reason: str) -> bool:
    """Decide on a request; False where that was done before."""
    return tx.run("design.decide", request_id=request_id, state=state, at=at, by=by, reason=reason) > 0


def wanting_effect(tx: Transaction) -> list[DesignRequest]:
    """Return the accepted requests of which nobody was told yet what they brought."""
    return [one for one in list_requests(tx) if one.state == "accepted" and not one.effect_told]


def note_effect(tx: Transaction, request_id: int, verdict: str) -> bool:
    """Keep that people were told what a request brought; False where they were before."""
    return tx.run("design.note_effect", request_id=request_id, verdict=verdict) > 0


def note_bcf(tx: Transaction, request_id: int, status: str) -> None:
    """Keep the status that a BIM tool gave a request."""
    tx.run("design.note_bcf", request_id=request_id, status=status)


def limits(tx: Transaction, request: DesignRequest, signal: str) -> list[dict[str, Any]]:
    """Lock and return the limits of a signal at the machines a request is about."""
    return [dict(row) for row in tx.all("design.limits", **_kind(request), signal=signal)]


def machines(tx: Transaction, request: DesignRequest) -> list[str]:
    """Return the tags of the machines that a request is about."""
    return [row["tag"] for row in tx.all("design.machines", **_kind(request))]


def signals_of_order(tx: Transaction, number: str) -> list[dict[str, Any]]:
    """Return the signals that led to an order, the first the most, and when it failed."""
    return [dict(row) for row in tx.all("design.signals_of_order", order_id=int(number.removeprefix("WO-")))]


def set_limit(tx: Transaction, signal_id: int, *, low: float | None, high: float | None) -> None:
    """Set a signal's limits."""
    tx.run("design.set_limit", signal_id=signal_id, low=low, high=high)


def limit_later_machines(tx: Transaction, site: str) -> list[tuple[str, str, int]]:
    """Give machines that were installed after the limits of their kind were changed those; return which, by request."""
    rows = tx.all("design.limits_of_later_machines", site=site)
    return sorted((row["asset"], row["key"], row["request_id"]) for row in rows)


def add_change(
    tx: Transaction, request_id: int, *, kind: str, what: str, before: Any, after: Any, at: datetime, by: str
) -> None:
    """Keep what a request changed, under its next version."""
    both = {"before": Jsonb(before), "after": Jsonb(after)}
    tx.run("design.add_change", request_id=request_id, kind=kind, what=what, **both, at=at, by=by)


def changes(tx: Transaction, request_id: int) -> list[DesignChange]:
    """Return what a request changed."""
    return [DesignChange(**row) for row in tx.all("design.changes", request_id=request_id)]
