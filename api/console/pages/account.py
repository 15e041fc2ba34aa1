"""One's own account: roles, password, PIN, changing the person at a shared terminal, and tokens."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from nicegui import run, ui
from nicegui.element import Element

from api.console.both_versions import show_both
from api.console.components.elements import box, card, chip, heading, mark, moment, words
from api.console.components.forms import CredentialField, attempt, choice, offer, said, secret_field
from api.console.components.frame import framed
from api.console.texts.texts import TEXTS
from api.console.visit import Visit
from api.identity.credentials import set_password, set_pin
from api.identity.people import PersonReach, change_reach, reach_document
from api.identity.signing_in.texts import IDENTITY_TEXTS
from api.identity.tokens import TokenWanted, issue_token, revoke_token
from plant.errors import StaleRevision
from plant.people.rights import EVERY_SITE
from plant.people.seen_version import SeenVersion
from storage.identity import api_tokens, people
from storage.identity.api_tokens import ApiToken
from storage.identity.people import Person

_LANGUAGES = {"": IDENTITY_TEXTS["reach_as_browser"], "en": ("English", "English"), "zh": ("中文", "中文")}


async def show(visit: Visit) -> None:
    """Draw the page."""
    with framed(visit, visit.t("account")):
        heading(visit.principal.name)
        with box("two"):
            with box("stack"):
                _roles(visit)
                _look(visit)
                await TokensCard(visit).read()
            with box("stack"):
                await _reach(visit)
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


def _look(visit: Visit) -> None:
    """Let a person choose more contrast; light or dark is chosen above every page."""
    options = {one: TEXTS[f"contrast_{one}"] for one in ("auto", "more", "usual")}
    with card(visit.t("look")), box("form"):
        words(visit.t("look_hint"), "muted")
        field = choice(visit, "contrast", options, visit.contrast, "contrast")
        field.on_value_change(lambda event: visit.remember_contrast(str(event.value or "auto")))


def _password(visit: Visit) -> None:
    with card(visit.t("change_password")), box("form"):
        now = CredentialField(visit, testid="password-now")
        new = secret_field(visit, "password_new", "password-new")

        async def change() -> None:
            def act() -> None:
                principal = now.signed("account.password")
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


async def _reach(visit: Visit) -> None:
    person = await run.io_bound(_oneself, visit)
    if person is None:
        return
    with card(visit.t("reach")), box("form"):
        words(visit.t("reach_hint"), "muted")
        fields = {
            name: mark(
                ui.input(label=visit.t(f"reach_{name}"), value=getattr(person, name)).props("outlined dense"),
                f"reach-{name}",
            )
            for name in ("mail", "phone", "time_zone")
        }
        language = choice(visit, "reach_language", _LANGUAGES, person.language, "reach-language")
        credential = CredentialField(visit, testid="reach-password")
        both = box("both")
        seen = [reach_document(person)]

        async def keep() -> None:
            reach = PersonReach(**{name: said(field) for name, field in fields.items()}, language=language.value or "")
            stale: list[StaleRevision] = []

            def act() -> None:
                signer, version = credential.signed(f"person.reach:{person.sign_in}"), SeenVersion.of(seen[0])
                database, clock = visit.whole.database, visit.whole.clock
                try:
                    kept = change_reach(database, person.sign_in, reach, actor=signer, clock=clock, seen=version)
                except StaleRevision as error:
                    stale.append(error)
                    raise
                seen[0] = reach_document(kept)

            if await attempt(visit, act):
                both.clear()
                ui.notify(visit.t("reach_kept"), type="positive")
            for one in stale:
                seen[0] = one.current
                show_both(visit, both, one, called=lambda name: visit.t(f"reach_{name}"))

        offer(visit, "reach_keep", keep)


def _oneself(visit: Visit) -> Person | None:
    with visit.whole.database.transaction() as tx:
        return people.by_id(tx, visit.principal.person_id)


def _pin(visit: Visit) -> None:
    with card(visit.t("pin")), box("form"):
        words(visit.t("pin_hint"), "muted")
        password, pin = CredentialField(visit, testid="pin-password"), secret_field(visit, "pin", "pin-new")

        async def change() -> None:
            def act() -> None:
                principal = password.signed("account.pin")
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
                self._credential = CredentialField(visit, testid="token-password")
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
            principal = self._credential.signed(f"token.issue:{said(self._name)}")
            person = _oneself(visit)
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
