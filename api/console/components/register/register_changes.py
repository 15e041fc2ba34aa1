"""How a person mends the register: what was made by mistake goes out of view, or is merged into what was meant."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import quote

from nicegui import run, ui

from api.console.components.elements import box, card, mark, moment, words
from api.console.components.forms import Form, closing, sheet, sheet_form
from api.console.visit import Visit
from api.parts import Parts
from lifecycle.register import retiring
from plant.errors import AssetloopError
from plant.people.rights import Right
from storage.register import retired
from storage.register.retired import Retired
from storage.views import overview
from storage.views.overview import AssetView

_RIGHT = Right.REGISTER_ASSETS


def register_button(visit: Visit, asset: AssetView, on_done: Callable[[], Any]) -> None:
    """Offer to retire or to merge an asset, or signals of it, to those who may."""
    if not visit.may(_RIGHT, asset.site):
        return
    with mark(box("button quiet", tag="button"), "register-ask") as button:
        words(visit.t("register_mend"))
    button.on("click", partial(_ask, visit, asset, on_done))


def _ask(visit: Visit, asset: AssetView, on_done: Callable[[], Any]) -> None:
    offered: dict[str, Callable[..., Any]] = {"retire_asset": _retire_asset, "merge_asset": _merge_asset}
    if asset.signals:
        offered["retire_signals"] = _retire_signals
    if len(asset.signals) > 1:
        offered["merge_signal"] = _merge_signal
    with sheet(f"{asset.asset}: {visit.t('register_mend')}") as dialog:
        words(visit.t("register_mend_hint"), "muted")
        for action, begin in offered.items():
            with mark(box("button quiet", tag="button"), f"{action}-ask") as button:
                words(visit.t(action))
            button.on("click", partial(_begin, dialog, begin, visit, asset, on_done))


def _begin(
    dialog: ui.dialog, begin: Callable[..., Any], visit: Visit, asset: AssetView, on_done: Callable[[], Any]
) -> Any:
    dialog.close()
    return begin(visit, asset, on_done)


def _confirmed(
    visit: Visit,
    asset: AssetView,
    action: str,
    act: Callable[[Parts], Any],
    on_done: Callable[[], Any],
    lacks: Callable[[], str | None] = lambda: None,
) -> None:
    """Let a person say that they mean it, and do it."""
    meant = mark(ui.checkbox(visit.t("register_meant")), "meant")
    Form(
        visit,
        act,
        need=(_RIGHT, asset.site),
        on_done=on_done,
        action=action,
        hint=f"{action}_hint",
        lacks=lambda: lacks() or (None if meant.value else visit.t("register_meant_needed")),
    )


def _retire_asset(visit: Visit, asset: AssetView, _on_done: Callable[[], Any]) -> None:
    with sheet(f"{asset.asset}: {visit.t('retire_asset')}"):

        def act(parts: Parts) -> None:
            with parts.database.transaction() as tx:
                retiring.retire_asset(
                    tx, site=asset.site, asset=asset.asset, at=parts.clock.now(), actor=parts.principal
                )

        _confirmed(visit, asset, "retire_asset", act, lambda: ui.navigate.to("/"))


def _retire_signals(visit: Visit, asset: AssetView, on_done: Callable[[], Any]) -> None:
    with sheet(f"{asset.asset}: {visit.t('retire_signals')}") as dialog:
        chosen = _select(visit, "signal", _signals(visit, asset), "chosen", many=True)

        def act(parts: Parts) -> None:
            with parts.database.transaction() as tx:
                retiring.retire_signals(
                    tx,
                    site=asset.site,
                    asset=asset.asset,
                    keys=chosen.value,
                    at=parts.clock.now(),
                    actor=parts.principal,
                )

        _confirmed(visit, asset, "retire_signals", act, closing(dialog, on_done), lambda: _lack(visit, chosen))


async def _merge_asset(visit: Visit, asset: AssetView, _on_done: Callable[[], Any]) -> None:
    others = await run.io_bound(_others, visit.parts_for(Right.SEE), asset, visit)
    with sheet(f"{asset.asset}: {visit.t('merge_asset')}"):
        into = _select(visit, "merge_into", others or {}, "into")

        def act(parts: Parts) -> None:
            site, _, tag = str(into.value).partition("/")
            parts.principal.demand(_RIGHT, site)
            with parts.database.transaction() as tx:
                retiring.merge_asset(
                    tx,
                    site=asset.site,
                    asset=asset.asset,
                    into_site=site,
                    into_asset=tag,
                    at=parts.clock.now(),
                    actor=parts.principal,
                )

        def done() -> None:
            site, _, tag = str(into.value).partition("/")
            ui.navigate.to(f"/assets/{quote(site, safe='')}/{quote(tag, safe='')}")

        _confirmed(visit, asset, "merge_asset", act, done, lambda: _lack(visit, into))


def _merge_signal(visit: Visit, asset: AssetView, on_done: Callable[[], Any]) -> None:
    with sheet(f"{asset.asset}: {visit.t('merge_signal')}") as dialog:
        signals = _signals(visit, asset)
        chosen, into = _select(visit, "signal", signals, "chosen"), _select(visit, "merge_into", signals, "into")

        def act(parts: Parts) -> None:
            with parts.database.transaction() as tx:
                retiring.merge_signal(
                    tx,
                    site=asset.site,
                    asset=asset.asset,
                    key=chosen.value,
                    into_key=into.value,
                    at=parts.clock.now(),
                    actor=parts.principal,
                )

        done = closing(dialog, on_done)
        _confirmed(visit, asset, "merge_signal", act, done, lambda: _lack(visit, chosen) or _lack(visit, into))


def _signals(visit: Visit, asset: AssetView) -> dict[str, str]:
    return {one.key: f"{visit.signal_name(one)} ({one.key})" for one in asset.signals}


def _others(parts: Parts, asset: AssetView, visit: Visit) -> dict[str, str]:
    with parts.database.transaction() as tx:
        found = overview.list_assets(tx, now=parts.clock.now(), key_values=True)
    return {
        f"{one.site}/{one.asset}": f"{one.site}/{one.asset} {visit.name(one)}".rstrip()
        for one in found
        if one.asset_id != asset.asset_id and visit.may(_RIGHT, one.site)
    }


def _select(visit: Visit, label: str, options: dict[str, str], testid: str, *, many: bool = False) -> ui.select:
    field = ui.select(options, label=visit.t(label), multiple=many, with_input=True)
    return mark(field.props("outlined dense options-dense use-chips" if many else "outlined dense"), testid)


def _lack(visit: Visit, field: ui.select) -> str | None:
    return None if field.value else visit.t("register_choose")


class RetiredCard:
    """What is out of view, and how it is brought back; nothing where nothing is, or for those who may not."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        with card(visit.t("out_of_view"), "out-of-view") as self._card:
            words(visit.t("out_of_view_hint"), "muted")
            self._rows = box("list", testid="retired")
        self._card.set_visibility(False)

    async def read(self) -> None:
        """Read and show; while the database is away, what was shown stays."""
        try:
            found = await run.io_bound(_read_retired, self._visit.parts_for(Right.SEE))
        except AssetloopError:
            return
        shown = [one for one in found or () if self._visit.may(_RIGHT, one.site)]
        self._card.set_visibility(bool(shown))
        self._rows.clear()
        with self._rows:
            for one in shown:
                self._row(one)

    def _row(self, one: Retired) -> None:
        name = f"{one.site}/{one.asset}" + (f" · {one.key}" if one.key else "")
        with box("entry", testid=f"retired-{one.asset}-{one.key or ''}"):
            words(name, "strong clip")
            words(one.by, "muted")
            moment(one.at)
            with mark(box("button quiet", tag="button"), "restore-ask") as button:
                words(self._visit.t("restore"))
            button.on("click", partial(self._ask, one))

    def _ask(self, one: Retired) -> None:
        with sheet(f"{one.asset}: {self._visit.t('restore')}") as dialog:

            def act(parts: Parts) -> None:
                at, actor = parts.clock.now(), parts.principal
                with parts.database.transaction() as tx:
                    if one.key is None:
                        retiring.restore_asset(tx, site=one.site, asset=one.asset, at=at, actor=actor)
                    else:
                        retiring.restore_signals(tx, site=one.site, asset=one.asset, keys=[one.key], at=at, actor=actor)

            need = (_RIGHT, one.site)
            sheet_form(self._visit, act, dialog, self.read, need=need, action="restore", hint="restore_hint")


def _read_retired(parts: Parts) -> list[Retired]:
    with parts.database.transaction() as tx:
        return retired.every(tx)
