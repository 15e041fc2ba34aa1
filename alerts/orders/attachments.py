"""Files are attached to an order and given out again; their bytes are in the database, or in a store of objects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import fsspec

from alerts.journal import JournalEntry
from alerts.orders.incoming_file import PIECE_BYTES, IncomingFile
from alerts.orders.locked_order import lock_order, touched, write_revision
from lifecycle import ledger
from lifecycle.ledger_events import FileAttached
from plant.clock import Clock
from plant.errors import Conflict, Misconfigured, Unavailable
from plant.orders.attachment import Attachment
from plant.orders.wording import readable
from plant.people.principal import Principal
from storage.core.database import Database
from storage.orders import attachments as rows
from storage.work import orders as order_rows

MOST_BYTES = 25 * 2**20
_MOST_FILES = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class AttachmentStore:
    """Where the bytes of files are: in the database, or below `url` in a store that fsspec knows, as s3://bucket/orders.

    A file has at most `most_bytes`.
    """

    url: str = ""
    most_bytes: int = MOST_BYTES

    def put(self, number: str, file: IncomingFile) -> str:
        """Put a file into the store and return its place; an object of the same content is the same object.

        Raises:
            Unavailable: the store is away or refuses it.
        """
        place = f"{number}/{file.sha256}"
        files, base = self._files()
        try:
            files.makedirs(f"{base}/{number}", exist_ok=True)
            with files.open(f"{base}/{place}", "wb") as object_:
                for piece in file.pieces():
                    object_.write(piece)
        except Exception as error:
            raise Unavailable(f"the store of attachments refuses the file: {_line(error)}") from error
        return place

    def read(self, place: str) -> Iterator[bytes]:
        """Return the bytes of an object in pieces.

        Raises:
            Unavailable: the store is away, or has no such object.
        """
        files, base = self._files()
        try:
            with files.open(f"{base}/{place}", "rb") as object_:
                while piece := object_.read(PIECE_BYTES):
                    yield piece
        except Exception as error:
            raise Unavailable(f"the store of attachments does not give the file: {_line(error)}") from error

    def _files(self) -> tuple[fsspec.AbstractFileSystem, str]:
        try:
            files, base = fsspec.core.url_to_fs(self.url)
        except (ImportError, ValueError) as error:
            raise Misconfigured(f"ASSETLOOP_ATTACHMENTS_URL: {_line(error)}") from error
        return files, str(base).rstrip("/")


def _line(error: Exception) -> str:
    return str(error).partition("\n")[0] or type(error).__name__


def attach(
    database: Database,
    number: str,
    file: IncomingFile,
    *,
    store: AttachmentStore,
    actor: Principal,
    clock: Clock,
    words: str = "",
) -> Attachment:
    """Attach a file to an order in `actor`'s name, open or not; what was attached stays.

    Raises:
        NotFound: there is no such order.
        Conflict: it has this very file, or too many.
        Rejected: the file is empty, or holds something else than its name says; or the words are no plain text.
        Unavailable: the database or the store is away; nothing is attached.
    """
    words, media_type = readable(words, what="words").strip(), file.media_type()
    with database.transaction() as tx:  # before many bytes go into a store
        order_rows.get_order(tx, number)
    now = clock.now()
    made = Attachment(
        attachment_id=uuid4(),
        name=file.name,
        media_type=media_type,
        bytes=file.bytes,
        sha256=file.sha256,
        added_at=now,
        added_by=actor.name,
        words=words,
        place=store.put(number, file) if store.url else "",
    )
    with database.transaction() as tx:
        locked = lock_order(tx, number)
        order = locked.order
        if len(rows.attachments_of(tx, order.order_id)) >= _MOST_FILES:
            raise Conflict(f"work order {number} has {_MOST_FILES} files; that is enough for one order")
        if not rows.add_attachment(tx, order.order_id, made, () if made.place else file.pieces()):
            raise Conflict(f"work order {number} has this very file already")
        entry = JournalEntry(event="attached", actor=actor.name, at=now, note=f"{made.name}\n{words}".strip())
        write_revision(tx, locked, touched(order, actor.name, now), entry)
        attached = FileAttached(actor=actor.name, order=number, file=made.name, sha256=made.sha256)
        ledger.append(tx, order.site, attached, now)
    return made


def contents(database: Database, attachment: Attachment, store: AttachmentStore) -> Iterator[bytes]:
    """Return the bytes of a file in pieces, each read for itself.

    Raises:
        Unavailable: the database or the store is away.
    """
    if attachment.place:
        yield from store.read(attachment.place)
        return
    position = 0
    while True:
        with database.transaction() as tx:
            piece = rows.piece_of(tx, attachment.attachment_id, position)
        if piece is None:
            return
        yield piece
        position += 1


def find_attachment(database: Database, number: str, attachment_id: UUID) -> Attachment:
    """Return a file of an order; raises `NotFound` where there is none."""
    with database.transaction() as tx:
        return rows.get_attachment(tx, order_rows.get_order(tx, number).order_id, attachment_id)
