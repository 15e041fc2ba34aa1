"""The claims of warranties, by project, guarantor and state, and the warranties that end next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from nicegui import run

from api.console.components.elements import box, card, heading, link, words
from api.console.components.frame import empty, framed
from api.console.components.lists.filters import Filters
from api.console.components.orders.warranty import claim_lines
from api.console.texts.texts import TEXTS
from api.console.visit import Visit
from api.parts import Parts
from plant.errors import AssetloopError
from plant.orders.warranty import ClaimState, StandingWarranty, WarrantyClaim
from storage.orders.warranties import standing_warranties
from storage.orders.warranty_claims import ClaimsWanted, list_claims

_MOST_ENDING = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class WarrantiesFound:
    """What the page shows."""

    claims: Sequence[WarrantyClaim]
    ending: Sequence[StandingWarranty]


async def show(visit: Visit) -> None:
    """Draw the page."""
    await visit.settle()
    with framed(visit, visit.t("warranties")):
        with link("/handover", "plain-link small"):
            words(f"← {visit.t('handover')}")
        heading(visit.t("warranties"))
        await WarrantiesPage(visit).read()


class WarrantiesPage:
    """The page's middle; read again when something else is asked for."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._filters = Filters(visit)
        with box("filters", testid="filters"):
            self._filters.text("guarantor", "guarantor_filter")
            self._filters.text("project", "project_filter")
            states = {one.value: TEXTS[f"claim_{one.value}"] for one in ClaimState}
            self._filters.choice("state", states, label="claim_state")
        self._room = box("stack")
        self._filters.on_change = self.read

    async def read(self) -> None:
        """Read and show."""
        try:
            found = await run.io_bound(self._read, self._visit.parts)
        except AssetloopError:
            found = None
        self._room.clear()
        with self._room:
            if found is None:
                empty(self._visit.t("away_first"), "cloud_off")
            else:
                self._show(found)

    def _read(self, parts: Parts) -> WarrantiesFound:
        ask, state = self._filters, self._filters.of("state")
        wanted = ClaimsWanted(
            project=ask.of("project"), guarantor=ask.of("guarantor"), state=ClaimState(state) if state else None
        )
        today = parts.clock.now().date()
        with parts.database.transaction() as tx:
            ending = standing_warranties(tx, on_day=today)[:_MOST_ENDING]
            return WarrantiesFound(claims=list_claims(tx, wanted), ending=ending)

    def _show(self, found: WarrantiesFound) -> None:
        visit = self._visit
        with box("halves even"):
            with card(visit.t("claims")), box("lines", testid="claims"):
                claim_lines(visit, found.claims)
                if not found.claims:
                    is_asked = any(self._filters.of(key) for key in ("guarantor", "project", "state"))
                    words(visit.t("claims_none_asked" if is_asked else "claims_none"), "muted")
            with card(visit.t("warranties_ending")), box("lines", testid="warranties"):
                for one in found.ending:
                    self._line(one)
                if not found.ending:
                    words(visit.t("warranties_none"), "muted")

    def _line(self, one: StandingWarranty) -> None:
        address = f"/assets/{quote(one.site, safe='')}/{quote(one.asset, safe='')}"
        with link(address, "spread plain-link"):
            with box("clip"):
                words(one.asset, "strong clip")
                words(" · ".join(filter(None, (one.guarantor, one.model, one.serial))), "small muted clip")
            words(self._visit.t("warranty_until", day=one.ends.isoformat()), "figures")
