"""Trained models as rows: their bytes, what they were trained on and with, and which of them is in charge."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from plant.errors import NotFound
from plant.model import ModelEventName, ModelState
from storage.core.database import Transaction
from storage.models.installations import ModelSignal, signal_of_row


@dataclass(frozen=True, kw_only=True, slots=True)
class NewModel:
    """A model about to be stored. `artifact` is its bytes, `data_sha256` the digest of what it was trained on.

    `figures` say how it did in its back-test, `reference` how its training data were distributed, `line` where its
    alarm line lies, in multiples of the one it was trained with.
    """

    installation_id: int
    kind: str
    signal_ids: tuple[int, ...]
    data_from: datetime
    data_to: datetime
    data_rows: int
    data_sha256: bytes
    libraries: dict[str, str]
    figures: dict[str, Any]
    artifact: bytes
    trained_by: str
    trained_at: datetime
    line: float = 1.0
    reference: Sequence[Any] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredModel:
    """A model as it was stored, with the asset it belongs to; `refused` says why it cannot be used, if it cannot."""

    model_id: int
    installation_id: int
    asset_id: int
    asset: str
    kind: str
    version: int
    state: ModelState
    signals: tuple[ModelSignal, ...]
    data_from: datetime
    data_to: datetime
    data_rows: int
    data_sha256: bytes
    libraries: dict[str, str]
    figures: dict[str, Any]
    artifact: bytes
    trained_by: str
    trained_at: datetime
    line: float = 1.0
    refused: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelLine:
    """A model as it is listed, without its bytes; `installed` says that its machine still stands at the asset."""

    model_id: int
    installation_id: int
    installed: bool
    asset_id: int
    site: str
    asset: str
    asset_class: str
    kind: str
    version: int
    state: ModelState
    data_from: datetime
    data_to: datetime
    data_rows: int
    data_sha256: str
    libraries: dict[str, str]
    figures: dict[str, Any]
    line: float
    refused: str | None
    trained_by: str
    trained_at: datetime
    promoted_at: datetime | None
    retired_at: datetime | None
    size_bytes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelEvent:
    """What happened to a model, when by the clock, and by whom; `recognised` is how that was proved."""

    at: datetime
    actor: str
    event: ModelEventName
    detail: dict[str, Any]
    recognised: str = ""


def add(tx: Transaction, model: NewModel, *, champion: bool) -> tuple[int, int]:
    """Store a model as champion, retiring the one before, or as the only challenger; return its id and version."""
    state = ModelState.CHAMPION if champion else ModelState.CHALLENGER
    tx.one("catalogue.lock_installation", installation_id=model.installation_id)
    version = int(tx.one("catalogue.next_version", installation_id=model.installation_id, kind=model.kind)["version"])
    _retire(tx, model, state, at=model.trained_at, actor=model.trained_by)
    row = tx.one(
        "catalogue.add",
        installation_id=model.installation_id,
        kind=model.kind,
        version=version,
        state=state.value,
        signal_ids=list(model.signal_ids),
        data_from=model.data_from,
        data_to=model.data_to,
        data_rows=model.data_rows,
        data_sha256=model.data_sha256,
        libraries=Jsonb(model.libraries),
        figures=Jsonb(model.figures),
        artifact=model.artifact,
        trained_by=model.trained_by,
        trained_at=model.trained_at,
        line=model.line,
        reference=Jsonb(list(model.reference)),
        promoted_at=model.trained_at if champion else None,
    )
    model_id = int(row["model_id"])
    add_event(
        tx, model_id, at=model.trained_at, actor=model.trained_by, event=ModelEventName.TRAINED, state=state.value
    )
    return model_id, version


def promote(tx: Transaction, model: StoredModel, *, at: datetime, actor: str) -> bool:
    """Make a challenger the champion and retire the one before; return False if it is no challenger now."""
    tx.one("catalogue.lock_installation", installation_id=model.installation_id)
    if load(tx, model.model_id).state is not ModelState.CHALLENGER:
        return False
    _retire(tx, model, ModelState.CHAMPION, at=at, actor=actor)
    tx.run("catalogue.promote", model_id=model.model_id, at=at)
    add_event(tx, model.model_id, at=at, actor=actor, event=ModelEventName.PROMOTED)
    return True


def roll_back(tx: Transaction, model: StoredModel, *, at: datetime, actor: str) -> int | None:
    """Let the champion before this one take over again; return its id, None where there is none, or this is none.

    This one is a challenger again: it can be promoted, and a further rollback goes to the one before both.
    """
    tx.one("catalogue.lock_installation", installation_id=model.installation_id)
    before = tx.first("catalogue.champion_before", installation_id=model.installation_id, kind=model.kind)
    if before is None or load(tx, model.model_id).state is not ModelState.CHAMPION:
        return None
    _retire(tx, model, ModelState.CHALLENGER, at=at, actor=actor)
    tx.run("catalogue.step_back", model_id=model.model_id)
    add_event(tx, model.model_id, at=at, actor=actor, event=ModelEventName.ROLLED_BACK)
    tx.run("catalogue.promote", model_id=before["model_id"], at=at)
    add_event(tx, before["model_id"], at=at, actor=actor, event=ModelEventName.PROMOTED, instead_of=model.version)
    return int(before["model_id"])


def _retire(tx: Transaction, successor: NewModel | StoredModel, state: ModelState, *, at: datetime, actor: str) -> None:
    which = {"installation_id": successor.installation_id, "kind": successor.kind}
    for row in tx.all("catalogue.retire", **which, state=state.value, at=at):
        add_event(tx, row["model_id"], at=at, actor=actor, event=ModelEventName.RETIRED)


def of_asset(tx: Transaction, asset_id: int, *, kind: str, state: ModelState) -> int | None:
    """Return the id of the champion or challenger of what is installed at an asset."""
    row = tx.first("catalogue.of_asset", asset_id=asset_id, kind=kind, state=state.value)
    return None if row is None else int(row["model_id"])


def never_moved(tx: Transaction, asset_id: int) -> frozenset[str]:
    """Return the keys of the signals that never moved in the training of what is in charge of an asset."""
    return frozenset(row["key"] for row in tx.all("catalogue.never_moved", asset_id=asset_id))


def refuse(tx: Transaction, model_id: int, *, reason: str, at: datetime, actor: str) -> bool:
    """Remember why a model cannot be used; False where that is remembered already."""
    if not tx.run("catalogue.refuse", model_id=model_id, reason=reason):
        return False
    add_event(tx, model_id, at=at, actor=actor, event=ModelEventName.REFUSED, reason=reason)
    return True


def move_line(tx: Transaction, model_id: int, *, line: float, at: datetime, actor: str, **because: Any) -> None:
    """Move a model's alarm line, in multiples of the one it was trained with, and say why."""
    tx.run("catalogue.move_line", model_id=model_id, line=line)
    add_event(tx, model_id, at=at, actor=actor, event=ModelEventName.LINE_MOVED, line=line, **because)


def add_event(
    tx: Transaction, model_id: int, *, at: datetime, actor: str, event: ModelEventName, **detail: Any
) -> None:
    """Write down what happened to a model."""
    tx.run("catalogue.add_event", model_id=model_id, at=at, actor=actor, event=event.value, detail=Jsonb(detail))


def events(tx: Transaction, model_id: int) -> list[ModelEvent]:
    """Return all that happened to a model, oldest first."""
    return [
        ModelEvent(**{**row, "event": ModelEventName(row["event"])})
        for row in tx.all("catalogue.events", model_id=model_id)
    ]


def load(tx: Transaction, model_id: int) -> StoredModel:
    """Return one model with its bytes.

    Raises:
        NotFound: there is none of this id.
    """
    row = tx.first("catalogue.load", model_id=model_id)
    if row is None:
        raise NotFound(f"there is no model {model_id}")
    return _stored(row, signals_of_model(tx, model_id))


def load_many(tx: Transaction, model_ids: Collection[int]) -> list[StoredModel]:
    """Return several models with their bytes, by id; those that there are none of are left out."""
    signals: dict[int, list[ModelSignal]] = {model_id: [] for model_id in model_ids}
    for row in tx.all_in_binary("catalogue.signals_of_many", model_ids=list(model_ids)):
        signals[row.pop("model_id")].append(signal_of_row(row))
    rows = tx.all_in_binary("catalogue.load_many", model_ids=list(model_ids))
    return [_stored(row, signals[row["model_id"]]) for row in rows]


def reference(tx: Transaction, model_id: int) -> list[Any]:
    """Return how a model's training data were distributed, as it was stored."""
    found: list[Any] = tx.one("catalogue.reference", model_id=model_id)["reference"]
    return found


def list_models(
    tx: Transaction,
    *,
    asset_id: int | None = None,
    standing_only: bool = False,
    most: int = 10_000,
) -> list[ModelLine]:
    """Return models by asset, the newest first: of one asset or of all, champions and challengers or all."""
    rows = tx.all(
        "catalogue.list",
        asset_ids=None if asset_id is None else [asset_id],
        model_id=None,
        standing_only=standing_only,
        attention_first=False,
        most=most,
    )
    return [_line(row) for row in rows]


def list_standing(tx: Transaction, *, text: str, most: int, skip: int) -> tuple[list[ModelLine], int]:
    """Return what stands at a page of the assets with `text` in their tag, what wants attention first; and how many."""
    page = tx.all("catalogue.standing", text=text, most=most, skip=skip)
    rows = tx.all(
        "catalogue.list",
        asset_ids=[row["asset_id"] for row in page],
        model_id=None,
        standing_only=True,
        attention_first=True,
        most=4 * most,  # a champion and a challenger of each kind
    )
    return [_line(row) for row in rows], int(page[0]["machines"]) if page else 0


def signals_of_model(tx: Transaction, model_id: int) -> tuple[ModelSignal, ...]:
    """Return the signals of a model, in the order of its columns."""
    return tuple(signal_of_row(row) for row in tx.all("catalogue.model_signals", model_id=model_id))


def line_of(tx: Transaction, model_id: int) -> ModelLine:
    """Return one model as it is listed.

    Raises:
        NotFound: there is none of this id.
    """
    row = tx.first(
        "catalogue.list", asset_ids=None, model_id=model_id, standing_only=False, attention_first=False, most=1
    )
    if row is None:
        raise NotFound(f"there is no model {model_id}")
    return _line(row)


def _stored(row: dict[str, Any], signals: Sequence[ModelSignal]) -> StoredModel:
    return StoredModel(**{**row, "state": ModelState(row["state"])}, signals=tuple(signals))


def _line(row: dict[str, Any]) -> ModelLine:
    return ModelLine(**{**row, "state": ModelState(row["state"])})
