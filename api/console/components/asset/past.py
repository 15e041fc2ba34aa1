"""All that became of an asset on one time line, the newest first, of one kind where that is asked for."""

from __future__ import annotations

from api.console.components.elements import box, card, chip, link, moment, words
from api.console.components.forms import offer
from api.console.components.lists.filters import Filters
from api.console.components.lists.reading import ListReading
from api.console.texts.texts import TEXTS
from api.console.visit import Visit
from api.parts import Parts
from storage.views.asset_course import PAST_KINDS, PastEvent, past
from storage.work.orders import order_number

_STEP = 30
_TONES = {"alert": "alarm", "order": "accent", "said": "watch"}


class PastTimeline:
    """The time line; read again when an alert or an order has changed."""

    def __init__(self, visit: Visit, asset_id: int) -> None:
        self._visit, self._asset_id = visit, asset_id
        self._most = _STEP
        self._filters = Filters(visit)
        self.reading = ListReading(
            visit,
            read=self._read,
            show=self._show,
            seen=lambda counts: (counts.alerts_changed_at, counts.orders_changed_at),
        )
        with card(visit.t("past_of_asset")):
            self._filters.choice("past", {one: TEXTS[f"past_{one}"] for one in PAST_KINDS}, label="kind")
            self._room = box("history", testid="past")
        self._filters.on_change = self.reading.again

    def _read(self, parts: Parts) -> list[PastEvent]:
        with parts.database.transaction() as tx:
            return past(tx, self._asset_id, kind=self._filters.of("past"), most=self._most + 1)

    def _show(self, found: list[PastEvent]) -> None:
        self._room.clear()
        with self._room:
            if not found:
                words(self._visit.t("past_nothing"), "muted")
            for one in found[: self._most]:
                self._event(one)
            if len(found) > self._most:
                offer(self._visit, "past_more", self._more, is_quiet=True)

    async def _more(self) -> None:
        self._most += 2 * _STEP
        await self.reading.again()

    def _event(self, one: PastEvent) -> None:
        visit = self._visit
        with box("step", testid=f"past-{one.kind}"):
            with box("line"):
                chip(visit.t(f"past_{one.kind}"), _TONES.get(one.kind, "plain"))
                target = _target(one)
                if target:
                    with link(target, "plain-link strong"):
                        words(_said(visit, one))
                else:
                    words(_said(visit, one), "strong")
                words(_detail(visit, one), "small muted")
            with box("line small muted"):
                moment(one.at)
                if one.until:
                    words("–")
                    moment(one.until)
                words(one.who)


def _target(one: PastEvent) -> str | None:
    if one.kind == "order":
        return f"/work-orders/{order_number(int(one.key))}"
    return f"/handover/{one.key}" if one.kind == "gate" else None


def _said(visit: Visit, one: PastEvent) -> str:
    if one.kind == "order":
        return f"{order_number(int(one.key))} {visit.word('mode', one.said)}"
    prefix = {"alert": "kind", "state": "assetstate", "said": "says", "model": "modelevent"}.get(one.kind)
    return visit.word(prefix, one.said) if prefix else one.said


def _detail(visit: Visit, one: PastEvent) -> str:
    prefix = {"alert": "severity", "order": "state", "gate": "gateoutcome"}.get(one.kind)
    return visit.word(prefix, one.detail) if prefix and one.detail else one.detail
