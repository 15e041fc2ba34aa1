"""A request goes out to a BIM tool as BCF, and the status it is given there comes back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from lifecycle.feedback.bcf import BcfComponent, BcfTopic, read_bcf, write_bcf
from plant.errors import Rejected
from plant.iso14224 import FAILURE_MODES
from plant.people.principal import Principal
from plant.people.rights import Right
from storage.core.database import Database, Transaction
from storage.notices import design
from storage.notices.design import DesignRequest
from storage.register.facts import held_global_ids
from storage.telemetry.windows import from_us
from storage.views.series import thinned

_STATUS = {"open": "Open", "accepted": "Closed", "rejected": "Rejected"}
_SIGNALS = 2
_BEFORE = timedelta(hours=1)

Trace = tuple[str, Sequence[datetime], Sequence[float]]


def export_bcf(tx: Transaction, request: DesignRequest, *, link: str | None) -> bytes:
    """Write a request as a BCF 2.1 file with its machines, its words and its picture."""
    assets, guids = design.machines(tx, request), guids_of_assets(tx, request.site)
    comments = [] if request.decided_at is None else [(request.decided_at, request.decided_by or "", request.reason)]
    return write_bcf(
        BcfTopic(
            guid=request.topic_guid,
            title=title_of(request),
            status=_STATUS[request.state],
            description=description_of(request),
            author="assetloop",
            created_at=request.opened_at,
            project=request.site,
            components=[BcfComponent(tag=tag, ifc_guid=guid) for tag in assets for guid in guids.get(tag, [""])],
            snapshot=picture_of(tx, request),
            links=[link] if link else [],
            comments=comments,
        )
    )


def guids_of_assets(tx: Transaction, site: str) -> dict[str, list[str]]:
    """Return the ids that building models give to the assets of a site, by tag."""
    guids: dict[str, list[str]] = defaultdict(list)
    for (_, guid), asset in sorted(held_global_ids(tx, site).items()):
        guids[asset].append(guid)
    return dict(guids)


def picture_of(tx: Transaction, request: DesignRequest) -> bytes:
    """Draw rates, and what the leading signals did before the newest failure, where that is still kept."""
    from lifecycle.feedback.pictures import snapshot  # matplotlib is for those who look

    return snapshot(request.evidence, _traces(tx, request))


def title_of(request: DesignRequest) -> str:
    """Say in one line which machines fail, and how."""
    machine = " ".join(filter(None, (request.asset_class, request.manufacturer, request.model, request.context)))
    english, _ = FAILURE_MODES.get(request.failure_mode, (request.failure_mode, ""))
    return f"{request.site}: {machine}, {english}"


def description_of(request: DesignRequest) -> str:
    """Say what speaks for a request."""
    evidence = request.evidence
    lines = [
        f"{evidence['machines']} machines, {evidence['since'][:10]} to {evidence['until'][:10]}",
        f"this kind: {_rate(evidence['rate'])}",
        f"the rest of its class at the site: {_rate(evidence['rest'])}",
        f"orders: {', '.join(evidence['orders'])}",
    ]
    return "\n".join([*lines, *(_cost(one) for one in evidence["costs"])])


def _rate(rate: dict[str, Any]) -> str:
    if rate["a_year"] is None:
        return "none"
    interval = f"{rate['low']:.2f} to {rate['high']:.2f}"
    return f"{rate['failures']} failures in {rate['years']:.1f} years = {rate['a_year']:.2f} a year ({interval})"


def _cost(one: dict[str, Any]) -> str:
    cost = f"cost: {one['cost']:,.2f} {one['currency']}" if one["currency"] else "cost: none booked"
    return f"{cost}, {one['hours'] or 0:.1f} h"


def _traces(tx: Transaction, request: DesignRequest) -> list[Trace]:
    rows = design.signals_of_order(tx, request.evidence["orders"][-1]) if request.evidence["orders"] else []
    traces: list[Trace] = []
    for row in rows[:_SIGNALS]:
        until = row["at"]
        series = thinned(tx, row["signal_id"], time_from=until - _BEFORE, time_to=until + _BEFORE, most=300)
        if len(series):
            times = [from_us(int(one)) for one in series.times_us]
            traces.append((f"{row['asset']} {row['key']}", times, series.means.tolist()))
    return traces


def take_back(database: Database, file: bytes, *, actor: Principal) -> list[DesignRequest]:
    """Read the status of requests back from a BCF file, all or none; it is shown, and decides nothing.

    Raises:
        Rejected: it is no BCF file, or none of its topics is a request of ours.
        Forbidden: who acts does not answer for engineering at a request's site.
    """
    taken = []
    with database.transaction() as tx:
        for topic in read_bcf(file):
            request = design.by_topic(tx, topic.guid)
            if request is None:
                continue
            actor.demand(Right.ANSWER_FOR_ENGINEERING, request.site)
            design.note_bcf(tx, request.request_id, topic.status)
            taken.append(design.get_request(tx, request.request_id))
    if not taken:
        raise Rejected("no_request", "no topic of the file is a request of ours")
    return taken
