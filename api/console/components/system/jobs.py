"""The job queue: what has failed first, each with a button that runs it again."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from nicegui import run
from nicegui.element import Element

from api.console.components.elements import box, card, chip, moment, record, words, zone
from api.console.components.forms import attempt, offer
from api.console.components.frame import empty
from api.console.visit import Visit
from api.parts import Parts
from plant.errors import AssetloopError
from plant.people.rights import EVERY_SITE, Right
from storage.core import job_list
from storage.core.job_list import QueuedJob

_MOST = 100
_TONES = {"failed": "alarm", "waiting": "plain", "running": "good"}


def read_jobs(parts: Parts) -> list[QueuedJob]:
    """Read the jobs that have failed, and behind them the newest of the others.

    Raises:
        Unavailable: the database is away.
    """
    with parts.database.transaction() as tx:
        failed = job_list.list_jobs(tx, state="failed", most=_MOST)
        return [*failed, *(one for one in job_list.list_jobs(tx, most=_MOST) if one.state != "failed")]


class JobsCard:
    """The card, drawn again when the queue has changed."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._shown: Sequence[QueuedJob] | None = None
        with card(visit.t("jobs")):
            words(visit.t("jobs_hint"), "muted")
            self._rows: Element = box("list jobs", testid="jobs")

    async def read(self) -> None:
        """Read and show; while the database is away, what was shown stays."""
        try:
            found = await run.io_bound(read_jobs, self._visit.parts_for(Right.SEE_METRICS))
        except AssetloopError:
            return
        if found is None or found == self._shown:
            return
        self._shown = found
        self._rows.clear()
        with self._rows:
            if not found:
                empty(self._visit.t("no_jobs"), "task_alt")
                return
            self._head()
            for one in found:
                self._row(one)

    def _head(self) -> None:
        with box("entry head"):
            for key in ("job", "state", "job_tries"):
                words(self._visit.t(key))
            with box("line"):
                words(self._visit.t("job_since"))
                zone()
            box()

    def _row(self, one: QueuedJob) -> None:
        visit = self._visit
        with box("entry", testid=f"job-{one.state}"):
            record(one.task, "strong clip wide")
            chip(visit.t(f"job_{one.state}"), _TONES.get(one.state, "off"))
            words(visit.t("tries", count=one.attempts), "figures")
            moment(one.since)
            with box("line right"):
                if one.state == "failed" and visit.may(Right.MANAGE_PEOPLE, EVERY_SITE):
                    offer(visit, "send_again", partial(self._again, one), is_quiet=True)

    async def _again(self, one: QueuedJob) -> None:
        visit = self._visit

        def act() -> None:
            parts = visit.renewed(Right.MANAGE_PEOPLE)
            parts.principal.demand(Right.MANAGE_PEOPLE, EVERY_SITE)
            with parts.database.transaction() as tx:
                job_list.run_again(tx, one.job_id, at=parts.clock.now())

        await attempt(visit, act)
        await self.read()
