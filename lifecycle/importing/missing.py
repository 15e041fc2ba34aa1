"""What a file put into the register and its newer version no longer names: said, and retired where one wants that."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from lifecycle.importing.facts import Facts, RowFault
from lifecycle.register.retiring import retire_asset, retire_signals
from plant.errors import Conflict
from plant.people.principal import Principal
from plant.tags import one_form
from storage.core.database import Transaction
from storage.register.facts import drop_items
from storage.register.register_changes import PutByFile, put_by


def missing_from(tx: Transaction, typed: Facts, judged: Facts, *, replaces: str = "") -> tuple[PutByFile, ...]:
    """Return what an earlier import of the file put there and the file does not name now.

    `replaces` is the name that the file had then, where it was another. What the file names in a row that could not be
    taken is not missing, nor is an earlier version of a document that it names; what was said of an asset that is
    missing goes with it.
    """
    source = typed.source
    if not source.file:
        return ()
    assets = {one.tag for one in judged.assets} | {one_form(one.tag) for one in typed.assets}
    faulty = {one_form(one.asset) for one in (*typed.faults, *judged.faults) if one.asset}
    named = {*_named(typed, typed.site.tag), *_named(judged, typed.site.tag)}
    found = put_by(tx, typed.site.tag, kind=source.kind, file=replaces or source.file)
    gone = {one.asset for one in found if one.kind == "asset" and one.asset not in assets | faulty}
    unsaid = gone | faulty
    return tuple(
        one
        for one in found
        if (one.asset in gone if one.kind == "asset" else one.asset not in unsaid and not _is_named(one, named))
    )


def _named(facts: Facts, site: str) -> Iterable[tuple[str, str]]:
    """Yield kind and item of all that facts say, as changes call them; a document without its version."""
    for signal in facts.signals:
        yield "signal", one_form(f"{signal.asset} {signal.key}")
    for parameter in facts.parameters:
        words = (parameter.asset or parameter.class_tag or site, parameter.property_set, parameter.name)
        yield "parameter", one_form(" ".join(filter(None, words)))
    for document in facts.documents:
        yield "document", one_form(f"{document.asset or document.class_tag or site} {document.title}")
    for part in facts.parts:
        yield "part use", one_form(f"{part.number} {part.asset or part.class_tag}")


def _is_named(one: PutByFile, named: set[tuple[str, str]]) -> bool:
    return (one.kind, one_form(one.title or one.item)) in named


def retire_what_is_missing(
    tx: Transaction, site: str, missing: Sequence[PutByFile], *, at: datetime, actor: Principal
) -> list[RowFault]:
    """Take what is missing out of view; the record keeps it. At what an order stands open is left, and named."""
    faults = []
    for one in missing:
        try:
            if one.kind == "asset":
                retire_asset(tx, site=site, asset=one.asset, at=at, actor=actor)
            elif one.key is not None:
                retire_signals(tx, site=site, asset=one.asset, keys=[one.key], at=at, actor=actor)
        except Conflict as error:
            what = f"{one.kind} {one.item} was not retired: {error}"
            faults.append(RowFault(what=what, mend="then import again", asset=one.asset))
    for kind in ("parameter", "document", "part use"):
        items = [one.item for one in missing if one.kind == kind]
        if items:
            drop_items(tx, site, kind, items)
    return faults
