"""Mappings of columns on the page *Register*: one is chosen for a file, corrected, saved under a name, deleted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from nicegui import run, ui
from nicegui.element import Element

from api.console.components.elements import box, card, mark, words
from api.console.components.forms import offer, said, sheet, sheet_form
from api.console.visit import Visit
from api.parts import Parts
from lifecycle.importing import column_mappings, uploading
from lifecycle.importing.column_mappings import NamedMapping
from lifecycle.importing.tables.columns import TagColumn
from lifecycle.importing.tables.mapping_file import ColumnMapping, of_plain, tag_heads
from plant.people.rights import Right
from storage.register.uploads import RegisterUpload

_RIGHT = Right.REGISTER_ASSETS


class ColumnMappings:
    """What is saved, as a list and as a choice; `on_tried` is told when a file was tried again with one."""

    def __init__(self, visit: Visit, *, on_tried: Callable[[], Any]) -> None:
        self._visit = visit
        self._on_tried = on_tried
        self._rows: Element | None = None
        self._site: ui.select | None = None
        self._saved: list[NamedMapping] = []

    def choose(self, site: ui.select) -> None:
        """Offer the mappings of the site that is chosen for the next file."""
        visit, self._site = self._visit, site
        self.field = ui.select({"": visit.t("mapping_proposed")}, label=visit.t("mapping_choose"), value="")
        mark(self.field.props("outlined dense options-dense behavior=menu"), "import-mapping")
        site.on_value_change(self._offer_those_of_site)

    @property
    def chosen(self) -> str:
        """The name of the mapping that is chosen; empty where the columns are to be known by their heads."""
        return str(self.field.value or "")

    def _offer_those_of_site(self) -> None:
        site = str(self._site.value) if self._site else ""
        names = [one.name for one in self._saved if one.site == site]
        options = {"": self._visit.t("mapping_proposed"), **{name: name for name in names}}
        self.field.set_options(options, value=self.chosen if self.chosen in names else "")

    async def draw(self) -> None:
        """Draw the list."""
        with card(self._visit.t("mappings")), box("stack"):
            words(self._visit.t("mappings_hint"), "muted")
            self._rows = box("stack", testid="mappings")
        await self.read()

    async def read(self) -> None:
        """Read and show what is saved."""
        self._saved = await run.io_bound(_saved_mappings, self._visit) or []
        self._offer_those_of_site()
        if self._rows is None:
            return
        self._rows.clear()
        with self._rows:
            for one in self._saved:
                self._row(one)
            if not self._saved:
                words(self._visit.t("none_yet"), "muted")

    def _row(self, one: NamedMapping) -> None:
        visit, columns = self._visit, one.mapping.columns
        with box("stack", testid=f"mapping-{one.name}"):
            with box("spread"):
                with box("lines"):
                    words(f"{one.site} · {one.name}", "strong")
                    tags = ", ".join(sorted(tag_heads(one.mapping)))
                    words(visit.t("mapping_said", tags=tags, count=len(columns), by=one.saved_by), "small muted")
                if visit.may(_RIGHT, one.site):
                    ask = partial(self._ask_delete, one)
                    offer(visit, "mapping_delete", ask, testid="mapping-delete-ask", is_quiet=True)
            with box(tag="details"):
                with box(tag="summary"):
                    words(visit.t("mapping_columns"))
                for head, column in columns.items():
                    words(f"{head}: {visit.t(f'column_{column}')}", "small")

    def _ask_delete(self, one: NamedMapping) -> None:
        with sheet(f"{one.name}: {self._visit.t('mapping_delete')}") as dialog:

            def act(parts: Parts) -> None:
                with parts.database.transaction() as tx:
                    column_mappings.drop_mapping(tx, one.site, one.name, actor=parts.principal)

            sheet_form(
                self._visit,
                act,
                dialog,
                self.read,
                need=(_RIGHT, one.site),
                action="mapping_delete",
                hint="mapping_delete_hint",
            )

    def ask(self, upload: RegisterUpload) -> None:
        """Let a person correct and save by what a file that was sent is read, and try it again with that."""
        visit, mapping = self._visit, of_plain(upload.options["columns"])
        with sheet(f"{upload.file}: {visit.t('mapping_save')}") as dialog:
            called = str(upload.options.get("mapping") or "")
            name = mark(ui.input(visit.t("mapping_name"), value=called).props("outlined dense maxlength=100"), "name")
            meanings = {column.value: visit.t(f"column_{column}") for column in TagColumn}
            fields = {head: self._meaning(head, meanings, column) for head, column in mapping.columns.items()}
            replaces = mark(ui.checkbox(visit.t("mapping_replace"), value=bool(called)), "mapping-replace")

            def act(parts: Parts) -> None:
                corrected = _corrected(mapping, {head: str(field.value) for head, field in fields.items()})
                with parts.database.transaction() as tx:
                    column_mappings.save_mapping(
                        tx,
                        upload.site,
                        said(name),
                        corrected,
                        actor=parts.principal,
                        clock=parts.clock,
                        replaces=bool(replaces.value),
                    )
                uploading.try_again(
                    parts.database, upload.upload_id, mapping=said(name), actor=parts.principal, clock=parts.clock
                )

            sheet_form(
                visit,
                act,
                dialog,
                self._saved_and_tried,
                need=(_RIGHT, upload.site),
                action="mapping_save",
                hint="mapping_save_hint",
                lacks=lambda: None if said(name) else visit.t("mapping_name"),
            )

    def _meaning(self, head: str, meanings: dict[str, str], column: TagColumn) -> ui.select:
        field = ui.select(meanings, label=head, value=column.value)
        return mark(field.props("outlined dense options-dense behavior=menu"), f"column-{head}")

    async def _saved_and_tried(self) -> None:
        await self.read()
        await self._on_tried()


def _corrected(mapping: ColumnMapping, meanings: dict[str, str]) -> ColumnMapping:
    return replace(mapping, columns={head: TagColumn(meaning) for head, meaning in meanings.items()})


def _saved_mappings(visit: Visit) -> list[NamedMapping]:
    with visit.parts_for(_RIGHT).database.transaction() as tx:
        return column_mappings.list_mappings(tx)
