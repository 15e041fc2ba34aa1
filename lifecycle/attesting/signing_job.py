"""The job that signs the ledger's heads every hour, so that somebody else can keep them."""

from __future__ import annotations

from procrastinate import Blueprint

from lifecycle.attesting.heads import sign_heads
from lifecycle.attesting.signed_note import NoteKey
from plant.clock import Clock
from storage.core.database import Database
from storage.schema.upkeep import QUEUE

NAMESPACE = "ledger"
SIGN_HEADS = f"{NAMESPACE}:sign_heads"


def ledger_blueprint(database: Database, clock: Clock, key: NoteKey) -> Blueprint:
    """Declare what a worker does for the ledger; add it with `namespace=NAMESPACE`."""
    blueprint = Blueprint()

    @blueprint.periodic(cron="3 * * * *")
    @blueprint.task(name="sign_heads", queue=QUEUE, queueing_lock=SIGN_HEADS)
    def sign(timestamp: int) -> None:  # noqa: ARG001 - periodic tasks get it
        with database.transaction() as tx:
            sign_heads(tx, key, clock.now())

    return blueprint
