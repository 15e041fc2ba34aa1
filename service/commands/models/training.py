"""`assetloop train`: choose assets, declare healthy time where asked to, train, and say what came of it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lifecycle.register.healthy_time import declare_healthy
from models.training.fleet import DatabaseAddress, DatabaseSource, train_fleet
from models.training.train import TrainedModel, TrainingRefused
from models.training_requests import TrainingRequest, ask_for_all
from plant.errors import Misconfigured, NotFound
from plant.model import ModelState, Succession, TrainingState
from service.commands.instants import read_instant
from service.commands.who import who
from service.demo.demonstration import Progress
from service.runtime.counted import counted
from service.runtime.surroundings import Surroundings
from service.settings import read_settings
from storage.core.database import Database, Role, Transaction, without_password
from storage.models import installations, trainings
from storage.models.installations import Installation
from storage.models.trainings import TrainingOutcome
from storage.register import assets
from storage.views import counts

_NOBODY = "assetloop train"
_ASSETS_A_PROCESS = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainOptions:
    """What is to be trained and where; see the command's help."""

    assets: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None
    promote: bool = False
    jobs: int | None = None
    scheduler: str | None = None
    queue: bool = False
    wait: bool = True
    by: str | None = None

    @property
    def asked_by(self) -> str:
        """Return who asks: who is named, else the user of this machine, else the command."""
        return who(self.by, otherwise=_NOBODY).name

    @property
    def task(self) -> TrainingRequest:
        """Return who asks, and what is to become of the models."""
        return TrainingRequest(
            trained_by=self.asked_by, succession=Succession.PROMOTE if self.promote else Succession.CHALLENGE
        )


def train(around: Surroundings, options: TrainOptions, progress: Progress) -> dict[str, Any]:
    """Train the chosen assets, or all; returns an entry each under `trained` and `refused`.

    Raises:
        Misconfigured: an asset or an instant is not written as it should be, or options contradict each other.
        NotFound: there is no such asset or class.
    """
    _refuse_contradictions(options)
    with around.database() as database:
        chosen = _chosen(database, around, options)
        if options.queue:
            return _through_the_queue(database, around, chosen, options, progress)
        outcomes = []
        for outcome in _fleet(around, chosen, options):
            outcomes.append(outcome)
            progress(len(outcomes), len(chosen))
    return _answer(outcomes)


def _refuse_contradictions(options: TrainOptions) -> None:
    if (options.since is None) != (options.until is None):
        raise Misconfigured("--from and --to go together: they declare the chosen assets healthy between them")
    if options.since and not (options.assets or options.classes):
        raise Misconfigured("--from and --to declare machines healthy: say which with --asset or --class")
    if options.queue and (options.scheduler or options.jobs):
        raise Misconfigured("--queue leaves the work to `assetloop work`; --jobs and --scheduler do it at once")
    if options.scheduler and options.jobs:
        raise Misconfigured("--scheduler uses the cluster's workers, --jobs processes of this machine; choose one")


def _chosen(database: Database, around: Surroundings, options: TrainOptions) -> list[Installation]:
    with database.transaction() as tx:
        ids = [assets.get_asset(tx, *tags_of(text)).asset_id for text in options.assets]
        if unknown := installations.unknown_classes(tx, options.classes):
            raise NotFound(f"there is no class of equipment {unknown[0]}")
        if options.since and options.until:
            since, until = read_instant(options.since), read_instant(options.until)
            for asset in _assets(tx, ids, options.classes):
                _declare(tx, around, asset, since, until, asked_for=asset.asset_id in ids, by=options.asked_by)
        chosen = installations.to_train(tx, ids) if ids else []
        if options.classes or not ids:
            chosen += installations.to_train(tx, None, class_tags=options.classes or None)
    return list({one.installation_id: one for one in chosen}.values())


def _assets(tx: Transaction, ids: Collection[int], classes: Collection[str]) -> list[assets.RegisteredAsset]:
    return [one for one in assets.list_assets(tx) if one.asset_id in ids or one.asset_class in classes]


def _fleet(around: Surroundings, chosen: Sequence[Installation], options: TrainOptions) -> Any:
    url = around.database_url(Role.APP)
    source: DatabaseSource = (
        DatabaseOfWorker(url=without_password(url)) if options.scheduler else DatabaseAddress(url=url)
    )
    jobs = options.jobs or max(1, min(len(os.sched_getaffinity(0)), len(chosen) // _ASSETS_A_PROCESS))
    return train_fleet(source, chosen, options.task, clock=around.clock, jobs=jobs, scheduler=options.scheduler)


@dataclass(frozen=True, kw_only=True, slots=True)
class DatabaseOfWorker:
    """The database as a worker on another machine finds it: named by its own environment, else at `url`.

    Passwords do not travel: `url` holds none.
    """

    url: str

    def open(self) -> Database:
        """Open a pool of connections that speak as the application."""
        settings = read_settings()
        named = settings.database_url_app or settings.database_url
        return Database(named.get_secret_value() if named else self.url, role=Role.APP, most=2)


def _through_the_queue(
    database: Database,
    around: Surroundings,
    chosen: Sequence[Installation],
    options: TrainOptions,
    progress: Progress,
) -> dict[str, Any]:
    batch = secrets.token_hex(8)
    asked = ask_for_all(
        database, [one.installation_id for one in chosen], options.task, batch=batch, clock=around.clock
    )
    if not options.wait:
        return {"queued": asked, "already_queued": len(chosen) - asked, "trained": [], "refused": []}
    while True:
        with database.transaction() as tx:
            counts = trainings.counts(tx, batch)
        done = sum(counts.values()) - counts.get(TrainingState.QUEUED, 0)
        progress(done, asked)
        if done == asked:
            break
        around.clock.sleep(0.5)
    with database.transaction() as tx:
        outcomes = trainings.outcomes(tx, batch)
    return {
        "queued": asked,
        "already_queued": len(chosen) - asked,
        "trained": [_of_queue(one) for one in outcomes if one.state is TrainingState.TRAINED],
        "refused": [_of_queue(one) for one in outcomes if one.state is not TrainingState.TRAINED],
    }


def _of_queue(one: TrainingOutcome) -> dict[str, Any]:
    document = {"site": one.site, "asset": one.asset}
    if one.state is TrainingState.TRAINED:
        return {**document, "version": one.version, "state": one.model_state}
    return {**document, "reason": one.outcome}


def _answer(outcomes: Sequence[TrainedModel | TrainingRefused]) -> dict[str, Any]:
    ordered = sorted(outcomes, key=lambda one: (one.site, one.asset))
    return {
        "trained": [_of_trained(one) for one in ordered if isinstance(one, TrainedModel)],
        "refused": [
            {"site": one.site, "asset": one.asset, "reason": one.reason}
            for one in ordered
            if isinstance(one, TrainingRefused)
        ],
    }


def _of_trained(one: TrainedModel) -> dict[str, Any]:
    return {
        "site": one.site,
        "asset": one.asset,
        "model_id": one.model_id,
        "version": one.version,
        "state": one.state,
        "rows": one.rows,
        "signals": list(one.signals),
        "never_moved": list(one.never_moved),
        "counters": list(one.counters),
        "daily": list(one.daily),
        "apart": list(one.apart),
        "from": one.data_from.isoformat(),
        "to": one.data_to.isoformat(),
    }


def told(outcome: dict[str, Any]) -> str:
    """Say for a person what came of a training."""
    lines = [
        f"{one['site']}/{one['asset']}: version {one['version']}, {one['state']}{_remarks(one)}"
        for one in outcome["trained"]
    ]
    lines += [f"{one['site']}/{one['asset']}: {one['reason']}" for one in outcome["refused"]]
    if "queued" in outcome:
        lines.append(f"asked for {outcome['queued']}; {outcome['already_queued']} waited for training already")
    challengers = sum(one["state"] == ModelState.CHALLENGER for one in outcome["trained"])
    if challengers:
        lines.append(
            f"{counted(challengers, 'challengers')}: look with `assetloop model show`, then `assetloop model promote`"
        )
    return "\n".join(lines) or "no asset has healthy time declared"


def _remarks(trained: dict[str, Any]) -> str:
    """Name the signals that a model knows little of, and what of its training lies apart from the rest.

    >>> _remarks({"never_moved": ["valve"], "counters": []})
    '; never moved, so watched for moving alone: valve'
    >>> _remarks({"apart": [{"from": "08:00", "to": "09:00", "departure": "upset", "left_out": True}]})
    '; apart from the rest of the training: 08:00 to 09:00 (upset, left out)'
    """
    still, counters, daily = (trained.get(what) for what in ("never_moved", "counters", "daily"))
    said = f"; never moved, so watched for moving alone: {', '.join(still)}" if still else ""
    said += f"; counters, judged by their rate: {', '.join(counters)}" if counters else ""
    said += f"; go with the time of day: {', '.join(daily)}" if daily else ""
    apart = ", ".join(
        f"{each['from']} to {each['to']} ({each['departure']}, {'left out' if each['left_out'] else 'learnt from'})"
        for each in trained.get("apart", ())
    )
    return said + (f"; apart from the rest of the training: {apart}" if apart else "")


def _declare(
    tx: Transaction,
    around: Surroundings,
    asset: assets.RegisteredAsset,
    since: datetime,
    until: datetime,
    *,
    asked_for: bool,
    by: str,
) -> None:
    """Declare an asset healthy; one that only belongs to a chosen class and has no readings there is left out."""
    name = f"{asset.site}/{asset.asset}"
    if until > around.clock.now():
        raise Misconfigured(
            f"--to {until.isoformat()} lies in the future: nobody knows yet whether {name} stays healthy"
        )
    if not counts.has_readings(tx, asset.asset_id, since, until):
        if not asked_for:
            return
        raise Misconfigured(
            f"{name} has no reading from {since.isoformat()} to {until.isoformat()}; nothing was declared"
        )
    declare_healthy(tx, asset.asset_id, since, until, origin="declared", by=by)


def tags_of(text: str) -> tuple[str, str]:
    """Read SITE/TAG; raises `Misconfigured` where it is not written so."""
    site, slash, tag = text.partition("/")
    if not (site and slash and tag):
        raise Misconfigured(f"asset {text}: write SITE/TAG, as in demo/P-101")
    return site, tag
