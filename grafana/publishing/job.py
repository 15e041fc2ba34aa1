"""The job that keeps a Grafana's dashboards up to date: once a minute it looks whether the register has changed."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from procrastinate import Blueprint

from grafana.publishing.push import PushDone, PushHow, PushStep, push
from grafana.publishing.server import GrafanaServer
from plant.clock import Clock
from plant.errors import AssetloopError
from storage.core.database import Database
from storage.schema.upkeep import QUEUE
from storage.views.twin import Twin, read_twin

_log = logging.getLogger(__name__)

NAMESPACE = "grafana"
_TASK = "push"


@dataclass(frozen=True, kw_only=True, slots=True)
class PushTarget:
    """Where to push, and how."""

    server: GrafanaServer
    how: PushHow


class DashboardKeeper:
    """Pushes when the register is another than at the last push that held; what went wrong is tried a minute later."""

    def __init__(self, database: Database, clock: Clock, target: PushTarget) -> None:
        self._database, self._clock, self._target = database, clock, target
        self._pushed: Twin | None = None
        self._trouble = ""

    def look(self) -> list[PushDone]:
        """PushHow where the register has changed since, and return what was done."""
        with self._database.transaction() as tx:
            twin = read_twin(tx)
        if twin == self._pushed:
            return []
        try:
            done = push(self._database, self._clock, self._target.server, self._target.how)
        except AssetloopError as error:
            self._say_once(str(error))
            return []
        self._pushed, self._trouble = twin, ""
        for one in done:
            if one.step is PushStep.CHANGED_BY_A_PERSON:
                _log.warning("a dashboard was changed by a person and is left as it is", extra={"uid": one.uid})
        return done

    def _say_once(self, trouble: str) -> None:
        if trouble != self._trouble:
            _log.warning("the dashboards could not be pushed; it is tried again", extra={"why": trouble})
        self._trouble = trouble


def grafana_blueprint(database: Database, clock: Clock, target: PushTarget) -> Blueprint:
    """Declare the look that a worker takes at the clock's minutes; add it with `namespace=NAMESPACE`."""
    blueprint, keeper = Blueprint(), DashboardKeeper(database, clock, target)

    @blueprint.periodic(cron="* * * * *")
    @blueprint.task(name=_TASK, queue=QUEUE, queueing_lock=f"{NAMESPACE}:{_TASK}")
    def push_dashboards(timestamp: int) -> None:  # noqa: ARG001 - periodic tasks get it
        keeper.look()

    return blueprint
