"""A file that is sent over the network: tried at once, taken in by a worker once a person has seen the difference."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from procrastinate import Blueprint

from lifecycle.importing.column_mappings import get_mapping
from lifecycle.importing.difference import as_document
from lifecycle.importing.facts import Facts, SourceKind
from lifecycle.importing.reading import ReadOptions, read_facts
from lifecycle.importing.running import import_facts, take_in
from lifecycle.importing.tables.mapping_file import ColumnMapping, as_plain, of_plain
from plant.clock import Clock
from plant.errors import Conflict, Rejected
from plant.orders.attachment import file_name
from plant.people.principal import Principal, Recognition
from plant.people.rights import PlantRole, Right
from storage.core.database import Database
from storage.core.jobs import defer
from storage.register import uploads
from storage.register.uploads import RegisterUpload, UploadState
from storage.schema.upkeep import QUEUE

NAMESPACE = "register"
MOST_BYTES = 50 * 1024 * 1024
_MOST_SHOWN = 200
_MOST_NAME_BYTES = 200  # of the 255 that file systems take


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportChoices:
    """What a person says with a file, as on the command line (`lifecycle.importing.reading.ReadOptions`).

    `retires_missing` retires what an earlier version of the file, then called `replaces`, put there. `mapping` is the
    name of a saved mapping of columns; `columns` what it said when the file was tried, or what was proposed.
    """

    kind: SourceKind | None = None
    class_tag: str = ""
    asset: str = ""
    sheet: str = ""
    replaces: str = ""
    retires_missing: bool = False
    mapping: str = ""
    columns: dict[str, Any] | None = None


def try_upload(
    database: Database,
    *,
    site: str,
    file: str,
    body: bytes,
    actor: Principal,
    clock: Clock,
    choices: ImportChoices | None = None,
) -> RegisterUpload:
    """Read a file, see what it would change, and keep it until somebody decides.

    Raises:
        Forbidden: who acts may not register assets at the site.
        NotFound: they see nothing of that site, or no mapping has the name that was chosen.
        Rejected: it cannot be read, or is one that is not opened; nothing of it is kept.
    """
    actor.demand(Right.REGISTER_ASSETS, site)
    if len(body) > MOST_BYTES:
        raise Rejected("too_large", f"a file that is sent has at most {MOST_BYTES // 1024**2} MiB")
    choices = choices or ImportChoices()
    if choices.mapping:
        with database.transaction() as tx:
            chosen = get_mapping(tx, site, choices.mapping)
        choices = replace(choices, columns=as_plain(chosen.mapping))
    used: list[ColumnMapping] = []
    with _as_file(file, body, site, choices, used.append) as facts:
        difference = import_facts(
            database, facts, actor=actor, clock=clock, is_trial=True, replaces=choices.replaces,
            retires_missing=choices.retires_missing,
        )  # fmt: skip
    upload_id = uuid4()
    choices = replace(choices, columns=as_plain(used[0]) if used else None)
    with database.transaction() as tx:
        uploads.keep_upload(
            tx,
            upload_id,
            site=site,
            file=file,
            kind=facts.source.kind,
            options=asdict(choices),
            body=body,
            said=as_document(difference, most=_MOST_SHOWN),
            at=clock.now(),
            by=actor.name,
        )
        return uploads.get_upload(tx, upload_id)


def try_again(database: Database, upload_id: UUID, *, mapping: str, actor: Principal, clock: Clock) -> RegisterUpload:
    """Try a file that was sent once more, its columns read by a saved mapping; the first trial is dismissed.

    Raises:
        Conflict: that was decided already.
        Forbidden, NotFound, Rejected: as `try_upload` does; the first trial then stays.
    """
    with database.transaction() as tx:
        upload, body = uploads.get_upload(tx, upload_id), uploads.tried_body(tx, upload_id)
    if body is None:
        raise Conflict(f"{upload.file} was {upload.state} before")
    choices = replace(_choices(upload), mapping=mapping)
    tried = try_upload(
        database, site=upload.site, file=upload.file, body=body, actor=actor, clock=clock, choices=choices
    )
    dismiss_upload(database, upload_id, actor=actor, clock=clock)
    return tried


def _choices(upload: RegisterUpload) -> ImportChoices:
    return ImportChoices(**(upload.options or {"class_tag": upload.class_tag}))


@contextmanager
def _as_file(
    file: str,
    body: bytes,
    site: str,
    choices: ImportChoices,
    on_mapping: Callable[[ColumnMapping], None] = lambda _mapping: None,
) -> Iterator[Facts]:
    """Read a body under the name with which it came; that name is never a path."""
    name = file_name(file)
    with tempfile.TemporaryDirectory(prefix="assetloop-") as folder:
        path = Path(folder) / name.encode(errors="replace")[-_MOST_NAME_BYTES:].decode(errors="ignore")
        path.write_bytes(body)
        options = ReadOptions(
            site=site, kind=choices.kind, class_tag=choices.class_tag or None, asset=choices.asset or None,
            sheet=choices.sheet or None, on_mapping=on_mapping,
            saved_mapping=of_plain(choices.columns) if choices.columns else None,
        )  # fmt: skip
        facts = read_facts(path, options)
        if facts.site.tag != site:
            raise Rejected("another_site", f"the file is about the site {facts.site.tag}, not {site}")
        yield facts


def confirm_upload(database: Database, upload_id: UUID, *, actor: Principal, clock: Clock) -> RegisterUpload:
    """Let a worker take a file in.

    Raises:
        Conflict: that was decided already.
        Forbidden, NotFound: as `try_upload` does; there is no such file.
    """
    return _decide(database, upload_id, "confirmed", actor, clock)


def dismiss_upload(database: Database, upload_id: UUID, *, actor: Principal, clock: Clock) -> RegisterUpload:
    """Let nothing come of a file; raises as `confirm_upload` does."""
    return _decide(database, upload_id, "dismissed", actor, clock)


def _decide(database: Database, upload_id: UUID, state: UploadState, actor: Principal, clock: Clock) -> RegisterUpload:
    with database.transaction() as tx:
        upload = uploads.get_upload(tx, upload_id)
        actor.demand(Right.REGISTER_ASSETS, upload.site)
        decider = {"recognition": actor.recognition.value, "person_id": actor.person_id}
        if not uploads.decide_upload(tx, upload_id, state, at=clock.now(), by=actor.name, decider=decider):
            raise Conflict(f"{upload.file} was {upload.state} before")
        if state == "confirmed":
            defer(tx, f"{NAMESPACE}:take_in", queue=QUEUE, lock=f"{NAMESPACE}:{upload.site}", upload_id=str(upload_id))
        return uploads.get_upload(tx, upload_id)


def take_in_upload(database: Database, upload_id: UUID, *, clock: Clock) -> RegisterUpload:
    """Take a confirmed file in, whole or not at all; done again, nothing comes of it."""
    with database.transaction() as tx:
        upload, body = uploads.get_upload(tx, upload_id), uploads.confirmed_body(tx, upload_id)
    if body is None or upload.decider is None:
        return upload
    actor = Principal(
        name=upload.decided_by or "",
        recognition=Recognition(upload.decider["recognition"]),
        person_id=upload.decider["person_id"],
        roles={upload.site: frozenset({PlantRole.ENGINEERING})},
    )
    choices = _choices(upload)
    theirs = database.on_behalf_of(actor, sites={upload.site})
    try:
        with (
            _as_file(upload.file, body, upload.site, choices) as facts,
            theirs.transaction() as tx,
        ):
            if uploads.confirmed_body(tx, upload_id) is None:
                return uploads.get_upload(tx, upload_id)
            difference = take_in(
                tx, facts, actor=actor, clock=clock, replaces=choices.replaces,
                retires_missing=choices.retires_missing,
            )  # fmt: skip
            uploads.end_upload(tx, upload_id, "done", as_document(difference, most=_MOST_SHOWN))
    except (Rejected, Conflict) as error:
        with theirs.transaction() as tx:
            uploads.end_upload(tx, upload_id, "failed", {"reason": str(error)})
    with database.transaction() as tx:
        return uploads.get_upload(tx, upload_id)


def register_blueprint(database: Database, clock: Clock) -> Blueprint:
    """Declare what a worker does for imports; add it with `namespace=NAMESPACE`."""
    blueprint = Blueprint()

    @blueprint.task(name="take_in", queue=QUEUE)
    def take_in_task(upload_id: str) -> None:
        take_in_upload(database, UUID(upload_id), clock=clock)

    return blueprint
