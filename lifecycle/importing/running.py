"""An import from beginning to end: one transaction with its ledger entry, or a trial of it that leaves nothing."""

from __future__ import annotations

from uuid import UUID, uuid4

from lifecycle import ledger
from lifecycle.importing.applying import Progress, apply_facts
from lifecycle.importing.difference import Difference
from lifecycle.importing.facts import Facts
from lifecycle.ledger_events import FileImported
from plant.clock import Clock
from plant.people.principal import Principal
from plant.people.rights import Right
from storage.core.database import Database, Transaction
from storage.register.register_changes import keep_import


class _TakenBack(Exception):
    """The trial is over: its transaction is rolled back."""


def import_facts(
    database: Database,
    facts: Facts,
    *,
    actor: Principal,
    clock: Clock,
    is_trial: bool = False,
    progress: Progress = lambda _done, _total: None,
    replaces: str = "",
    retires_missing: bool = False,
) -> Difference:
    """Take facts into the register, all of them or, where it is interrupted, none; `is_trial` leaves nothing behind.

    `retires_missing` retires what an earlier import of the file, then called `replaces`, put there, and this one not.

    Raises:
        Forbidden: who acts may not register assets at the site.
        NotFound: they see nothing of that site.
    """
    actor.demand(Right.REGISTER_ASSETS, facts.site.tag)
    made: list[Difference] = []
    try:
        with database.transaction() as tx:
            made.append(
                take_in(
                    tx, facts, actor=actor, clock=clock, progress=progress, replaces=replaces,
                    retires_missing=retires_missing,
                )
            )  # fmt: skip
            if is_trial:
                raise _TakenBack
    except _TakenBack:
        pass
    return made[0]


def take_in(
    tx: Transaction,
    facts: Facts,
    *,
    actor: Principal,
    clock: Clock,
    progress: Progress = lambda _done, _total: None,
    import_id: UUID | None = None,
    replaces: str = "",
    retires_missing: bool = False,
) -> Difference:
    """Take facts into the register in an open transaction, with the entry in the ledger where that changed anything."""
    import_id, at = import_id or uuid4(), clock.now()
    difference = apply_facts(
        tx, facts, at=at, by=actor.name, import_id=import_id, progress=progress, replaces=replaces,
        retires=actor if retires_missing else None,
    )  # fmt: skip
    if difference.is_none:
        return difference
    counts = {"added": sum(difference.added.values()), "changed": sum(difference.changed.values())}
    source = facts.source
    keep_import(
        tx, import_id, site=facts.site.tag, at=at, by=actor.name, kind=source.kind, file=source.file,
        sha256=source.sha256, counts={**counts, "faults": len(difference.faults)},
    )  # fmt: skip
    imported = FileImported(actor=actor.name, what="register", file=source.file, sha256=source.sha256, counts=counts)
    ledger.append(tx, facts.site.tag, imported, at)
    return difference
