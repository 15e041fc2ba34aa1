"""Notices: what went out to whom, what did not get through, and what reaches oneself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from nicegui import run, ui
from nicegui.element import Element

from alerts.dispatch import upkeep
from api.console.both_versions import show_both
from api.console.components.elements import at_site, box, card, chip, heading, link, mark, moment, record, words, zone
from api.console.components.forms import choice, remark, said
from api.console.components.frame import empty, filling, framed
from api.console.visit import Visit
from api.parts import Parts
from api.refusals.refusals import told
from plant.errors import AssetloopError, StaleRevision
from plant.escaped import escaped
from plant.notices.notice import NoticeSubject
from plant.people.rights import EVERY_SITE, Right
from plant.people.seen_version import SeenVersion
from plant.severity import Severity
from storage.notices import dispatches
from storage.notices.contacts import NoticePreference
from storage.notices.dispatches import ClosedWay, DispatchRecord

_MOST = 100
_WISHES = {"at_least": "from_severity", "areas": "own_areas", "hours": "own_hours"}
_EVERY_S = 3.0
_TONES = {"sent": "good", "dead": "alarm", "waiting": "watch"}


@dataclass(frozen=True, kw_only=True, slots=True)
class SentNotices:
    """What the page shows: what has ended badly first."""

    messages: Sequence[DispatchRecord]
    closed: Sequence[ClosedWay]


def read_notices(parts: Parts) -> SentNotices:
    """Read messages and closed ways.

    Raises:
        Unavailable: the database is away.
    """
    with parts.database.transaction() as tx:
        dead = dispatches.list_dispatches(tx, state="dead", most=_MOST)
        newest = [one for one in dispatches.list_dispatches(tx, most=_MOST) if one.state != "dead"]
        return SentNotices(messages=[*dead, *newest], closed=dispatches.closed_ways(tx))


async def show(visit: Visit) -> None:
    """Draw the page."""
    with framed(visit, visit.t("notices")):
        with box("title"):
            heading(visit.t("notices"))
            words(visit.t("notices_hint"), "muted")
        page = NoticesPage(visit, filling(visit, box("stack", testid="notices")))
        await page.read()
        await _wishes(visit)
    visit.every(_EVERY_S, page.read)


class NoticesPage:
    """The page's list, drawn again when it has changed."""

    def __init__(self, visit: Visit, room: Element) -> None:
        self._visit = visit
        self._room = room
        self._shown: SentNotices | None = None

    async def read(self) -> None:
        """Read and, where it is news, show."""
        try:
            found = await run.io_bound(read_notices, self._visit.parts)
        except AssetloopError:
            return
        if found is None or found == self._shown:
            return
        self._shown = found
        self._room.clear()
        with self._room:
            for way in found.closed:
                self._closed(way)
            with box("card list notices"):
                if not found.messages:
                    empty(self._visit.t("no_notices"), "mark_email_read")
                else:
                    self._head()
                for one in found.messages:
                    self._message(one)

    def _head(self) -> None:
        visit = self._visit
        with box("entry head"):
            for key in ("notice_about", "state", "notice_way"):
                words(visit.t(key))
            with box("line"):
                words(visit.t("notice_at"))
                zone()
            box()

    def _closed(self, way: ClosedWay) -> None:
        visit = self._visit
        with box("card", testid=f"closed-{way.way}"), box("spread"):
            words(visit.t("way_closed", way=way.way, because=way.because))
            if visit.may(Right.MANAGE_PEOPLE, EVERY_SITE):
                self._button("open_way", lambda: upkeep.open_way(visit.renewed(Right.MANAGE_PEOPLE).database, way.way))

    def _message(self, one: DispatchRecord) -> None:
        visit = self._visit
        with at_site(box("entry", testid=f"message-{one.state}"), one.site):
            with box("wide"):
                title = (visit.language.value == "zh" and one.title["zh"]) or one.title["en"]
                if one.link:
                    with link(one.link, "plain-link strong"):
                        words(title, "clip")
                else:
                    words(title, "strong clip")
                number = one.subject_id if one.subject == NoticeSubject.ORDER else ""
                words(" · ".join(filter(None, (one.site, number))), "small muted clip")
            with box("line"):
                chip(visit.word("notice", one.state), _TONES.get(one.state, "plain"))
                if one.held and one.state == "waiting":
                    chip(visit.word("held", one.held), "plain")
            with box("wide"):
                words(f"{one.way} → {one.person or visit.t('to_everybody')}", "clip")
                with box("line small muted"):
                    words(visit.t("tries", count=one.attempts))
                    record(one.said, "clip")
            with box("line"):
                moment(one.ended_at or one.next_at)
            with box("line right"):
                if one.state == "dead" and visit.may(Right.ACKNOWLEDGE, one.site or EVERY_SITE):
                    self._button("send_again", partial(self._send_again, one))

    def _send_again(self, one: DispatchRecord) -> None:
        parts = self._visit.renewed(Right.ACKNOWLEDGE)
        parts.principal.demand(Right.ACKNOWLEDGE, one.site or EVERY_SITE)
        upkeep.send_again(parts.database, one.dispatch_id, actor=parts.principal, clock=parts.clock)

    def _button(self, key: str, act: partial[None] | object) -> None:
        with mark(box("button quiet", tag="button"), key) as button:
            words(self._visit.t(key))

        async def press() -> None:
            try:
                await run.io_bound(act)  # type: ignore[arg-type]
            except AssetloopError as error:
                ui.notify(escaped(told(self._visit.language, error)), type="negative")
            await self.read()

        button.on("click", press)


async def _wishes(visit: Visit) -> None:
    """Let a person narrow what reaches them."""
    if not visit.principal.person_id:
        return
    try:
        wanted = await run.io_bound(partial(upkeep.preference, visit.parts.database, actor=visit.principal))
    except AssetloopError:
        return
    if wanted is not None:
        _wishes_card(visit, wanted)


def _wishes_card(visit: Visit, wanted: NoticePreference) -> None:
    with card(visit.t("your_notices")), box("form"):
        words(visit.t("your_notices_hint"), "muted")
        severities = {one.value: (visit.word("severity", one.value),) * 2 for one in Severity}
        severity = choice(visit, "from_severity", severities, wanted.at_least.value, "from-severity")
        areas = remark(visit, "own_areas", "own-areas")
        areas.set_value(", ".join(wanted.areas or ()))
        hours = remark(visit, "own_hours", "own-hours")
        hours.set_value(wanted.hours)
        with mark(box("button", tag="button"), "save_wishes") as button:
            words(visit.t("save_wishes"))
        both = box("both")
    seen = [upkeep.preference_document(wanted)]

    def keep() -> None:
        named = tuple(one.strip() for one in said(areas).replace("，", ",").split(",") if one.strip())
        wish = NoticePreference(at_least=Severity(severity.value), areas=named or None, hours=said(hours))
        actor, version = visit.renewed_self(), SeenVersion.of(seen[0])
        upkeep.prefer(visit.whole.database, wish, actor=actor, clock=visit.parts.clock, seen=version)
        seen[0] = upkeep.preference_document(wish)

    async def press() -> None:
        try:
            await run.io_bound(keep)
        except AssetloopError as error:
            ui.notify(escaped(told(visit.language, error)), type="negative")
            if isinstance(error, StaleRevision):
                seen[0] = error.current
                show_both(visit, both, error, called=lambda name: visit.t(_WISHES.get(name, name)))
            return
        both.clear()
        ui.notify(visit.t("wishes_saved"), type="positive")

    button.on("click", press)
