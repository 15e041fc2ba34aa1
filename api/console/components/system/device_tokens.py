"""The tokens with which devices send over HTTP; a new one is shown once."""

from __future__ import annotations

from functools import partial

from nicegui import run, ui
from nicegui.element import Element

from api.console.components.elements import at_site, box, card, mark, moment, words
from api.console.components.forms import offer
from api.console.components.system.secrets import ask_for_new, ask_to_revoke
from api.console.visit import Visit
from api.parts import Parts
from lifecycle.register import device_tokens
from plant.errors import AssetloopError
from plant.people.rights import Right
from storage.register import device_tokens as rows
from storage.register.device_tokens import DeviceToken

_MOST = 100


def read_device_tokens(parts: Parts) -> list[DeviceToken]:
    """Read the tokens that open something, the newest first.

    Raises:
        Unavailable: the database is away.
    """
    with parts.database.transaction() as tx:
        standing = [one for one in rows.every(tx) if one.revoked_at is None]
    return sorted(standing, key=lambda one: one.issued_at, reverse=True)[:_MOST]


class DeviceTokensCard:
    """The card, drawn again after each change."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        with card(visit.t("device_tokens")):
            words(visit.t("device_tokens_hint"), "muted")
            self._rows: Element = box("list logins", testid="device-tokens")
            with box("line"):
                offer(visit, "device_token_issue", self._ask)

    async def read(self) -> None:
        """Read and show."""
        try:
            found = await run.io_bound(read_device_tokens, self._visit.parts_for(Right.MANAGE_DEVICES))
        except AssetloopError:
            return
        self._rows.clear()
        with self._rows:
            for one in found or ():
                self._row(one)

    def _row(self, one: DeviceToken) -> None:
        visit = self._visit
        with at_site(box("entry", testid=f"device-token-{one.name}"), one.site):
            words(one.name, "strong clip")
            words(f"{one.site}/{one.asset or '*'}", "small figures clip")
            with box("line small muted wide"):
                words(visit.t("device_token_used"))
                moment(one.used_at)
            with box("line right"):
                offer(visit, "login_revoke", partial(self._ask_to_revoke, one), is_quiet=True)

    def _ask_to_revoke(self, one: DeviceToken) -> None:
        visit = self._visit

        def act() -> None:
            parts = visit.renewed(Right.MANAGE_DEVICES)
            parts.principal.demand(Right.MANAGE_DEVICES, one.site)
            with parts.database.transaction() as tx:
                rows.revoke(tx, one.token_id, at=parts.clock.now(), by=parts.principal.name)

        ask_to_revoke(visit, one.name, act, self.read)

    def _ask(self) -> None:
        visit = self._visit

        def fields() -> tuple[ui.input, ui.input]:
            name = mark(ui.input(label=visit.t("device_token_name")).props("outlined dense"), "token-name")
            opens = mark(ui.input(label=visit.t("device_token_opens")).props("outlined dense"), "token-opens")
            return name, opens

        ask_for_new(visit, "device_token_issue", fields, self._issue, self.read, button="token-do", shown="token-shown")

    def _issue(self, name: str, opens: str) -> str:
        site, _, asset = opens.partition("/")
        parts = self._visit.renewed(Right.MANAGE_DEVICES)
        parts.principal.demand(Right.MANAGE_DEVICES, site)
        with parts.database.transaction() as tx:
            issued = device_tokens.issue(
                tx, site=site, asset=asset or None, name=name, at=parts.clock.now(), actor=parts.principal
            )
        return issued.token
