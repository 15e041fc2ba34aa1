"""Imports into the register: a file is sent, its difference seen and confirmed; and what changed between two days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode

from nicegui import run, ui
from nicegui.element import Element

from api.console.components.elements import box, card, chip, heading, mark, moment, words
from api.console.components.forms import attempt, choice, offer, said
from api.console.components.frame import framed
from api.console.components.lists.exporting import export_button
from api.console.components.register.column_mappings import ColumnMappings
from api.console.components.sending import sending_field
from api.console.visit import Visit
from api.refusals.differences import difference_lines, noted_line
from lifecycle.importing import uploading
from lifecycle.importing.history import NotedChange, compare_days
from plant.iso14224 import Names
from plant.people.rights import Right
from storage.register import assets, uploads
from storage.register.uploads import RegisterUpload

_ACCEPT = ".xlsx,.csv,.tsv,.txt,.toml,.ifc,.ifczip,.aasx"
_MOST_SHOWN = 200
_TONES = {"tried": "warning", "confirmed": "plain", "done": "good", "failed": "warning", "dismissed": "plain"}


async def show(visit: Visit) -> None:
    """Draw the page."""
    with framed(visit, visit.t("register")):
        with box("title"):
            with box("spread"):
                heading(visit.t("register"))
                export_button(visit, "assets", dict)
            words(visit.t("register_hint"), "muted")
        await RegisterPage(visit).draw()


class RegisterPage:
    """The page's middle: sending, the files that were sent, and the changes between two days."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._rows: Element | None = None
        self._changes: Element | None = None
        self._mappings = ColumnMappings(visit, on_tried=self.read)

    async def draw(self) -> None:
        """Draw everything."""
        visit = self._visit
        sites: dict[str, Names] = await run.io_bound(_sites, visit) or {}
        if sites:
            with card(visit.t("import_send")), box("stack"):
                words(visit.t("import_hint"), "muted")
                self._sending(sites)
        with card(visit.t("imports")):
            self._rows = box("stack", testid="imports")
        if sites:
            await self._mappings.draw()
        await self.read()
        with card(visit.t("register_changes")), box("stack"):
            self._days(list(sites))

    def _sending(self, sites: dict[str, Names]) -> None:
        """Offer to send a file, with what may be said of it."""
        visit = self._visit
        site = choice(visit, "site", sites, next(iter(sites)), "import-site")
        self._mappings.choose(site)
        of_class = mark(ui.input(visit.t("import_class")).props("outlined dense maxlength=200"), "import-class")
        asset = mark(ui.input(visit.t("import_asset")).props("outlined dense"), "import-asset")
        retires = mark(ui.checkbox(visit.t("import_retires")), "import-retires")
        replaces = mark(ui.input(visit.t("import_replaces")).props("outlined dense maxlength=200"), "import-replaces")
        words(visit.t("import_retires_hint"), "small muted")
        room = box("stack")

        def send_to() -> None:
            chosen = {
                "class": said(of_class),
                "asset": said(asset),
                "replaces": said(replaces),
                "retire_missing": "true" if retires.value else "",
                "mapping": self._mappings.chosen,
            }
            self._field(room, str(site.value), {name: value for name, value in chosen.items() if value})

        for one in (site, of_class, asset, retires, replaces, self._mappings.field):
            one.on_value_change(send_to)
        send_to()

    def _field(self, room: Element, site: str, chosen: dict[str, str]) -> None:
        room.clear()
        with room:
            to = f"/api/v1/register/{quote(site, safe='')}/imports{f'?{urlencode(chosen)}' if chosen else ''}"
            sending_field(self._visit, "import-file", label="import_send", accept=_ACCEPT, to=to, on_sent=self.read)

    async def read(self) -> None:
        """Read and show the files that were sent."""
        found: list[RegisterUpload] = await run.io_bound(_uploads, self._visit) or []
        if self._rows is None:
            return
        self._rows.clear()
        with self._rows:
            for one in found:
                self._upload(one)
            if not found:
                words(self._visit.t("none_yet"), "muted")

    def _upload(self, one: RegisterUpload) -> None:
        visit = self._visit
        with box("stack", testid=f"import-{one.file}"):
            with box("line"):
                words(f"{one.site} · {one.file}", "strong clip")
                chip(visit.t(f"import_{one.state}"), _TONES[one.state])
            with box("line"):
                words(one.decided_by or one.uploaded_by, "small muted")
                moment(one.decided_at or one.uploaded_at, "full").classes("small muted")
            with box(tag="details") as details:
                details.props["open"] = one.state == "tried"
                with box(tag="summary"):
                    words(visit.t("import_difference"))
                for line in _lines(visit, one):
                    words(line, "small mono")
            if one.state == "tried" and visit.may(Right.REGISTER_ASSETS, one.site):
                with box("line"):
                    offer(visit, "import_confirm", partial(self._decide, uploading.confirm_upload, one))
                    if one.options.get("columns"):
                        ask = partial(self._mappings.ask, one)
                        offer(visit, "mapping_save", ask, testid="mapping-save-ask", is_quiet=True)
                    offer(visit, "import_dismiss", partial(self._decide, uploading.dismiss_upload, one), is_quiet=True)
            elif one.state == "confirmed":
                offer(visit, "import_look", self.read, is_quiet=True)

    async def _decide(self, act: Callable[..., Any], one: RegisterUpload) -> None:
        visit = self._visit

        def decide() -> None:
            parts = visit.renewed(Right.REGISTER_ASSETS)
            act(parts.database, one.upload_id, actor=parts.principal, clock=parts.clock)

        if await attempt(visit, decide):
            await self.read()

    def _days(self, sites: list[str]) -> None:
        visit, today = self._visit, self._visit.parts.clock.now().date()
        words(visit.t("register_changes_hint"), "muted")
        with box("line"):
            names: dict[str, Names] = {one: (one, one) for one in sites}
            site = choice(visit, "site", names, sites[0] if sites else None, "changes-site")
            days = [
                mark(ui.input(visit.t(key), value=day.isoformat()).props("outlined dense type=date"), key)
                for key, day in (("changes_from", today - timedelta(days=7)), ("changes_to", today))
            ]

            async def press() -> None:
                await self._compare(str(site.value or ""), *(str(day.value or "") for day in days))

            offer(visit, "changes_show", press)
        self._changes = box("stack", testid="register-changes")

    async def _compare(self, site: str, first: str, second: str) -> None:
        visit = self._visit
        found: list[list[NotedChange]] = []

        def look() -> None:
            with visit.renewed(Right.SEE).database.transaction() as tx:
                found.append(compare_days(tx, site, date.fromisoformat(first), date.fromisoformat(second)))

        if not await attempt(visit, look) or self._changes is None:
            return
        self._changes.clear()
        with self._changes:
            for one in found[0][:_MOST_SHOWN]:
                words(noted_line(visit.language, one), "small")
            if not found[0]:
                words(visit.t("changes_none"), "muted")


def _lines(visit: Visit, one: RegisterUpload) -> list[str]:
    """Say what a file changes; those of before it was kept item by item have lines in English."""
    if "lines" in one.said:
        return [str(line) for line in one.said["lines"]]
    return difference_lines(visit.language, one.said, one.file, most=_MOST_SHOWN)


def _sites(visit: Visit) -> dict[str, Names]:
    with visit.parts.database.transaction() as tx:
        known = assets.list_sites(tx)
    return {tag: names for tag, names in known.items() if visit.may(Right.REGISTER_ASSETS, tag)}


def _uploads(visit: Visit) -> list[RegisterUpload]:
    with visit.parts.database.transaction() as tx:
        return uploads.list_uploads(tx)
