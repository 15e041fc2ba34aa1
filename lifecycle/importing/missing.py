"""What a file put into the register and its newer version no longer names: said, and retired where one wants that."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from lifecycle.importing.facts import Facts, RowFault
from lifecycle.register.retiring import retire_asset, retire_signals
from plant.errors import Conflict
from plant.people.principal import Principal
from plant.tags import one_form
from storage.core.database import Transaction
from storage.register.register_changes import put_by

Missing = tuple[str, str | None]
"""An asset, or with its key a signal of one that is still there."""


def missing_from(tx: Transaction, typed: Facts, judged: Facts, *, replaces: str = "") -> tuple[Missing, ...]:
    """Return what an earlier import of the file put there and the file does not name now.

    `replaces` is the name that the file had then, where it was another. What the file names in a row that could not be
    taken is not missing.
    """
    source = typed.source
    if not source.file:
        return ()
    named = {one.tag for one in judged.assets} | {one_form(one.tag) for one in typed.assets}
    named |= {one_form(one.asset) for one in (*typed.faults, *judged.faults) if one.asset}
    signals = {(one.asset, one.key) for one in judged.signals} | {
        (one_form(one.asset), one_form(one.key)) for one in typed.signals
    }
    faulty = {one_form(one.asset) for one in typed.faults if one.asset}
    found = put_by(tx, typed.site.tag, kind=source.kind, file=replaces or source.file)
    gone = {asset for asset, key in found if key is None and asset not in named}
    unsaid = gone | faulty
    return tuple(
        (asset, key)
        for asset, key in found
        if (asset in gone if key is None else asset not in unsaid and (asset, key) not in signals)
    )


def said_missing(one: Missing) -> str:
    """Say what is missing.

    >>> said_missing(("P-1", None)), said_missing(("P-1", "flow"))
    ('asset P-1', 'signal P-1 flow')
    """
    return f"asset {one[0]}" if one[1] is None else f"signal {one[0]} {one[1]}"


def retire_what_is_missing(
    tx: Transaction, site: str, missing: Sequence[Missing], *, at: datetime, actor: Principal
) -> list[RowFault]:
    """Take what is missing out of view; the record keeps it. At what an order stands open is left, and named."""
    faults = []
    for asset, key in missing:
        try:
            if key is None:
                retire_asset(tx, site=site, asset=asset, at=at, actor=actor)
            else:
                retire_signals(tx, site=site, asset=asset, keys=[key], at=at, actor=actor)
        except Conflict as error:
            what = f"{said_missing((asset, key))} was not retired: {error}"
            faults.append(RowFault(what=what, mend="then import again", asset=asset))
    return faults
