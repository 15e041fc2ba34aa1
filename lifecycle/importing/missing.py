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
from storage.orders.job_plans import retire_job_plan
from storage.orders.maintenance_plans import let_rest
from storage.register.facts import drop_items
from storage.register.register_changes import PutByFile, PutKind, put_by

_DROPPED: tuple[PutKind, ...] = ("parameter", "document", "part use", "global id")


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
    yield from _named_work(facts)
    for given in facts.global_ids:
        yield "global id", one_form(f"{given.model} {given.global_id}")


def _named_work(facts: Facts) -> Iterable[tuple[str, str]]:
    for plan in facts.maintenance:
        yield "maintenance plan", one_form(f"{plan.asset} {plan.plan.tag}")
    for job in facts.job_plans:
        yield "job plan", one_form(job.plan.tag)
        if job.again is not None:  # at every asset of its class
            yield "maintenance plan", one_form(job.plan.tag)


def _is_named(one: PutByFile, named: set[tuple[str, str]]) -> bool:
    return not named.isdisjoint({(one.kind, one_form(one.title or one.item)), (one.kind, one_form(one.item))})


def retire_what_is_missing(
    tx: Transaction, site: str, missing: Sequence[PutByFile], *, at: datetime, actor: Principal
) -> list[RowFault]:
    """Take what is missing out of view; the record keeps it. At what an order stands open is left, and named.

    Maintenance plans rest, and job plans are offered no more, but those that plans which go on use.
    """
    faults = []
    resting = [one.item for one in missing if one.kind == "maintenance plan"]
    if resting:
        let_rest(tx, site, resting, at=at, by=actor.name)
    for one in missing:
        try:
            _retire(tx, site, one, at=at, actor=actor)
        except Conflict as error:
            what = f"{one.kind} {one.item} was not retired: {error}"
            faults.append(RowFault(what=what, mend="then import again", asset=one.asset))
    for kind in _DROPPED:
        items = [one.item for one in missing if one.kind == kind]
        if items:
            drop_items(tx, site, kind, items)
    return faults


def _retire(tx: Transaction, site: str, one: PutByFile, *, at: datetime, actor: Principal) -> None:
    if one.kind == "job plan":
        retire_job_plan(tx, one.item, at=at)
    elif one.kind == "asset":
        retire_asset(tx, site=site, asset=one.asset, at=at, actor=actor)
    elif one.key is not None:
        retire_signals(tx, site=site, asset=one.asset, keys=[one.key], at=at, actor=actor)
