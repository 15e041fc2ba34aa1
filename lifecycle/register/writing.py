"""What a person writes into the register one by one: what is thought through about alarms, parts, trades."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from lifecycle import ledger
from lifecycle.ledger_events import DocumentWritten
from plant.alarms.rationalisation import Rationalisation
from plant.clock import Clock
from plant.errors import NotFound
from plant.orders.spending import Part, Trade
from plant.people.principal import Principal
from plant.people.rights import EVERY_SITE, Right
from plant.people.seen_version import SeenVersion, as_values, refuse_unseen
from storage.core.database import Database, Transaction
from storage.orders import stock
from storage.register import assets, rationalisations


def part_document(part: Part) -> dict[str, Any]:
    """Return what is changed where something else is said of a part: all but its stock."""
    return {name: getattr(part, name) for name in ("number", "name", "name_zh", "unit", "price", "least")}


def write_rationalisation(
    database: Database, said: Rationalisation, *, actor: Principal, clock: Clock, seen: SeenVersion | None = None
) -> Rationalisation:
    """Make the register say this for a class and kind.

    Raises:
        NotFound: there is no such class.
        Rejected: something is said already, and it is not said which version of it was `seen`.
        StaleRevision: it is not the version that was seen.
    """
    actor.demand(Right.REGISTER_ASSETS, EVERY_SITE)
    with database.transaction() as tx:
        if said.class_tag not in assets.list_classes(tx):
            raise NotFound(f"there is no class {said.class_tag}")
        rationalisations.lock_rationalisation(tx, said.class_tag, said.kind)
        there = _rationalisation(tx, said)
        about = f"{said.kind} of class {said.class_tag}"
        refuse_unseen(seen, None if there is None else asdict(there), asdict(said), about)
        rationalisations.put_rationalisation(tx, said)
        enter_document(tx, "rationalisation.put", about, asdict(said), actor=actor, at=clock.now())
        return _rationalisation(tx, said) or said


def _rationalisation(tx: Transaction, said: Rationalisation) -> Rationalisation | None:
    found = rationalisations.list_rationalisations(tx)
    return next((one for one in found if (one.class_tag, one.kind) == (said.class_tag, said.kind)), None)


def write_part(
    database: Database, site: str, part: Part, *, actor: Principal, clock: Clock, seen: SeenVersion | None = None
) -> Part:
    """Add a part to a site, or say something else of it; its stock stays, and a price that is not said, too.

    Raises:
        NotFound: there is no such site.
        Rejected: there is such a part, and it is not said which version of it was `seen`.
        StaleRevision: it is not the version that was seen.
    """
    actor.demand(Right.REGISTER_ASSETS, site)
    with database.transaction() as tx:
        stock.currency_of(tx, site)
        stock.lock_named(tx, f"part {site}/{part.number}")
        there = next((one for one in stock.list_parts(tx, site, number=part.number)), None)
        now = None if there is None else part_document(there)
        refuse_unseen(seen, now, part_document(part), f"part {part.number}")
        stock.put_part(tx, site, part)
        enter_document(tx, "part.put", part.number, part_document(part), actor=actor, at=clock.now(), sites=[site])
        return stock.get_part(tx, site, part.number)


def write_trade(
    database: Database, site: str, trade: Trade, *, actor: Principal, clock: Clock, seen: SeenVersion | None = None
) -> Trade:
    """Add a trade to a site, or say something else of it; what was booked keeps its rate.

    Raises:
        NotFound: there is no such site.
        Rejected: there is such a trade, and it is not said which version of it was `seen`.
        StaleRevision: it is not the version that was seen.
    """
    actor.demand(Right.REGISTER_ASSETS, site)
    with database.transaction() as tx:
        stock.currency_of(tx, site)
        stock.lock_named(tx, f"trade {site}/{trade.tag}")
        there = next((one for one in stock.trades_of(tx, site) if one.tag == trade.tag), None)
        refuse_unseen(seen, None if there is None else asdict(there), asdict(trade), f"trade {trade.tag}")
        stock.put_trade(tx, site, trade)
        enter_document(tx, "trade.put", trade.tag, asdict(trade), actor=actor, at=clock.now(), sites=[site])
        return next(one for one in stock.trades_of(tx, site) if one.tag == trade.tag)


def enter_document(
    tx: Transaction,
    event: Any,
    about: str,
    document: Mapping[str, Any],
    *,
    actor: Principal,
    at: datetime,
    sites: Iterable[str] | None = None,
) -> None:
    """Enter in the ledger what was written: at the `sites` that it concerns, or at every site."""
    entry = DocumentWritten(event=event, actor=actor.name, about=about, document=as_values(document))
    for site in sorted(assets.list_sites(tx)) if sites is None else sites:
        ledger.append(tx, site, entry, at)
