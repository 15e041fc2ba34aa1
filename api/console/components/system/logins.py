"""Who may speak to the broker: the devices' logins; a new password is shown once."""

from __future__ import annotations

from functools import partial

from nicegui import run, ui
from nicegui.element import Element

from api.console.components.elements import box, card, chip, mark, record, words
from api.console.components.forms import attempt, offer, said, sheet
from api.console.visit import Visit
from lifecycle.register.broker_accounts import Accounts, Login, LoginWish
from plant.errors import AssetloopError, Rejected
from plant.people.rights import EVERY_SITE, Right


class LoginsCard:
    """The card, drawn again after each change."""

    def __init__(self, visit: Visit, accounts: Accounts) -> None:
        self._visit = visit
        self._accounts = accounts
        with card(visit.t("device_logins")):
            words(visit.t("device_logins_hint"), "muted")
            self._rows: Element = box("list logins", testid="logins")
            with box("line"):
                offer(visit, "login_add", self._ask)

    async def read(self) -> None:
        """Read and show."""
        try:
            found = await run.io_bound(self._accounts.every)
        except AssetloopError:
            return
        self._rows.clear()
        with self._rows:
            for one in found or ():
                self._row(one)

    def _row(self, one: Login) -> None:
        visit = self._visit
        with box("entry", testid=f"login-{one.name}"):
            words(one.name, "strong clip")
            chip(visit.t("by_password" if one.has_password else "by_certificate"), "plain")
            record(", ".join(right.removeprefix("topic ") for right in one.rights), "small muted clip wide")
            with box("line right"):
                offer(visit, "login_revoke", partial(self._ask_to_revoke, one), is_quiet=True)

    def _ask_to_revoke(self, one: Login) -> None:
        visit = self._visit
        with sheet(f"{one.name}: {visit.t('login_revoke')}") as dialog:
            words(visit.t("login_revoke_hint"), "muted")

            async def press() -> None:
                def act() -> None:
                    self._demand()
                    if not self._accounts.remove(one.name).has_password:
                        visit.whole.installation.end_session(one.name)

                if await attempt(visit, act):
                    dialog.close()
                    await self.read()

            offer(visit, "login_revoke", press, testid="revoke-do")

    def _ask(self) -> None:
        visit = self._visit
        with sheet(visit.t("login_add")):
            shown = box("stack")
            with shown:
                name = mark(ui.input(label=visit.t("login")).props("outlined dense maxlength=64"), "login-name")
                asset = mark(
                    ui.input(label=visit.t("login_asset")).props("outlined dense maxlength=400"), "login-asset"
                )

                async def press() -> None:
                    issued: list[str] = []
                    if await attempt(visit, lambda: issued.append(self._add(said(name), said(asset)))):
                        shown.clear()
                        with shown:
                            words(visit.t("login_shown"), "muted")
                            mark(words(issued[0], "small figures secret"), "login-password")
                        await self.read()

                offer(visit, "login_add", press, testid="login-do")

    def _add(self, name: str, asset: str) -> str:
        self._demand()
        site, _, tag = asset.partition("/")
        if not site or not tag:
            raise Rejected("bad_asset", f"{asset} is no asset; write it as SITE/TAG")
        return self._accounts.add(name, LoginWish(name=name, assets=((site, tag),)).rights())

    def _demand(self) -> None:
        self._visit.renewed(Right.MANAGE_DEVICES).principal.demand(Right.MANAGE_DEVICES, EVERY_SITE)
