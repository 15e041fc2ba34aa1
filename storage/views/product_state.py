"""How the product itself is: one judgement, for `/health`, the console's banner, `up`, `doctor` and Grafana.

Most of it stands in the record, as the view `watch.product_fault`. Who asks sees that the database is away, and the
processes of its machine that a disk is full.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from psycopg.types.json import Jsonb

from plant.errors import Unavailable
from plant.product_state import FaultKind, ProductFault
from storage.core.database import Database, Transaction
from storage.core.disk import nearly_full
from storage.core.storable_text import storable

_MOST_SAID = 500  # characters


def look(database: Database, *, folder: Path | None = None) -> tuple[ProductFault, ...]:
    """Return what is wrong now, the worst first; nothing where all is well. `folder` is on a disk to be watched.

    Raises:
        Misconfigured: the database has not been migrated.
    """
    try:
        with database.transaction() as tx:
            return faults(tx, folder=folder)
    except Unavailable as error:
        return away(error, folder=folder)


def faults(tx: Transaction, *, folder: Path | None = None) -> tuple[ProductFault, ...]:
    """Return what is wrong while the database answers, as `look` does."""
    rows = [ProductFault(**{**row, "kind": FaultKind(row["kind"])}) for row in tx.all("product_state.faults")]
    found = {fault.kind: fault for fault in (*_of_the_disk(folder), *rows)}
    return tuple(found[kind] for kind in FaultKind if kind in found)


def away(error: Unavailable, *, folder: Path | None = None) -> tuple[ProductFault, ...]:
    """Return what is wrong while the database does not answer, as `look` does."""
    return (ProductFault(kind=FaultKind.DATABASE_AWAY, says=str(error)), *_of_the_disk(folder))


def report(tx: Transaction, holder: str, found: Sequence[ProductFault]) -> None:
    """Write down what is wrong with the process `holder`: once when it starts, then every second while anything is."""
    faults = [
        {
            "fault": one.kind.value,
            "since": one.since.isoformat() if one.since else None,
            "says": storable(one.says, most=_MOST_SAID),
        }
        for one in found
    ]
    tx.run("product_state.report", holder=holder, faults=Jsonb(faults))


def withdraw(tx: Transaction, holder: str) -> None:
    """Take back what `holder` reported; it ends."""
    tx.run("product_state.withdraw", holder=holder)


def _of_the_disk(folder: Path | None) -> tuple[ProductFault, ...]:
    says = nearly_full(folder) if folder is not None else None
    return (ProductFault(kind=FaultKind.DISK_NEARLY_FULL, says=says),) if says else ()
