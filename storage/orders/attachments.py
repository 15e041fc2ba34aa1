"""Files of orders as rows, and their bytes in pieces."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from uuid import UUID

from plant.errors import NotFound
from plant.orders.attachment import Attachment
from storage.core.database import Transaction


def add_attachment(tx: Transaction, order_id: int, attachment: Attachment, pieces: Iterable[bytes]) -> bool:
    """Add a file to an order with its bytes; False, and nothing is written, where it has that very file."""
    if not tx.run("attachments.add", order_id=order_id, **asdict(attachment)):
        return False
    for position, body in enumerate(pieces):
        tx.run("attachments.add_piece", attachment_id=attachment.attachment_id, position=position, body=body)
    return True


def attachments_of(tx: Transaction, order_id: int) -> list[Attachment]:
    """Return the files of an order, oldest first."""
    return [Attachment(**row) for row in tx.all("attachments.of_order", order_id=order_id)]


def get_attachment(tx: Transaction, order_id: int, attachment_id: UUID) -> Attachment:
    """Return one file of an order; raises `NotFound` where there is none."""
    row = tx.first("attachments.get", order_id=order_id, attachment_id=attachment_id)
    if row is None:
        raise NotFound(f"there is no attachment {attachment_id} on this order")
    return Attachment(**row)


def piece_of(tx: Transaction, attachment_id: UUID, position: int) -> bytes | None:
    """Return a piece of a file; None after the last."""
    rows = tx.all_in_binary("attachments.piece", attachment_id=attachment_id, position=position)
    return bytes(rows[0]["body"]) if rows else None
