"""Who may speak to the broker: the devices' logins; a new password is shown once."""

from __future__ import annotations

from functools import partial

from nicegui import run, ui
from nicegui.element import Element

from api.console.components.elements import box, card, chip, mark, record, words
from api.console.components.forms import offer
from api.console.components.system.secrets import ask_for_new, ask_to_revoke
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
        def act() -> None:
            self._demand()
            self._visit.whole.installation.revoke_login(one.name)

        ask_to_revoke(self._visit, one.name, act, self.read)

    def _ask(self) -> None:
        visit = self._visit

        def fields() -> tuple[ui.input, ui.input]:
            name = mark(ui.input(label=visit.t("login")).props("outlined dense maxlength=64"), "login-name")
            asset = mark(ui.input(label=visit.t("login_asset")).props("outlined dense maxlength=400"), "login-asset")
            return name, asset

        ask_for_new(visit, "login_add", fields, self._add, self.read, button="login-do", shown="login-password")

    def _add(self, name: str, asset: str) -> str:
        self._demand()
        site, _, tag = asset.partition("/")
        if not site or not tag:
            raise Rejected("bad_asset", f"{asset} is no asset; write it as SITE/TAG")
        return self._accounts.add(name, LoginWish(name=name, assets=((site, tag),)).rights())

    def _demand(self) -> None:
        self._visit.renewed(Right.MANAGE_DEVICES).principal.demand(Right.MANAGE_DEVICES, EVERY_SITE)
