"""`assetloop model …`: which models there are, who is in charge, what is proposed, and how well classes are watched."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

from lifecycle.labels import FORMULAE, Detection, detection
from models.catalogue import KIND
from models.feedback import proposing
from models.training import promotion
from plant.errors import NotFound
from plant.model import ModelState
from service.commands.instants import read_instant
from service.commands.models.training import tags_of
from service.commands.who import who
from service.runtime.surroundings import Surroundings
from storage.core.database import Transaction
from storage.models import catalogue as store
from storage.models import drift, proposals
from storage.models.catalogue import ModelLine
from storage.models.proposals import Proposal
from storage.register import assets

_SPAN = timedelta(days=365)


def listed(around: Surroundings, asset: str | None, *, every: bool) -> list[dict[str, Any]]:
    """List champions and challengers, or every version: of one asset or of all.

    Raises:
        NotFound: there is no such asset.
    """
    with around.database() as database, database.transaction() as tx:
        asset_id = assets.get_asset(tx, *tags_of(asset)).asset_id if asset else None
        return [_model(one) for one in store.list_models(tx, asset_id=asset_id, standing_only=not every)]


def shown(around: Surroundings, asset: str, version: int | None) -> dict[str, Any]:
    """Show one version of an asset's model, the champion unless told, with all that happened to it.

    Raises:
        NotFound: there is no such asset or version.
    """
    with around.database() as database, database.transaction() as tx:
        line = _version(tx, asset, version, state=ModelState.CHAMPION)
        happened = [dataclasses.asdict(one) for one in store.events(tx, line.model_id)]
        checks = [dataclasses.asdict(one) for one in drift.checks(tx, line.model_id, most=5)]
    return {**_model(line), "libraries": line.libraries, "figures": line.figures, "events": happened, "checks": checks}


def promoted(around: Surroundings, asset: str, version: int | None, by: str | None) -> dict[str, Any]:
    """Put an asset's challenger in charge; raises as `models.training.promotion.promote`."""
    with around.database(actor=who(by)) as database:
        with database.transaction() as tx:
            model_id = _version(tx, asset, version, state=ModelState.CHALLENGER).model_id
        return _model(promotion.promote(database, model_id, actor=who(by), clock=around.clock))


def rolled_back(around: Surroundings, asset: str, by: str | None) -> dict[str, Any]:
    """Let the asset's champion before this one take over again; raises as `models.training.promotion.roll_back`."""
    with around.database(actor=who(by)) as database:
        with database.transaction() as tx:
            model_id = _version(tx, asset, None, state=ModelState.CHAMPION).model_id
        return _model(promotion.roll_back(database, model_id, actor=who(by), clock=around.clock))


def proposed(around: Surroundings, *, every: bool) -> list[dict[str, Any]]:
    """List what is proposed and stands open, or all that ever was."""
    with around.database() as database, database.transaction() as tx:
        return [_proposal(one) for one in proposals.list_proposals(tx, open_only=not every)]


def decided(around: Surroundings, proposal_id: int, *, is_accepted: bool, by: str | None, note: str) -> dict[str, Any]:
    """Accept or dismiss a proposal; raises as `models.feedback.proposing.accept` and `dismiss`."""
    decide = proposing.accept if is_accepted else proposing.dismiss
    with around.database(actor=who(by)) as database:
        return _proposal(decide(database, proposal_id, actor=who(by), clock=around.clock, note=note))


def figures(around: Surroundings, since: str | None, until: str | None) -> dict[str, Any]:
    """Say how well each class was watched, by the orders closed in a span: the last year unless told.

    Raises:
        Misconfigured: an instant is not written as it should be.
        Rejected: the span is empty.
    """
    now = around.clock.now()
    end = read_instant(until) if until else now
    begin = read_instant(since) if since else end - _SPAN
    with around.database() as database, database.transaction() as tx:
        found = detection(tx, since=begin, until=end)
    return {
        "from": _iso(begin),
        "to": _iso(end),
        "as_known_at": _iso(now),
        "formulae": FORMULAE,
        "classes": [_detection(one) for one in found],
    }


def _version(tx: Transaction, asset: str, version: int | None, *, state: ModelState) -> ModelLine:
    found = assets.get_asset(tx, *tags_of(asset))
    lines = [one for one in store.list_models(tx, asset_id=found.asset_id) if one.kind == KIND and one.installed]
    if version is not None:
        wanted = [one for one in lines if one.version == version]
        lacks = f"version {version}"
    else:
        wanted = [one for one in lines if one.state == state]
        lacks = state
    if not wanted:
        raise NotFound(f"{asset} has no {lacks}; `assetloop model list --asset {asset} --all` shows what it has")
    return wanted[0]


def _model(line: ModelLine) -> dict[str, Any]:
    left_out = {"libraries", "figures", "asset_id", "installation_id"}
    document = {name: value for name, value in dataclasses.asdict(line).items() if name not in left_out}
    held_back = line.figures.get("held_back") or {}
    faults, calm = line.figures.get("faults") or {}, line.figures.get("false_alarms") or {}
    return {
        **document,
        "held_back_alarms": held_back.get("alarms"),
        "held_back_hours": held_back.get("hours"),
        "faults_found": [faults.get("found", 0), faults.get("kept", 0)],
        "false_alarms_silent": [calm.get("silent", 0), calm.get("kept", 0)],
    }


def _proposal(one: Proposal) -> dict[str, Any]:
    return dataclasses.asdict(one)


def _detection(one: Detection) -> dict[str, Any]:
    counts = dataclasses.asdict(one.counts)
    return {**counts, "precision": one.precision, "recall": one.recall}


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
