"""One's own account: roles, password, PIN, changing the person at a shared terminal, and tokens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from nicegui import run, ui
from nicegui.element import Element

from api.console.components.elements import box, card, chip, heading, mark, moment, words
from api.console.components.forms import said
from api.console.components.frame import framed
from api.console.visit import Visit
from api.identity.people import set_password, set_pin
from api.identity.signing_in.sign_in import confirm
from api.identity.tokens import TokenWanted, issue_token, revoke_token
from plant.errors import AssetloopError
from plant.people.principal import Principal
from plant.people.rights import EVERY_SITE
from storage.identity import api_tokens, people
from storage.identity.api_tokens import ApiToken

_ACT = "account.change"


async def show(visit: Visit) -> None:
    """Draw the page."""
    with framed(visit, visit.t("account")):
        heading(visit.principal.name)
        with box("two"):
            with box("stack"):
                _roles(visit)
                await TokensCard(visit).read()
            with box("stack"):
                _password(visit)
                _pin(visit)
                _change_person(visit)


def _roles(visit: Visit) -> None:
    with card(visit.t("your_roles")), box("lines", testid="roles"):
        for site, held in sorted(visit.principal.roles.items()):
            with box("line"):
                words(visit.t("everywhere") if site == EVERY_SITE else site, "muted")
                for role in sorted(held):
                    chip(visit.word("role", role.value), "plain")
        if not visit.principal.roles:
            words(visit.t("no_roles"), "muted")
        for team in sorted(visit.principal.teams):
            words(team, "small muted")


def secret_field(visit: Visit, label: str, testid: str) -> ui.input:
    """Let a person enter what nobody beside them may read."""
    field = ui.input(label=visit.t(label), password=True).props("outlined dense maxlength=200")
    return mark(field, testid)


def offer(visit: Visit, key: str, on_click: Callable[[], Any], *, testid: str | None = None) -> None:
    """Offer something that is done at once."""
    with mark(box("button", tag="button"), testid or key) as button:
        words(visit.t(key))
    button.on("click", on_click)


async def attempt(visit: Visit, act: Callable[[], Any]) -> bool:
    """Do something in a thread and say why where it is refused."""
    try:
        await run.io_bound(act)
    except AssetloopError as error:
        ui.notify(str(error), type="negative")
        return False
    visit.watch.hurry()
    return True


def _confirmed(visit: Visit, password: str) -> Principal:
    principal = visit.renewed_self()
    confirm(visit.whole.database, principal, password, _ACT, address=visit.address, clock=visit.whole.clock)
    return principal.confirm(_ACT)


def _password(visit: Visit) -> None:
    with card(visit.t("change_password")), box("form"):
        now, new = (
            secret_field(visit, "password_now", "password-now"),
            secret_field(visit, "password_new", "password-new"),
        )

        async def change() -> None:
            def act() -> None:
                principal = _confirmed(visit, said(now))
                set_password(
                    visit.whole.database,
                    principal.person_id,
                    str(new.value or ""),
                    actor=principal,
                    clock=visit.whole.clock,
                )

            if await attempt(visit, act):
                ui.notify(visit.t("password_changed"), type="positive")
                ui.navigate.to("/login")

        offer(visit, "change_password", change)


def _pin(visit: Visit) -> None:
    with card(visit.t("pin")), box("form"):
        words(visit.t("pin_hint"), "muted")
        password, pin = secret_field(visit, "password_now", "pin-password"), secret_field(visit, "pin", "pin-new")

        async def change() -> None:
            def act() -> None:
                principal = _confirmed(visit, said(password))
                set_pin(visit.whole.database, principal.person_id, said(pin), actor=principal, clock=visit.whole.clock)

            if await attempt(visit, act):
                ui.notify(visit.t("pin_is_set"), type="positive")

        offer(visit, "pin_set", change)


def _change_person(visit: Visit) -> None:
    with card(visit.t("pin_change")), box(tag="form") as form:
        form.classes("form plain-form")
        form.props["method"], form.props["action"] = "post", "/login/pin"
        for name, label, kind in (("name", "login_name", "text"), ("pin", "pin", "password")):
            with box("plain-field", tag="label"):
                words(visit.t(label), "small muted")
                field = mark(box("plain-input", tag="input"), f"change-{name}")
                field.props["name"], field.props["type"] = name, kind
                field.props["autocomplete"] = "off"
        with mark(box("button quiet", tag="button"), "change-person"):
            words(visit.t("pin_change"))


class TokensCard:
    """The tokens of one person."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        with card(visit.t("tokens")):
            words(visit.t("tokens_hint"), "muted")
            self._shown = box("stack")
            with box("form"):
                self._name = mark(
                    ui.input(label=visit.t("token_name")).props("outlined dense maxlength=100"), "token-name"
                )
                offer(visit, "token_issue", self._issue)
            self._rows: Element = box("lines", testid="tokens")

    async def read(self) -> None:
        """Read and show."""
        visit = self._visit

        def find() -> Sequence[ApiToken]:
            with visit.whole.database.transaction() as tx:
                return api_tokens.every(tx, person_id=visit.principal.person_id)

        found = await run.io_bound(find)
        self._rows.clear()
        with self._rows:
            for one in found or ():
                self._row(one)
            if not found:
                words(visit.t("no_tokens"), "muted")

    def _row(self, one: ApiToken) -> None:
        visit = self._visit
        with box("line"):
            words(one.name, "strong clip")
            words(visit.t("token_expires", day=f"{one.expires_at:%Y-%m-%d}"), "small muted")
            if one.used_at:
                words(visit.t("token_used"), "small muted")
                moment(one.used_at)
            else:
                words(visit.t("token_never"), "small muted")
            if one.revoked_at:
                chip(visit.t("token_revoked"), "plain")
            else:
                offer(visit, "token_revoke", partial(self._revoke, one), testid=f"revoke-{one.token_id}")

    async def _issue(self) -> None:
        visit, shown = self._visit, []

        def act() -> None:
            principal = visit.renewed_self()
            with visit.whole.database.transaction() as tx:
                person = people.by_id(tx, principal.person_id)
            wanted = TokenWanted(name=said(self._name), sign_in=person.sign_in if person else None)
            shown.append(issue_token(visit.whole.database, wanted, actor=principal, clock=visit.whole.clock).token)

        if await attempt(visit, act):
            self._shown.clear()
            with self._shown:
                words(visit.t("token_shown"), "strong")
                mark(words(shown[0], "small figures secret"), "token-shown")
            await self.read()

    async def _revoke(self, one: ApiToken) -> None:
        visit = self._visit

        def act() -> None:
            principal = visit.renewed_self()
            revoke_token(
                visit.whole.database,
                one.token_id,
                actor=principal,
                clock=visit.whole.clock,
                only_of=principal.person_id,
            )

        if await attempt(visit, act):
            await self.read()
