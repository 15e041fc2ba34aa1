"""Assets that the register does not know: what waits of each, and how a person takes one into the register."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from urllib.parse import quote

from nicegui import run

from api.console.components.elements import at_site, box, card, chip, link, mark, moment, record, words, zone
from api.console.components.forms import Form, choice, remark, said, sheet
from api.console.visit import Visit
from api.parts import Parts
from lifecycle.register import approval
from plant.errors import AssetloopError
from plant.iso14224 import Names
from plant.people.rights import EVERY_SITE, Right
from storage.register import assets as store
from storage.telemetry import quarantine
from storage.telemetry.quarantine import Stranger

_EVERY_S = 2.0
_MOST = 100
_NEW = "\x00"  # no tag: what stands for one that is still to be made


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """Who waits, and the sites and classes of the register by their tags."""

    strangers: tuple[Stranger, ...]
    sites: Mapping[str, Names]
    classes: Mapping[str, Names]


def read(parts: Parts) -> Waiting:
    """Read who waits.

    Raises:
        Unavailable: the database is away.
    """
    with parts.database.transaction() as tx:
        return Waiting(
            strangers=tuple(quarantine.strangers(tx, most=_MOST)),
            sites=store.list_sites(tx),
            classes=store.list_classes(tx),
        )


class StrangersCard:
    """The list of who waits, read again every two seconds; what was approved here stays until it is replayed."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._approved: dict[str, approval.Approved] = {}
        self._shown: tuple[Stranger, ...] | None = None
        with card(visit.t("strangers"), "waits") as self._card:
            words(visit.t("strangers_hint"), "muted")
            self._rows = box("list strangers", testid="strangers")
        self._card.set_visibility(False)

    async def follow(self) -> None:
        """Show who waits, now and from now on."""
        await self.read()
        self._visit.every(_EVERY_S, self.read)

    async def read(self) -> None:
        """Read and show; while the database is away, what was shown stays."""
        try:
            found = await run.io_bound(read, self._visit.parts_for(Right.SEE_INGEST))
        except AssetloopError:
            return
        if found is not None and found.strangers != self._shown:
            self._shown = found.strangers
            self._show(found)

    def _show(self, found: Waiting) -> None:
        waiting = {one.name for one in found.strangers}
        done = [approved for name, approved in self._approved.items() if name not in waiting]
        self._card.set_visibility(bool(found.strangers or done))
        self._rows.clear()
        with self._rows:
            for approved in done:
                _replayed(self._visit, approved)
            if found.strangers:
                _head(self._visit)
            for one in found.strangers:
                self._row(one, found)

    def _row(self, one: Stranger, found: Waiting) -> None:
        visit = self._visit
        with at_site(box("entry", testid=f"stranger-{one.name}"), one.site):
            with box("wide"):
                words(one.name, "strong clip")
                words(one.topic, "small muted clip")
            with box("wide"):
                chip(visit.reason("unknown_asset"), "warning")
                if one.meant < 2:
                    record(one.detail, "small muted")
                else:
                    words(visit.t("ambiguous", count=one.meant), "small muted")
            words(visit.t("held_messages", count=f"{one.messages:,}"), "figures")
            moment(one.first_seen)
            moment(one.last_seen).classes("last")
            self._offer(one, found)

    def _offer(self, one: Stranger, found: Waiting) -> None:
        visit = self._visit
        if one.meant:
            words(visit.t("being_stored") if one.meant == 1 else "", "small strong")
        elif visit.principal.may_somewhere(Right.REGISTER_ASSETS):
            with box("line"):
                with mark(box("button", tag="button"), f"approve-{one.name}") as approve:
                    words(visit.t("approve_asset"))
                with mark(box("button quiet", tag="button"), f"dismiss-{one.name}") as dismiss:
                    words(visit.t("dismiss_asset"))
            approve.on("click", partial(self._ask, one, found))
            dismiss.on("click", partial(self._ask_to_dismiss, one))

    def _ask(self, one: Stranger, found: Waiting) -> None:
        visit = self._visit
        site, tag = _site_and_tag(one)
        with sheet(visit.t("approve_title", asset=one.name)) as dialog:
            words(visit.t("approve_says", count=f"{one.messages:,}", readings=f"{one.readings:,}"), "muted")
            with box("fields"):
                where = _Chosen(visit, "site", found.sites, site)
                what = _Chosen(visit, "class", found.classes, None)
                name, name_zh = remark(visit, "name_en", "name-en"), remark(visit, "name_zh", "name-zh")
            for field in (name, name_zh):
                field.props("maxlength=200")

            def act(parts: Parts) -> None:
                parts.principal.demand(Right.REGISTER_ASSETS, where.tag)
                with parts.database.transaction() as tx:
                    self._approved[one.name] = approval.approve(
                        tx,
                        site=where.tag,
                        asset=tag,
                        asset_class=what.tag,
                        at=parts.clock.now(),
                        actor=parts.principal,
                        name=said(name),
                        name_zh=said(name_zh),
                        new_class=what.is_new,
                    )

            async def done() -> None:
                dialog.close()
                await self.read()

            Form(
                visit,
                act,
                need=(Right.REGISTER_ASSETS, site or EVERY_SITE),
                on_done=done,
                action="approve_asset",
                hint="approve_hint",
                lacks=lambda: None if where.tag and what.tag else visit.t("class_needed"),
            )

    def _ask_to_dismiss(self, one: Stranger) -> None:
        visit = self._visit
        with sheet(visit.t("dismiss_title", asset=one.name)) as dialog:
            words(visit.t("dismiss_says", count=f"{one.messages:,}"), "muted")

            def act(parts: Parts) -> None:
                with parts.database.transaction() as tx:
                    approval.dismiss(tx, site=one.site, asset=one.asset, at=parts.clock.now(), actor=parts.principal)

            async def done() -> None:
                dialog.close()
                await self.read()

            need = (Right.REGISTER_ASSETS, one.site or EVERY_SITE)
            Form(visit, act, need=need, on_done=done, action="dismiss_asset", hint="dismiss_hint")


class _Chosen:
    """A tag that a person chooses among known ones, or makes."""

    def __init__(self, visit: Visit, label: str, known: Mapping[str, Names], given: str | None) -> None:
        new = (visit.t(f"new_{label}"), visit.t(f"new_{label}"))
        options = {**known, _NEW: new}
        if given is not None:
            options = {given: known.get(given, (given, given))}
        only = next(iter(options)) if given is not None or len(known) == 0 else None
        self._select = choice(visit, label, options, only, f"choose-{label}")
        self._made = remark(visit, f"new_{label}_tag", f"new-{label}")
        self._made.props("maxlength=200")
        self._select.on_value_change(self._reveal)
        self._reveal()

    def _reveal(self) -> None:
        self._made.set_visibility(self._select.value == _NEW)

    @property
    def is_new(self) -> bool:
        """Say whether it is to be made."""
        return bool(self._select.value == _NEW)

    @property
    def tag(self) -> str:
        """Return the tag; empty where none was chosen or made."""
        return said(self._made) if self.is_new else str(self._select.value or "")


def _site_and_tag(one: Stranger) -> tuple[str | None, str]:
    """Say what a stranger names; no site where a person has to choose it.

    >>> from datetime import UTC, datetime
    >>> at = datetime(2026, 1, 1, tzinfo=UTC)
    >>> held = {"messages": 1, "readings": 1, "first_seen": at, "last_seen": at, "topic": "", "detail": "", "meant": 0}
    >>> _site_and_tag(Stranger(site="", asset="north/P-1", **held)), _site_and_tag(Stranger(site="", asset="P", **held))
    (('north', 'P-1'), (None, 'P'))
    """
    if one.site:
        return one.site, one.asset
    site, slash, tag = one.asset.partition("/")
    return (site, tag) if site and slash and tag else (None, one.asset)


def _head(visit: Visit) -> None:
    with box("entry head"):
        for key in ("device", "reason", "messages"):
            words(visit.t(key))
        with box("line"):
            words(visit.t("first_seen"))
            zone()
        words(visit.t("last_seen"), "last")
        words("")


def _replayed(visit: Visit, approved: approval.Approved) -> None:
    with box("replayed line", testid=f"replayed-{approved.site}/{approved.asset}"):
        chip(visit.t("replayed", count=f"{approved.messages:,}"), "good")
        with link(f"/assets/{quote(approved.site, safe='')}/{quote(approved.asset, safe='')}", "plain-link"):
            words(f"{approved.site}/{approved.asset}", "strong")
