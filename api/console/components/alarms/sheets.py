"""The sheets of one alert or several: why it is there and what to do, take note, put aside, take up again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any
from uuid import UUID

from nicegui import ui

from alerts.alarms import bulk
from alerts.alarms.acknowledgement import acknowledge_alert
from alerts.alarms.bulk import BulkOutcome
from alerts.alarms.shelving import shelve_alert, unshelve_alert
from api.console.components.alarms.about import AboutAlert, read_about, show_about, show_history
from api.console.components.elements import mark, words
from api.console.components.forms import Form, look_up, remark, said, sheet
from api.console.visit import Visit
from api.parts import Parts
from plant.alert import Alert
from plant.escaped import escaped
from plant.people.rights import Right

Done = Callable[[], Any]
_MOST_SAID = 3


async def _about(visit: Visit, alert: Alert) -> AboutAlert | None:
    return await look_up(visit, partial(read_about, visit.parts, alert.alert_id))


@contextmanager
def _sheet_about(visit: Visit, about: AboutAlert) -> Iterator[ui.dialog]:
    alert = about.listed.alert
    with sheet(f"{alert.asset}: {visit.word('kind', alert.kind)}") as dialog:
        show_about(visit, about)
        yield dialog


async def show_alert(visit: Visit, alert: Alert) -> None:
    """Show all of an alert: why, what to do, and what became of it."""
    about = await _about(visit, alert)
    if about is not None:
        with _sheet_about(visit, about):
            show_history(visit, about)


async def ask_note(visit: Visit, alert: Alert, on_done: Done) -> None:
    """Ask for a comment with which note is taken of an alert."""
    about = await _about(visit, alert)
    if about is None:
        return
    with _sheet_about(visit, about) as dialog:
        comment = remark(visit, "note", "comment")

        def acknowledge(parts: Parts) -> Alert:
            return acknowledge_alert(
                parts.database, alert.alert_id, actor=parts.principal, clock=parts.clock, comment=said(comment)
            )

        Form(visit, acknowledge, need=(Right.ACKNOWLEDGE, alert.site), on_done=_closing(dialog, on_done))


async def ask_shelving(visit: Visit, alert: Alert, on_done: Done) -> None:
    """Ask for how long an alert is put aside, and why."""
    about = await _about(visit, alert)
    if about is None:
        return
    with _sheet_about(visit, about) as dialog:
        shelving = _Shelving(visit)

        def shelve(parts: Parts) -> Alert:
            return shelve_alert(
                parts.database,
                alert.alert_id,
                hours=shelving.hours,
                reason=shelving.reason,
                actor=parts.principal,
                clock=parts.clock,
            )

        shelving.form(shelve, alert.site, _closing(dialog, on_done))


async def ask_unshelving(visit: Visit, alert: Alert, on_done: Done) -> None:
    """Ask whether an alert is taken up again."""

    def unshelve(parts: Parts) -> Alert:
        return unshelve_alert(parts.database, alert.alert_id, actor=parts.principal, clock=parts.clock)

    about = await _about(visit, alert)
    if about is None:
        return
    with _sheet_about(visit, about) as dialog:
        words(f"{alert.shelved_by or ''}: {alert.shelved_why or ''}", "small muted")
        need, done = (Right.SHELVE_ALERTS, alert.site), _closing(dialog, on_done)
        Form(visit, unshelve, need=need, on_done=done, action="unshelve", hint="unshelve_hint")


def ask_notes(visit: Visit, chosen: Sequence[Alert], on_done: Done) -> None:
    """Ask for one comment with which note is taken of several alerts."""
    with sheet(visit.t("bulk_title", count=len(chosen))) as dialog:
        comment = remark(visit, "note", "comment")

        def acknowledge(parts: Parts) -> BulkOutcome:
            return bulk.acknowledge_alerts(
                parts.database, _ids(chosen), actor=parts.principal, clock=parts.clock, comment=said(comment)
            )

        several = _Several(visit, acknowledge, _closing(dialog, on_done))
        Form(visit, several.act, need=(Right.ACKNOWLEDGE, chosen[0].site), on_done=several.tell)


def ask_shelvings(visit: Visit, chosen: Sequence[Alert], on_done: Done) -> None:
    """Ask for how long several alerts are put aside, and for one reason."""
    with sheet(visit.t("bulk_title", count=len(chosen))) as dialog:
        shelving = _Shelving(visit)

        def shelve(parts: Parts) -> BulkOutcome:
            return bulk.shelve_alerts(
                parts.database,
                _ids(chosen),
                hours=shelving.hours,
                reason=shelving.reason,
                actor=parts.principal,
                clock=parts.clock,
            )

        several = _Several(visit, shelve, _closing(dialog, on_done))
        shelving.form(several.act, chosen[0].site, several.tell)


def _ids(chosen: Sequence[Alert]) -> list[UUID]:
    return [one.alert_id for one in chosen]


def _closing(dialog: ui.dialog, on_done: Done) -> Done:
    def done() -> Any:
        dialog.close()
        return on_done()

    return done


class _Shelving:
    """For how long, and why."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._reason = remark(visit, "shelve_reason", "reason")
        field = ui.number(label=visit.t("shelve_hours"), value=1, min=0.25, max=720, step=0.25)
        self._hours = mark(field.props("outlined dense"), "hours")

    @property
    def hours(self) -> float:
        """Return for how many hours."""
        return float(self._hours.value or 0)

    @property
    def reason(self) -> str:
        """Return why."""
        return said(self._reason)

    def form(self, act: Callable[[Parts], Any], site: str, on_done: Done) -> None:
        """Put the button below, which wants a reason."""
        visit = self._visit
        Form(
            visit,
            act,
            need=(Right.SHELVE_ALERTS, site),
            on_done=on_done,
            action="shelve",
            hint="shelve_hint",
            lacks=lambda: None if self.reason else visit.t("shelve_reason_needed"),
        )


class _Several:
    """Does something to several alerts and says afterwards to which it could not be done."""

    def __init__(self, visit: Visit, act: Callable[[Parts], BulkOutcome], on_done: Done) -> None:
        self._visit, self._act, self._on_done = visit, act, on_done
        self._outcome = BulkOutcome(done=(), refused=())

    def act(self, parts: Parts) -> None:
        """Do it."""
        self._outcome = self._act(parts)

    def tell(self) -> Any:
        """Say what became of it."""
        done, refused = len(self._outcome.done), self._outcome.refused
        if refused:
            why = "; ".join(sorted({detail for _, detail in refused})[:_MOST_SAID])
            said_so = self._visit.t("bulk_refused", done=done, refused=len(refused), why=why)
            ui.notify(escaped(said_so), type="warning", multi_line=True)
        else:
            ui.notify(self._visit.t("bulk_done", done=done), type="positive")
        return self._on_done()
