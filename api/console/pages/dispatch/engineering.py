"""Engineering: requests for a change of design with what speaks for them, decided here, and what changes brought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nicegui import run, ui
from nicegui.element import Element

from api.console.components.elements import box, card, chip, heading, link, moment, words
from api.console.components.forms import Form, remark, said
from api.console.components.frame import empty, filling, framed
from api.console.pages.dispatch.design_changes import DesignWishes, change_line
from api.console.texts.texts import named
from api.console.visit import Visit
from api.identity.route_right import API
from api.parts import Parts
from lifecycle.feedback import deciding
from lifecycle.feedback.deciding import Effect
from lifecycle.feedback.looking import as_json
from plant.errors import AssetloopError
from plant.people.rights import Right
from storage.notices import design
from storage.notices.design import DesignChange, DesignRequest
from storage.register import assets

_TONES = {"open": "watch", "accepted": "good", "rejected": "plain"}
_MOST = 50
_LEAST_YEARS = 0.05  # of running, before its rate of no failure says anything


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownRequest:
    """A request, what it changed, and what that brought."""

    request: DesignRequest
    changes: Sequence[DesignChange]
    effect: Effect | None
    class_names: tuple[str, str]


def read_requests(parts: Parts) -> list[ShownRequest]:
    """Read the newest requests.

    Raises:
        Unavailable: the database is away.
    """
    with parts.database.transaction() as tx:
        classes = assets.list_classes(tx)
        return [
            ShownRequest(
                request=one,
                changes=design.changes(tx, one.request_id),
                effect=deciding.effect(tx, one, clock=parts.clock),
                class_names=classes.get(one.asset_class, (one.asset_class, "")),
            )
            for one in design.list_requests(tx)[:_MOST]
        ]


async def show(visit: Visit) -> None:
    """Draw the page."""
    with framed(visit, visit.t("engineering")):
        with box("title"):
            heading(visit.t("engineering"))
            words(visit.t("engineering_hint"), "muted")
        await EngineeringPage(visit, filling(visit, box("stack", testid="engineering"))).read()


class EngineeringPage:
    """The page's middle, drawn again after each decision."""

    def __init__(self, visit: Visit, room: Element) -> None:
        self._visit = visit
        self._room = room

    async def read(self) -> None:
        """Read and show."""
        try:
            found = await run.io_bound(read_requests, self._visit.parts)
        except AssetloopError:
            found = None
        self._room.clear()
        with self._room:
            if found is None:
                empty(self._visit.t("away_first"), "cloud_off")
            elif not found:
                with box("card"):
                    empty(self._visit.t("no_requests"), "design_services")
            for one in found or ():
                self._request(one)

    def _request(self, shown: ShownRequest) -> None:
        visit, request = self._visit, shown.request
        name = named(visit.language, *shown.class_names) or request.asset_class
        machine = " ".join(filter(None, (name, request.manufacturer, request.model, request.context)))
        title = f"{machine}: {visit.word('mode', request.failure_mode)}"
        with card(title), box("stack", testid=f"request-{request.request_id}"):
            with box("line"):
                chip(visit.word("request", request.state), _TONES[request.state])
                words(request.site, "muted")
                moment(request.opened_at, "full").classes("muted")
                with link(f"{API}/design-requests/{request.request_id}/bcf", "plain-link", testid="bcf"):
                    words(visit.t("export_bcf"))
            self._evidence(request)
            self._decision(shown)
            if request.state == "open" and visit.may(Right.ANSWER_FOR_ENGINEERING, request.site):
                self._ask(request)

    def _evidence(self, request: DesignRequest) -> None:
        visit, evidence = self._visit, request.evidence
        self._rate("rate_this", evidence["rate"])
        if evidence.get("elsewhere", {}).get("years"):
            self._rate("rate_elsewhere", evidence["elsewhere"])
        self._rate("rate_rest", evidence["rest"])
        costs = [f"{one['cost']:,.0f} {one['currency']}" for one in evidence["costs"] if one["currency"]]
        words(f"{visit.t('request_costs')}: {', '.join(costs) or visit.t('no_cost')}", "muted")
        with box("line"):
            words(visit.t("request_orders"), "muted")
            for number in evidence["orders"][-10:]:
                with link(f"/work-orders/{number}", "plain-link"):
                    words(number)
        picture = ui.element("img").classes("picture").style("max-width: 100%; border-radius: 8px")
        picture.props["src"] = f"{API}/design-requests/{request.request_id}/picture"
        picture.props["alt"] = visit.t("rate_this")
        picture.props["loading"] = "lazy"

    def _rate(self, key: str, rate: dict[str, Any]) -> None:
        visit = self._visit
        with box("spread"):
            words(visit.t(key), "muted")
            if rate["a_year"] is None:
                words(visit.t("rate_none"))
                return
            if not rate["failures"] and rate["years"] < _LEAST_YEARS:
                words(visit.t("rate_hardly"))
                return
            shown = {name: f"{rate[name]:.2f}" for name in ("a_year", "low", "high")}
            words(visit.t("rate_line", failures=rate["failures"], years=f"{rate['years']:.1f}", **shown))

    def _decision(self, shown: ShownRequest) -> None:
        visit, request = self._visit, shown.request
        if request.decided_by is not None:
            words(visit.t("decided_by", name=request.decided_by, reason=request.reason), keeps_lines=True)
        for one in shown.changes:
            words(f"{one.version}. {change_line(visit, one)}", keeps_lines=True)
        if shown.effect is not None:
            self._rate("rate_before", as_json(shown.effect.before))
            self._rate("rate_after", as_json(shown.effect.after))
            words(visit.word("effect", shown.effect.verdict), "strong")
        if request.bcf_status:
            words(visit.t("bcf_says", status=request.bcf_status), "muted")

    def _ask(self, request: DesignRequest) -> None:
        visit = self._visit
        wishes = DesignWishes(visit, request)
        reason = remark(visit, "request_reason", "request-reason")

        def accept(parts: Parts) -> DesignRequest:
            return deciding.accept(
                parts.database,
                request.request_id,
                wishes.gathered,
                reason=said(reason),
                actor=parts.principal,
                clock=parts.clock,
            )

        def reject(parts: Parts) -> DesignRequest:
            return deciding.reject(
                parts.database, request.request_id, reason=said(reason), actor=parts.principal, clock=parts.clock
            )

        Form(
            visit,
            accept,
            need=(Right.ANSWER_FOR_ENGINEERING, request.site),
            on_done=self.read,
            action="accept_request",
            hint="decide_hint",
            other=("reject_request", reject),
        )
